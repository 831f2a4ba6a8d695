"""A store in memory that can be emptied in a moment: for trying what rules do to mail."""

import sqlite3
from collections.abc import Mapping, Sequence

from sqlalchemy import StaticPool, Table, create_engine, event, insert

from gateway.store.engine import Database, begin, prepare
from gateway.store.schema import counter, metadata
from gateway.store.schema_retention import purge_run
from gateway.store.store import SqlStore

_ROWS: Mapping[Table, Sequence[Mapping[str, object]]] = {
    counter: [{"name": "ticket", "value": 0}, {"name": "history", "value": 0}],
    purge_run: [{"id": 1, "purged": 0, "to_sweep": False}],
}
"""What the migrations put into new tables."""


class ThrowAway:
    """`store` is a whole store of which nothing is ever on disk. One thread uses it."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect(":memory:", check_same_thread=False)
        engine = create_engine("sqlite://", creator=lambda: self._connection, poolclass=StaticPool)
        event.listen(engine, "connect", prepare)
        event.listen(engine, "begin", begin)
        self.store = SqlStore(Database(engine))
        with self.store.database.writing() as connection:
            metadata.create_all(connection)
            for table, rows in _ROWS.items():
                connection.execute(insert(table), rows)
        self._marked = sqlite3.connect(":memory:")
        self.mark()

    def mark(self) -> None:
        """What is there now is what `empty` goes back to."""
        self._connection.backup(self._marked)

    def empty(self) -> None:
        """Forget all that was written since `mark`."""
        self._marked.backup(self._connection)

    def close(self) -> None:
        """Let go of the memory."""
        self.store.close()
        self._connection.close()
        self._marked.close()
