"""Brings a database to the tables of this version, or says why it cannot be used."""

from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError

from gateway.store.engine import Database
from gateway.store.errors import NewerDatabase
from gateway.store.migrations import HEAD

_FOLDER = Path(__file__).with_name("migrations")
_LOCK = 0x7469636B  # any number, the same for all nodes


def migrate(database: Database) -> None:
    """Run the missing migrations, in one transaction.

    Two starters at once: one migrates, the other waits and then finds nothing to do. Raises
    `NewerDatabase` when a newer version of the gateway was here.
    """
    with database.reading() as connection:
        if revision(connection) == HEAD:
            return
    with database.writing() as connection:
        _wait_for_other_starters(connection)
        found = revision(connection)
        if found > HEAD:
            raise NewerDatabase(
                f"The database is at revision {found}, written by a newer version of the gateway; "
                f"this version knows revisions up to {HEAD}. Install the newer version."
            )
        if found < HEAD:
            _upgrade(connection)


def revision(connection: Connection) -> str:
    """The revision that the database is at; empty when it has no tables yet."""
    try:
        with connection.begin_nested():
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except DatabaseError:
        return ""
    return str(found or "")


def _wait_for_other_starters(connection: Connection) -> None:
    # SQLite needs no more: a writer is alone from BEGIN IMMEDIATE on.
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def _upgrade(connection: Connection) -> None:
    # Only here: loading Alembic takes longer than everything else at a start.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
