"""A question that came encrypted, from its first mail to its last: nothing leaves readable."""

import re
import shutil
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import default
from email.utils import make_msgid
from pathlib import Path

import pytest

from gateway.crypto.gpg import Gpg
from gateway.model.key_changes import PinKey
from gateway.model.openpgp import Verdict
from tests.journeys.desk import Arrived, Desk, letter, reply, running_desk

MARKS = ("Rosenkohl", "Blumenkohl", "Wirsing", "Grünkohl")
"""In the subject and in the text of what comes encrypted, and in notes."""
QUESTION = "Blumenkohl aus dem Garten der Nachbarin ist im Keller.\nErbsen auch.\n"
MARIA, DORA = "maria@example.org", "dora@mitglieder.example"
ANNA, BEN = "anna@mitglieder.example", "ben@mitglieder.example"

_ASKED = (
    *("!show #N full", "!list", "!list dept berlin csv", "!search Erbsen", "!stats", "!help"),
    *("!check\n!subject Neu #N", "!nonsense #N", "!watch #N", "!remind +3d #N", "!undo"),
)


@dataclass
class House:
    """A desk whose addresses have keys, and the keys of the people who write to it."""

    desk: Desk
    gpg: Gpg
    people: dict[str, Gpg]
    names: dict[str, str]

    def public(self, address: str) -> bytes:
        return self.people[address].export(self.names[address])

    def pin(self, address: str) -> None:
        agent = self.desk.store.people.find(address)
        (key,) = self.gpg.read_keys(self.public(address))
        with self.desk.store.begin() as transaction:
            transaction.apply((PinKey(agent.id, key.fingerprint, key),), datetime.now(UTC))

    def field(self, address: str) -> str:
        """The value of an Autocrypt field."""
        key = b64encode(self.public(address)).decode()
        lines = [key[at : at + 70] for at in range(0, len(key), 70)]
        return f"addr={address}; prefer-encrypt=mutual; keydata=\r\n " + "\r\n ".join(lines)

    def encrypt(self, sender: str, to: str, subject: str, text: str, **more: str) -> bytes:
        """As Thunderbird does it: PGP/MIME with the subject inside."""
        inner = letter(sender, to, subject, text)
        del inner["Message-ID"]
        inner.set_param("protected-headers", "v1")
        name = to.partition("@")[0].partition("+")[0]
        own = next(each for each in self.gpg.own_keys() if name in each.user_ids[0])
        cipher = self.people[sender].encrypt(
            inner.as_bytes(policy=default.clone(linesep="\r\n")),
            [self.gpg.export(own.fingerprint)],
            self.names[sender],
        )
        fields = {"From": sender, "To": to, "Subject": "...", "Date": inner["Date"],
                  "Message-ID": make_msgid(domain="mail.example"), **more}  # fmt: skip
        head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
        return (
            (
                f'{head}MIME-Version: 1.0\r\nContent-Type: multipart/encrypted; boundary="b";\r\n'
                ' protocol="application/pgp-encrypted"\r\n\r\n--b\r\n'
                "Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n--b\r\n"
                "Content-Type: application/octet-stream\r\n\r\n"
            ).encode()
            + cipher.replace(b"\n", b"\r\n")
            + b"\r\n--b--\r\n"
        )

    def opened(self, mail: Arrived, reader: str) -> Arrived:
        """What the reader reads; by our key and by nobody else's."""
        assert mail.mail.get_content_type() == "multipart/encrypted"
        block = re.search(
            rb"-----BEGIN PGP MESSAGE-----.*?-----END PGP MESSAGE-----", mail.raw, re.DOTALL
        )
        ours = [self.gpg.export(each.fingerprint) for each in self.gpg.own_keys()]
        found = self.people[reader].decrypt(block[0], ours)
        assert found.signature.verdict is Verdict.VALID
        assert len(found.key_ids) == 1
        for other, gpg in self.people.items():
            assert other == reader or gpg.decrypt(block[0]).problem
        return Arrived(found.content)


@pytest.fixture
def house() -> Iterator[House]:
    folder = Path(tempfile.mkdtemp(prefix="gw-", dir="/tmp"))
    people = {each: Gpg(folder / name) for each, name in ((MARIA, "m"), (DORA, "d"), (ANNA, "a"))}
    gpg = Gpg(folder / "desk" / "openpgp")
    (folder / "desk").mkdir()
    try:
        for name in ("info", "berlin", "tickets"):
            gpg.generate(("Truhe", f"{name}@truhe.example"))
        with running_desk(folder / "desk") as desk:
            names = {each: its.generate((each[0], each)) for each, its in people.items()}
            found = House(desk, gpg, people, names)
            found.pin(DORA)
            found.pin(ANNA)
            yield found
    finally:
        for each in (gpg, *people.values()):
            each.close()
        shutil.rmtree(folder, ignore_errors=True)


def nothing_readable(desk: Desk) -> None:
    """No mark stands in any mail that left, whatever its encoding, nor in the log."""
    desk.settle()
    mails = sorted(desk.folder.glob("mail/*/new/*"))
    assert mails
    for file in mails:
        raw = file.read_bytes()
        mail = message_from_bytes(raw, policy=default)
        said = [raw.decode("latin-1"), *(str(make_header(decode_header(v))) for v in mail.values())]
        for part in mail.walk():
            said += [
                str(part.get_filename()),
                (part.get_payload(decode=True) or b"").decode("utf-8", "replace"),
            ]
        for mark in MARKS:
            assert mark.casefold() not in "\n".join(said).casefold(), file
    for mark in MARKS:
        assert mark not in desk.log


def test_a_confidential_question_is_read_only_by_those_who_have_a_key(house):
    desk = house.desk
    desk.send(
        house.encrypt(MARIA, "info@truhe.example", "Frage zum Rosenkohl", QUESTION),
        MARIA, "info@truhe.example",
    )  # fmt: skip
    told = desk.arrives(DORA)
    inner = house.opened(told, DORA)
    assert "Blumenkohl" in inner.text
    assert "Rosenkohl" in inner.subject
    assert "Vertraulich" in inner.text
    about = desk.only_ticket(MARIA)
    number = about.ticket.number
    assert about.ticket.confidential
    assert told.subject == f"[#{number}]"
    assert re.search(rb"^Autocrypt: addr=info@truhe\.example; keydata=", told.raw, re.MULTILINE)
    confirmed = desk.arrives(MARIA)
    assert number in confirmed.subject
    assert confirmed.mail.get_content_type() == "multipart/signed"

    # It goes to Berlin, where Anna has a key and Ben has none.
    desk.send(letter(DORA, told.answer_to, "Re: ...", "!move berlin\n", {
        "In-Reply-To": told.message_id, "References": told.message_id}))  # fmt: skip
    annas = house.opened(desk.arrives(ANNA), ANNA)
    assert "Blumenkohl" in annas.text
    bare = desk.arrives(BEN)
    assert number in bare.subject
    assert "Schlüssel" in bare.mail.get_body(("plain",)).get_content() or bare.text
    house.opened(desk.arrives(DORA), DORA)

    # What Ben asks for says nothing more, however he asks.
    for asked in (each.replace("#N", f"#{number}") for each in _ASKED):
        desk.write(BEN, "tickets@truhe.example", "Befehl", f"{asked}\n")
        answer = desk.arrives(BEN)
        assert "Erbsen" not in asked or "0 Tickets" in answer.everything
    nothing_readable(desk)
    desk.forget()

    # An answer would leave readable: it waits, and with words of the question it never leaves.
    desk.send(reply(BEN, bare, "Liebe Maria, ja gern am Freitag."))
    held = desk.arrives(BEN)
    desk.nothing_arrives(MARIA)
    desk.send(reply(BEN, bare, "Blumenkohl aus dem Garten der Nachbarin ist im Keller? Ja."))
    refused = desk.arrives(BEN)
    assert "wiederholt Worte" in " ".join(refused.text.split())
    desk.nothing_arrives(MARIA)
    desk.send(reply(BEN, held, "!yes"))
    answered = desk.arrives(MARIA)
    assert "Freitag" in answered.text
    assert number in answered.subject
    assert answered.mail.get_content_type() == "multipart/signed"
    desk.forget()

    # With Maria's key known it is simply encrypted, to her and to nobody else.
    desk.send(
        house.encrypt(MARIA, answered.answer_to, "Re: Rosenkohl", "Mein Schlüssel liegt bei.\n",
                      In_Reply_To=answered.message_id, Autocrypt=house.field(MARIA)),
        MARIA, answered.answer_to,
    )  # fmt: skip
    desk.settle()
    desk.forget()
    desk.send(reply(ANNA, annas, "Der Wirsing ist da."))
    asked = house.opened(desk.arrives(ANNA), ANNA)  # Ben has answered since
    desk.send(reply(ANNA, asked, "!yes"))
    answered = house.opened(desk.arrives(MARIA), MARIA)
    assert "Wirsing" in answered.text
    assert "Rosenkohl" in answered.subject
    house.opened(desk.arrives(ANNA), ANNA)

    # It comes back, with the whole of it below the report; a close is taken back.
    sent = desk.sent(answered.message_id)
    desk.send(
        (
            "From: MAILER-DAEMON@example.org\r\nSubject: Undelivered Mail\r\nMIME-Version: 1.0\r\n"
            "Content-Type: multipart/report; report-type=delivery-status; boundary=r\r\n\r\n"
            "--r\r\nContent-Type: text/plain\r\n\r\nIt did not arrive.\r\n"
            "--r\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x.example\r\n"
            f"\r\nFinal-Recipient: rfc822; {MARIA}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
            "--r\r\nContent-Type: message/rfc822\r\n\r\n"
        ).encode()
        + answered.raw
        + b"\r\n--r--\r\n",
        "",
        sent.mail_from,
    )
    assert "nicht angekommen" in desk.arrives(BEN).everything
    desk.write(BEN, "tickets@truhe.example", "x", f"!close #{number}\n")
    done = desk.arrives(BEN)
    desk.send(reply(BEN, done, "!undo"))
    desk.forget()

    # Referrals, further mail, a merge, a split, referrals, the end of it.
    desk.write(ANNA, "tickets@truhe.example", "Notiz", f"!refer #{number} @emil wegen Wirsing\n")
    desk.send(
        house.encrypt(MARIA, answered.answer_to, "Re: Rosenkohl", "Noch ein Grünkohl.\n",
                      In_Reply_To=answered.message_id, References=answered.message_id),
        MARIA, answered.answer_to,
    )  # fmt: skip
    desk.write(ANNA, "tickets@truhe.example", "Teilen", f"!split #{number}\n")
    plain = desk.write(MARIA, "info@truhe.example", "Andere Frage", "Ganz offen.\n")
    assert plain
    desk.settle()
    other = next(each for each in desk.tickets(MARIA) if each.subject == "Andere Frage")
    assert not other.confidential
    desk.write(DORA, "tickets@truhe.example", "x", f"!move berlin #{other.number}\n")
    desk.settle()
    desk.write(ANNA, "tickets@truhe.example", "x", f"!merge #{number} into #{other.number}\n")
    desk.settle()
    desk.write(ANNA, "tickets@truhe.example", "x", f"!close #{other.number}\n")
    desk.settle()
    split = [each for each in desk.tickets(MARIA) if each.number not in (number, other.number)]
    assert [each.confidential for each in split] == [True]
    assert desk.ticket(other.number).ticket.confidential
    nothing_readable(desk)


def test_whose_key_comes_along_is_answered_encrypted_at_once(house):
    """A first mail as K-9 and Thunderbird send it: nobody has to know anything about keys."""
    desk = house.desk
    desk.send(
        house.encrypt(MARIA, "info@truhe.example", "Frage zum Rosenkohl", QUESTION,
                      Autocrypt=house.field(MARIA)),
        MARIA, "info@truhe.example",
    )  # fmt: skip
    told = house.opened(desk.arrives(DORA), DORA)
    assert "Blumenkohl" in told.text
    house.opened(desk.arrives(MARIA), MARIA)  # the confirmation
    desk.send(reply(DORA, told, "Der Wirsing ist da."))
    answered = house.opened(desk.arrives(MARIA), MARIA)
    assert "Wirsing" in answered.text
    assert "Rosenkohl" in answered.subject
    house.opened(desk.arrives(DORA), DORA)

    # Somebody with another key, in her name: it is told, and not used.
    other = house.people[MARIA].generate(("m", MARIA))
    house.names[MARIA], first = other, house.names[MARIA]
    false = house.field(MARIA)
    house.names[MARIA] = first
    desk.send(
        house.encrypt(MARIA, answered.answer_to, "Re: Rosenkohl", "Grünkohl, bitte.\n",
                      In_Reply_To=answered.message_id, Autocrypt=false),
        MARIA, answered.answer_to,
    )  # fmt: skip
    warned = house.opened(desk.arrives(DORA), DORA)
    assert "anderen Schlüssel" in " ".join(warned.text.split())
    assert f"accept%20{other}" in warned.text
    desk.write(
        DORA, "tickets@truhe.example", "x", f"!show #{desk.only_ticket(MARIA).ticket.number}"
    )
    shown = " ".join(house.opened(desk.arrives(DORA), DORA).text.split())
    groups = [" ".join(each[at : at + 4] for at in range(0, 40, 4)) for each in (first, other)]
    assert f"{groups[0]} (wird benutzt)" in shown
    assert f"{groups[1]} (wartet, bis ihn jemand annimmt)" in shown
    nothing_readable(desk)
