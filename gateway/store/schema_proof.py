"""The tables of what proves that a mail is an agent's own."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, Table, Text

from gateway.store.schema import identity, metadata
from gateway.store.types import Key, Moment

# The secret of an agent's one-time codes; the key that opens it is not in the database.
second_factor = Table(
    "second_factor",
    metadata,
    Column("agent_id", ForeignKey("agent.id"), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("enrolled_at", Moment, nullable=False),
    Column("locked_until", Moment),
)

# One row for each code that had its effect: what makes it count once, in whatever order mails come.
used_code = Table(
    "used_code",
    metadata,
    Column("agent_id", ForeignKey("agent.id"), primary_key=True),
    Column("step", BigInteger, primary_key=True, autoincrement=False),
)

wrong_code = Table(
    "wrong_code",
    metadata,
    Column("id", identity, primary_key=True),
    Column("agent_id", ForeignKey("agent.id"), nullable=False),
    Column("at", Moment, nullable=False),
)
Index("wrong_code_agent", wrong_code.c.agent_id, wrong_code.c.at)

recovery_code = Table(
    "recovery_code",
    metadata,
    Column("id", identity, primary_key=True),
    Column("agent_id", ForeignKey("agent.id"), nullable=False),
    Column("digest", Text, nullable=False),
    Column("used_at", Moment),
)
Index("recovery_code_agent", recovery_code.c.agent_id)

# The password with which an agent logs in to send mail; it is kept as an argon2 hash.
agent_password = Table(
    "agent_password",
    metadata,
    Column("agent_id", ForeignKey("agent.id"), primary_key=True),
    Column("hash", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
)

# Until when proved mail from this address needs no further second factor.
proof_session = Table(
    "proof_session",
    metadata,
    Column("agent_id", ForeignKey("agent.id"), primary_key=True),
    Column("address_key", Key, nullable=False),
    Column("until", Moment, nullable=False),
    Column("factor", Text, nullable=False),
)
