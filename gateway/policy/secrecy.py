"""What is confidential: tickets of which something came encrypted, and all that is said of them.

Decrypted content stays protected. A ticket into which any part came encrypted is confidential for
good, and so is one that is merged with it, split off it, or goes on with it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from gateway.model.around_changes import LinkTickets, MergeTicket, Remind, WriteTask
from gateway.model.changes import AddEntry, Change, KeepSecret, OpenTicket
from gateway.model.field_changes import SetField, SetSubject
from gateway.model.text import Text
from gateway.model.ticket import LinkKind, TicketId
from gateway.policy.facts import Facts

_INHERITS = frozenset({LinkKind.SPLIT_FROM, LinkKind.CONTINUES})
_HIDDEN = "…"
_NUMBERS = frozenset({"number", "one", "two", "first"})
_NUMBER = re.compile(r"[0-9]{1,12}")
_FINGERPRINT = re.compile(r"[0-9A-F]{4}(?: ?[0-9A-F]{4}){9}(?:(?: ?[0-9A-F]{4}){6})?")


def came_encrypted(facts: Facts) -> bool:
    """True when the message itself came encrypted, whether it could be opened or not."""
    return facts.message.openpgp.encrypted


def is_touched(facts: Facts) -> bool:
    """True when what is decided may hold words that came encrypted.

    It is enough that one of the tickets is confidential: words of one ticket stand in the news of
    another where both are named in one mail.
    """
    return came_encrypted(facts) or any(
        about.ticket.confidential for about in facts.tickets.values()
    )


def as_it_came(facts: Facts) -> Facts:
    """The facts, with the ticket that an encrypted message belongs to as confidential already."""
    about = facts.tickets.get(facts.match.ticket) if facts.match else None
    if about is None or about.ticket.confidential or not came_encrypted(facts):
        return facts
    secret = replace(about, ticket=replace(about.ticket, confidential=True))
    return replace(facts, tickets={**facts.tickets, about.ticket.id: secret})


def kept_secret(facts: Facts, changes: Iterable[Change]) -> tuple[KeepSecret, ...]:
    """What becomes confidential by these changes; `facts` are those before `as_it_came`."""
    known = {ticket for ticket, about in facts.tickets.items() if about.ticket.confidential}
    found: set[TicketId] = set()
    for change in changes:
        if isinstance(change, OpenTicket) and change.ticket.confidential:
            known.add(change.ticket.id)
        if came_encrypted(facts):
            found.update(_written_to(change))
        found.update(_inherited(change, known | found))
    return tuple(KeepSecret(ticket) for ticket in sorted(found - known))


def _written_to(change: Change) -> Iterator[TicketId]:
    """The ticket in which words of the message stand after the change."""
    match change:
        case AddEntry(ticket=ticket, from_this_message=True):
            yield ticket
        case SetSubject(ticket=ticket) | SetField(ticket=ticket) | WriteTask(ticket=ticket):
            yield ticket
        case Remind(ticket=ticket, text=text) if text:
            yield ticket
        case _:
            pass


def _inherited(change: Change, secret: set[TicketId]) -> Iterator[TicketId]:
    """The ticket in which words of a confidential one stand after the change."""
    match change:
        case MergeTicket(ticket, into) if ticket in secret:
            yield into
        case MergeTicket(ticket, into) if into in secret:
            yield ticket
        case LinkTickets(ticket, other, kind, _) if kind in _INHERITS and other in secret:
            yield ticket
        case _:
            pass


def without_values(text: Text) -> Text:
    """The sentence with `…` in place of all that may be somebody's words.

    Numbers stay, and fingerprints: who compares one with a person need not have a key of their own.
    """
    if text.german:  # a name or a value, in no catalogue
        return Text(_HIDDEN)
    return replace(text, values=tuple((name, _shown(name, value)) for name, value in text.values))


def _shown(name: str, value: str | int | Text) -> str | int | Text:
    if isinstance(value, Text):
        return without_values(value)
    if isinstance(value, int) or (name in _NUMBERS and _NUMBER.fullmatch(value)):
        return value
    if name == "key" and _FINGERPRINT.fullmatch(value):
        return value
    return _HIDDEN
