"""Time rules and escalations; who sent a mail, as the gateway found it, and logins of agents."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns, create the tables."""
    _senders()
    _form()


def _senders() -> None:
    with op.batch_alter_table("inbound") as batch:
        batch.add_column(sa.Column("peer_login", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("authentication", sa.Text()))
    op.create_table(
        "agent_password",
        sa.Column("agent_id", _ID, sa.ForeignKey("agent.id"), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("agent_id"),
    )


def _form() -> None:
    """Signatures of the contact form that had their effect."""
    op.create_table(
        "form_signature",
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("ticket_id", _ID, sa.ForeignKey("ticket.id"), nullable=False),
        sa.PrimaryKeyConstraint("signature"),
    )
    op.create_index("form_signature_ticket", "form_signature", ["ticket_id"])
