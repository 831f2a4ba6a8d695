"""Entries of mails that could not be opened. They are few, and looked for by hand only."""

from collections.abc import Sequence

from sqlalchemy import Connection, Text, cast, select

from gateway.model.closed import ClosedEntry, OpenEntry
from gateway.model.envelope import QueueId
from gateway.model.ticket import EntryFlag, EntryId, EntryKind, TicketId
from gateway.store.occasion import Occasion
from gateway.store.schema import entry, inbound


def entries(connection: Connection, after: EntryId, limit: int) -> tuple[ClosedEntry, ...]:
    """The first of them behind `after` whose mail is still there."""
    columns = (entry.c.id, entry.c.ticket_id, entry.c.kind, inbound.c.queue_id)
    statement = (
        select(*columns)
        .join(inbound, inbound.c.raw_id == entry.c.raw_id)
        .where(entry.c.id > after, cast(entry.c.flags, Text).like(f'%"{EntryFlag.CLOSED}"%'))
        .order_by(entry.c.id, inbound.c.id)
        .limit(limit)
    )
    found = {
        row.id: ClosedEntry(
            EntryId(row.id), TicketId(row.ticket_id), EntryKind(row.kind), QueueId(row.queue_id)
        )
        for row in connection.execute(statement)
    }
    return tuple(found.values())


def is_closed(connection: Connection, name: EntryId) -> bool:
    """True while nobody has opened it; it is locked then."""
    statement = select(entry.c.flags).where(entry.c.id == name).with_for_update()
    flags = connection.execute(statement).scalar_one_or_none()
    return flags is not None and EntryFlag.CLOSED in flags


def write(connection: Connection, changes: Sequence[OpenEntry], occasion: Occasion) -> None:
    """Take the flag away."""
    del occasion
    for change in changes:
        here = entry.c.id == change.entry
        flags = connection.execute(select(entry.c.flags).where(here)).scalar_one()
        left = tuple(flag for flag in flags if flag != EntryFlag.CLOSED)
        connection.execute(entry.update().where(here).values(flags=left))
