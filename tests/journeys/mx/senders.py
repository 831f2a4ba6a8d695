"""Who sends mail to a gateway that is the MX: providers as they are, and those who pretend."""

import re
import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, getaddresses, make_msgid

from tests.journeys.desk import PATIENCE, Arrived, Desk, letter, reply
from tests.nameserver import ALL, GMAIL, OUTLOOK, Signer, Zone

WEBDE = [*ALL, b"x-ui-sender-class", b"x-provags-id"]
EVIL_IP = "127.0.0.66"
"""From here nobody may send for anybody; the domains below are the attacker's own."""


@dataclass(frozen=True)
class Provider:
    """A mail server on an address of its own, its domain and what its signatures cover."""

    domain: str
    ip: str
    covered: tuple[bytes, ...] = tuple(ALL)
    policy: str = "none"
    spf: bool = True
    signs: bool = True

    def publish(self, zone: Zone) -> None:
        if self.signs:
            Signer(self.domain).publish(zone)
        who = f"ip4:{self.ip} " if self.spf else ""
        zone.text(self.domain, f"v=spf1 {who}-all")
        zone.text(f"_dmarc.{self.domain}", f"v=DMARC1; p={self.policy}; rua=mailto:r@{self.domain}")

    def sign(self, mail: EmailMessage | bytes) -> bytes:
        raw = mail if isinstance(mail, bytes) else octets(mail)
        return Signer(self.domain).sign(raw, list(self.covered)) if self.signs else raw

    def send(self, desk: Desk, mail: EmailMessage | bytes, mail_from: str = "") -> bytes:
        """Sign and hand over, as the provider's own server does; what was sent comes back."""
        raw = self.sign(mail)
        hand_over(desk, raw, mail_from or _author(raw), self.ip, f"mx.{self.domain}")
        return raw

    def write(self, desk: Desk, author: str, to: str, subject: str, text: str) -> bytes:
        return self.send(desk, current(letter(author, to, subject, text)))

    def answer(self, desk: Desk, author: str, to: Arrived, text: str) -> bytes:
        return self.send(desk, current(reply(author, to, text)))


def current(mail: EmailMessage) -> EmailMessage:
    """The mail, written today."""
    del mail["Date"]
    mail["Date"] = format_datetime(datetime.now(UTC))
    return mail


def octets(mail: EmailMessage) -> bytes:
    return mail.as_bytes(policy=SMTP)


def _author(raw: bytes) -> str:
    found = re.search(rb"(?im)^From:.*?([\w.+-]+@[\w.-]+)", raw)
    assert found
    return found[1].decode()


def hand_over(
    desk: Desk,
    raw: bytes,
    mail_from: str,
    ip: str = EVIL_IP,
    helo: str = "mx.evil.example",
    rcpt_to: Sequence[str] = (),
) -> None:
    """By SMTP from this address; the recipients are those of To and Cc unless they are given."""
    head = raw.partition(b"\r\n\r\n")[0]
    fields = re.findall(rb"(?im)^(?:To|Cc):[ \t]*(.*(?:\r\n[ \t].*)*)", head)
    named = [address for _, address in getaddresses([f.decode("utf-8", "replace") for f in fields])]
    wanted = list(rcpt_to) or [each for each in named if each.endswith("@truhe.example")]
    options = [] if raw.isascii() else ["BODY=8BITMIME"]
    with smtplib.SMTP("127.0.0.1", desk.port, timeout=60, source_address=(ip, 0)) as smtp:
        smtp.ehlo(helo)
        smtp.sendmail(mail_from, wanted, raw, mail_options=options)


def log_in(port: int, user: str, password: str, raw: bytes, mail_from: str, to: str) -> None:
    """Send by the gateway's own server for agents."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with smtplib.SMTP("127.0.0.1", port, timeout=PATIENCE) as smtp:
        smtp.starttls(context=context)
        smtp.login(user, password)
        smtp.sendmail(mail_from, [to], raw)


def new_id(domain: str = "evil.example") -> str:
    return make_msgid(domain=domain)


MEMBERS = Provider("mitglieder.example", "127.0.0.10", policy="reject")
GMAIL_COM = Provider("gmail.com", "127.0.0.11", tuple(GMAIL))
OUTLOOK_COM = Provider("outlook.com", "127.0.0.12", tuple(OUTLOOK), policy="quarantine")
WEB_DE = Provider("web.de", "127.0.0.13", tuple(WEBDE))
OLD_HOSTER = Provider("kleinverein.example", "127.0.0.14", signs=False)
PEOPLE = Provider("example.org", "127.0.0.15")
EVIL = Provider("evil.example", EVIL_IP)
EVERYBODY = (MEMBERS, GMAIL_COM, OUTLOOK_COM, WEB_DE, OLD_HOSTER, PEOPLE, EVIL)
