"""A sample mail as a message that was just accepted."""

import mimetypes
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr

from gateway.mail.parse import parse
from gateway.model.address import Mailbox, fold
from gateway.model.authentication import (
    Authentication,
    Dmarc,
    DmarcPolicy,
    Finding,
    Sealed,
    SentFrom,
    Signed,
)
from gateway.model.composed import Composed
from gateway.model.envelope import Envelope, Peer, Protocol, QueuedMessage, QueueId
from gateway.model.organisation import Organisation
from gateway.policy.form.words import word_key
from gateway.policy.recipients import is_ours
from gateway.policy.trust import TrustPolicy
from gateway.rulebook.rule_tests import SampleFile, SampleMail

FRONT = "front.rule-tests.invalid"
"""The front mail server of sample mails whose proof is its word."""
TRUST = TrustPolicy(authserv_id=FRONT, networks=(), unix_socket=True, development=False)
OUTSIDE = "192.0.2.1"
"""Where sample mails come from (RFC 5737)."""


@dataclass(frozen=True, slots=True)
class Before:
    """The mail that came before: what was sent then, and what it was."""

    message_id: str
    to: tuple[str, ...]
    subject: str
    sent: tuple[Composed, ...]


def accepted(
    mail: SampleMail, number: int, before: Before | None, at: datetime, organisation: Organisation
) -> tuple[QueuedMessage, Before]:
    """The message as the server would have taken it, and what an answer to it needs to know.

    Without a recipient of ours its envelope has none: the server would have refused it.
    """
    answered = _answered(mail, before)
    raw = mail.raw if mail.raw is not None else _written(mail, number, answered, at, organisation)
    message = parse(raw)
    author = message.author.address if message.author else ""
    named = (*message.to, *message.cc)
    wanted = mail.envelope_to or (*mail.to, *mail.cc) or tuple(box.address for box in named)
    wanted = wanted or ((answered.to,) if answered else ())
    sender = author if mail.envelope_from is None else mail.envelope_from
    if mail.proof == "authentication-results":
        raw = _verdict(author) + raw
    item = QueuedMessage(
        QueueId(f"sample-{number}"),
        Envelope(sender or None, tuple(each for each in wanted if is_ours(each, organisation))),
        _peer(mail.proof, author),
        at,
        raw,
        authentication=_authentication(mail, author),
    )
    return item, Before(message.message_id, wanted, message.subject, ())


@dataclass(frozen=True, slots=True)
class _Answered:
    """What a mail program takes over from the mail that is answered."""

    message_id: str
    to: str
    subject: str


def _answered(mail: SampleMail, before: Before | None) -> _Answered | None:
    """The last of our mails to this author, else the mail before itself."""
    if before is None:
        return None
    reader = mail.author.key if mail.author else ""
    for ours in reversed(before.sent):
        if fold(ours.rcpt_to) == reader:
            seen = parse(ours.head)
            boxes = seen.reply_to or seen.authors
            return _Answered(seen.message_id, boxes[0].address, seen.subject)
    return _Answered(before.message_id, (*before.to, "")[0], before.subject)


# --- the bytes ------------------------------------------------------------------------------------


def _written(
    mail: SampleMail,
    number: int,
    answered: _Answered | None,
    at: datetime,
    organisation: Organisation,
) -> bytes:
    written = EmailMessage(policy=SMTP)
    author = mail.author or _website(organisation)
    written["From"] = formataddr((author.name, author.address))
    to = mail.to or ((answered.to,) if answered else ())
    if to:
        written["To"] = ", ".join(to)
    if mail.cc:
        written["Cc"] = ", ".join(mail.cc)
    subject = mail.subject
    if subject is None:
        subject = f"Re: {answered.subject}" if answered else ""
    written["Subject"] = subject
    written["Date"] = format_datetime(at)
    written["Message-ID"] = f"<sample-{number}@rule-tests.invalid>"
    if answered is not None:
        written["In-Reply-To"] = written["References"] = f"<{answered.message_id}>"
    for name, value in mail.headers:
        if written.get(name) is not None:
            del written[name]
        written[name] = value
    written.set_content(mail.text if mail.form is None else _form(mail, organisation))
    for file in mail.attachments:
        _attach(written, file)
    return written.as_bytes()


def _website(organisation: Organisation) -> Mailbox:
    """Who sends the mails of the contact form."""
    senders = sorted(organisation.form.senders)
    return Mailbox((*senders, f"website@{organisation.domain}")[0])


def _form(mail: SampleMail, organisation: Organisation) -> str:
    """The lines of a form; what means its text comes last, because everything below belongs to it.

    Further lines of the others are written further in, as the form's programs do.
    """
    meant = organisation.form.fields
    said = sorted(mail.form or (), key=lambda pair: meant.get(word_key(pair[0])) == "text")
    last = len(said) - 1
    return "".join(
        f"{key}: {value if place == last else _further_in(value)}\n"
        for place, (key, value) in enumerate(said)
    )


def _further_in(value: str) -> str:
    return "\n    ".join(value.strip().splitlines())


def _attach(written: EmailMessage, file: SampleFile) -> None:
    guessed = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    main, _, sub = (file.type or guessed).partition("/")
    if main == "text":  # text is encoded by its charset; the size is what counts here
        written.add_attachment("x" * file.size, subtype=sub, filename=file.name)
    elif main == "message":
        written.add_attachment(b"x" * file.size, "application", sub, filename=file.name)
    else:
        written.add_attachment(b"x" * file.size, main, sub, filename=file.name)


# --- who wrote it ---------------------------------------------------------------------------------


def _verdict(author: str) -> bytes:
    domain = author.rpartition("@")[2]
    return (
        f"Received: from out.example by {FRONT}\r\n"
        f"Authentication-Results: {FRONT}; dmarc=pass header.from={domain}\r\n"
    ).encode()


def _peer(proof: str, author: str) -> Peer:
    if proof == "authentication-results":
        return Peer("", FRONT, Protocol.LMTP)
    login = fold(author) if proof == "submission" else ""
    return Peer(OUTSIDE, "out.example", Protocol.ESMTPS, login)


def _authentication(mail: SampleMail, author: str) -> Authentication | None:
    """What DNS and signatures would have said."""
    domain = fold(author.rpartition("@")[2])
    if mail.forged:
        return Authentication(domain, Dmarc(Finding.FAIL, DmarcPolicy.REJECT))
    passed = Dmarc(Finding.PASS, DmarcPolicy.REJECT)
    match mail.proof:
        case "dkim":
            return Authentication(domain, passed, (Signed(domain, "sample", Finding.PASS),))
        case "spf":
            return Authentication(domain, passed, spf=SentFrom(domain, Finding.PASS, aligned=True))
        case "arc":
            sealed = Sealed("forwarder.example", Finding.PASS, vouches=True)
            return Authentication(domain, Dmarc(Finding.FAIL), arc=sealed)
        case "none":
            return Authentication(domain, Dmarc(Finding.NONE))
        case _:
            return None
