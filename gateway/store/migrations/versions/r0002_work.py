"""The work on tickets: states, topics, fields, tasks, links, watchers, reminders, choices."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns, fill in what follows from the old ones, create the tables."""
    _ticket()
    _agent()
    _accounts()
    _fields()
    _around_tickets()
    _of_agents()
    _counted()
    _waiting()
    _of_authors()


def _ticket() -> None:
    op.drop_index("ticket_department", "ticket")
    op.drop_index("ticket_responsible", "ticket")
    with op.batch_alter_table("ticket") as batch:
        for column in (
            sa.Column("state", sa.Text(), nullable=False, server_default="open"),
            sa.Column("requester_key", sa.Text(), nullable=False, server_default=""),
            sa.Column("topic", sa.Text()),
            sa.Column("due", sa.BigInteger()),
            sa.Column("answered_at", sa.BigInteger()),
            sa.Column("closed_at", sa.BigInteger()),
            sa.Column("merged_into", _ID),
        ):
            batch.add_column(column)
        batch.create_foreign_key("ticket_merged_into", "ticket", ["merged_into"], ["id"])
    op.execute("UPDATE ticket SET state = 'closed' WHERE status IN ('closed', 'spam')")
    op.execute("UPDATE ticket SET closed_at = updated_at WHERE state = 'closed'")
    op.execute("UPDATE ticket SET requester_key = lower(requester_address)")
    op.create_index("ticket_department", "ticket", ["department", "state", "updated_at"])
    op.create_index("ticket_responsible", "ticket", ["responsible", "state", "updated_at"])
    op.create_index("ticket_state", "ticket", ["state", "updated_at"])
    op.create_index("ticket_requester", "ticket", ["requester_key", "id"])
    for name, last, where in (
        ("ticket_of_topic", "id", sa.text("state = 'open'")),
        ("ticket_waits", "waiting_since", sa.text("waiting_since IS NOT NULL")),
    ):
        op.create_index(
            name,
            "ticket",
            ["department", "topic", last],
            sqlite_where=where,
            postgresql_where=where,
        )


def _agent() -> None:
    with op.batch_alter_table("agent") as batch:
        batch.add_column(sa.Column("away_since", sa.BigInteger()))
        batch.add_column(sa.Column("away_until", sa.BigInteger()))
        batch.add_column(
            sa.Column("away_by_notice", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch.add_column(sa.Column("digest", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("digest_at", sa.BigInteger()))
        batch.add_column(sa.Column("digest_since", sa.BigInteger()))
    away = sa.text("away_until IS NOT NULL")
    op.create_index("agent_away", "agent", ["away_until"], sqlite_where=away, postgresql_where=away)
    gets_one = sa.text("digest <> ''")
    op.create_index(
        "agent_digest",
        "agent",
        ["digest_at"],
        sqlite_where=gets_one,
        postgresql_where=gets_one,
    )


def _accounts() -> None:
    with op.batch_alter_table("agent") as batch:
        for name in ("seen_at", "counts_from", "warned_at", "locked_at", "narrowed_at"):
            batch.add_column(sa.Column(name, sa.BigInteger()))
    _index_where("agent_left", "agent", ["id"], "state <> 'active'")
    op.create_index("ticket_worker_agent", "ticket_worker", ["agent_id"])
    op.create_table(
        "removed_agent",
        sa.Column("agent_id", _ID, sa.ForeignKey("agent.id"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("forgotten", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("agent_id"),
    )
    op.create_index("removed_agent_digest", "removed_agent", ["digest"])
    _index_where("removed_agent_known", "removed_agent", ["agent_id"], "NOT forgotten")


def _index_where(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(
        name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )


def _fields() -> None:
    op.create_table(
        "field_value",
        sa.Column("ticket_id", _ID, sa.ForeignKey("ticket.id"), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", "field", "place"),
    )
    op.create_index("field_value_folded", "field_value", ["field", "folded", "ticket_id"])
    op.create_table(
        "reserved",
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("ticket_id", _ID, sa.ForeignKey("ticket.id"), nullable=False),
        sa.PrimaryKeyConstraint("field", "value"),
    )
    op.create_index("reserved_ticket", "reserved", ["ticket_id"])


def _around_tickets() -> None:
    op.create_table(
        "task",
        sa.Column("ticket_id", _ID, sa.ForeignKey("ticket.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("agent_id", _ID, sa.ForeignKey("agent.id")),
        sa.Column("due", sa.Date()),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", "number"),
    )
    undone = sa.text("NOT done")
    op.create_index(
        "task_agent", "task", ["agent_id", "due"], sqlite_where=undone, postgresql_where=undone
    )
    op.create_table(
        "link",
        sa.Column("ticket_id", _ID, sa.ForeignKey("ticket.id"), nullable=False),
        sa.Column("other_id", _ID, sa.ForeignKey("ticket.id"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", "other_id"),
    )
    op.create_table(
        "watcher",
        sa.Column("ticket_id", _ID, sa.ForeignKey("ticket.id"), nullable=False),
        sa.Column("agent_id", _ID, sa.ForeignKey("agent.id"), nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", "agent_id"),
    )
    op.create_index("watcher_agent", "watcher", ["agent_id", "ticket_id"])
    op.create_table(
        "reminder",
        sa.Column("id", _ID, nullable=False),
        sa.Column("ticket_id", _ID, sa.ForeignKey("ticket.id"), nullable=False),
        sa.Column("agent_id", _ID, sa.ForeignKey("agent.id")),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("reminder_at", "reminder", ["at", "id"])
    op.create_index("reminder_ticket", "reminder", ["ticket_id"])


def _of_agents() -> None:
    op.create_table(
        "notify_choice",
        sa.Column("agent_id", _ID, sa.ForeignKey("agent.id"), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("agent_id", "department"),
    )
    op.create_index("notify_choice_department", "notify_choice", ["department", "agent_id"])
    op.create_table(
        "saved_query",
        sa.Column("agent_id", _ID, sa.ForeignKey("agent.id"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("agent_id", "name"),
    )
    op.create_table(
        "listed",
        sa.Column("message_key", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("ticket_id", _ID, sa.ForeignKey("ticket.id"), nullable=False),
        sa.Column("agent_id", _ID, sa.ForeignKey("agent.id"), nullable=False),
        sa.PrimaryKeyConstraint("message_key", "place"),
    )


def _counted() -> None:
    op.create_table(
        "tally",
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("week", "department", "topic", "kind"),
    )


def _waiting() -> None:
    op.create_table(
        "held",
        sa.Column("id", _ID, nullable=False),
        sa.Column("agent_id", _ID, sa.ForeignKey("agent.id"), nullable=False),
        sa.Column("ticket_id", _ID, sa.ForeignKey("ticket.id")),
        sa.Column("queue_id", sa.Text(), nullable=False),
        sa.Column("receipt_key", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("guards", sa.Text(), nullable=False),
        sa.Column("reply_only", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("held_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("receipt_key"),
    )
    waiting = sa.text("state = 'held'")
    op.create_index(
        "held_waiting",
        "held",
        ["agent_id", "expires_at"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_table(
        "work_done",
        sa.Column("id", _ID, nullable=False),
        sa.Column("agent_id", _ID, sa.ForeignKey("agent.id"), nullable=False),
        sa.Column("ticket_id", _ID, sa.ForeignKey("ticket.id")),
        sa.Column("receipt_key", sa.Text(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("receipt_key"),
    )
    op.create_index("work_done_agent", "work_done", ["agent_id", "done_at"])


def _of_authors() -> None:
    op.create_table(
        "author_entry",
        sa.Column("id", _ID, nullable=False),
        sa.Column("entry_key", sa.Text(), nullable=False),
        sa.Column("author_key", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subdomains", sa.Boolean(), nullable=False),
        sa.Column("departments", sa.Text(), nullable=False),
        sa.Column("until", sa.Date()),
        sa.Column("authenticated", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("agent_id", _ID, sa.ForeignKey("agent.id"), nullable=False),
        sa.Column("entered_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("ended_by", _ID, sa.ForeignKey("agent.id")),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("entry_key"),
    )
    in_force = sa.text("ended_at IS NULL")
    op.create_index(
        "author_entry_author",
        "author_entry",
        ["author_key"],
        sqlite_where=in_force,
        postgresql_where=in_force,
    )
    op.create_table(
        "rejected_mail",
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("department", "week", "why", "domain"),
    )
