"""The tables of OpenPGP: pinned keys of agents, keys of authors, signatures that were used."""

from typing import Any

from sqlalchemy import Boolean, Column, ForeignKey, Index, LargeBinary, Table, Text, false

from gateway.store.schema import metadata
from gateway.store.types import Key, Moment, WordList, Words


def _columns_of_key(*, missing: bool) -> list[Column[Any]]:
    """What is kept of a key itself; `missing`: it may not have come yet."""
    return [
        Column("blob", LargeBinary, nullable=missing),
        Column("user_ids", WordList, nullable=missing),
        Column("algorithm", Words, nullable=False, server_default=""),
        Column("created", Moment),
        Column("expires", Moment),
        Column("revoked", Boolean, nullable=False, server_default=false()),
        Column("can_encrypt", Boolean, nullable=False, server_default=false()),
        Column("can_sign", Boolean, nullable=False, server_default=false()),
    ]


# A fingerprint is one agent's alone: it says who wrote.
agent_key = Table(
    "agent_key",
    metadata,
    Column("fingerprint", Key, primary_key=True),
    Column("agent_id", ForeignKey("agent.id"), nullable=False),
    Column("pinned_at", Moment, nullable=False),
    Column("pinned_by", Words, nullable=False),
    Column("seen_at", Moment),
    *_columns_of_key(missing=True),
)
Index("agent_key_agent", agent_key.c.agent_id)

# Nothing here is shared between authors: what one sends never changes the key of another.
author_key = Table(
    "author_key",
    metadata,
    Column("address_key", Key, primary_key=True),
    Column("fingerprint", Key, primary_key=True),
    Column("source", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("prefer_encrypt", Boolean, nullable=False),
    Column("first_seen", Moment, nullable=False),
    Column("last_seen", Moment, nullable=False),
    *_columns_of_key(missing=False),
)

# What makes a signature count once: an agent's, or one by a key of the allow list. `queue_id` is
# the mail it counted for, which may be decided again when it was held.
used_signature = Table(
    "used_signature",
    metadata,
    Column("digest", Key, primary_key=True),
    Column("agent_id", ForeignKey("agent.id")),
    Column("queue_id", Key, nullable=False),
    Column("used_at", Moment, nullable=False),
)
Index("used_signature_agent", used_signature.c.agent_id)
Index("used_signature_age", used_signature.c.used_at)

# A prolonged key expires at another time, and is warned of anew.
key_warning = Table(
    "key_warning",
    metadata,
    Column("fingerprint", Key, primary_key=True),
    Column("expires", Moment, primary_key=True, autoincrement=False),
    Column("stage", Text, primary_key=True),
    Column("told_at", Moment, nullable=False),
)
