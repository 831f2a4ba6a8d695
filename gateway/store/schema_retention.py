"""The tables of retention: what is kept against it, and what was proposed to admins."""

from sqlalchemy import Column, ForeignKey, Index, Table, text

from gateway.store import schema, schema_work
from gateway.store.schema import metadata
from gateway.store.types import Key, Moment, Words

# Tickets that nothing deletes, whatever their age, and why.
legal_hold = Table(
    "legal_hold",
    metadata,
    Column("ticket_id", ForeignKey("ticket.id"), primary_key=True),
    Column("agent_id", ForeignKey("agent.id"), nullable=False),
    Column("since", Moment, nullable=False),
    Column("reason", Words, nullable=False),
)

# Lists (`listed`) that propose their tickets for deletion: a yes to one deletes them.
proposal = Table(
    "proposal",
    metadata,
    Column("message_key", Key, primary_key=True),
    Column("agent_id", ForeignKey("agent.id"), nullable=False),
    Column("made_at", Moment, nullable=False),
)

# Until when a ticket is not proposed: it was, and nobody has answered yet, or somebody said no.
kept_for_now = Table(
    "kept_for_now",
    metadata,
    Column("ticket_id", ForeignKey("ticket.id"), primary_key=True),
    Column("until", Moment, nullable=False),
)

# By these a purge finds all that belongs to a ticket, and the database that nothing is left of it.
_ticket, _entry = schema.ticket, schema.entry
for _name, _column in (
    ("entry_raw", _entry.c.raw_id),
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
