"""A help desk seen from outside: mail goes in over SMTP, mail comes out into Maildirs.

The gateway is a process of its own. A test waits until the desk has settled (nothing queued,
nothing to be sent), so that a mail that does not come is known not to come, without a guess of
seconds.
"""

import secrets
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from email.utils import getaddresses, make_msgid, parseaddr
from functools import cached_property
from pathlib import Path

from gateway.mail.parse import parse
from gateway.model.message import Message
from gateway.model.ticket import Ticket
from gateway.policy.facts import TicketFacts
from gateway.rulebook.defaults import init
from gateway.smtp.maildir import directory_name
from gateway.store.inbound import InboundEntry
from gateway.store.outbox import OutboxEntry
from gateway.store.store import SqlStore, open_store
from gateway.store.tickets import Filter

PATIENCE = 60.0
"""Seconds until a desk that does not settle is a failure."""


def fresh(name: str = "maria", domain: str = "example.org") -> str:
    """An address that no other test uses."""
    return f"{name}.{secrets.token_hex(5)}@{domain}"


@dataclass(frozen=True)
class Arrived:
    """A mail that arrived, read by the standard library (not by the gateway's own parser)."""

    raw: bytes

    @cached_property
    def mail(self) -> EmailMessage:
        """The mail itself: headers, parts, attachments."""
        mail = message_from_bytes(self.raw, policy=default)
        assert isinstance(mail, EmailMessage)
        assert not mail.defects, mail.defects
        return mail

    @cached_property
    def parsed(self) -> Message:
        """The mail as the gateway would read it."""
        return parse(self.raw)

    @property
    def text(self) -> str:
        """The readable body."""
        body = self.mail.get_body(("plain",))
        assert body is not None
        return str(body.get_content())

    @property
    def everything(self) -> str:
        """Each header, decoded, and all text: what must not be in it is searched here."""
        headers = "\n".join(f"{name}: {value}" for name, value in self.mail.items())
        texts = [
            str(p.get_content()) for p in self.mail.walk() if p.get_content_maintype() == "text"
        ]
        return "\n".join([headers, *texts, self.raw.decode("utf-8", "replace")])

    def __getitem__(self, header: str) -> str:
        return str(self.mail[header] or "")

    @property
    def subject(self) -> str:
        return self["Subject"]

    @property
    def sender(self) -> str:
        """The bare address of From."""
        return parseaddr(self["From"])[1]

    @property
    def message_id(self) -> str:
        """With angle brackets."""
        return self["Message-ID"]

    @property
    def answer_to(self) -> str:
        """Where a mail program sends the answer."""
        return parseaddr(self["Reply-To"] or self["From"])[1]

    @property
    def references(self) -> list[str]:
        return self["References"].split()

    @property
    def attachments(self) -> dict[str, bytes]:
        """Contents by file name."""
        return {
            part.get_filename() or "": part.get_payload(decode=True)
            for part in self.mail.iter_attachments()
        }


def letter(
    sender: str,
    to: str | Sequence[str],
    subject: str,
    text: str,
    headers: Mapping[str, str] | None = None,
) -> EmailMessage:
    """A mail as a mail program writes it; of `headers`, one with an empty value is removed."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = to if isinstance(to, str) else ", ".join(to)
    mail["Subject"] = subject
    mail["Date"] = "Tue, 24 Nov 2026 10:00:00 +0100"
    mail["Message-ID"] = make_msgid(domain="mail.example")
    for name, value in (headers or {}).items():
        del mail[name]
        if value:
            mail[name] = value
    mail.set_content(text)
    return mail


def reply(
    sender: str, to: Arrived, text: str, headers: Mapping[str, str] | None = None
) -> EmailMessage:
    """The answer to an arrived mail, with the quotation below."""
    quoted = "\n".join(f"> {line}" for line in to.text.splitlines())
    subject = to.subject if to.subject.lower().startswith("re:") else f"Re: {to.subject}"
    thread = {
        "In-Reply-To": to.message_id,
        "References": " ".join([*to.references, to.message_id]),
        **(headers or {}),
    }
    body = f"{text}\n\nAm 24.11.2026 um 10:00 schrieb {to.sender}:\n{quoted}\n"
    return letter(sender, to.answer_to, subject, body, thread)


def is_back(desk: "Desk", agent: str) -> None:
    """All tests share a desk: an agent whom one made absent is told of the next things again."""
    desk.write(agent, "tickets@truhe.example", "Befehl", "!away off")
    desk.soon(agent)
    end = time.monotonic() + PATIENCE
    while (found := desk.store.people.find(agent)) is not None and found.absence is not None:
        assert time.monotonic() < end, f"{agent} does not come back:\n{desk.log[-3000:]}"
        time.sleep(0.01)
    desk.forget()


@dataclass
class Desk:
    """A running gateway. `seen` are the arrived mails that a test took already."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]
    store: SqlStore
    seen: set[Path] = field(default_factory=set)

    @property
    def config(self) -> Path:
        return self.folder / "gateway.toml"

    @property
    def log(self) -> str:
        """What the daemon has said until now."""
        return (self.folder / "log").read_text(encoding="utf-8")

    # --- in -------------------------------------------------------------------------------------

    def send(
        self, mail: EmailMessage | bytes, mail_from: str | None = None, *rcpt_to: str
    ) -> EmailMessage | bytes:
        """Hand a mail over by SMTP and return it.

        The envelope is taken from From, To and Cc where it is not given; `""` is the null
        reverse-path. Raises what smtplib raises when the desk refuses.
        """
        raw = mail if isinstance(mail, bytes) else mail.as_bytes(policy=SMTP)
        if mail_from is None:
            assert isinstance(mail, EmailMessage)
            mail_from = parseaddr(str(mail["From"]))[1]
        if not rcpt_to:
            assert isinstance(mail, EmailMessage)
            fields = [str(each) for name in ("To", "Cc") for each in mail.get_all(name, [])]
            rcpt_to = tuple(address for _, address in getaddresses(fields))
        options = ["SMTPUTF8"] if not f"{mail_from}{rcpt_to}".isascii() else []
        if not raw.isascii():
            options.append("BODY=8BITMIME")
        with smtplib.SMTP("127.0.0.1", self.port, timeout=PATIENCE) as smtp:
            smtp.ehlo("client.example")
            refused = smtp.sendmail(mail_from, list(rcpt_to), raw, mail_options=options)
        assert not refused, refused
        return mail

    def write(
        self,
        sender: str,
        to: str | Sequence[str],
        subject: str,
        text: str,
        headers: Mapping[str, str] | None = None,
    ) -> EmailMessage:
        """Write and send a mail; what was sent comes back."""
        mail = letter(sender, to, subject, text, headers)
        self.send(mail)
        return mail

    def answer(
        self, sender: str, to: Arrived, text: str, headers: Mapping[str, str] | None = None
    ) -> EmailMessage:
        """Answer an arrived mail as a mail program does; what was sent comes back."""
        mail = reply(sender, to, text, headers)
        self.send(mail)
        return mail

    # --- out ------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Return when everything accepted is processed and everything written is delivered."""
        end = time.monotonic() + PATIENCE
        while self.store.inbound.counts()["queued"] or self.store.outbox.counts()["queued"]:
            assert self.process.poll() is None, f"the gateway ended:\n{self.log}"
            assert time.monotonic() < end, f"the desk does not settle:\n{self.log[-5000:]}"
            time.sleep(0.01)

    def arrives(self, reader: str) -> Arrived:
        """The next mail for `reader` that no test took yet; fails when none comes."""
        self.settle()
        waiting = self._waiting(reader)
        assert waiting, f"no mail arrived for {reader}:\n{self.log[-3000:]}"
        self.seen.add(waiting[0])
        return Arrived(waiting[0].read_bytes())

    def soon(self, reader: str) -> Arrived:
        """As `arrives`, without waiting for mail that is to leave later."""
        end = time.monotonic() + PATIENCE
        while not (waiting := self._waiting(reader)):
            assert time.monotonic() < end, f"no mail arrived for {reader}:\n{self.log[-3000:]}"
            time.sleep(0.01)
        self.seen.add(waiting[0])
        return Arrived(waiting[0].read_bytes())

    def nothing_arrives(self, *readers: str) -> None:
        """Fails when one of the readers has a mail that no test took yet."""
        self.settle()
        for reader in readers:
            for file in self._waiting(reader):
                raise AssertionError(f"{reader} got:\n{file.read_text(encoding='utf-8')}")

    def nothing_else_arrives(self) -> None:
        """Fails when anybody at all has a mail that no test took yet."""
        self.settle()
        left = sorted(set(self.folder.glob("mail/*/new/*")) - self.seen)
        assert not left, "\n\n".join(each.read_text(encoding="utf-8") for each in left)

    def forget(self) -> None:
        """Take everything that has arrived until now as seen."""
        self.settle()
        self.seen.update(self.folder.glob("mail/*/new/*"))

    def _waiting(self, reader: str) -> list[Path]:
        files = (self.folder / "mail" / directory_name(reader) / "new").glob("*")
        waiting = set(files) - self.seen
        return sorted(waiting, key=self._place) if len(waiting) > 1 else list(waiting)

    def _place(self, file: Path) -> int:
        """The place of a mail in the outbox: several are delivered at a time, in any order."""
        return self.sent(Arrived(file.read_bytes()).message_id).id

    # --- inside ---------------------------------------------------------------------------------

    def ticket(self, number: str) -> TicketFacts:
        """A ticket with its whole thread; fails when there is none."""
        self.settle()
        found = self.store.tickets.show(number)
        assert found is not None, f"there is no ticket {number}"
        return found

    def tickets(self, requester: str | None = None) -> list[Ticket]:
        """The tickets of this requester (address, compared without case), or all; oldest first."""
        self.settle()
        found = reversed(self.store.tickets.list(Filter(), 10_000))
        wanted = requester.lower() if requester is not None else None
        return [t for t in found if wanted is None or t.requester.address.lower() == wanted]

    def only_ticket(self, requester: str) -> TicketFacts:
        """The one ticket of this requester; fails when there are none or several."""
        found = self.tickets(requester)
        assert len(found) == 1, found
        return self.ticket(found[0].number)

    def last_processed(self) -> InboundEntry:
        """How the message that was accepted last has ended."""
        self.settle()
        return self.store.inbound.listing("done", 1)[0]

    def sent(self, message_id: str) -> OutboxEntry:
        """The outgoing mail with this Message-ID (its envelope is not to be seen in a Maildir)."""
        self.settle()
        entries = self.store.outbox.listing("delivered", 10_000)
        return next(e for e in entries if e.message_id == message_id.strip("<>"))


@contextmanager
def running_desk(
    folder: Path,
    *,
    store_url: str | None = None,
    edits: Mapping[str, Mapping[str, str]] | None = None,
) -> Iterator[Desk]:
    """A desk in `folder`, ended afterwards by its process id.

    `edits` are replacements in the written files: file name -> {old text: new text}, each of which
    must be there.
    """
    init(folder, development=True)
    url = store_url or f"sqlite:///{folder}/gateway.db"
    settings = {"127.0.0.1:8025": "127.0.0.1:0", "sqlite:///gateway.db": url}
    _edit(folder / "gateway.toml", settings)
    _edit(folder / "rules" / "organisation.yaml", {"send_delay: 60": "send_delay: 0"})
    for name, replacements in (edits or {}).items():
        _edit(folder / name, replacements)
    command = [sys.executable, "-m", "gateway", "serve", "--config", folder / "gateway.toml"]
    with (folder / "log").open("wb") as log:
        daemon = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=log)
    try:
        port = _port(daemon, folder / "log")
        store = open_store(url, folder)
        try:
            yield Desk(folder, port, daemon, store)
        finally:
            store.close()
    finally:
        daemon.terminate()
        assert daemon.wait(timeout=60) == 0, (folder / "log").read_text(encoding="utf-8")


def _edit(path: Path, replacements: Mapping[str, str]) -> None:
    text = path.read_text(encoding="utf-8")
    for old, new in replacements.items():
        assert old in text, f"{path.name} has no {old!r}"
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def _port(daemon: subprocess.Popen[bytes], log: Path) -> int:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and daemon.poll() is None:
        for line in log.read_text(encoding="utf-8").splitlines():
            if line.startswith("ready: smtp "):
                return int(line.rpartition(":")[2])
        time.sleep(0.02)
    raise AssertionError(f"the gateway did not start:\n{log.read_text(encoding='utf-8')}")
