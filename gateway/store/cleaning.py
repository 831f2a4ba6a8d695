"""Copies of mails that no ticket needs, and what was kept beside them, go after a time."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, exists, or_, select, update

from gateway.store import history, schema, schema_work
from gateway.store.purging import hide_messages, remove_incoming, remove_outgoing
from gateway.store.schema_retention import purge_run

_ENTRY = schema.entry
_IN = schema.inbound
_OUT = schema.outbox
_HELD = schema_work.held
_DONE = schema_work.work_done
_COUNTED = schema.automatic_mail

TO_REQUESTERS = frozenset({"response", "confirmation", "status-notice"})
"""Kinds of mails that are kept with their ticket: they are what was said."""
COUNTED_FOR = timedelta(days=366)
"""So long automatic mails are counted at most (`reject_window_days`)."""
UNDONE_WITHIN = timedelta(days=1)


def clean(
    connection: Connection, mails: datetime, typed: datetime, now: datetime, most: int
) -> int:
    """Remove up to `most` of each sort that ended before `mails`, what was typed before `typed`.

    Returns how many there were; 0: nothing is left to be removed.
    """
    count = _incoming(connection, mails, most) + _outgoing(connection, mails, most)
    count += history.erase_details_before(connection, typed, most)
    for table, which in (
        (_HELD, (_HELD.c.state != "held") & (_HELD.c.held_at < mails)),
        (_DONE, _DONE.c.done_at < now - UNDONE_WITHIN),
        (_COUNTED, _COUNTED.c.sent_at < now - COUNTED_FOR),
    ):
        old = select(table.c.id).where(which).limit(most).scalar_subquery()
        count += connection.execute(delete(table).where(table.c.id.in_(old))).rowcount
    if count:
        connection.execute(update(purge_run).values(to_sweep=True))
    return count


def _incoming(connection: Connection, before: datetime, most: int) -> int:
    """Processed mails whose words stand in no entry: commands, passed on mail, doubles."""
    waits = exists().where(_HELD.c.queue_id == _IN.c.queue_id, _HELD.c.state == "held")
    found = connection.execute(
        select(_IN.c.id, _IN.c.raw_id, _IN.c.queue_id)
        .where(
            _IN.c.state == "done",
            _IN.c.finished_at < before,
            ~exists().where(_ENTRY.c.raw_id == _IN.c.raw_id),
            ~waits,
        )
        .order_by(_IN.c.id)
        .limit(most)
    ).all()
    hide_messages(connection, [row.queue_id for row in found])
    remove_incoming(connection, [row.id for row in found], [row.raw_id for row in found])
    return len(found)


def _outgoing(connection: Connection, before: datetime, most: int) -> int:
    """Mails to agents, and those that belong to no ticket."""
    found = connection.execute(
        select(_OUT.c.id)
        .where(
            _OUT.c.state != "queued",
            _OUT.c.finished_at < before,
            or_(_OUT.c.ticket_id.is_(None), _OUT.c.kind.not_in(TO_REQUESTERS)),
        )
        .order_by(_OUT.c.id)
        .limit(most)
    ).scalars()
    rows = list(found)
    remove_outgoing(connection, rows)
    return len(rows)
