"""Escalations, the clock; who sent a mail; logins of agents; what rules put on tickets."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns, create the tables."""
    _senders()
    _form()
    _times()
    _time_tables()
    _rules()


def _senders() -> None:
    with op.batch_alter_table("inbound") as batch:
        batch.add_column(sa.Column("peer_login", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("authentication", sa.Text()))
        # Whether it was taken out of quarantine; of rules, but a table is rebuilt once.
        batch.add_column(
            sa.Column("released", sa.Boolean(), nullable=False, server_default=sa.false())
        )
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


def _times() -> None:
    op.add_column("ticket", sa.Column("replied_at", sa.BigInteger()))
    op.add_column("ticket", sa.Column("looked", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("ticket", sa.Column("look_at", sa.BigInteger()))
    op.execute(
        "UPDATE ticket SET replied_at = (SELECT max(created_at) FROM entry WHERE entry.ticket_id = "
        "ticket.id AND entry.kind = 'response') WHERE asked_at IS NULL AND answered_at IS NOT NULL"
    )
    for name, column, where in (
        ("ticket_unlooked", "id", "looked <> version"),
        ("ticket_look_at", "look_at", "look_at IS NOT NULL"),
    ):
        op.create_index(
            name, "ticket", [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where)
        )


def _time_tables() -> None:
    op.create_table(
        "escalation_mark",
        sa.Column("ticket_id", _ID, sa.ForeignKey("ticket.id"), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("occasion", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", "rule"),
    )
    op.create_table(
        "clock_beat",
        sa.Column("boot", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("up", sa.BigInteger(), nullable=False),
        sa.Column("right_at", sa.BigInteger()),
        sa.Column("right_up", sa.BigInteger()),
        sa.Column("suspect_up", sa.BigInteger()),
        sa.PrimaryKeyConstraint("boot"),
    )
    op.create_table(
        "rule_trouble",
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("node"),
    )
    op.create_table(
        "good_rules",
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("files", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("node"),
    )


def _rules() -> None:
    """Priority and tags of tickets."""
    op.add_column("ticket", sa.Column("priority", sa.Text()))
    op.add_column("ticket", sa.Column("tags", sa.Text()))
    op.create_table(
        "ticket_tag",
        sa.Column("ticket_id", _ID, sa.ForeignKey("ticket.id"), primary_key=True),
        sa.Column("tag", sa.Text(), primary_key=True),
    )
    op.create_index("ticket_tag_tag", "ticket_tag", ["tag", "ticket_id"])
