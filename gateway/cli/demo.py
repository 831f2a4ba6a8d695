"""`gateway demo`: a whole story, played over SMTP against a running gateway.

Every step sends a real mail and shows every mail that arrives because of it. The story fails loudly
when one does not arrive.
"""

import smtplib
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path

from gateway.cli.shared import ConfigOption, MistakeError, say
from gateway.mail.parse import parse
from gateway.model.message import Message
from gateway.smtp.maildir import directory_name

PATIENCE = 20.0
"""Seconds to wait for a mail."""

WEBSITE = "website@truhe.example"
MARIA = "maria@example.org"
ANNA = "anna@mitglieder.example"
BEN = "ben@mitglieder.example"


def demo(*, config: ConfigOption | None = None) -> None:
    """Play a whole story over SMTP and show every mail as it arrives.

    Parameters
    ----------
    config
        The configuration of a gateway that is running in development mode. Without it, one is
        started in a temporary folder and ended afterwards.

    """
    if config is not None:
        _play(_office(config))
        return
    with _own_gateway() as office:
        _play(office)


@dataclass
class Office:
    """Where mail is sent and where it arrives. `seen` are the files that were shown."""

    port: int
    maildirs: Path
    seen: set[Path] = field(default_factory=set)

    def send(self, sender: str, to: str, subject: str, body: str, answers: str = "") -> None:
        """Send one mail over SMTP; raises when it is not accepted."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, to, subject
        mail["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
        if answers:
            mail["In-Reply-To"] = mail["References"] = answers
        mail.set_content(body)
        say(f"\n>>> {sender} writes to {to}: {subject}\n")
        say("\n".join(f"    {line}" for line in body.strip().splitlines()))
        with smtplib.SMTP("127.0.0.1", self.port, timeout=PATIENCE) as smtp:
            smtp.send_message(mail, from_addr=sender, to_addrs=[to])

    def answer(self, sender: str, mail: Message, text: str) -> None:
        """Answer a mail as a mail program does: to Reply-To, with a quotation below."""
        quoted = "\n".join(f"> {line}" for line in mail.text.splitlines())
        author = mail.authors[0]
        body = f"{text}\n\nAm 24.11.2026 um 10:00 schrieb {author.address}:\n{quoted}\n"
        to = (mail.reply_to or mail.authors)[0].address
        self.send(sender, to, f"Re: {mail.subject}", body, f"<{mail.message_id}>")

    def arrives(self, reader: str) -> Message:
        """Show the next mail for `reader`; raises MistakeError when none comes."""
        folder = self.maildirs / directory_name(reader)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            for file in sorted(folder.glob("new/*"), key=lambda each: each.stat().st_mtime_ns):
                if file not in self.seen:
                    self.seen.add(file)
                    return _shown(reader, parse(file.read_bytes()))
            time.sleep(0.05)
        raise MistakeError(f"No mail arrived for {reader} within {PATIENCE:.0f} seconds.")


def _shown(reader: str, mail: Message) -> Message:
    say(f"\n<<< {reader} gets from {mail.authors[0].address}: {mail.subject}\n")
    say("\n".join(f"    {line}".rstrip() for line in mail.text.splitlines()))
    return mail


def _play(office: Office) -> None:
    say("=== 1. Somebody fills in the contact form of the website and chooses Berlin.")
    office.send(WEBSITE, "kontaktformular@truhe.example", "Kontaktformular", _FORM)
    office.arrives(MARIA)
    notice = office.arrives(ANNA)
    office.arrives(BEN)

    say("\n=== 2. Anna answers by replying. Her first answer makes her responsible.")
    office.answer(ANNA, notice, _FIRST_ANSWER)
    answer = office.arrives(MARIA)
    office.arrives(ANNA)

    say("\n=== 3. Maria writes back; only Anna is told.")
    office.answer(MARIA, answer, "Ja, gerne! Am Freitag um 15 Uhr?")
    notice = office.arrives(ANNA)

    say("\n=== 4. A typing error in a command: nothing is done, nothing is sent.")
    office.answer(ANNA, notice, "Freitag passt.\n\n!clsoe")
    office.arrives(ANNA)

    say("\n=== 5. The same, right: the answer goes out and the ticket is closed.")
    office.answer(ANNA, notice, _LAST_ANSWER)
    answer = office.arrives(MARIA)
    office.arrives(ANNA)

    say("\n=== 6. Maria writes again: the ticket is opened again, whoever worked on it is told.")
    office.answer(MARIA, answer, "Darf mein Bruder das Gerät abholen?")
    notice = office.arrives(ANNA)
    office.answer(ANNA, notice, "!nehmen\n\nJa, mit Ausweis.")
    office.arrives(MARIA)
    office.arrives(ANNA)

    say("\n=== 7. A stranger writes directly to an internal address: rejected, nobody is bothered.")
    stranger = "haendler@shop.example"
    office.send(stranger, "berlin@truhe.example", "Angebot", "Kaufen Sie unsere Drucker!\n")
    office.arrives(stranger)

    say("\n=== 8. Anna asks for her tickets.")
    office.send(ANNA, "tickets@truhe.example", "Liste", "!liste meine\n")
    office.arrives(ANNA)
    say("\nThat was the whole story: all of it by mail alone.")


_FORM = """\
Name: Maria Muster
E-Mail: maria@example.org
Standort: Berlin
Thema: Spendennachfrage
Nachricht: Guten Tag,

ich suche einen Laptop für meine Ausbildung. Was muss ich mitbringen?

Viele Grüße
Maria Muster
"""

_FIRST_ANSWER = """\
Liebe Maria,

wir haben einen Laptop für dich. Bitte bring einen Nachweis mit.

Viele Grüße
Anna"""

_LAST_ANSWER = """\
Freitag passt.

!feld Nachweis = Ja

!zu

!notiz
Gerät liegt im Regal 3."""


@contextmanager
def _own_gateway() -> Iterator[Office]:
    """A gateway of its own in a temporary folder, on a free port, ended afterwards."""
    from gateway.rulebook.defaults import init  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="gateway-demo-") as folder:
        init(Path(folder), development=True)
        rules = Path(folder) / "rules" / "organisation.yaml"
        text = rules.read_text(encoding="utf-8").replace("send_delay: 60", "send_delay: 0")
        rules.write_text(text, encoding="utf-8")
        config = Path(folder) / "gateway.toml"
        port = _free_port()
        text = config.read_text(encoding="utf-8")
        config.write_text(text.replace("127.0.0.1:8025", f"127.0.0.1:{port}"), encoding="utf-8")
        with (Path(folder) / "log").open("wb") as log:
            daemon = subprocess.Popen(  # noqa: S603  (our own program)
                [sys.executable, "-m", "gateway", "serve", "--config", str(config)], stderr=log
            )
        try:
            _wait_for_greeting(port, daemon, Path(folder) / "log")
            yield Office(port, Path(folder) / "mail")
        finally:
            daemon.terminate()
            daemon.wait(timeout=60)


def _office(config: Path) -> Office:
    """The gateway of a configuration, which must be running."""
    from gateway.config import DeliveryMode, load  # noqa: PLC0415

    settings = load(config)
    if settings.delivery.mode is not DeliveryMode.MAILDIR or not settings.trust.development:
        raise MistakeError("The demo needs a gateway in development mode that sends to Maildirs.")
    port = int(settings.smtp.listen[0].rpartition(":")[2])
    office = Office(port, settings.delivery.maildir)
    office.seen.update(settings.delivery.maildir.glob("*/new/*"))
    return office


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _wait_for_greeting(port: int, daemon: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and daemon.poll() is None:
        try:
            with smtplib.SMTP("127.0.0.1", port, timeout=PATIENCE):
                return
        except OSError:
            time.sleep(0.1)
    raise MistakeError(f"The gateway did not start:\n{log.read_text(encoding='utf-8')}")
