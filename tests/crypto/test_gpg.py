"""gpg within bounds: many at once, homes of any path, keys of our own."""

import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pgpmail import new_gpg

from gateway.crypto.bounded import Limits
from gateway.crypto.gpg import CannotSeal, Gpg, GpgTrouble, KeyRefused
from gateway.mail.armor import dearmor
from gateway.model.openpgp import Fingerprint, Problem, Verdict, fingerprint


@pytest.fixture
def folder():
    made = Path(tempfile.mkdtemp(prefix="gw-", dir="/tmp"))
    yield made
    shutil.rmtree(made, ignore_errors=True)  # an agent may still take its sockets away


def test_many_at_once_all_say_the_same(keys):
    armor, public = dearmor(keys.encrypted(b"geheim", signed=True)), keys.theirs.export(keys.anna)
    signature = keys.signature(b"ein Text")

    def once(number):
        if number % 2:
            return keys.gpg.verify(b"ein Text", signature, [public]).verdict
        done = keys.gpg.decrypt(armor, [public])
        return done.signature.verdict if done.content == b"geheim" else done.problem

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(once, range(120))) == {Verdict.VALID}


def test_a_home_of_a_long_path(folder):
    gpg = new_gpg(folder / ("lang" * 30) / "h")
    key = gpg.generate(("Lang", "lang@example.org"))
    assert gpg.decrypt(dearmor(gpg.encrypt(b"x", [gpg.export(key)]))).content == b"x"
    assert gpg.home.stat().st_mode & 0o077 == 0
    gpg.close()


def test_a_home_that_cannot_be_used_lets_the_mail_wait(folder):
    (folder / "file").write_bytes(b"")
    with pytest.raises(GpgTrouble):
        Gpg(folder / "file" / "h").decrypt(b"\xc1\x03\x03ab")


def test_our_keys_and_their_end(folder):
    gpg = new_gpg(folder / "h")
    assert gpg.own_keys() == ()
    name = gpg.generate(("Ärger Åsa …", "hilfe@verein.example"), years=1)
    (key,) = gpg.own_keys()
    assert (key.fingerprint, key.algorithm) == (name, "ed25519")
    assert key.user_ids == ("Ärger Åsa … <hilfe@verein.example>",)
    first = key.expires
    gpg.set_expiry(name, "3y")
    (key,) = gpg.own_keys()
    assert key.expires > first
    gpg.set_expiry(name, "0")
    assert gpg.own_keys()[0].expires is None
    taken = new_gpg(folder / "i")
    assert taken.import_secret(gpg.export_secret(name)) == (name,)
    with pytest.raises(KeyRefused):
        taken.import_secret(gpg.export(name))
    gpg.close()
    taken.close()


def test_what_cannot_be_sealed_says_so(keys):
    with pytest.raises(CannotSeal):
        keys.gpg.encrypt(b"x", [])
    with pytest.raises(CannotSeal) as refused:
        keys.gpg.sign(b"x", Fingerprint("A" * 40))
    assert refused.value.keys == ("A" * 40,)


def test_a_time_that_is_over(keys):
    hasty = Gpg(keys.gpg.home, keys.gpg._passphrases)
    hasty._ready().limits = Limits(timeout=0.001)
    assert hasty.decrypt(dearmor(keys.encrypted(b"x"))).problem is Problem.TOO_SLOW


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("aaaa " * 10, "A" * 40),
        ("0x" + "b" * 40, "B" * 40),
        ("C" * 64, "C" * 64),
        ("DEADBEEF", None),
        ("x" * 40, None),
        ("", None),
    ],
)
def test_fingerprints_as_people_write_them(text, name):
    assert fingerprint(text) == name
