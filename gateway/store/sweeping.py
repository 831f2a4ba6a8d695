"""What the tables no longer have is taken out of the files too.

SQLite overwrites deleted rows (`secure_delete`), but pages that were parted keep copies of rows in
their unused bytes until the file is written anew, the full-text index keeps deleted words until its
parts are merged, and the write-ahead log keeps everything until it is cut off, for which no reader
may be in the way. PostgreSQL keeps dead rows until VACUUM, and leaves their bytes in pages
that are not full; only writing a table anew takes them out. Its planner keeps
samples of values too.
"""

import shutil
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Table, literal, select, text, update

from gateway.store import search
from gateway.store.engine import Database
from gateway.store.errors import translated
from gateway.store.schema import metadata
from gateway.store.schema_retention import purge_run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from sqlite3 import Cursor as SqliteCursor

_SLICE = 500
"""Pages of the index that are merged in one transaction, so that mail need not wait for long."""
_MOST_SLICES = 100_000
_TRIES = 20
_PAUSE = 0.1
_PATIENCE = 1000
"""Milliseconds."""
FILE_WRITTEN_ANEW = 256 * 2**20
"""An SQLite file of so many bytes or less is written anew each time."""
_RESERVE = 2**26
WRITTEN_ANEW = 64 * 2**20
"""Tables of PostgreSQL of so many bytes or less are written anew, which takes them a moment."""


def sweep(database: Database, *, thorough: bool = False) -> bool:
    """True when nothing is left in the files; false when it has to be tried again.

    `thorough` writes all tables anew, also big ones: everything waits for that.
    """
    if database.engine.dialect.name == "sqlite":
        _drop_words(database)
        _merge_index(database)
        if thorough or _is_small(database):
            _vacuum_file(database)
        done = _cut_log(database)
    else:
        done = _vacuum(database, thorough=thorough)
    if done:
        with database.writing() as connection:
            connection.execute(update(purge_run).values(to_sweep=False))
        done = database.engine.dialect.name != "sqlite" or _cut_log(database)
    return done


def _drop_words(database: Database) -> None:
    """Words that no ticket has any more are not kept for looking up beginnings."""
    behind: str | None = ""
    while behind is not None:
        with database.writing() as connection:
            behind = search.drop_unused(connection, behind, _SLICE)


def _merge_index(database: Database) -> None:
    """Deleted words go when all parts of the index are merged into one, some pages at a time."""
    pages = -_SLICE  # the first one: all parts take part, also those that are big already
    for _ in range(_MOST_SLICES):
        with database.writing() as connection:
            before = _changes(connection)
            connection.execute(
                text("INSERT INTO ticket_words (ticket_words, rank) VALUES ('merge', :pages)"),
                {"pages": pages},
            )
            if _changes(connection) - before < 2 and pages > 0:
                return
        pages = _SLICE


def _changes(connection: Connection) -> int:
    return int(connection.exec_driver_sql("SELECT total_changes()").scalar_one())


def _is_small(database: Database) -> bool:
    """Whether writing the file anew takes only a moment, and there is room for it."""
    file = Path(str(database.engine.url.database))
    size = file.stat().st_size
    return size <= FILE_WRITTEN_ANEW and shutil.disk_usage(file.parent).free > 3 * size + _RESERVE


def _vacuum_file(database: Database) -> None:
    """Pages that were parted keep copies of rows in their unused bytes: only this ends them."""
    with _impatient(database) as cursor:
        cursor.execute("VACUUM")


def _cut_log(database: Database) -> bool:
    """The write-ahead log goes into the file and is emptied, when no reader needs it."""
    for _ in range(_TRIES):
        with _impatient(database) as cursor:
            busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if not busy:
            return True
        time.sleep(_PAUSE)
    return False


@contextmanager
def _impatient(database: Database) -> "Iterator[SqliteCursor]":
    """A cursor that soon gives up to wait for others: mail waits for it meanwhile."""
    with database.alone() as cursor:
        (patience,) = cursor.execute("PRAGMA busy_timeout").fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {_PATIENCE}")
        try:
            yield cursor
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {patience}")


def _vacuum(database: Database, *, thorough: bool) -> bool:
    """False when somebody still saw removed rows, so that VACUUM had to leave them."""
    with translated(), database.engine.connect() as plain:
        connection = plain.execution_options(isolation_level="AUTOCOMMIT")
        connection.execute(text("SET statement_timeout = 0"))
        try:
            now = connection.execute(text("SELECT CAST(pg_current_xact_id() AS text)")).scalar_one()
            if not _all_began_after(connection, now):
                return False
            for table in metadata.sorted_tables:
                size = connection.execute(
                    text("SELECT pg_total_relation_size(CAST(:name AS regclass))"),
                    {"name": table.name},
                ).scalar_one()
                how = "FULL, ANALYZE" if thorough or size <= WRITTEN_ANEW else "ANALYZE"
                connection.execute(text(f"VACUUM ({how}) {table.name}"))
                _drop_samples(connection, table)
            connection.execute(text("VACUUM (FULL) pg_catalog.pg_statistic"))
        finally:
            connection.execute(text("RESET statement_timeout"))
    return True


_SAMPLED = text(
    "SELECT quote_ident(attname), format_type(atttypid, atttypmod) FROM pg_attribute JOIN"
    " pg_stats USING (attname) WHERE attrelid = CAST(:name AS regclass)"
    " AND schemaname = current_schema() AND tablename = CAST(:name AS text)"
)


def _drop_samples(connection: Connection, table: Table) -> None:
    """ANALYZE renews the samples of a table, but leaves those of one that is empty by now.

    Giving a column the type that it has forgets them, and changes nothing else.
    """
    if connection.execute(select(literal(1)).select_from(table).limit(1)).first() is not None:
        return
    for column, type_ in connection.execute(_SAMPLED, {"name": table.name}).all():
        connection.execute(text(f"ALTER TABLE {table.name} ALTER COLUMN {column} TYPE {type_}"))


_LOOKERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE backend_xmin IS NOT NULL"
    " AND pid <> pg_backend_pid() AND age(backend_xmin) > age(CAST(CAST(:now AS xid8) AS xid))"
)


def _all_began_after(connection: Connection, now: str) -> bool:
    """Whether all transactions began after `now`, waiting a moment for those that did not."""
    for _ in range(_TRIES):
        if not connection.execute(_LOOKERS, {"now": now}).scalar_one():
            return True
        time.sleep(_PAUSE)
    return False
