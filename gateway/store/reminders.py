"""Reminders whose time has come. Two nodes never hold the same one."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from gateway.model.people import AgentId
from gateway.model.reminder import Reminder, ReminderId, ReminderKind
from gateway.model.ticket import TicketId
from gateway.store.schema_work import reminder

_DUE = (
    select(reminder.c.id)
    .where(reminder.c.at <= bindparam("now", type_=reminder.c.at.type))
    .order_by(reminder.c.at, reminder.c.id)
    .limit(bindparam("most"))
)
_HOLD = select(reminder).where(reminder.c.id == bindparam("one")).with_for_update(skip_locked=True)


def due(connection: Connection, now: datetime, limit: int) -> Sequence[ReminderId]:
    """The first of them, in the order of their times."""
    found = connection.execute(_DUE, {"now": now, "most": limit})
    return [ReminderId(row.id) for row in found]


def hold(connection: Connection, wanted: ReminderId) -> Reminder | None:
    """The reminder, locked to the end of the transaction; None when it is gone or locked."""
    row = connection.execute(_HOLD, {"one": wanted}).first()
    if row is None:
        return None
    return Reminder(
        ReminderId(row.id),
        TicketId(row.ticket_id),
        ReminderKind(row.kind),
        row.at,
        row.text,
        AgentId(row.agent_id) if row.agent_id is not None else None,
    )
