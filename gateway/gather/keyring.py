"""The keys that outgoing mail is protected with, those an answer would need, the author's own."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime

from gateway.gather.world import World
from gateway.model.address import Mailbox
from gateway.model.keys import AuthorKey, Keys, PinnedKey
from gateway.model.outgoing import Outgoing
from gateway.policy.commands.words import verb_of
from gateway.policy.confidential import Keyring, Protected, protected, readers
from gateway.policy.direct import blocked
from gateway.policy.facts import Facts
from gateway.policy.key_lines import people
from gateway.policy.readable import reached_by_answer
from gateway.policy.secrecy import as_it_came
from gateway.ports import Transaction


def as_it_may_leave(
    transaction: Transaction,
    outgoing: Sequence[Outgoing],
    world: World,
    now: datetime,
    keyless: AbstractSet[str] = frozenset(),
) -> Protected:
    """Decided mail as it may leave; its changes are recorded before, so that new keys are known.

    `keyless` are addresses (folded) whose keys cannot be used, whatever they look like.
    """
    found = readers(outgoing)
    keys = transaction.keys_of(found - keyless, now) if found else {}
    return protected(outgoing, Keyring(now, keys, world.own_keys(now) if found else {}))


def with_keys(transaction: Transaction, facts: Facts) -> Facts:
    """The facts with the keys that the message is about: of its author, and of its readers."""
    return replace(
        facts,
        keys=_keys(transaction, facts),
        kept_keys=_kept(transaction, facts),
        own_pins=_pins(transaction, facts),
    )


def _keys(transaction: Transaction, facts: Facts) -> Mapping[str, Keys]:
    """Of whom a confidential answer would reach, and of whom commands ask for."""
    wanted = {each.key for each in (*_reached(facts), *_asked(facts)) if "@" in each.address}
    return transaction.keys_of(wanted, facts.now) if wanted else {}


def _reached(facts: Facts) -> tuple[Mailbox, ...]:
    mail = facts.corrected_mail or facts.command_mail
    if mail is None or not mail.reply:
        return ()
    came = as_it_came(facts)
    thread = came.tickets.get(came.match.ticket) if came.match else None
    return reached_by_answer(came, mail, thread)


def _asked(facts: Facts) -> Iterator[Mailbox]:
    mail = facts.corrected_mail or facts.command_mail
    commands = mail.commands if mail is not None else ()
    if any(verb_of(command).needs(command).keys for command in commands):
        for about in facts.tickets.values():
            yield from people(about)


def _kept(transaction: Transaction, facts: Facts) -> tuple[AuthorKey, ...] | None:
    """What is known of the author; None for those whose keys are not taken in.

    These are blocked people, and agents, whatever their state: their keys are pinned.
    """
    message = facts.message
    if message.author is None or message.automatic.is_auto_generated:
        return None
    if facts.author_agent is not None or facts.form is not None or blocked(facts) is not None:
        return None
    if message.keys and transaction.agent_by_address(message.author.key) is not None:
        return None
    return transaction.author_keys(message.author.key, facts.now)


def _pins(transaction: Transaction, facts: Facts) -> tuple[PinnedKey, ...]:
    agent = facts.author_agent
    if agent is None or not facts.message.keys:
        return ()
    return transaction.pinned_to([agent.id], facts.now).get(agent.id, ())
