"""OpenPGP: keys of agents and authors, what protects mails and entries."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns, create the tables."""
    _keys()
    _signatures()
    _protected()


def _columns_of_key(*, missing: bool) -> list[sa.Column[Any]]:
    return [
        sa.Column("blob", sa.LargeBinary(), nullable=missing),
        sa.Column("user_ids", sa.Text(), nullable=missing),
        sa.Column("algorithm", sa.Text(), nullable=False, server_default=""),
        sa.Column("created", sa.BigInteger()),
        sa.Column("expires", sa.BigInteger()),
        sa.Column("revoked", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("can_encrypt", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("can_sign", sa.Boolean(), nullable=False, server_default=sa.false()),
    ]


def _keys() -> None:
    op.create_table(
        "agent_key",
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("agent_id", _ID, sa.ForeignKey("agent.id"), nullable=False),
        sa.Column("pinned_at", sa.BigInteger(), nullable=False),
        sa.Column("pinned_by", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.BigInteger()),
        *_columns_of_key(missing=True),
        sa.PrimaryKeyConstraint("fingerprint"),
    )
    op.create_index("agent_key_agent", "agent_key", ["agent_id"])
    op.create_table(
        "author_key",
        sa.Column("address_key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("prefer_encrypt", sa.Boolean(), nullable=False),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.Column("last_seen", sa.BigInteger(), nullable=False),
        *_columns_of_key(missing=False),
        sa.PrimaryKeyConstraint("address_key", "fingerprint"),
    )


def _signatures() -> None:
    op.create_table(
        "used_signature",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("agent_id", _ID, sa.ForeignKey("agent.id"), nullable=False),
        sa.Column("queue_id", sa.Text(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("used_signature_agent", "used_signature", ["agent_id"])
    op.create_index("used_signature_age", "used_signature", ["used_at"])
    op.create_table(
        "key_warning",
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", "expires", "stage"),
    )


def _protected() -> None:
    """Tickets of which something came encrypted, and how outgoing mail is sealed."""
    # No batch: on SQLite it would write the table anew, and its older defaults otherwise.
    op.add_column(
        "ticket",
        sa.Column("confidential", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    with op.batch_alter_table("outbox") as batch:
        for name in ("sign_with", "encrypt_to"):
            batch.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=""))
