"""Encrypted direct mail that is not let in: its department can read it, nobody is quoted."""

import pytest
from pgpmail import HEADER, encrypted, gone, key_folder, new_keys, text

from gateway.mail.parse import parse
from tests.workers.test_openpgp import Desk

SECRET = "Der Schlüssel liegt unter der Matte."
INSIDE = b"Subject: Geheimer Betreff\r\n" + text(SECRET).replace(b"utf-8", b'utf-8; hp="cipher"', 1)


@pytest.fixture(scope="module")
def keys():
    made = new_keys()
    yield made
    gone(made)


@pytest.fixture
def desk(keys, tmp_path):
    passphrase = key_folder(keys, tmp_path / "keys") / "passphrase.txt"
    made = Desk(tmp_path / "desk", keys.gpg.home, passphrase)
    yield made
    made.parts.close()


def test_it_is_opened_in_its_department_and_the_answer_quotes_nothing(desk, keys):
    raw = encrypted(keys.encrypted(INSIDE), HEADER.replace(b"Frage", b"..."))
    decision = desk.take(raw, to="berlin@truhe.example")
    with desk.parts.store.begin(write=False) as transaction:
        about = transaction.ticket(decision.ticket, lock=False, entries=10)
    assert (about.ticket.department, about.ticket.rejected) == ("abgelehnt-berlin", True)
    assert about.ticket.confidential
    assert about.ticket.subject == "Geheimer Betreff"
    assert SECRET in about.entries[0].text
    sent = desk.sent()
    assert list(sent) == ["anna@example.org"]
    answer = parse(sent["anna@example.org"])
    assert answer.automatic.is_auto_generated
    for word in (b"Matte", b"Geheimer"):
        assert word not in sent["anna@example.org"]
    assert "Geheimer" not in answer.subject + answer.text


def test_what_is_accepted_of_it_stays_confidential(desk, keys):
    raw = encrypted(keys.encrypted(INSIDE), HEADER.replace(b"Frage", b"..."))
    decision = desk.take(raw, to="berlin@truhe.example")
    number = decision.changes[0].ticket.number
    desk.sent()
    command = HEADER.replace(b"Anna <anna@example.org>", b"Ben <ben@mitglieder.example>")
    body = f"Content-Type: text/plain; charset=utf-8\r\n\r\n!accept #{number}\r\n".encode()
    desk.take(command + body, "ben@mitglieder.example", "tickets@truhe.example")
    with desk.parts.store.begin(write=False) as transaction:
        about = transaction.ticket(decision.ticket, lock=False)
    assert (about.ticket.department, about.ticket.rejected) == ("berlin", False)
    assert about.ticket.confidential
    sent = desk.sent()
    assert {"anna@mitglieder.example", "ben@mitglieder.example"} <= set(sent)
    for content in sent.values():
        mail = parse(content)
        assert "Geheimer" not in mail.subject + mail.text
        assert "Matte" not in mail.text + mail.html
