"""What `gateway doctor` asks a database; nothing is made, migrated or written."""

import stat
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url, text
from sqlalchemy.exc import ArgumentError

from gateway.model.health import DatabaseSeen, QueuesSeen
from gateway.store.engine import Database
from gateway.store.inbound import Inbound
from gateway.store.migrate import revision
from gateway.store.migrations import HEAD
from gateway.store.outbox import Outbox

_PAGES = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"


@dataclass(frozen=True, slots=True)
class Examined:
    """What a database says of itself. `is_ours`: its tables are those of this version."""

    seen: DatabaseSeen
    is_ours: bool


def file_of(database: Database) -> Path | None:
    """The file of an SQLite database."""
    url = database.engine.url
    is_file = database.engine.dialect.name == "sqlite" and url.database is not None
    return Path(str(url.database)) if is_file else None


def name_of(database: Database) -> str:
    """The database as its operator knows it, without a password."""
    file, url = file_of(database), database.engine.url
    return str(file) if file is not None else f"{url.database} ({url.host or 'local'})"


def examine(database: Database) -> Examined:
    """Raises what reading raises."""
    file = file_of(database)
    with database.reading() as connection:
        found = revision(connection)
        if file is None:
            size = connection.execute(text("SELECT pg_database_size(current_database())"))
            journal = ""
        else:
            size = connection.execute(text(_PAGES))
            journal = str(connection.execute(text("PRAGMA journal_mode")).scalar())
        octets = int(size.scalar_one())
    seen = DatabaseSeen(
        name_of(database),
        revision=found,
        head=HEAD,
        size=octets,
        journal=journal,
        open_to_all=file is not None and bool(file.stat().st_mode & stat.S_IRWXO),
    )
    return Examined(seen, found == HEAD)


def queues(database: Database) -> QueuesSeen:
    """What waits."""
    inbound, outbox = Inbound(database), Outbox(database)
    received, outgoing = inbound.counts(), outbox.counts()
    return QueuesSeen(
        received["queued"],
        inbound.oldest(),
        received["quarantined"],
        outgoing["queued"],
        outbox.oldest(),
        outbox.deferred(),
        outgoing["failed"],
    )


def is_missing(url: str, base: Path) -> str:
    """The SQLite file of this address when there is none yet, which connecting would make."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        return ""  # connecting says what is wrong
    if parsed.drivername != "sqlite" or not parsed.database or parsed.database == ":memory:":
        return ""
    file = base / parsed.database
    return "" if file.exists() else str(file)
