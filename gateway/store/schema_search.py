"""The full-text index: FTS5 on SQLite, GIN over `tsvector` on PostgreSQL.

Both index the same words, folded by `policy/query/folding`; neither stems.
"""

from sqlalchemy import DDL, Column, Table, event

from gateway.store.schema import identity, metadata
from gateway.store.types import Words

# The folded text of a ticket in parts: id is ticket * PARTS + part. `head` (subject, requester,
# fields) stands in each part, so that its words are found together with those of the thread.
ticket_text = Table(
    "ticket_text",
    metadata,
    Column("id", identity, primary_key=True, autoincrement=False),
    Column("head", Words, nullable=False),
    Column("body", Words, nullable=False),
)
PARTS = 1 << 20

VECTOR = "to_tsvector('simple'::regconfig, ((head || ' '::text) || body))"
WORDS_TABLE = (
    "CREATE VIRTUAL TABLE ticket_words USING fts5("
    "head, body, content='ticket_text', content_rowid='id', tokenize='unicode61')"
)
# All words of the index, for looking up those that begin with some letters.
VOCABULARY = "CREATE TABLE word (word TEXT PRIMARY KEY NOT NULL) WITHOUT ROWID"
WORDS_INDEX = f"CREATE INDEX ticket_text_words ON ticket_text USING gin ({VECTOR})"
for _dialect, _ddl in (
    ("sqlite", WORDS_TABLE),
    ("sqlite", VOCABULARY),
    ("postgresql", WORDS_INDEX),
):
    event.listen(
        ticket_text,
        "after_create",
        DDL(_ddl).execute_if(dialect=_dialect),  # type: ignore[no-untyped-call] # has no types
    )
