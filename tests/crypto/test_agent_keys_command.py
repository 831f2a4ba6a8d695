"""`gateway agent key-add` and `key-del`: the operator pins an agent's key, and takes it away."""

import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.mail.armor import armored
from gateway.mail.parse import parse
from gateway.model.openpgp import grouped
from gateway.rulebook.defaults import init
from gateway.store.store import open_store
from tests.pgpmail import new_gpg
from tests.terminal import gateway


@pytest.fixture(scope="module")
def dora():
    """Dora's own gpg, with her key."""
    folder = Path(tempfile.mkdtemp(prefix="gw-", dir="/tmp"))
    gpg = new_gpg(folder / "d")
    key = gpg.generate(("Dora", "dora@mitglieder.example"))
    file = folder / "dora.asc"
    file.write_bytes(armored("PUBLIC KEY BLOCK", gpg.export(key)))
    yield key, file
    gpg.close()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def base():
    folder = Path(tempfile.mkdtemp(prefix="gw-", dir="/tmp"))
    init(folder / "desk", development=True)
    yield folder / "desk"
    shutil.rmtree(folder, ignore_errors=True)


def agent(base, *words):
    return gateway("agent", *words, config=base / "gateway.toml")


def in_store(base, look):
    store = open_store("sqlite:///gateway.db", base)
    try:
        return look(store)
    finally:
        store.close()


def pinned(base):
    now = datetime.now(UTC)
    found = in_store(base, lambda store: store.keys.pinned(now))
    return [(each.fingerprint, each.key is not None, each.by) for each in found]


def told(base):
    """What was to be delivered since the last time, by reader."""
    now = datetime.now(UTC) + timedelta(days=1)
    mails = in_store(base, lambda store: store.outbox.claim("t", 50, now, timedelta(days=9)))
    return {each.rcpt_to: parse(each.content) for each in mails}


def test_a_key_is_pinned_from_its_file_and_taken_away_by_its_fingerprint(base, dora):
    key, file = dora
    done = agent(base, "key-add", "Dora", file)
    assert done.returncode == 0, done.stderr
    assert grouped(key) in done.stdout
    assert pinned(base) == [(key, True, "")]
    assert grouped(key) in told(base)["dora@mitglieder.example"].text
    done = agent(base, "key-del", "dora@mitglieder.example", grouped(key).lower())
    assert done.returncode == 0, done.stderr
    assert pinned(base) == []
    assert told(base).keys() == {"dora@mitglieder.example"}


def test_a_fingerprint_alone_is_pinned_and_the_file_brings_the_key(base, dora):
    key, file = dora
    assert "not here yet" in agent(base, "key-add", "ben", key).stdout
    assert pinned(base) == [(key, False, "")]
    agent(base, "key-add", "ben", file)
    assert pinned(base) == [(key, True, "")]
    other = agent(base, "key-add", "dora", file)
    assert other.returncode == 1
    assert "belongs to another agent" in other.stderr
    agent(base, "key-del", "ben", key)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("key-add", "dora", "nowhere.asc"), "There is no file nowhere.asc"),
        (("key-add", "dora", "ABCD 1234"), "no whole fingerprint"),
        (("key-add", "nobody", "A" * 40), "there is no account “nobody”"),
        (("key-del", "dora", "1234"), "1234 is no whole fingerprint"),
        (("key-del", "dora", "B" * 40), "Dora has no key"),
    ],
)
def test_a_mistake_is_one_line_and_changes_nothing(base, words, said):
    before = pinned(base)
    done = agent(base, *words)
    assert done.returncode == 1
    assert said in done.stderr
    assert pinned(base) == before


def test_a_file_without_a_key_is_refused(base, tmp_path):
    file = tmp_path / "letter.txt"
    file.write_text("Liebe Dora")
    done = agent(base, "key-add", "dora", file)
    assert done.returncode == 1
    assert "The key cannot be used" in done.stderr
