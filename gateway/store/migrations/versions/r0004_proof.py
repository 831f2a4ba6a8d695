"""The second factor of agents, and what mails held for it need to know."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns of held mails, create the tables."""
    with op.batch_alter_table("held") as batch:
        batch.add_column(sa.Column("token_digest", sa.Text()))
        batch.add_column(sa.Column("needs", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("proved", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("version", sa.Text(), nullable=False, server_default=""))
    op.create_index("held_token", "held", ["token_digest"], unique=True)
    waiting = sa.text("state = 'held'")
    op.create_index(
        "held_expiring",
        "held",
        ["expires_at", "id"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    _tables()


def _tables() -> None:
    op.create_table(
        "second_factor",
        sa.Column("agent_id", _ID, sa.ForeignKey("agent.id"), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("enrolled_at", sa.BigInteger(), nullable=False),
        sa.Column("locked_until", sa.BigInteger()),
        sa.PrimaryKeyConstraint("agent_id"),
    )
    op.create_table(
        "used_code",
        sa.Column("agent_id", _ID, sa.ForeignKey("agent.id"), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("agent_id", "step"),
    )
    op.create_table(
        "wrong_code",
        sa.Column("id", _ID, nullable=False),
        sa.Column("agent_id", _ID, sa.ForeignKey("agent.id"), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("wrong_code_agent", "wrong_code", ["agent_id", "at"])
    op.create_table(
        "recovery_code",
        sa.Column("id", _ID, nullable=False),
        sa.Column("agent_id", _ID, sa.ForeignKey("agent.id"), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("used_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("recovery_code_agent", "recovery_code", ["agent_id"])
    op.create_table(
        "proof_session",
        sa.Column("agent_id", _ID, sa.ForeignKey("agent.id"), nullable=False),
        sa.Column("address_key", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("factor", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("agent_id"),
    )
