"""Our public key by mail: somebody asks, and can write to us in cipher."""

import shutil
import tempfile
from pathlib import Path

import pytest

from gateway.mail.parse import attachment_bytes, parse
from tests.workers.test_openpgp import Desk


def asks(desk, author, subject, text=b"", to="info@truhe.example"):
    raw = b"From: %s\r\nTo: %s\r\nSubject: %s\r\nMessage-ID: <1@x>\r\n\r\n%s\r\n"
    return desk.take(raw % (author.encode(), to.encode(), subject, text), author, to)


@pytest.fixture(scope="module")
def desk():
    """One for all tests, each of which has an author of its own."""
    folder = Path(tempfile.mkdtemp(prefix="gw-", dir="/tmp"))
    found = Desk(folder / "desk", folder / "h", None)
    found.parts.rules.gpg.generate(("Truhe", "info@truhe.example"))
    yield found
    found.parts.close()
    shutil.rmtree(folder, ignore_errors=True)  # an agent may still take its sockets away


def ticket_of(desk, decision):
    with desk.parts.store.begin(write=False) as transaction:
        return transaction.ticket(decision.ticket, lock=False).ticket


def test_who_asks_gets_a_key_that_gpg_can_use(desk):
    decision = asks(desk, "maria@example.org", b"public key")
    mails = desk.sent()
    assert list(mails) == ["maria@example.org"]
    answer = parse(mails["maria@example.org"])
    (file,) = answer.attachments
    assert file.content_type == "application/pgp-keys"
    (octets,) = attachment_bytes(mails["maria@example.org"], [file.part])
    (key,) = desk.parts.rules.gpg.read_keys(octets)
    assert key.can_encrypt
    first, second = key.fingerprint[:4], key.fingerprint[4:8]
    assert f"{first} {second} " in answer.text
    assert answer.text.startswith("Hello")
    assert not ticket_of(desk, decision).is_open
    assert "asked for our public key" in str(desk.entries(decision))


def test_the_same_author_gets_it_once_in_the_window_and_then_a_person_reads_it(desk):
    asks(desk, "ben@example.org", b"public key")
    desk.sent()
    again = asks(desk, "ben@example.org", b"pgp", b"!key")
    assert b"pgp-keys" not in desk.sent()["ben@example.org"]
    assert ticket_of(desk, again).is_open


def test_an_address_without_a_key_has_a_ticket_and_sends_none(desk):
    decision = asks(desk, "carla@example.org", b"public key", to="vorstand@truhe.example")
    assert b"pgp-keys" not in desk.sent()["carla@example.org"]
    assert ticket_of(desk, decision).is_open


def test_in_a_known_ticket_it_is_a_message_and_the_author_gets_the_key(desk):
    opened = asks(desk, "david@example.org", b"Laptop", b"Haben Sie einen?")
    desk.sent()
    number = ticket_of(desk, opened).number
    subject = f"Re: Laptop [#{number}]".encode()
    decision = asks(desk, "david@example.org", subject, b"!key")
    assert decision.ticket == opened.ticket
    mails = desk.sent()
    assert b"pgp-keys" in mails.pop("david@example.org")
    assert mails, "its agents are told as of any message"
