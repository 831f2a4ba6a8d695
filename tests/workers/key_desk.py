"""A desk with a key, people with keys of theirs, and their mails as programs send them."""

import re
import shutil
import tempfile
from base64 import b64encode
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from pgpmail import new_gpg

from gateway.config import OpenPgpSettings, load
from gateway.crypto.sealer import Sealer
from gateway.daemon import build
from gateway.mail.armor import armored
from gateway.mail.parse import parse
from gateway.model.envelope import Envelope, Peer, Protocol, QueuedMessage, QueueId
from gateway.parts import utc_now
from gateway.rulebook.defaults import init

INFO = "info@truhe.example"
MARIA, EVE, DORA = "maria@example.org", "eve@evil.example", "dora@mitglieder.example"
MARK = "Rosenkohl"
PROVED, UNPROVED = "127.0.0.1", "192.0.2.7"
DAY = timedelta(days=1)


class People:
    """Our key, Maria's two, and two of Eve's: one in her own name and one in Maria's."""

    def __init__(self, folder):
        self.ours, self.marias, self.eves = (new_gpg(folder / name) for name in "ome")
        self.info = self.ours.generate(("Truhe", INFO))
        self.maria = self.marias.generate(("Maria", MARIA), years=2)
        self.maria2 = self.marias.generate(("Maria", MARIA), years=2)
        self.eve = self.eves.generate(("Eve", EVE))
        self.false = self.eves.generate(("Maria", MARIA))

    def public(self, name):
        gpg = self.eves if name in (self.eve, self.false) else self.marias
        return gpg.export(name)

    def cipher(self, octets, signer=""):
        """For us; signed by one of these keys, if wanted."""
        gpg = self.eves if signer in (self.eve, self.false) else self.marias
        made = gpg.encrypt(octets, [self.ours.export(self.info)], signer)
        return made.replace(b"\n", b"\r\n")


@contextmanager
def people():
    folder = Path(tempfile.mkdtemp(prefix="gw-", dir="/tmp"))
    found = People(folder)
    try:
        yield found
    finally:
        for each in (found.ours, found.marias, found.eves):
            each.close()
        shutil.rmtree(folder, ignore_errors=True)


def autocrypt(address, key, *, mutual=False):
    wish = "prefer-encrypt=mutual; " if mutual else ""
    text = b64encode(key).decode()
    lines = "\r\n ".join(text[at : at + 76] for at in range(0, len(text), 76))
    return f"Autocrypt: addr={address}; {wish}keydata=\r\n {lines}\r\n"


def attached(text, *files):
    """A text with key files: (name, type, octets)."""
    parts = [f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n".encode()]
    for name, kind, octets in files:
        head = f'Content-Type: {kind}; name="{name}"\r\nContent-Disposition: attachment;'
        head += f' filename="{name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        parts.append(head.encode() + b64encode(octets) + b"\r\n")
    inner = b"".join(b"--m\r\n" + part for part in parts)
    return b"Content-Type: multipart/mixed; boundary=m\r\n\r\n" + inner + b"--m--\r\n"


def key_file(key, name="key.asc"):
    return (name, "application/pgp-keys", armored("PUBLIC KEY BLOCK", key))


def plain(text):
    return f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n".encode()


def sealed(armor):
    return (
        b'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=e\r\n'
        b"\r\n--e\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n--e\r\n"
        b'Content-Type: application/octet-stream; name="encrypted.asc"\r\n\r\n'
        + armor
        + b"\r\n--e--\r\n"
    )


class KeyDesk:
    """The road, with what leaves of it as it is sealed."""

    def __init__(self, folder, home, found):
        init(folder, development=True)
        config = load(folder / "gateway.toml")
        secret = folder / "passphrase"
        secret.write_text("Zwölf Boxkämpfer\n", encoding="utf-8")
        openpgp = OpenPgpSettings(home=home, passphrase_file=secret)
        self.parts = build(config.model_copy(update={"openpgp": openpgp}), folder)
        self.people, self.number = found, 0
        rules, store = self.parts.rules, self.parts.store
        rules.gpg.import_secret(found.ours.export_secret(found.info))
        self.sealer = Sealer(rules.gpg, rules.own_keys, store.keys.keys_of, utc_now)
        self.bytes = b""

    def take(self, body, head="", *, sender=MARIA, to=INFO, peer=PROVED, days_ago=0):
        """The decision about a mail; `head` are more fields of it."""
        self.number += 1
        date = format_datetime(datetime.now(UTC) - days_ago * DAY)
        raw = (
            f"From: {sender}\r\nTo: {to}\r\nSubject: Frage\r\nDate: {date}\r\n"
            f"Message-ID: <{self.number}@mail.example>\r\nMIME-Version: 1.0\r\n{head}"
        ).encode() + body
        item = QueuedMessage(
            QueueId(f"q{self.number}"),
            Envelope(sender.rpartition("<")[2].strip(">"), (to,)),
            Peer(peer, "client", Protocol.ESMTP),
            datetime.now(UTC),
            raw,
        )
        self.parts.store.inbound.insert([item])
        items = self.parts.store.inbound.claim("only", 5, datetime.now(UTC), DAY)
        (decision,) = self.parts.pipeline.process_together(items, lambda: True)
        return decision

    def sent(self):
        """By reader, the last mail as it leaves."""
        mails = self.parts.store.outbox.claim("only", 100, datetime.now(UTC) + DAY, DAY)
        with self.parts.store.database.writing() as connection:
            connection.exec_driver_sql("DELETE FROM outbox")
        found = {}
        for mail in mails:
            found[mail.rcpt_to] = self.sealer.seal(mail)
            self.bytes += found[mail.rcpt_to]
        return found

    def answers(self, notice, text, agent=DORA):
        """The agent's answer to a mail of ours; what leaves then."""
        mail = parse(notice)
        self.take(
            plain(text), f"In-Reply-To: <{mail.message_id}>\r\n", sender=agent,
            to=mail.reply_to[0].address,
        )  # fmt: skip
        return self.sent()

    def keys(self, address=MARIA):
        """State and fingerprint of all that is known of somebody."""
        with self.parts.store.begin(write=False) as transaction:
            found = transaction.author_keys(address, datetime.now(UTC))
        return {each.key.fingerprint: each.state.value for each in found}

    def ticket(self, decision):
        with self.parts.store.begin(write=False) as transaction:
            return transaction.ticket(decision.ticket, lock=False, entries=20)

    def events(self, decision):
        return [each.event for each in self.ticket(decision).entries if each.event]


@contextmanager
def key_desk(folder, found):
    home = Path(tempfile.mkdtemp(prefix="gw-", dir="/tmp"))
    desk = KeyDesk(folder, home / "h", found)
    try:
        yield desk
        assert MARK.encode() not in desk.bytes
    finally:
        desk.parts.close()
        shutil.rmtree(home, ignore_errors=True)


def read_by(gpg, mail):
    """What the holder of these keys reads; None when it is not for them."""
    block = re.search(rb"-----BEGIN PGP MESSAGE-----.*?-----END PGP MESSAGE-----", mail, re.DOTALL)
    if block is None:
        return None
    found = gpg.decrypt(block[0])
    return None if found.problem else parse(found.content).text
