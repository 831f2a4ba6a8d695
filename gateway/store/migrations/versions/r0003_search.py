"""The full-text index, and what lists are read by."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the index and its words; texts that are there already are indexed by the store."""
    op.create_table(
        "ticket_text",
        sa.Column("id", _ID, nullable=False, autoincrement=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE ticket_words USING fts5("
            "head, body, content='ticket_text', content_rowid='id', tokenize='unicode61')"
        )
        op.execute("CREATE TABLE word (word TEXT PRIMARY KEY NOT NULL) WITHOUT ROWID")
    else:
        op.execute(
            "CREATE INDEX ticket_text_words ON ticket_text USING gin "
            "(to_tsvector('simple'::regconfig, ((head || ' '::text) || body)))"
        )
    _what_lists_are_read_by()


def _what_lists_are_read_by() -> None:
    op.add_column("ticket", sa.Column("asked_at", sa.BigInteger()))
    op.execute(
        "UPDATE ticket SET asked_at = (SELECT created_at FROM entry WHERE entry.id = "
        "(SELECT max(id) FROM entry WHERE entry.ticket_id = ticket.id "
        "AND kind IN ('message', 'response')) AND kind = 'message')"
    )
    op.create_index("ticket_topic", "ticket", ["topic", "id"])
    for name, moment, where in (
        ("ticket_due", "due", "state = 'open' AND due IS NOT NULL"),
        ("ticket_asked", "asked_at", "state = 'open' AND asked_at IS NOT NULL"),
        ("ticket_waiting", "waiting_since", "waiting_since IS NOT NULL"),
    ):
        op.create_index(
            name,
            "ticket",
            ["department", moment],
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )
