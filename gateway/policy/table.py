"""Tickets as the lines of a list, and as a table for a spreadsheet program."""

from gateway.model.answers import TableLine, TicketLine, TicketTable
from gateway.model.people import Agent
from gateway.model.text import Text
from gateway.model.ticket import Ticket
from gateway.model.topic import Field
from gateway.policy.facts import Facts, Listing
from gateway.policy.fields import may_see_field
from gateway.policy.values import shown


def ticket_line(ticket: Ticket, facts: Facts) -> TicketLine:
    """The ticket with the names of its department and of its responsible agent."""
    found = facts.agents.get(ticket.responsible) if ticket.responsible is not None else None
    department = facts.organisation.department(ticket.department).name
    return TicketLine(ticket, department, found.name if found else "")


def table(listing: Listing, agent: Agent, facts: Facts) -> TicketTable:
    """All gathered tickets, with the fields that the agent may see of those topics."""
    columns = _columns(listing, agent, facts)
    lines = tuple(
        TableLine(
            ticket_line(ticket, facts),
            _topic(ticket, facts),
            tuple(_value(listing, ticket, field) for field in columns),
        )
        for ticket in listing.table
    )
    return TicketTable(tuple(field.name for field in columns), lines)


def _columns(listing: Listing, agent: Agent, facts: Facts) -> list[Field]:
    """The fields of all topics of the tickets and those filled in, in the order of the rules."""
    topics = facts.organisation.topics
    there = {field for values in listing.fields.values() for field in values}
    there |= {
        field.id
        for topic in {ticket.topic for ticket in listing.table}
        for field in topics.of(topic)
    }
    return [
        field
        for field in topics.fields.values()
        if field.id in there and may_see_field(agent, field, facts.organisation)
    ]


def _topic(ticket: Ticket, facts: Facts) -> Text | None:
    topic = facts.organisation.topics.topics.get(ticket.topic) if ticket.topic else None
    return topic.name if topic else None


def _value(listing: Listing, ticket: Ticket, field: Field) -> Text | None:
    values = listing.fields.get(ticket.id, {}).get(field.id)
    return shown(field, values) if values else None
