"""The tables about authors: what admins' commands entered, and what was not let in."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
)

from gateway.store.schema import identity, metadata
from gateway.store.types import Key, Moment, WordList, Words

# Nothing is ever changed or deleted here but the end: the rows are the history of both lists.
author_entry = Table(
    "author_entry",
    metadata,
    Column("id", identity, primary_key=True),
    Column("entry_key", Key, nullable=False, unique=True),
    Column("author_key", Key, nullable=False),  # address, @domain or %fingerprint
    Column("author", Words, nullable=False),
    Column("fingerprint", Text, nullable=False, server_default=""),
    Column("kind", Text, nullable=False),  # allow, block
    Column("subdomains", Boolean, nullable=False),
    Column("departments", WordList, nullable=False),
    Column("until", Date),
    Column("authenticated", Boolean, nullable=False),
    Column("reason", Words, nullable=False),
    Column("agent_id", ForeignKey("agent.id"), nullable=False),
    Column("entered_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("ended_by", ForeignKey("agent.id")),
)
Index(
    "author_entry_author",
    author_entry.c.author_key,
    sqlite_where=text("ended_at IS NULL"),
    postgresql_where=text("ended_at IS NULL"),
)

# Keys that came with the command of an entry. A signature names a key id, of a subkey mostly; whose
# it is, only the fingerprint of the checked signature says.
listed_key = Table(
    "listed_key",
    metadata,
    Column("key_id", Key, primary_key=True),
    Column("fingerprint", Key, primary_key=True),
    Column("blob", LargeBinary, nullable=False),
)

# Counted as it happens, so that statistics cost the same with any number of tickets.
rejected_mail = Table(
    "rejected_mail",
    metadata,
    Column("department", Key, primary_key=True),
    Column("week", Integer, primary_key=True, autoincrement=False),  # ISO: year * 100 + week
    Column("why", Text, primary_key=True),
    Column("domain", Key, primary_key=True),
    Column("times", BigInteger, nullable=False),
)
