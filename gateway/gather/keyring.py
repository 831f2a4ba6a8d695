"""The keys that outgoing mail is protected with, and those that an answer would need."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime

from gateway.gather.world import World
from gateway.model.keys import Keys
from gateway.model.outgoing import Outgoing
from gateway.policy.confidential import Keyring, Protected, protected, readers
from gateway.policy.facts import Facts
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
    """The facts with the keys of whom a confidential answer in the message would reach."""
    return replace(facts, keys=_of_answer(transaction, facts))


def _of_answer(transaction: Transaction, facts: Facts) -> Mapping[str, Keys]:
    mail = facts.corrected_mail or facts.command_mail
    if mail is None or not mail.reply:
        return {}
    came = as_it_came(facts)
    thread = came.tickets.get(came.match.ticket) if came.match else None
    people = {each.key for each in reached_by_answer(came, mail, thread) if "@" in each.address}
    return transaction.keys_of(people, facts.now) if people else {}
