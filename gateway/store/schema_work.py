"""The tables of the work on tickets: fields, tasks, links, watchers, reminders, agents' choices."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    text,
)

from gateway.store.schema import identity, metadata
from gateway.store.types import Key, Moment, WordList, Words

# The filled in fields of a ticket: identifiers one row each, a choice's comment at place 1.
field_value = Table(
    "field_value",
    metadata,
    Column("ticket_id", ForeignKey("ticket.id"), primary_key=True),
    Column("field", Key, primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("value", Words, nullable=False),
    Column("folded", Key, nullable=False),
)
Index("field_value_folded", field_value.c.field, field_value.c.folded, field_value.c.ticket_id)

# What tickets are looked up by beside the row, which keeps the tags as they are shown.
ticket_tag = Table(
    "ticket_tag",
    metadata,
    Column("ticket_id", ForeignKey("ticket.id"), primary_key=True),
    Column("tag", Key, primary_key=True),
)
Index("ticket_tag_tag", ticket_tag.c.tag, ticket_tag.c.ticket_id)

# Values of unique fields in tickets of the state open: one device is reserved once.
reserved = Table(
    "reserved",
    metadata,
    Column("field", Key, primary_key=True),
    Column("value", Key, primary_key=True),
    Column("ticket_id", ForeignKey("ticket.id"), nullable=False),
)
Index("reserved_ticket", reserved.c.ticket_id)

task = Table(
    "task",
    metadata,
    Column("ticket_id", ForeignKey("ticket.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("text", Words, nullable=False),
    Column("agent_id", ForeignKey("agent.id")),
    Column("due", Date),
    Column("done", Boolean, nullable=False),
)
Index(
    "task_agent",
    task.c.agent_id,
    task.c.due,
    sqlite_where=text("NOT done"),
    postgresql_where=text("NOT done"),
)

# Both directions are kept: `kind` says what `other_id` is to `ticket_id`.
link = Table(
    "link",
    metadata,
    Column("ticket_id", ForeignKey("ticket.id"), primary_key=True),
    Column("other_id", ForeignKey("ticket.id"), primary_key=True),
    Column("kind", Text, nullable=False),
)

watcher = Table(
    "watcher",
    metadata,
    Column("ticket_id", ForeignKey("ticket.id"), primary_key=True),
    Column("agent_id", ForeignKey("agent.id"), primary_key=True),
)
Index("watcher_agent", watcher.c.agent_id, watcher.c.ticket_id)

# What is to happen to a ticket at a time. `agent_id` null: whoever is responsible then.
reminder = Table(
    "reminder",
    metadata,
    Column("id", identity, primary_key=True),
    Column("ticket_id", ForeignKey("ticket.id"), nullable=False),
    Column("agent_id", ForeignKey("agent.id")),
    Column("kind", Text, nullable=False),
    Column("text", Words, nullable=False),
    Column("at", Moment, nullable=False),
)
Index("reminder_at", reminder.c.at, reminder.c.id)
Index("reminder_ticket", reminder.c.ticket_id)

# Which events of a department an agent hears of; no row: all.
notify_choice = Table(
    "notify_choice",
    metadata,
    Column("agent_id", ForeignKey("agent.id"), primary_key=True),
    Column("department", Key, primary_key=True),
    Column("choice", Text, nullable=False),
)
Index("notify_choice_department", notify_choice.c.department, notify_choice.c.agent_id)

saved_query = Table(
    "saved_query",
    metadata,
    Column("agent_id", ForeignKey("agent.id"), primary_key=True),
    Column("name", Key, primary_key=True),
    Column("query", Words, nullable=False),
)

# The numbered lines of the lists we sent, so that "3 !claim" in an answer finds its ticket.
listed = Table(
    "listed",
    metadata,
    Column("message_key", Key, primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("ticket_id", ForeignKey("ticket.id"), nullable=False),
    Column("agent_id", ForeignKey("agent.id"), nullable=False),
)

# Counted as things happen, so that statistics cost the same with any number of tickets.
tally = Table(
    "tally",
    metadata,
    Column("week", Integer, primary_key=True, autoincrement=False),  # ISO: year * 100 + week
    Column("department", Key, primary_key=True),
    Column("topic", Key, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("times", BigInteger, nullable=False),
)

# Agents' mails that wait for their word. The source is the inbound message.
held = Table(
    "held",
    metadata,
    Column("id", identity, primary_key=True),
    Column("agent_id", ForeignKey("agent.id"), nullable=False),
    Column("ticket_id", ForeignKey("ticket.id")),
    Column("queue_id", Text, nullable=False),
    Column("receipt_key", Key, nullable=False, unique=True),
    Column("plan", Text, nullable=False),
    Column("guards", WordList, nullable=False),
    Column("reply_only", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("held_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("token_digest", Text),
    Column("needs", Integer, nullable=False, server_default="0"),
    Column("proved", Integer, nullable=False, server_default="0"),
    Column("version", Text, nullable=False, server_default=""),
)
Index("held_token", held.c.token_digest, unique=True)
for _name, _columns in (
    ("held_waiting", (held.c.agent_id, held.c.expires_at)),
    ("held_expiring", (held.c.expires_at, held.c.id)),
):
    Index(
        _name,
        *_columns,
        sqlite_where=text("state = 'held'"),
        postgresql_where=text("state = 'held'"),
    )

# What agents' mails did, for taking it back.
work_done = Table(
    "work_done",
    metadata,
    Column("id", identity, primary_key=True),
    Column("agent_id", ForeignKey("agent.id"), nullable=False),
    Column("ticket_id", ForeignKey("ticket.id")),
    Column("receipt_key", Key, nullable=False, unique=True),
    Column("done_at", Moment, nullable=False),
    Column("data", Text, nullable=False),
    Column("undone", Boolean, nullable=False),
)
Index("work_done_agent", work_done.c.agent_id, work_done.c.done_at)
