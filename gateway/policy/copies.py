"""Participants in copy: people of the requester's side who get the answers too.

Whoever the requester names in Cc takes part, as long as it is certain enough that it was the
requester: nobody may put themselves into a conversation by writing the requester's address into a
From field. Each of them gets mail with secrets of their own.
"""

from dataclasses import dataclass, replace

from gateway.mail.automatic import is_machine
from gateway.model.address import Mailbox, fold
from gateway.model.changes import AddParty
from gateway.model.organisation import Organisation
from gateway.model.text import Text, say
from gateway.model.ticket import Party, PartyRole
from gateway.policy.acts import NOTHING, Acts
from gateway.policy.facts import Facts, TicketFacts
from gateway.policy.said import event

MOST = 10
"""Participants in copy that a ticket has."""
MOST_LOOKED_AT = 30
"""Addresses in Cc that are looked at."""

_LIST_FIELDS = ("list-id", "list-post", "list-unsubscribe", "mailing-list", "x-mailing-list")


def in_copy(about: TicketFacts) -> tuple[Party, ...]:
    """Who gets copies of the answers, by address."""
    found = (party for party in about.parties.values() if party.role is PartyRole.CC)
    return tuple(sorted(found, key=lambda party: party.address))


def is_ours(address: str, organisation: Organisation) -> bool:
    """True for an address of the organisation, with or without a plus part."""
    local, _, domain = fold(address).rpartition("@")
    base = f"{local.partition('+')[0]}@{domain}"
    return domain == fold(organisation.domain) or organisation.kind_of(base) is not None


def joined(
    about: TicketFacts, people: tuple[Mailbox, ...], facts: Facts
) -> tuple[TicketFacts, Acts]:
    """The ticket with these people in copy too."""
    ticket = about.ticket.id
    new = tuple(
        Party(
            ticket,
            one.address,
            PartyRole.CC,
            "r" + facts.fresh.token("party", str(ticket), one.key),
            one.name,
        )
        for one in people
    )
    after = replace(about, parties={**about.parties, **{each.mailbox.key: each for each in new}})
    changes = tuple(
        AddParty(ticket, each.address, each.name, each.role, each.token) for each in new
    )
    return after, Acts(changes)


def named(people: tuple[Mailbox, ...]) -> str:
    """The addresses, the first ten of them."""
    shown = ", ".join(one.address for one in people[:MOST])
    return f"{shown} …" if len(people) > MOST else shown


@dataclass(frozen=True, slots=True)
class Joined:
    """The ticket with those who came in by a mail's Cc, and what agents should know of it."""

    about: TicketFacts
    acts: Acts = NOTHING
    remark: Text | None = None


def by_mail(facts: Facts, about: TicketFacts, *, certain: bool) -> Joined:
    """Those whom the message names in Cc, for the first time.

    `certain`: the message comes from a participant and not only bears the address of one.
    """
    people = tuple(
        one
        for one in facts.copied
        if one.key not in about.parties
        and one.key != about.ticket.requester.key
        and not is_machine(one)
    )
    if not people or facts.message.automatic.is_auto_generated:
        return Joined(about)
    if any(facts.message.header_values(name) for name in _LIST_FIELDS):
        return Joined(about)
    if not certain:
        return Joined(about, remark=_not_certain(people))
    if len(people) + len(in_copy(about)) > MOST:
        return Joined(about, remark=_too_many(people))
    after, acts = joined(about, people, facts)
    what = say("in copy from now on, named by the requester: %(names)s", names=named(people))
    return Joined(after, acts + Acts((event(about.ticket.id, what),)))


def _not_certain(people: tuple[Mailbox, ...]) -> Text:
    return say(
        "In Cc: %(names)s. They get no copies of your answers, because it is not proved who wrote"
        " this. To add somebody: !cc add %(first)s",
        names=named(people),
        first=people[0].address,
    )


def _too_many(people: tuple[Mailbox, ...]) -> Text:
    return say(
        "In Cc: %(names)s. These are too many to get copies of your answers (at most %(most)s)."
        " To add somebody: !cc add %(first)s",
        names=named(people),
        most=MOST,
        first=people[0].address,
    )
