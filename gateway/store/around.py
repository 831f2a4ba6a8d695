"""What surrounds a ticket beside its thread: fields, tasks, links, watchers."""

from collections.abc import Collection

from sqlalchemy import Connection, bindparam, select

from gateway.model.people import Agent, AgentId
from gateway.model.ticket import FieldId, Link, LinkKind, Task, TicketId
from gateway.store import rows, schema
from gateway.store.rows import AGENT_COLUMNS
from gateway.store.schema_work import field_value, link, task, watcher

_FIELDS = (
    select(field_value.c.field, field_value.c.value)
    .where(field_value.c.ticket_id == bindparam("ticket"))
    .order_by(field_value.c.field, field_value.c.place)
)
_FIELDS_OF = (
    select(field_value.c.ticket_id, field_value.c.field, field_value.c.value)
    .where(field_value.c.ticket_id.in_(bindparam("tickets", expanding=True)))
    .order_by(field_value.c.ticket_id, field_value.c.field, field_value.c.place)
)
_AT_A_TIME = 500
_TASKS = select(task).where(task.c.ticket_id == bindparam("ticket")).order_by(task.c.number)
_LINKS = (
    select(link.c.other_id, link.c.kind, schema.ticket.c.number)
    .join(schema.ticket, schema.ticket.c.id == link.c.other_id)
    .where(link.c.ticket_id == bindparam("ticket"))
    .order_by(link.c.other_id)
)
_WATCHERS = (
    select(*AGENT_COLUMNS)
    .where(
        schema.agent.c.id.in_(
            select(watcher.c.agent_id).where(watcher.c.ticket_id == bindparam("ticket"))
        )
    )
    .order_by(schema.agent.c.handle_key)
)


def fields(connection: Connection, ticket: TicketId) -> dict[FieldId, tuple[str, ...]]:
    """The filled in fields."""
    found: dict[FieldId, tuple[str, ...]] = {}
    for row in connection.execute(_FIELDS, {"ticket": ticket}):
        found[FieldId(row.field)] = (*found.get(FieldId(row.field), ()), row.value)
    return found


def fields_of(
    connection: Connection, tickets: Collection[TicketId]
) -> dict[TicketId, dict[FieldId, tuple[str, ...]]]:
    """The filled in fields of many tickets."""
    found: dict[TicketId, dict[FieldId, tuple[str, ...]]] = {}
    wanted = sorted(tickets)
    for start in range(0, len(wanted), _AT_A_TIME):
        some = wanted[start : start + _AT_A_TIME]
        for row in connection.execute(_FIELDS_OF, {"tickets": some}):
            values = found.setdefault(TicketId(row.ticket_id), {})
            values[FieldId(row.field)] = (*values.get(FieldId(row.field), ()), row.value)
    return found


def tasks(connection: Connection, ticket: TicketId) -> tuple[Task, ...]:
    """All tasks by their number, done ones too."""
    return tuple(
        Task(
            row.number,
            row.text,
            AgentId(row.agent_id) if row.agent_id else None,
            row.due,
            bool(row.done),
        )
        for row in connection.execute(_TASKS, {"ticket": ticket})
    )


def links(connection: Connection, ticket: TicketId) -> tuple[Link, ...]:
    """The tickets this one has to do with, oldest first."""
    return tuple(
        Link(TicketId(row.other_id), row.number, LinkKind(row.kind))
        for row in connection.execute(_LINKS, {"ticket": ticket})
    )


def watchers(connection: Connection, ticket: TicketId) -> tuple[Agent, ...]:
    """The agents who watch the ticket, in any state, by handle."""
    return rows.agents(connection.execute(_WATCHERS, {"ticket": ticket}).all())
