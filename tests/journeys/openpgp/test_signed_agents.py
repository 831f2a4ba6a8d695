"""An agent's signature proves what they send, and nobody else's trick with it does anything.

The desk stands behind a front server that says nothing here, and a second factor is demanded of
every agent: only the signature can make a mail of Dora's count.
"""

import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from pathlib import Path

import pytest

from gateway.crypto.gpg import Gpg
from gateway.model.key_changes import PinKey
from tests.journeys.desk import Arrived, Desk, letter, running_desk
from tests.pgpmail import gpg_itself, new_gpg

DORA, BEN = "dora@mitglieder.example", "ben@mitglieder.example"
EVE, MARIA = "eve@evil.example", "maria@example.org"
TICKETS = "tickets@truhe.example"
CLOSED = "closed"
LONG_AGO = ("--faked-system-time", "20260101T120000")
EDITS = {
    "rules/security.yaml": {"second_factor: enrolled": "second_factor: required"},
    "gateway.toml": {
        'authserv_id = ""': 'authserv_id = "mx.truhe.example"',
        "trusted_relays = []": 'trusted_relays = ["127.0.0.1"]',
    },
}


@dataclass
class House:
    desk: Desk
    dora: Gpg
    eve: Gpg
    key: str
    forged: str

    def question(self) -> Arrived:
        """Maria asks; what Dora, who reads the public address, is told."""
        self.desk.send(letter(MARIA, "info@truhe.example", "Laptop", "Haben Sie einen?"))
        self.number = str(max(int(each.number) for each in self.desk.tickets(MARIA)))
        told = self.desk.arrives(DORA)
        self.desk.forget()
        return told

    def command(self, text: str, to: str = TICKETS) -> EmailMessage:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = f"Dora <{DORA}>", to, "Befehl"
        mail["Date"] = format_datetime(datetime.now(UTC))
        mail["Message-ID"] = make_msgid(domain="mitglieder.example")
        mail.set_content(text)
        return mail

    def read(self, mail: Arrived) -> str:
        """What Dora reads of it: it is encrypted for her."""
        block = re.search(rb"-----BEGIN PGP MESSAGE.*?END PGP MESSAGE-----", mail.raw, re.DOTALL)
        return Arrived(self.dora.decrypt(block[0]).content).text

    def answer(self, told: Arrived, text: str, *, quoting: bool = True) -> EmailMessage:
        """As a mail program answers, with our mail below."""
        quoted = "\n".join(f"> {line}" for line in self.read(told).splitlines())
        below = f"\n\nAm 29.11.2026 um 10:00 schrieb {told.sender}:\n{quoted}\n" if quoting else ""
        mail = self.command(text + below, told.answer_to)
        mail["In-Reply-To"] = mail["References"] = told.message_id
        return mail

    def signed(
        self, mail: EmailMessage, gpg: Gpg | None = None, key: str = "", *options: str
    ) -> bytes:
        """PGP/MIME (RFC 3156), by Dora unless somebody else is named."""
        inner = EmailMessage()
        inner.set_content(mail.get_content(), cte="quoted-printable")
        entity = inner.as_bytes(policy=SMTP)
        signature = gpg_itself(
            (gpg or self.dora).home, "--detach-sign", "--armor", "--digest-algo", "SHA512",
            "--local-user", key or self.key, *options, octets=entity,
        ).replace(b"\n", b"\r\n")  # fmt: skip
        assert signature
        head = "".join(
            f"{name}: {value}\r\n"
            for name, value in mail.items()
            if not name.lower().startswith(("content-", "mime-"))
        ).encode()
        return (
            head + b'MIME-Version: 1.0\r\nContent-Type: multipart/signed; micalg="pgp-sha512";\r\n'
            b' protocol="application/pgp-signature"; boundary="sig"\r\n\r\n--sig\r\n'
            + entity
            + b"\r\n--sig\r\nContent-Type: application/pgp-signature\r\n\r\n"
            + signature
            + b"\r\n--sig--\r\n"
        )

    def sends(self, raw: bytes, to: str = TICKETS) -> None:
        self.desk.send(raw, DORA, to)
        self.desk.settle()

    def state(self) -> str:
        return self.desk.ticket(self.number).ticket.status


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    folder = Path(tempfile.mkdtemp(prefix="gw-", dir="/tmp"))
    dora, eve = new_gpg(folder / "a"), new_gpg(folder / "e")
    try:
        with running_desk(folder / "desk", edits=EDITS) as desk:
            made = ("--quick-generate-key", f"Dora <{DORA}>", "future-default", "default", "never")
            dora.home.mkdir(mode=0o700)
            gpg_itself(dora.home, *LONG_AGO, *made, octets=b"")
            (key,) = (each.fingerprint for each in dora.own_keys())
            forged = eve.generate(("Dora", DORA))
            (public,) = dora.read_keys(dora.export(key))
            agent = desk.store.people.find("dora")
            with desk.store.begin() as transaction:
                transaction.apply((PinKey(agent.id, key, public),), datetime.now(UTC))
            yield House(desk, dora, eve, key, forged)
    finally:
        for each in (dora, eve):
            each.close()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def told(house: House) -> Iterator[Arrived]:
    house.desk.forget()
    yield house.question()
    house.desk.forget()


def test_a_signed_answer_needs_no_code_and_no_front_server(house, told):
    raw = house.signed(house.answer(told, "!close\n\nLiebe Maria, ja, kommen Sie vorbei."))
    house.sends(raw, told.answer_to)
    assert house.state() == CLOSED
    assert "kommen Sie vorbei" in house.desk.arrives(MARIA).text


def attacks(house: House, told: Arrived) -> dict[str, tuple[bytes, str]]:
    """What somebody may send who catches mails of Dora's, or has none of them."""
    mail = house.answer(told, "!close\n\nGeheim.")
    good = house.signed(mail)
    boundary = b"--sig\r\n"
    plain = b"Content-Type: text/plain\r\n\r\n!close\r\n"
    elsewhere = house.command("!close", "bob@example.net")
    return {
        "unsigned": (mail.as_bytes(policy=SMTP), told.answer_to),
        "a key of somebody else with her name in it": (
            house.signed(mail, house.eve, house.forged), told.answer_to),
        "a changed text": (good.replace(b"Geheim.", b"Gemein."), told.answer_to),
        "a part before the signed one": (
            good.replace(boundary, boundary + plain + b"\r\n" + boundary, 1), told.answer_to),
        "a signed mail as a part of another": (
            good.split(b"MIME-Version", 1)[0]
            + b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="out"\r\n\r\n--out\r\n'
            + plain + b"\r\n--out\r\nMIME-Version" + good.split(b"MIME-Version", 1)[1]
            + b"\r\n--out--\r\n", told.answer_to),
        "what was meant for somebody else": (house.signed(elsewhere), TICKETS),
        "an old signature": (
            house.signed(mail, None, "", *LONG_AGO),
            told.answer_to),
        "an answer that does not say to what": (
            house.signed(house.answer(told, "!close\n\nGeheim.", quoting=False)), told.answer_to),
        "two From fields": (b"From: " + EVE.encode() + b"\r\n" + good, told.answer_to),
    }  # fmt: skip


NAMES = (
    "unsigned", "a key of somebody else with her name in it", "a changed text",
    "a part before the signed one", "a signed mail as a part of another",
    "what was meant for somebody else", "an old signature",
    "an answer that does not say to what", "two From fields",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_nothing_else_is_obeyed(house, told, name):
    found = attacks(house, told)
    assert tuple(found) == NAMES
    raw, to = found[name]
    before = house.state()
    house.sends(raw, to)
    assert house.state() == before
    house.desk.nothing_arrives(MARIA, EVE, "bob@example.net")


def test_the_same_signature_counts_once(house, told):
    raw = house.signed(house.answer(told, "!close"))
    house.sends(raw, told.answer_to)
    assert house.state() == CLOSED
    house.sends(house.signed(house.command(f"!reopen #{house.number}")))
    assert house.state() != CLOSED
    again = raw.replace(b"Message-ID: <", b"Message-ID: <again.")
    house.sends(again, told.answer_to)
    assert house.state() != CLOSED


def test_an_answer_to_one_ticket_does_nothing_in_another(house, told):
    first, number = told, house.number
    second = house.question()
    raw = house.signed(house.answer(first, "!close\n\nFür die erste."))
    moved = raw.replace(first.message_id.encode(), second.message_id.encode()).replace(
        first.answer_to.encode(), second.answer_to.encode(), 1
    )
    assert moved != raw
    house.desk.forget()
    house.sends(moved, second.answer_to)
    assert house.state() != CLOSED
    assert house.desk.ticket(number).ticket.status != CLOSED
    house.desk.nothing_arrives(MARIA)


def test_the_signature_of_another_agent_is_none(house, told):
    mail = house.answer(told, "!close")
    del mail["From"]
    mail["From"] = BEN
    house.sends(house.signed(mail), told.answer_to)
    assert house.state() != CLOSED
