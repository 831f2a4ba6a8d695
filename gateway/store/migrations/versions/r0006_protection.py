"""History as a chain, retention and purge."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables, and the indices by which a purge finds what belongs to a ticket."""
    _history()
    _retention()
    _indices()


def _history() -> None:
    op.create_table(
        "history",
        sa.Column("id", _ID, nullable=False, autoincrement=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("detail_digest", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "history_detail",
        sa.Column("history_id", _ID, sa.ForeignKey("history.id"), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("history_id"),
    )
    op.create_index("history_detail_at", "history_detail", ["at"])
    op.create_table(
        "history_ticket",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("history_id", _ID, sa.ForeignKey("history.id"), nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", "history_id"),
    )
    op.create_index("history_ticket_act", "history_ticket", ["history_id"])
    op.execute("INSERT INTO counter (name, value) VALUES ('history', 0)")


def _retention() -> None:
    op.add_column("ticket", sa.Column("deleted_at", sa.BigInteger()))
    op.execute("UPDATE ticket SET deleted_at = updated_at WHERE state = 'deleted'")
    op.add_column("ticket", sa.Column("kept_reason", sa.Text()))
    op.add_column("ticket", sa.Column("kept_until", sa.BigInteger()))
    op.add_column("ticket", sa.Column("proposed_at", sa.BigInteger()))
    op.create_table(
        "purge_run",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("looked_at", sa.BigInteger()),
        sa.Column("not_before", sa.BigInteger()),
        sa.Column("day", sa.Date()),
        sa.Column("purged", sa.BigInteger(), nullable=False),
        sa.Column("cleaned", sa.Date()),
        sa.Column("proposed", sa.Date()),
        sa.Column("to_sweep", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.execute("INSERT INTO purge_run (id, purged, to_sweep) VALUES (1, 0, false)")


def _indices() -> None:
    for name, table, column in (
        ("entry_raw", "entry", "raw_id"),
        ("inbound_ticket", "inbound", "ticket_id"),
        ("outbox_ticket", "outbox", "ticket_id"),
        ("outbox_tail_of", "outbox", "tail_id"),
        ("seen_message_ticket", "seen_message", "ticket_id"),
        ("ticket_merged", "ticket", "merged_into"),
        ("ticket_deleted", "ticket", "deleted_at"),
        ("held_ticket", "held", "ticket_id"),
        ("work_done_ticket", "work_done", "ticket_id"),
    ):
        where = sa.text(f"{column} IS NOT NULL")
        op.create_index(name, table, [column], sqlite_where=where, postgresql_where=where)
    for name, table, column in (
        ("inbound_raw", "inbound", "raw_id"),
        ("message_ref_ticket", "message_ref", "ticket_id"),
        ("listed_ticket", "listed", "ticket_id"),
        ("link_other", "link", "other_id"),
        ("party_address", "party", "address_key"),
    ):
        op.create_index(name, table, [column])
    closed = sa.text("state = 'closed'")
    op.create_index(
        "ticket_closed", "ticket", ["closed_at"], sqlite_where=closed, postgresql_where=closed
    )
