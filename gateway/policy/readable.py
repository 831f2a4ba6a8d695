"""An answer to a confidential ticket that would leave readable: asked about, and looked through."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from gateway.model.address import Mailbox
from gateway.model.command import CommandMail
from gateway.model.held import Guard
from gateway.model.keys import NO_KEYS, Keys
from gateway.model.openpgp import Fingerprint
from gateway.model.text import Text, say
from gateway.policy.commands.verbs.keys import AboutKey, Wanted
from gateway.policy.commands.verbs.opening import NewTicket
from gateway.policy.confidential import Keyring
from gateway.policy.copies import in_copy
from gateway.policy.facts import Facts, TicketFacts
from gateway.policy.leaks import repeats
from gateway.policy.secrecy import came_encrypted


def readable(facts: Facts, mail: CommandMail, thread: TicketFacts | None) -> Text | None:
    """Why the answer waits for a yes: somebody who gets it has no key that we know."""
    people = _without_key(facts, mail, thread)
    if not people:
        return None
    why = say(
        "this is confidential, because it came encrypted, and no usable key of %(addresses)s is"
        " known: your answer would leave unencrypted. Ask them for their key first (it comes with a"
        " mail that brings it, in its header or attached), or say yes if the answer may be read on"
        " its way.",
        addresses=", ".join(each.address for each in people),
    )
    doubtful = next(filter(None, (_doubtful(facts, each) for each in people)), None)
    if doubtful is None:
        return why
    return say(
        "%(why)s A key came in the name of %(address)s, and nothing proves that it is theirs."
        " Compare the fingerprint with them by another way than mail, then write: !key accept"
        " %(key)s",
        why=why,
        address=doubtful[0],
        key=doubtful[1],
    )


def _doubtful(facts: Facts, person: Mailbox) -> tuple[str, Fingerprint] | None:
    keys = facts.keys.get(person.key, NO_KEYS).doubtful
    usable = (key for key in keys if key.is_usable(facts.now))
    return next(((person.address, key.fingerprint) for key in usable), None)


def is_confirmed(facts: Facts) -> bool:
    """True when the agent has said yes to just this question."""
    held = facts.held
    return facts.confirmed and held is not None and Guard.READABLE in held.guards


def quoted_secret(facts: Facts, mail: CommandMail, thread: TicketFacts | None) -> Text | None:
    """Why the answer cannot leave at all: it repeats what came encrypted, and would be readable."""
    if thread is None or not _without_key(facts, mail, thread):
        return None
    if not repeats(mail.reply, thread.entries):
        return None
    return say(
        "your answer repeats words of this confidential ticket, and it would leave unencrypted."
        " Please delete them from it, or ask the requester for a key first."
    )


def reached_by_answer(
    facts: Facts, mail: CommandMail, thread: TicketFacts | None
) -> tuple[Mailbox, ...]:
    """Who an answer in this mail goes to, if it is confidential; nobody otherwise."""
    if not mail.reply:
        return ()
    if thread is None:
        return tuple(_of_new_ticket(facts, mail)) if came_encrypted(facts) else ()
    if not (thread.ticket.confidential or came_encrypted(facts)):
        return ()
    return (thread.ticket.requester, *(party.mailbox for party in in_copy(thread)))


def _of_new_ticket(facts: Facts, mail: CommandMail) -> Iterator[Mailbox]:
    for command in mail.commands:
        if isinstance(command, NewTicket):
            author = facts.passed_on.author if facts.passed_on else None
            if requester := command.requester or author:
                yield requester


def _without_key(
    facts: Facts, mail: CommandMail, thread: TicketFacts | None
) -> tuple[Mailbox, ...]:
    keys = Keyring(facts.now, _with_accepted(facts, mail))
    people = reached_by_answer(facts, mail, thread)
    ticket = thread.ticket if thread is not None else None
    return tuple(
        each for each in people if "@" in each.address and not keys.of_author(each.key, ticket)
    )


def _with_accepted(facts: Facts, mail: CommandMail) -> Mapping[str, Keys]:
    """The keys as they are after the mail itself has accepted some."""
    accepted = {
        command.fingerprint
        for command in mail.commands
        if isinstance(command, AboutKey) and command.wanted is Wanted.ACCEPT
    }
    found = dict(facts.keys)
    for address, keys in facts.keys.items():
        for key in keys.doubtful:
            if key.fingerprint in accepted:
                found[address] = replace(keys, known=key, waiting=(), unproved=())
    return found
