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
    else:
        op.execute(
            "CREATE INDEX ticket_text_words ON ticket_text USING gin "
            "(to_tsvector('simple'::regconfig, ((head || ' '::text) || body)))"
        )
