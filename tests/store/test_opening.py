import re
from pathlib import Path
from threading import Thread

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

from gateway.model.refusal import TemporaryFailure
from gateway.store import migrate
from gateway.store.errors import AlreadyRunning, Conflict, NewerDatabase, StoreError
from gateway.store.migrations import HEAD
from gateway.store.schema import metadata
from gateway.store.store import open_store

from .things import open_ticket


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def empty_url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/new.db"
    return request.getfixturevalue("postgresql")(False)


def test_the_migrations_lead_to_the_tables_of_the_schema(store):
    with store.database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": is_toolkits})
        assert compare_metadata(context, metadata) == []


def is_toolkits(name, _kind, _parents):
    """The words of the full-text index are written in the database's own SQL."""
    return not (name or "").startswith(("ticket_words", "ticket_text_words", "word"))


def test_the_migrated_file_is_the_schema_to_the_letter(sqlite_store, tmp_path):
    """Also what the comparison above does not see: partial indices, keys, defaults."""
    other = create_engine(f"sqlite:///{tmp_path}/plain.db")
    metadata.create_all(other)
    assert described(sqlite_store.database.engine) == described(other)
    other.dispose()


def described(engine):
    query = text("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE '%alembic%'")
    with engine.connect() as connection:
        found = connection.execute(query).all()
    return {(kind, name): sorted(pieces(sql or "")) for kind, name, sql in found}


def pieces(sql):
    found = (" ".join(piece.replace('"', "").split()) for piece in re.split(r"[,\n]", sql))
    return [piece for piece in found if piece]


def test_the_last_revision_is_the_one_the_code_names():
    folder = Path(migrate.__file__).with_name("migrations")
    assert ScriptDirectory(str(folder)).get_heads() == [HEAD]


def test_two_starters_at_once_both_find_a_whole_database(empty_url):
    errors = []

    def start():
        try:
            open_store(empty_url, Path("/")).close()
        except Exception as error:  # noqa: BLE001 (told by the assertion below)
            errors.append(error)

    threads = [Thread(target=start) for _ in range(3)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert errors == []
    store = open_store(empty_url, Path("/"))
    assert open_ticket(store).id == 1
    store.close()


def test_a_newer_database_is_refused_in_one_sentence(store, store_url):
    with store.database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9001'"))
    with pytest.raises(NewerDatabase, match="revision 9001, written by a newer version"):
        open_store(store_url, Path("/"))


def test_a_second_daemon_on_the_same_file_is_refused(tmp_path):
    first = open_store("sqlite:///gateway.db", tmp_path, daemon=True)
    with pytest.raises(AlreadyRunning, match="Another gateway is running on"):
        open_store("sqlite:///gateway.db", tmp_path, daemon=True)
    beside = open_store("sqlite:///gateway.db", tmp_path)
    beside.people.add_agent("anna", "anna@mitglieder.example", "Anna")
    assert len(first.people.list_agents()) == 1
    beside.close()
    first.close()
    open_store("sqlite:///gateway.db", tmp_path, daemon=True).close()


def test_nobody_else_can_read_the_file(tmp_path):
    store = open_store("sqlite:///gateway.db", tmp_path, daemon=True)
    open_ticket(store)
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    store.close()
    assert set(modes.values()) == {0o600}
    assert {"gateway.db", "gateway.db-wal", "gateway.db.lock"} <= set(modes)


def test_sqlite_keeps_its_promises_on_every_connection(sqlite_store):
    with sqlite_store.database.reading() as first, sqlite_store.database.reading() as second:
        for connection in (first, second):
            wanted = {
                "journal_mode": "wal",
                "synchronous": 2,
                "foreign_keys": 1,
                "secure_delete": 1,
            }
            found = {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in wanted}
            assert found == wanted


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("mysql://localhost/x", "begins with 'mysql'"),
        ("what is this", "is no database address"),
        ("sqlite:////nowhere/at/all.db", "cannot be opened: No such file or directory"),
    ],
)
def test_a_wrong_address_is_said_in_one_sentence(url, sentence, tmp_path):
    with pytest.raises(StoreError, match=sentence):
        open_store(url, tmp_path)


def test_all_tables_are_there(store):
    assert set(metadata.tables) < set(inspect(store.database.engine).get_table_names())


@pytest.mark.postgresql
def test_a_lost_connection_is_a_temporary_failure_and_mends_itself(postgresql):
    store = open_store(postgresql(True), Path())
    with pytest.raises(TemporaryFailure), store.begin() as transaction:  # noqa: PT012 (in its midst)
        cut_off(store)
        transaction.next_ticket()
    cut_off(store)  # also those that wait in the pool
    assert open_ticket(store).id == 1
    store.close()


def cut_off(store):
    with psycopg.connect(**connection_of(store), autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def connection_of(store):
    url = store.database.engine.url
    return {"host": url.query["host"], "user": url.username, "dbname": url.database}


def test_error_messages_hold_nothing_that_people_wrote(store):
    store.people.add_agent("anna", "anna@mitglieder.example", "Anna")
    with pytest.raises(Conflict) as caught, store.database.writing() as connection:
        connection.execute(
            metadata.tables["counter"].insert(), [{"name": "geheim", "value": 1}] * 2
        )
    assert "geheim" not in str(caught.value)
