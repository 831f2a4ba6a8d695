"""Keys, looked up outside of any message: for opening mail before its transaction, and by hand."""

from collections.abc import Collection, Mapping
from datetime import datetime

from gateway.model.keys import AuthorKey, Keys, PinnedKey
from gateway.store import record_authors, record_keys
from gateway.store.engine import Database


class KeyStore:
    """The keys of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keys_of(self, addresses: Collection[str], now: datetime) -> Mapping[str, Keys]:
        """The keys of each address (folded) that has any, as they are good `now`."""
        with self._database.reading() as connection:
            return record_keys.keys_of(connection, addresses, now)

    def listed(self, key_id: str) -> tuple[bytes, ...]:
        """The keys that commands put on the allow list, by a key id (16 digits) of theirs."""
        with self._database.reading() as connection:
            return record_authors.keys_named(connection, key_id)

    def pinned(self, now: datetime) -> tuple[PinnedKey, ...]:
        """The fingerprints of all agents."""
        with self._database.reading() as connection:
            return record_keys.all_pinned(connection, now)

    def of_authors(self, limit: int, now: datetime) -> tuple[AuthorKey, ...]:
        """The first keys of authors, by address."""
        with self._database.reading() as connection:
            return record_keys.all_author_keys(connection, limit, now)
