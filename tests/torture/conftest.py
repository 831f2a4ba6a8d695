"""A database, and a daemon on it, for one test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from gateway.store.store import SqlStore, open_store

from .daemon import Daemon


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    """A daemon on SQLite that is not started yet; killed afterwards if it still runs."""
    made = Daemon(tmp_path)
    yield made
    made.__exit__()


@pytest.fixture
def opened() -> Iterator[Callable[[Daemon], SqlStore]]:
    """Opens the database of a daemon beside it, as the command line does."""
    with ExitStack() as ends:

        def open_beside(daemon: Daemon) -> SqlStore:
            store = open_store(daemon.url, daemon.folder)
            ends.callback(store.close)
            return store

        yield open_beside
