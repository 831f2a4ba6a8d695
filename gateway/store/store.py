"""The store as the other parts see it: open it, and use its queues, tickets and people."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway import faultpoint
from gateway.store import schema_retention  # noqa: F401  (its tables and indices)
from gateway.store.arrivals import Arrivals
from gateway.store.engine import Database, connect
from gateway.store.history import History
from gateway.store.inbound import Inbound
from gateway.store.keys import KeyStore
from gateway.store.migrate import migrate
from gateway.store.outbox import Outbox
from gateway.store.passwords import Passwords
from gateway.store.people import People
from gateway.store.persons import Persons
from gateway.store.rule_files import RuleShelf
from gateway.store.second_factors import SecondFactors
from gateway.store.sweeping import sweep
from gateway.store.tickets import Tickets
from gateway.store.transaction import SqlTransaction


class SqlStore:
    """One open database. Every method may be called from any thread."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.arrivals = Arrivals(database)
        self.history = History(database)
        self.inbound = Inbound(database)
        self.outbox = Outbox(database)
        self.people = People(database)
        self.persons = Persons(database)
        self.passwords = Passwords(database)
        self.rules = RuleShelf(database)
        self.second_factors = SecondFactors(database)
        self.tickets = Tickets(database)
        self.keys = KeyStore(database)

    @contextmanager
    def begin(self, *, write: bool = True) -> Iterator[SqlTransaction]:
        """A transaction: committed at the end of the block, rolled back on an exception.

        With `write` false nothing is ever written. Raises `StorageFull`, `Conflict` or
        `TemporaryFailure` when the database cannot do it.
        """
        if not write:
            with self.database.reading() as connection:
                yield SqlTransaction(connection, write=False)
            return
        with self.database.writing() as connection:
            transaction = SqlTransaction(connection, write=True)
            yield transaction
            transaction.close()
            faultpoint.reach("recorded-before-commit")
        faultpoint.reach("recorded-after-commit")

    def sweep(self, *, thorough: bool = False) -> bool:
        """Take what was removed out of the files too; false when it has to be tried again.

        `thorough` writes everything anew, for which all others wait.
        """
        return sweep(self.database, thorough=thorough)

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()


def open_store(url: str, base: Path, *, daemon: bool = False) -> SqlStore:
    """The store at `url`, with its tables brought to this version.

    A relative SQLite file counts from `base`. `daemon` keeps a second daemon off an SQLite file;
    the command line opens it beside the daemon. Raises `StoreError` with a sentence for the
    operator, `TemporaryFailure` when the server cannot be reached.
    """
    database = connect(url, base, daemon=daemon)
    try:
        migrate(database)
    except BaseException:
        database.close()
        raise
    return SqlStore(database)
