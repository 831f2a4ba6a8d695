"""The connection to the database: SQLite beside the daemon, or PostgreSQL for several nodes."""

import fcntl
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, cast

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from gateway.model.refusal import StorageFull
from gateway.store.errors import AlreadyRunning, StoreError, translated

if TYPE_CHECKING:
    from sqlite3 import Connection as SqliteConnection
    from sqlite3 import Cursor as SqliteCursor

_BUSY_SECONDS = 20
_RESERVE = 16_777_216
"""Bytes of the disk that are left free for processing and delivering what was accepted."""
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    # NORMAL may lose the last commits when power fails; 250 has been said for those.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
)
_POSTGRESQL_OPTIONS = (
    "-c statement_timeout=30s -c idle_in_transaction_session_timeout=120s -c lock_timeout=20s "
    "-c synchronous_commit=on -c timezone=UTC"
)


class Database:
    """An engine, and the two ways to use it: `reading` and `writing`."""

    def __init__(self, engine: Engine, lock_file: int | None = None) -> None:
        self.engine = engine
        self._lock_file = lock_file
        # Threads of one process queue up here; SQLite itself would let them poll and starve.
        self._alone = threading.Lock() if engine.dialect.name == "sqlite" else nullcontext()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction: committed at the end of the block, rolled back on an exception.

        Raises `StorageFull`, `Conflict` or `TemporaryFailure`; then nothing was written, but for
        a connection that is lost during COMMIT, where nobody can know.
        """
        with translated(), self._alone, self.engine.connect() as connection:
            connection.execution_options(writing=True)
            with connection.begin():
                yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one snapshot and leaves nothing behind."""
        with translated(), self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            transaction = connection.begin()
            try:
                yield connection
            finally:
                transaction.rollback()

    @contextmanager
    def alone(self) -> "Iterator[SqliteCursor]":
        """A cursor of SQLite outside any transaction, while no writer of this process is in one."""
        with translated(), self._alone:
            connection = self.engine.raw_connection()
            try:
                yield cast("SqliteCursor", connection.cursor())
            finally:
                connection.close()

    def check_room(self, size: int) -> None:
        """Raise `StorageFull` when `size` more bytes would use up what working them off needs.

        Only an SQLite file is beside us; a server looks after its own disk.
        """
        if self.engine.dialect.name != "sqlite" or self.engine.url.database is None:
            return
        free = shutil.disk_usage(Path(self.engine.url.database).parent).free
        if free < _RESERVE + 2 * size:
            raise StorageFull(f"{free} bytes are free, {_RESERVE} are kept for mail that is here")

    def close(self) -> None:
        """Let go of all connections and of the lock."""
        self.engine.dispose()
        if self._lock_file is not None:
            os.close(self._lock_file)
            self._lock_file = None


def connect(url: str, base: Path, *, daemon: bool = False) -> Database:
    """The database at `url`; a relative SQLite file counts from `base`.

    With `daemon` an SQLite file is locked against a second daemon. Raises `StoreError` with a
    sentence for the operator.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StoreError("store.url is no database address.") from None
    match parsed.drivername:
        case "sqlite":
            return _sqlite(parsed, base, daemon=daemon)
        case "postgresql+psycopg":
            return Database(_postgresql(parsed))
        case other:
            raise StoreError(
                f"store.url begins with {other!r}; sqlite:///FILE and "
                "postgresql+psycopg://USER@HOST/NAME are known."
            )


def _sqlite(url: URL, base: Path, *, daemon: bool) -> Database:
    if not url.database or url.database == ":memory:":
        raise StoreError("store.url names no file: sqlite:///FILE is needed.")
    file = base / url.database
    lock = None
    try:
        if daemon:
            lock = _lock(file)
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise StoreError(f"The database {file} cannot be opened: {error.strerror}.") from error
    engine = create_engine(
        url.set(database=str(file)),
        connect_args={"timeout": _BUSY_SECONDS},
        pool_size=10,
        hide_parameters=True,  # error messages end in logs; what people wrote must not
    )
    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return Database(engine, lock)


def _lock(file: Path) -> int:
    descriptor = os.open(f"{file}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise AlreadyRunning(f"Another gateway is running on {file}.") from None
    return descriptor


def prepare(connection: "SqliteConnection", _record: object) -> None:
    """Make a connection of SQLite ready for `reading` and `writing`."""
    # The driver's own transactions begin too late (a read before a write sees the past) and let
    # savepoints outlive a rollback; with None it leaves BEGIN to us.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def begin(connection: Connection) -> None:
    """Begin what `reading` and `writing` ask for."""
    # In WAL mode a reader that starts to write after another's commit fails at once, whatever the
    # busy timeout: writers say so from the start.
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _postgresql(url: URL) -> Engine:
    return create_engine(
        url,
        pool_pre_ping=True,
        hide_parameters=True,
        pool_size=10,
        pool_recycle=1800,
        connect_args={
            "options": _POSTGRESQL_OPTIONS,
            "connect_timeout": 10,
            # A server whose machine died answers nothing at all: do not wait for hours.
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "keepalives_count": 3,
            "tcp_user_timeout": 30_000,
        },
    )
