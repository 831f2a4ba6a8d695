"""Encrypted and signed mail on its road: what the ticket holds, what everybody is told."""

import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from pgpmail import (
    HEADER,
    encrypted,
    gone,
    key_folder,
    multipart,
    new_keys,
    signed,
    signed_entity,
    text,
)

from gateway.config import OpenPgpSettings, load
from gateway.daemon import build
from gateway.duties.closed import ClosedMails
from gateway.mail.parse import parse
from gateway.model.envelope import Envelope, Peer, Protocol, QueuedMessage, QueueId
from gateway.model.openpgp import Problem
from gateway.rulebook.defaults import init

SECRET = "Mein Kennwort ist Zitronenfalter."
DAY = timedelta(days=1)


class Desk:
    """A gateway whose home has our key, or none yet."""

    def __init__(self, folder, home, passphrase):
        init(folder, development=True)
        config = load(folder / "gateway.toml")
        openpgp = OpenPgpSettings(home=home, passphrase_file=passphrase)
        self.parts = build(config.model_copy(update={"openpgp": openpgp}), folder)
        self.number = 0

    def item(self, raw, mail_from="anna@example.org", to="info@truhe.example"):
        self.number += 1
        raw = raw.replace(b"<1@", b"<%d@" % self.number).replace(
            b"help@verein.example", to.encode()
        )
        return QueuedMessage(
            QueueId(f"q{self.number}"),
            Envelope(mail_from, (to,)),
            Peer("127.0.0.1", "client", Protocol.ESMTP),
            datetime.now(UTC),
            raw,
        )

    def take(self, raw, mail_from="anna@example.org", to="info@truhe.example"):
        self.parts.store.inbound.insert([self.item(raw, mail_from, to)])
        items = self.parts.store.inbound.claim("only", 5, datetime.now(UTC), DAY)
        (decision,) = self.parts.pipeline.process_together(items, lambda: True)
        return decision

    def sent(self):
        mails = self.parts.store.outbox.claim("only", 100, datetime.now(UTC) + DAY, DAY)
        with self.parts.store.database.writing() as connection:
            connection.exec_driver_sql("DELETE FROM outbox")
        return {mail.rcpt_to: mail.content for mail in mails}

    def entries(self, decision):
        with self.parts.store.begin(write=False) as transaction:
            return transaction.ticket(decision.ticket, lock=False, entries=10).entries


@pytest.fixture(scope="module")
def keys():
    made = new_keys()
    yield made
    gone(made)


@pytest.fixture
def desk(tmp_path, keys):
    secret = key_folder(keys, tmp_path / "keys") / "passphrase.txt"
    home = Path(tempfile.mkdtemp(prefix="gw-", dir="/tmp"))
    found = Desk(tmp_path / "desk", home / "h", secret)
    yield found
    found.parts.close()
    shutil.rmtree(home, ignore_errors=True)  # an agent may still take its sockets away


def has_our_key(desk, keys):
    desk.parts.opener._gpg.import_secret(keys.gpg.export_secret(keys.ours))


def everybody_else(mails):
    return {reader: content for reader, content in mails.items() if reader != "anna@example.org"}


def test_an_encrypted_mail_becomes_a_ticket_with_its_text(desk, keys):
    has_our_key(desk, keys)
    decision = desk.take(encrypted(keys.encrypted(text(SECRET))))
    (first,) = (one for one in desk.entries(decision) if one.kind == "message")
    assert first.text == SECRET
    assert first.flags == {"encrypted"}


def test_what_cannot_be_opened_is_a_ticket_and_its_author_gets_our_key(desk, keys):
    has_our_key(desk, keys)
    armor = keys.run("--encrypt", "--armor", "--recipient", keys.anna, octets=text(SECRET))
    decision = desk.take(encrypted(armor))
    (first,) = (one for one in desk.entries(decision) if one.kind == "message")
    assert first.flags == {"encrypted", "closed"}
    mails = desk.sent()
    answer = parse(mails["anna@example.org"])
    assert "mit einem Schlüssel verschlüsselt, den wir nicht haben" in answer.text
    assert "noch einmal" in answer.text
    (key,) = answer.attachments
    assert key.content_type == "application/pgp-keys"
    assert b"BEGIN PGP MESSAGE" not in mails["anna@example.org"]
    assert SECRET.encode() not in b"".join(mails.values())
    notice = parse(next(iter(everybody_else(mails).values())))
    assert "ließ sich nicht öffnen" in notice.text
    assert "den wir nicht haben" in notice.text


def test_the_explanation_is_limited_and_never_goes_to_a_machine(desk, keys):
    armor = keys.encrypted(text(SECRET))
    automatic = HEADER + b"Auto-Submitted: auto-generated\r\n"
    desk.take(encrypted(armor, automatic))
    assert "anna@example.org" not in desk.sent()
    answered = 0
    for _ in range(30):
        desk.take(encrypted(keys.encrypted(text(SECRET))))
        answered += "anna@example.org" in desk.sent()
    assert 0 < answered < 30


def test_without_keys_the_author_is_told_so(desk, keys):
    desk.take(encrypted(keys.encrypted(text(SECRET))))
    answer = parse(desk.sent()["anna@example.org"])
    assert answer.attachments == ()
    assert "unverschlüsselt" in answer.text


def test_what_had_to_wait_is_opened_once_the_key_is_there(desk, keys):
    decision = desk.take(encrypted(keys.encrypted(text(SECRET), signed=True)))
    desk.sent()
    closed = ClosedMails(desk.parts.office, desk.parts.opener)
    (waiting,) = closed.waiting()
    assert closed.open(waiting) in {Problem.NO_KEY, Problem.NOT_SET_UP}
    has_our_key(desk, keys)
    opened = closed.open(waiting)
    assert opened.ticket == decision.ticket
    entries = desk.entries(decision)
    assert [one.kind for one in entries][-2:] == ["event", "message"]
    assert entries[-1].text == SECRET
    assert not any("closed" in one.flags for one in entries)
    mails = desk.sent()
    assert mails
    assert "anna@example.org" not in mails
    assert closed.waiting() == ()
    assert closed.open(waiting) is None


def test_the_ticket_gets_the_subject_that_was_hidden(desk, keys):
    inner = b"Subject: Innen\r\n" + text(SECRET).replace(b"utf-8", b'utf-8; hp="cipher"', 1)
    decision = desk.take(encrypted(keys.encrypted(inner), HEADER.replace(b"Frage", b"[...]")))
    has_our_key(desk, keys)
    closed = ClosedMails(desk.parts.office, desk.parts.opener)
    (waiting,) = closed.waiting()
    closed.open(waiting)
    with desk.parts.store.begin(write=False) as transaction:
        assert transaction.ticket(decision.ticket, lock=False).ticket.subject == "Innen"


def test_retry_by_the_command(desk, keys, tmp_path):
    desk.take(encrypted(keys.encrypted(text(SECRET))))
    has_our_key(desk, keys)
    file = tmp_path / "desk" / "gateway.toml"
    home = desk.parts.opener._gpg.home
    written = file.read_text()
    written = written.replace('home = "openpgp"', f'home = "{home}"')
    secret = tmp_path / "keys" / "passphrase.txt"
    written = written.replace(
        '#passphrase_file = "/etc/gateway/openpgp"', f'passphrase_file = "{secret}"'
    )
    file.write_text(written)
    gateway = Path(sys.executable).parent / "gateway"
    command = [gateway, "openpgp", "retry", "--config", file]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "1 opened, 0 stay closed.\n", done.stderr


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda raw: raw, "Den Schlüssel der Signatur haben wir nicht"),
        (lambda raw: raw.replace(b"Ja, gern", b"Nein, nie"), None),
    ],
)
def test_agents_are_told_what_a_signature_is_worth(desk, keys, change, told):
    entity = text("Ja, gern\n").replace(b"\n", b"\r\n").replace(b"\r\r", b"\r")
    raw = change(signed(entity, keys.signature(entity)))
    desk.take(raw)
    notice = parse(next(iter(everybody_else(desk.sent()).values())))
    assert told is None or told in notice.text
    assert "beweist uns nichts" in notice.text


def reply_to_first_notice(desk, body):
    """An agent's answer to the notification of a new ticket: the ticket's decision, their mails."""
    first = desk.take(HEADER + text("Haben Sie einen Laptop?"))
    agent, content = next(iter(everybody_else(desk.sent()).items()))
    mail = parse(content)
    header = HEADER.replace(b"Anna <anna@example.org>", agent.encode()).replace(
        b"Subject:", f"In-Reply-To: <{mail.message_id}>\r\nSubject:".encode()
    )
    desk.take(header + body, agent, mail.reply_to[0].address)
    return first, agent, desk.sent()


def test_an_encrypted_mail_of_an_agent_that_cannot_be_opened_does_nothing(desk, keys):
    armor = keys.run("--encrypt", "--armor", "-r", keys.anna, octets=b"!close\nDas ist geheim\n")
    body = b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + armor
    first, agent, mails = reply_to_first_notice(desk, body)
    assert set(mails) == {agent}
    assert "ICHTS" in parse(mails[agent]).text
    assert [one.kind for one in desk.entries(first)].count("response") == 0


def knows(desk, key, monkeypatch):
    """The opener finds this key as that of whoever wrote."""
    monkeypatch.setattr(desk.parts.opener, "_signers", lambda _: (key,))


def test_an_agents_signed_mail_that_was_changed_does_nothing(desk, keys, monkeypatch):
    knows(desk, keys.theirs.export(keys.anna), monkeypatch)
    entity = text("Ja, gern.\r\n")
    body = signed(entity, keys.signature(entity), b"").replace(b"gern", b"gratis")
    first, agent, mails = reply_to_first_notice(desk, body)
    assert set(mails) == {agent}
    assert "ICHTS" in parse(mails[agent]).text
    assert [one.kind for one in desk.entries(first)].count("response") == 0


@pytest.mark.parametrize("above", [True, False])
def test_what_stands_beside_the_signed_text_is_no_command(desk, keys, monkeypatch, above):
    knows(desk, keys.theirs.export(keys.anna), monkeypatch)
    entity = text("Ja, gern.\r\n")
    parts = [signed_entity(entity, keys.signature(entity)), text("!zu\r\n")]
    body = multipart("mixed", *(reversed(parts) if above else parts))
    first, _, _ = reply_to_first_notice(desk, body)
    (answer,) = (one for one in desk.entries(first) if one.kind == "response")
    assert answer.text.strip() == "Ja, gern."
    with desk.parts.store.begin(write=False) as transaction:
        assert transaction.ticket(first.ticket, lock=False).ticket.is_open


def test_gpg_works_on_several_mails_at_once(desk, keys, monkeypatch):
    has_our_key(desk, keys)
    gpg = desk.parts.opener._gpg
    both, decrypt = Barrier(2, timeout=20), gpg.decrypt

    def together(octets, signers=()):
        both.wait()
        return decrypt(octets, signers)

    monkeypatch.setattr(gpg, "decrypt", together)
    items = [
        desk.item(encrypted(keys.encrypted(text(f"{SECRET} {number}")))) for number in range(4)
    ]
    desk.parts.store.inbound.insert(items)
    claimed = list(desk.parts.store.inbound.claim("only", 5, datetime.now(UTC), DAY))
    said = []
    while claimed:
        decisions = desk.parts.pipeline.process_together(claimed, lambda: True)
        claimed = claimed[len(decisions) :]
        said += [desk.entries(each)[-1].text for each in decisions]
    assert said == [f"{SECRET} {number}" for number in range(4)]


def test_a_held_mail_that_was_encrypted_is_opened_again_for_its_yes(desk, keys):
    has_our_key(desk, keys)
    outsider = b"Cc: fremd@example.net\r\n"
    body = outsider + encrypted(keys.encrypted(text("Ja, gern.\n\n!zu\n")), b"")
    first, agent, mails = reply_to_first_notice(desk, body)
    receipt = parse(mails[agent])
    assert not any(one.kind == "response" for one in desk.entries(first))
    header = HEADER.replace(b"Anna <anna@example.org>", agent.encode()).replace(
        b"Subject:", f"In-Reply-To: <{receipt.message_id}>\r\nSubject:".encode()
    )
    desk.take(header + text("!ja\r\n"), agent, receipt.reply_to[0].address)
    (answer,) = (one for one in desk.entries(first) if one.kind == "response")
    assert answer.text.startswith("Ja, gern.")
