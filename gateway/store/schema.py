"""The tables. Every look-up of the road goes through an index named here.

What is compared is a `Key`, what is shown is `Words`, times are `Moment`s. The queues (`inbound`,
`outbox`) have partial indices over what is still to be done, so that what is done costs nothing.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    false,
    literal_column,
    text,
)

from gateway.store.types import Found, Key, Moment, WordList, Words

metadata = MetaData()

identity = BigInteger().with_variant(Integer, "sqlite")  # only INTEGER is the row id of SQLite
STATES: dict[str, ColumnElement[str]] = {
    state: literal_column(f"'{state}'")
    for state in ("queued", "done", "quarantined", "delivered", "failed")
}
"""States of the queues for WHERE: literal, or no planner sees that a partial index fits."""
QUEUED = STATES["queued"]

_NOW = "0"  # a queue entry with this time may be taken at once; fresh ones keep their order

raw_message = Table(
    "raw_message",
    metadata,
    Column("id", identity, primary_key=True),
    Column("sha256", LargeBinary, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("codec", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

agent = Table(
    "agent",
    metadata,
    Column("id", identity, primary_key=True),
    Column("handle_key", Key, nullable=False, unique=True),
    Column("handle", Words, nullable=False),
    Column("address_key", Key, nullable=False, unique=True),
    Column("address", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("admin", Boolean, nullable=False),
    Column("language", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("away_since", Moment),
    Column("away_until", Moment),
    Column("away_by_notice", Boolean, nullable=False, server_default=false()),
    Column("digest", Text, nullable=False, server_default=""),
    Column("digest_at", Moment),
    Column("digest_since", Moment),
    Column("seen_at", Moment),
    Column("counts_from", Moment),
    Column("warned_at", Moment),
    Column("locked_at", Moment),
    Column("narrowed_at", Moment),
)

agent_department = Table(
    "agent_department",
    metadata,
    Column("agent_id", ForeignKey("agent.id"), primary_key=True),
    Column("department", Key, primary_key=True),
)
Index("agent_department_members", agent_department.c.department, agent_department.c.agent_id)

counter = Table(
    "counter",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)

ticket = Table(
    "ticket",
    metadata,
    Column("id", identity, primary_key=True, autoincrement=False),
    Column("number", Key, nullable=False, unique=True),
    Column("subject", Words, nullable=False),
    Column("status", Text, nullable=False),
    Column("department", Key, nullable=False),
    Column("responsible", ForeignKey("agent.id")),
    Column("rejected", Boolean, nullable=False),
    Column("requester_address", Words, nullable=False),
    Column("requester_key", Key, nullable=False, server_default=""),
    Column("requester_name", Words, nullable=False),
    Column("language", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("waiting_since", Moment),
    Column("state", Text, nullable=False, server_default="open"),
    Column("topic", Key),
    Column("due", Moment),
    Column("answered_at", Moment),
    Column("asked_at", Moment),  # when the requester wrote; null once they are answered
    Column("closed_at", Moment),
    Column("deleted_at", Moment),
    Column("kept_reason", Words),  # nothing deletes it, null: the rules of retention may
    Column("kept_until", Moment),
    Column("proposed_at", Moment),  # when admins were asked whether to delete it
    Column("merged_into", ForeignKey("ticket.id", name="ticket_merged_into")),
    Column("priority", Text),  # null: that of the topic
    Column("tags", WordList),
    Column("entry_count", Integer, nullable=False, server_default="0"),
    Column("confidential", Boolean, nullable=False, server_default=false()),
    Column("came_with", Text, nullable=False, server_default=""),  # key of the opening mail
    Column("version", Integer, nullable=False, server_default="1"),
    Column("replied_at", Moment),  # when we wrote last; null once the requester writes
    Column("looked", Integer, nullable=False, server_default="0"),  # version that escalations saw
    Column("look_at", Moment),  # when they look again though nothing happens
)
Index("ticket_department", ticket.c.department, ticket.c.state, ticket.c.updated_at)
Index("ticket_responsible", ticket.c.responsible, ticket.c.state, ticket.c.updated_at)
Index("ticket_status", ticket.c.status, ticket.c.updated_at)
Index("ticket_state", ticket.c.state, ticket.c.updated_at)
Index("ticket_requester", ticket.c.requester_key, ticket.c.id)
Index("ticket_topic", ticket.c.topic, ticket.c.id)

entry = Table(
    "entry",
    metadata,
    Column("id", identity, primary_key=True),
    Column("ticket_id", ForeignKey("ticket.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("author_address", Words, nullable=False),
    Column("author_name", Words, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("text", Words, nullable=False),
    Column("agent_id", ForeignKey("agent.id")),
    Column("flags", WordList, nullable=False),
    Column("attachments", WordList, nullable=False),
    Column("event", Words, nullable=False),
    Column("message_id", Words),
    Column("raw_id", ForeignKey("raw_message.id")),
)
Index("entry_ticket", entry.c.ticket_id, entry.c.id)

party = Table(
    "party",
    metadata,
    Column("ticket_id", ForeignKey("ticket.id"), primary_key=True),
    Column("address_key", Key, primary_key=True),
    Column("address", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("role", Text, nullable=False),
    Column("token", Key, nullable=False, unique=True),
    Column("first_id", Words),
    Column("last_id", Words),
)

message_ref = Table(
    "message_ref",
    metadata,
    Column("message_key", Key, primary_key=True),
    Column("ticket_id", ForeignKey("ticket.id"), nullable=False),
    Column("party", Words, nullable=False),
    Column("sent", Boolean, nullable=False),
)

# One row for each different message that was processed: what makes it have effect once.
seen_message = Table(
    "seen_message",
    metadata,
    Column("message_key", Key, primary_key=True),
    Column("digest", Key, primary_key=True),
    Column("queue_id", Text, nullable=False),
    Column("ticket_id", ForeignKey("ticket.id")),
    Column("rcpt_to", WordList, nullable=False),
)

referral = Table(
    "referral",
    metadata,
    Column("ticket_id", ForeignKey("ticket.id"), primary_key=True),
    Column("department", Key, primary_key=True),  # empty: for an agent
    Column("agent_id", identity, primary_key=True, autoincrement=False),  # 0: for a department
)
Index("referral_department", referral.c.department, referral.c.ticket_id)
Index("referral_agent", referral.c.agent_id, referral.c.ticket_id)

# Every agent who ever worked on the ticket.
ticket_worker = Table(
    "ticket_worker",
    metadata,
    Column("ticket_id", ForeignKey("ticket.id"), primary_key=True),
    Column("agent_id", ForeignKey("agent.id"), primary_key=True),
)
Index("ticket_worker_agent", ticket_worker.c.agent_id)

# What a removed agent was called, until the history knows only a pseudonym; of the address a
# digest stays, so that the rule files do not bring the account back.
removed_agent = Table(
    "removed_agent",
    metadata,
    Column("agent_id", ForeignKey("agent.id"), primary_key=True),
    Column("name", Words, nullable=False),
    Column("address", Words, nullable=False),
    Column("digest", Text, nullable=False),
    Column("forgotten", Boolean, nullable=False),
)
Index("removed_agent_digest", removed_agent.c.digest)

automatic_mail = Table(
    "automatic_mail",
    metadata,
    Column("id", identity, primary_key=True),
    Column("address", Key, nullable=False),
    Column("kind", Text, nullable=False),
    Column("sent_at", Moment, nullable=False),
)
Index("automatic_mail_address", automatic_mail.c.address, automatic_mail.c.sent_at)

inbound = Table(
    "inbound",
    metadata,
    Column("id", identity, primary_key=True),
    Column("queue_id", Text, nullable=False, unique=True),
    Column("accepted_at", Moment, nullable=False),
    Column("mail_from", Words),
    Column("rcpt_to", WordList, nullable=False),
    Column("peer_ip", Words, nullable=False),
    Column("peer_helo", Words, nullable=False),
    Column("protocol", Text, nullable=False),
    Column("peer_login", Words, nullable=False, server_default=""),
    Column("authentication", Found),
    Column("raw_id", ForeignKey("raw_message.id"), nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_attempt_at", Moment, nullable=False, server_default=_NOW),
    Column("lease_until", Moment),
    Column("node", Text),
    Column("last_error", Words),
    Column("outcome", Text),
    Column("reason", Words),
    Column("ticket_id", ForeignKey("ticket.id")),
    Column("message_id", Words),
    Column("digest", Text),
    Column("finished_at", Moment),
    Column("released", Boolean, nullable=False, server_default=false()),
)

outbox_tail = Table(
    "outbox_tail",
    metadata,
    Column("id", identity, primary_key=True),
    Column("codec", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", identity, primary_key=True),
    Column("message_id", Words, nullable=False),
    Column("message_key", Key, nullable=False),
    Column("kind", Text, nullable=False),
    Column("mail_from", Words),
    Column("return_token", Key),
    Column("rcpt_to", Words, nullable=False),
    Column("codec", Text, nullable=False),
    Column("head", LargeBinary, nullable=False),
    Column("tail_id", ForeignKey("outbox_tail.id")),
    Column("next_hop", Words, nullable=False),
    Column("sign_with", Text, nullable=False, server_default=""),
    Column("encrypt_to", Text, nullable=False, server_default=""),
    Column("ticket_id", ForeignKey("ticket.id")),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_attempt_at", Moment, nullable=False, server_default=_NOW),
    Column("lease_until", Moment),
    Column("node", Text),
    Column("last_error", Words),
    Column("created_at", Moment, nullable=False),
    Column("finished_at", Moment),
)
Index("outbox_message", outbox.c.message_key)


def _partial(name: str, where: str, *columns: Column[object]) -> None:
    Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


for _name, _moment in (("due", ticket.c.due), ("asked", ticket.c.asked_at)):
    _partial(
        f"ticket_{_name}",
        f"state = 'open' AND {_moment.name} IS NOT NULL",
        *(ticket.c.department, _moment),
    )
_partial("ticket_waiting", "waiting_since IS NOT NULL", ticket.c.department, ticket.c.waiting_since)
_partial("outbox_return_token", "return_token IS NOT NULL", outbox.c.return_token)
for _queue in (inbound, outbox):
    _partial(f"{_queue.name}_ready", "state = 'queued'", _queue.c.next_attempt_at, _queue.c.id)
    _partial(f"{_queue.name}_leased", "lease_until IS NOT NULL", _queue.c.node)
_partial("ticket_of_topic", "state = 'open'", ticket.c.department, ticket.c.topic, ticket.c.id)
_partial(
    "ticket_waits",
    "waiting_since IS NOT NULL",
    *(ticket.c.department, ticket.c.topic, ticket.c.waiting_since),
)
_partial("ticket_unlooked", "looked <> version", ticket.c.id)
_partial("ticket_look_at", "look_at IS NOT NULL", ticket.c.look_at)
_partial("agent_away", "away_until IS NOT NULL", agent.c.away_until)
_partial("agent_digest", "digest <> ''", agent.c.digest_at)
_partial("agent_admin", "admin", agent.c.handle_key)
_partial("agent_left", "state <> 'active'", agent.c.id)
_partial("removed_agent_known", "NOT forgotten", removed_agent.c.agent_id)
_partial("inbound_quarantined", "state = 'quarantined'", inbound.c.id)
_partial("outbox_failed", "state = 'failed'", outbox.c.id)
