"""The tables of the history.

Nothing in `history` is ever changed or deleted: each row has the digest of the one before in its
own. What people wrote stands in `history_detail`, of which the row has only a salted digest, so
that it can be erased and the chain holds.
"""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, Table, Text

from gateway.store.schema import identity, metadata
from gateway.store.types import Moment, Words

history = Table(
    "history",
    metadata,
    Column("id", identity, primary_key=True, autoincrement=False),  # 1, 2, 3 without gaps
    Column("at", Moment, nullable=False),
    Column("kind", Text, nullable=False),
    Column("data", Words, nullable=False),
    Column("detail_digest", Text, nullable=False),
    Column("digest", Text, nullable=False),
)

history_detail = Table(
    "history_detail",
    metadata,
    Column("history_id", ForeignKey("history.id"), primary_key=True),
    Column("at", Moment, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("data", Words, nullable=False),
)
Index("history_detail_at", history_detail.c.at)

# Only an index: what is purged may be gone from here.
history_ticket = Table(
    "history_ticket",
    metadata,
    Column("ticket_id", BigInteger, primary_key=True, autoincrement=False),
    Column("history_id", ForeignKey("history.id"), primary_key=True),
)
Index("history_ticket_act", history_ticket.c.history_id)
