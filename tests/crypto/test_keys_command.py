"""`gateway keys`: our keys from their making to the website, as the operator does it."""

import json
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pysequoia import Cert

from gateway.config import load
from gateway.mail.wkd import hashed_name
from gateway.model.key_changes import KeepAuthorKey
from gateway.model.keys import FoundKey, KeySource, KeyState
from gateway.model.openpgp import Fingerprint, Key
from gateway.rulebook.defaults import init
from gateway.store.store import open_store
from tests.terminal import Done, gateway

INFO = "info@truhe.example"


class Desk:
    def __init__(self, folder: Path):
        self.folder = folder

    def keys(self, *words: str, stdin: bytes = b"") -> Done:
        return gateway("keys", *words, config=self.folder / "gateway.toml", stdin=stdin)

    def listed(self) -> list[dict]:
        return [json.loads(line) for line in self.keys("list", "--json").stdout.splitlines()]


@pytest.fixture
def desk():
    folder = Path(tempfile.mkdtemp(prefix="gw-", dir="/tmp"))
    for name in ("one", "other"):
        init(folder / name, development=True)
    yield Desk(folder / "one")
    shutil.rmtree(folder, ignore_errors=True)


def test_a_key_is_made_for_an_address_of_ours_and_its_end_put_off(desk):
    assert desk.keys("list").stdout == ""
    made = desk.keys("generate", INFO, "--years", "1")
    assert made.returncode == 0
    (key,) = desk.listed()
    assert made.stdout.startswith(key["fingerprint"])
    assert key["user_ids"] == [f"Truhe e. V. <{INFO}>"]
    assert key["state"] == "in use"
    assert desk.keys("expiry", INFO, "2040-12-31").stdout.endswith("until 2040-12-31\n")
    assert desk.keys("expiry", key["fingerprint"].lower(), "never").stdout.endswith("no end\n")


def test_keys_that_came_with_mail_are_listed(desk):
    now = datetime.now(UTC)
    key = Key(Fingerprint("A" * 40), b"k", ("<maria@example.org>",), now, can_encrypt=True)
    keep = KeepAuthorKey(
        "maria@example.org", FoundKey(key, KeySource.AUTOCRYPT, True), KeyState.UNPROVED, now
    )
    store = open_store(load(desk.folder / "gateway.toml").store.url, desk.folder)
    with store.begin() as transaction:
        transaction.apply((keep,), now)
    store.close()
    shown = desk.keys("list", "--authors").stdout
    assert shown.split()[:3] == ["maria@example.org", "A" * 40, "unproved"]
    (line,) = desk.keys("list", "--authors", "--json").stdout.splitlines()
    found = json.loads(line)
    assert (found["use"], found["prefer_encrypt"], found["state"]) == ("unproved", True, "in use")
    assert desk.keys("list").stdout == ""


def test_for_a_strange_address_none_is_made(desk):
    done = desk.keys("generate", "info@elsewhere.example")
    assert done.returncode == 1
    assert "none of our addresses" in done.stderr
    assert desk.listed() == []


@pytest.mark.parametrize("when", ["soon", "2040-1-1", "", "1 y", "0y", "2y --yes"])
def test_an_end_that_is_none_is_refused_with_what_is_right(desk, when):
    desk.keys("generate", INFO)
    done = desk.keys("expiry", INFO, when)
    assert done.returncode == 1
    assert "18m, 2y, 2028-12-31 or never" in done.stderr


def test_it_moves_to_another_machine(desk, tmp_path):
    desk.keys("generate", INFO)
    copy = tmp_path / "copy.asc"
    assert desk.keys("export", INFO, "--secret", str(copy)).returncode == 0
    assert copy.stat().st_mode & 0o777 == 0o600
    assert desk.keys("export", INFO, "--secret", str(copy)).returncode == 1  # never written over
    other = Desk(desk.folder.parent / "other")
    assert INFO in other.keys("import", "-", stdin=copy.read_bytes()).stdout
    assert other.listed()[0]["fingerprint"] == desk.listed()[0]["fingerprint"]


def test_what_is_no_secret_key_is_not_taken_over(desk):
    desk.keys("generate", INFO)
    public = desk.keys("export", INFO).stdout
    other = Desk(desk.folder.parent / "other")
    for octets in (public.encode(), b"quark", b""):
        done = other.keys("import", "-", stdin=octets)
        assert done.returncode == 1
        assert "no secret key" in done.stderr
    assert other.listed() == []


def test_the_public_half_is_one_that_another_program_reads(desk, tmp_path):
    desk.keys("generate", INFO, "--rsa")
    name = desk.listed()[0]["fingerprint"]
    shown = desk.keys("export", INFO).stdout
    assert "PRIVATE" not in shown
    assert Cert.from_bytes(shown.encode()).fingerprint.upper() == name
    done = desk.keys("wkd", str(tmp_path / "www"))
    assert done.stdout == f"{INFO}  {name}\n"
    root = tmp_path / "www" / ".well-known" / "openpgpkey"
    for place in (root, root / "truhe.example"):
        assert (place / "policy").exists()
        (file,) = (place / "hu").iterdir()
        assert file.name == hashed_name("info")
        assert Cert.from_bytes(file.read_bytes()).fingerprint.upper() == name


def test_without_a_key_there_is_nothing_to_publish(desk, tmp_path):
    done = desk.keys("wkd", str(tmp_path / "www"))
    assert done.returncode == 1
    assert "gateway keys generate" in done.stderr
    assert "no key of ours" in desk.keys("export", INFO).stderr
