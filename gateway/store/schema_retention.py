"""The state of purging, and the indices by which it finds all that belongs to a ticket.

By the same indices the database finds that nothing is left that names what is deleted.
"""

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, Integer, Table, text

from gateway.store import schema, schema_work
from gateway.store.schema import metadata
from gateway.store.types import Moment

# One row: when it was looked for what is due, since when that is trusted, what was purged today,
# and whether the files have still to be swept of what the tables no longer have.
purge_run = Table(
    "purge_run",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("looked_at", Moment),
    Column("not_before", Moment),
    Column("day", Date),
    Column("purged", BigInteger, nullable=False),
    Column("cleaned", Date),
    Column("proposed", Date),
    Column("to_sweep", Boolean, nullable=False),
)

_ticket = schema.ticket
for _name, _column in (
    ("entry_raw", schema.entry.c.raw_id),
    ("inbound_ticket", schema.inbound.c.ticket_id),
    ("outbox_ticket", schema.outbox.c.ticket_id),
    ("outbox_tail_of", schema.outbox.c.tail_id),
    ("seen_message_ticket", schema.seen_message.c.ticket_id),
    ("ticket_merged", _ticket.c.merged_into),
    ("ticket_deleted", _ticket.c.deleted_at),
    ("held_ticket", schema_work.held.c.ticket_id),
    ("work_done_ticket", schema_work.work_done.c.ticket_id),
):
    _is_set = text(f"{_column.name} IS NOT NULL")
    Index(_name, _column, sqlite_where=_is_set, postgresql_where=_is_set)
Index("inbound_raw", schema.inbound.c.raw_id)
Index("message_ref_ticket", schema.message_ref.c.ticket_id)
Index("listed_ticket", schema_work.listed.c.ticket_id)
Index("link_other", schema_work.link.c.other_id)
Index("party_address", schema.party.c.address_key)
_closed = text("state = 'closed'")
Index("ticket_closed", _ticket.c.closed_at, sqlite_where=_closed, postgresql_where=_closed)
