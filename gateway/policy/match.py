"""Which ticket a message belongs to.

Three ways, in this order: Message-IDs that we know, the token in the recipient's plus part, the
number in the subject. Never the words of the subject.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from gateway.model.address import Mailbox
from gateway.model.message import Message
from gateway.model.ticket import Party
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


def first_known(ids: Sequence[str], known: Mapping[str, Reference]) -> Reference | None:
    """The most telling id that we know."""
    return next((known[message_id] for message_id in ids if message_id in known), None)


def by_reference(reference: Reference, about: TicketFacts) -> Match:
    """The match by a known id. Only an id of a mail of ours, told to one person, names a party."""
    party = about.parties.get(reference.party) if reference.sent else None
    return Match(reference.ticket, MatchedBy.MESSAGE_ID, party)


def by_token(party: Party) -> Match:
    """The match by the token of a reply address."""
    return Match(party.ticket, MatchedBy.TOKEN, party)


def followed(found: Match, root: TicketFacts) -> Match:
    """The match with the ticket that the found one was merged into.

    The party stays who they were to the mail they answer: its role and its secret are theirs.
    """
    party = replace(found.party, ticket=root.ticket.id) if found.party else None
    return replace(found, ticket=root.ticket.id, party=party)


def by_subject(about: TicketFacts, author: Mailbox | None) -> Match | None:
    """The match by number, only when the author takes part in that ticket already."""
    if author is None or author.key not in about.parties:
        return None
    return Match(about.ticket.id, MatchedBy.SUBJECT, None)
