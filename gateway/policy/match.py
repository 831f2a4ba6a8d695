"""Which ticket a message belongs to (SPEC section 3).

Three ways, in this order: Message-IDs that we know, the token in the recipient's plus part, the
number in the subject. Never the words of the subject.
"""

import re
from collections.abc import Mapping, Sequence

from gateway.model.address import Mailbox
from gateway.model.message import Message
from gateway.model.ticket import Party, TicketId
from gateway.policy.facts import Match, MatchedBy, Reference, TicketFacts

_NUMBER = re.compile(r"\[#([0-9A-Za-z-]{1,20})\]")


def ids_to_look_up(message: Message) -> tuple[str, ...]:
    """Message-IDs that may name the ticket, the most telling first, at most 100.

    `In-Reply-To`, then `References` from right to left (RFC 5322 section 3.6.4).
    """
    return tuple(dict.fromkeys((*message.in_reply_to, *reversed(message.references))))[:100]


def numbers_in_subject(subject: str) -> tuple[str, ...]:
    """Ticket numbers in the form `[#1042]`, at most five."""
    return tuple(dict.fromkeys(_NUMBER.findall(subject)))[:5]


def by_reference(
    ids: Sequence[str], known: Mapping[str, Reference], parties: Mapping[TicketId, TicketFacts]
) -> Match | None:
    """The match by the first id that is known.

    Only an id of a mail of ours was told to one person alone, so only such an id names a party.
    """
    for message_id in ids:
        reference = known.get(message_id)
        if reference is None or reference.ticket not in parties:
            continue
        party = parties[reference.ticket].parties.get(reference.party) if reference.sent else None
        return Match(reference.ticket, MatchedBy.MESSAGE_ID, party)
    return None


def by_token(party: Party | None) -> Match | None:
    """The match by the token of a reply address."""
    return Match(party.ticket, MatchedBy.TOKEN, party) if party else None


def by_subject(
    numbers: Sequence[str],
    ids: Mapping[str, TicketId],
    tickets: Mapping[TicketId, TicketFacts],
    author: Mailbox | None,
) -> Match | None:
    """The match by number, only when the author takes part in that ticket already."""
    if author is None:
        return None
    for number in numbers:
        ticket = ids.get(number)
        if ticket is not None and ticket in tickets and author.key in tickets[ticket].parties:
            return Match(ticket, MatchedBy.SUBJECT, None)
    return None
