"""Offers and requests that fit each other: who is told of which, and what to do next.

A request is there for matching while it is on the waiting list, an offer while it is open. Both
are taken once something is reserved in them, or once they are linked with an open ticket of the
other side: that is how an agent says that the two belong together. Closed, they are gone.
"""

from collections.abc import Iterable, Mapping

from gateway.model.answers import FitLine, Fits
from gateway.model.fit import Fit
from gateway.model.organisation import Organisation
from gateway.model.people import Agent
from gateway.model.route import Action
from gateway.model.text import say
from gateway.model.ticket import FieldId, LinkKind, TicketId, TopicId
from gateway.model.topic import Side
from gateway.policy.access import is_member
from gateway.policy.facts import Facts, TicketFacts
from gateway.policy.fields import may_see_field

MOST = 3
"""So many are named in a mail, the oldest."""


def opposite(side: Side) -> Side:
    """What fits to it."""
    return Side.REQUEST if side is Side.OFFER else Side.OFFER


def topics_of(side: Side, organisation: Organisation) -> frozenset[TopicId]:
    """The topics whose tickets are on this side."""
    topics = organisation.topics.topics.values()
    return frozenset(topic.id for topic in topics if topic.side is side)


def side_of(about: TicketFacts, organisation: Organisation) -> Side | None:
    """The side of the ticket's topic."""
    topic = about.ticket.topic
    found = organisation.topics.topics.get(topic) if topic is not None else None
    return found.side if found else None


def fitting(facts: Facts, about: TicketFacts, agent: Agent) -> Fits | None:
    """The oldest ones of the agent's departments that share something; None: there is nothing."""
    organisation = facts.organisation
    side = side_of(about, organisation)
    if side is None or not about.ticket.is_open or is_taken(facts, about, side):
        return None
    visible = frozenset(
        field
        for field in _matched(about, organisation)
        if may_see_field(agent, organisation.topics.fields[field], organisation)
    )
    found = [
        (fit, fit.fields & visible)
        for fit in facts.matching.fits.get(opposite(side), ())
        if fit.fields & visible
        and fit.ticket.id != about.ticket.id
        and is_member(agent, fit.ticket.department, organisation)
    ]
    if not found:
        return None
    lines = tuple(_line(fit, shared, organisation) for fit, shared in found[:MOST])
    return Fits(about.ticket.number, offer=side is Side.OFFER, lines=lines)


def links(fits: Fits | None) -> tuple[Action, ...]:
    """What says by one tap that the ticket belongs to one of those that fit."""
    numbers = [line.ticket.number for line in fits.lines] if fits else []
    return tuple(
        Action(say("Link with #%(number)s", number=number), f"link #{number}") for number in numbers
    )


def come_up(
    facts: Facts, agent: Agent, tickets: Mapping[TicketId, TicketFacts], shown: Iterable[TicketId]
) -> tuple[Fits, ...]:
    """What fits to tickets that an agent's mail has made one of a side, or that it shows."""
    shown = frozenset(shown)
    found = (
        fitting(facts, about, agent)
        for ticket, about in sorted(tickets.items())
        if ticket in shown or _counts(about) != _counts(facts.tickets.get(ticket))
    )
    return tuple(fits for fits in found if fits is not None)


def _counts(about: TicketFacts | None) -> tuple[object, ...]:
    """What makes a ticket come up when it changes."""
    if about is None:
        return ()
    ticket = about.ticket
    return (ticket.topic, ticket.status, ticket.responsible, ticket.department, about.fields)


def is_taken(facts: Facts, about: TicketFacts, side: Side) -> bool:
    """True when something is reserved in it, or it belongs to a ticket of the other side."""
    fields = facts.organisation.topics.fields
    if any(
        fields[each].unique and values for each, values in about.fields.items() if each in fields
    ):
        return True
    topics = topics_of(opposite(side), facts.organisation)
    partners = facts.matching.partners.get(about.ticket.id, {})
    known = {ticket for ticket, topic in partners.items() if topic in topics}
    known |= {fit.ticket.id for fit in facts.matching.fits.get(opposite(side), ())}
    return any(link.kind is LinkKind.RELATED and link.ticket in known for link in about.links)


def _matched(about: TicketFacts, organisation: Organisation) -> frozenset[FieldId]:
    fields = organisation.topics.fields
    return frozenset(
        each
        for each, values in about.fields.items()
        if values and each in fields and fields[each].matched
    )


def _line(fit: Fit, shared: frozenset[FieldId], organisation: Organisation) -> FitLine:
    fields = organisation.topics.fields.values()
    return FitLine(
        fit.ticket,
        organisation.department(fit.ticket.department).name,
        fit.ticket.waiting_since or fit.ticket.created_at,
        tuple(field.name for field in fields if field.id in shared),
    )
