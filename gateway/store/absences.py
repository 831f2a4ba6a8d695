"""Absences: whose are over, and which tickets of an agent have tasks that are due meanwhile."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection, and_, bindparam, or_, select

from gateway.model.people import Agent, AgentId
from gateway.model.ticket import State, Ticket
from gateway.store import rows, schema
from gateway.store.lookups import agents_by_id
from gateway.store.schema_work import task

_AGENT = schema.agent
_TICKET = schema.ticket
_OVER = (
    select(_AGENT.c.id)
    .where(
        _AGENT.c.away_until.is_not(None),
        _AGENT.c.away_until <= bindparam("now", type_=_AGENT.c.away_until.type),
    )
    .order_by(_AGENT.c.away_until, _AGENT.c.id)
    .limit(bindparam("most"))
)
_HOLD = (
    select(_AGENT.c.id)
    .where(_AGENT.c.id == bindparam("one"), _AGENT.c.away_until.is_not(None))
    .with_for_update(skip_locked=True)
)
_OWN_TASKS = select(task.c.ticket_id).where(
    task.c.agent_id == bindparam("who"), ~task.c.done, task.c.due <= bindparam("by")
)
_TASKS_OF_OWN = select(task.c.ticket_id).where(
    task.c.ticket_id == _TICKET.c.id,
    task.c.agent_id.is_(None),
    ~task.c.done,
    task.c.due <= bindparam("by"),
)
_BY_TASK = (
    select(*rows.TICKET_COLUMNS)
    .where(
        _TICKET.c.state == State.OPEN.value,
        or_(
            _TICKET.c.id.in_(_OWN_TASKS),
            and_(_TICKET.c.responsible == bindparam("who"), _TASKS_OF_OWN.exists()),
        ),
    )
    .order_by(_TICKET.c.id)
    .limit(bindparam("most"))
)


def over(connection: Connection, now: datetime, limit: int) -> Sequence[AgentId]:
    """The agents whose absence is over, the earliest first."""
    found = connection.execute(_OVER, {"now": now, "most": limit})
    return [AgentId(row.id) for row in found]


def hold(connection: Connection, agent: AgentId) -> Agent | None:
    """The absent agent, locked to the end of the transaction; None when another node has them."""
    row = connection.execute(_HOLD, {"one": agent}).first()
    return None if row is None else agents_by_id(connection, [agent])[agent]


def with_tasks(connection: Connection, agent: AgentId, by: date, limit: int) -> tuple[Ticket, ...]:
    """Open tickets with something that the agent has to do by that day."""
    found = connection.execute(_BY_TASK, {"who": agent, "by": by, "most": limit})
    return tuple(map(rows.ticket, found))
