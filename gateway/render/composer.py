"""Decided mail as bytes. What is written here is all that ever leaves; nothing is copied through.

Every mail is text/plain, or multipart/mixed with attachments. Fields are built from values by
`header`, bodies by the templates, so a hostile subject is a strange subject and nothing more.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import assert_never
from zoneinfo import ZoneInfo

from gateway.mail.marker import MARKER
from gateway.mail.parse import attachment_bytes
from gateway.model.address import Mailbox
from gateway.model.decision import (
    Composed,
    Confirmation,
    Notification,
    Outgoing,
    Receipt,
    Rejection,
    Relay,
    Response,
    Route,
    StatusNotice,
)
from gateway.model.message import Attachment
from gateway.model.organisation import Organisation
from gateway.model.text import say
from gateway.render import header, views
from gateway.render.mime import Tail, Tails, fitting, mixed, text_part
from gateway.render.samples import SAMPLE_NOW, SAMPLE_ORGANISATION, samples
from gateway.render.templates import Templates, Values
from gateway.render.wording import Wording, guarded

Written = Response | Notification | Receipt | Confirmation | Rejection | StatusNotice
"""Everything but `Relay`: mails of our own words."""


@dataclass(frozen=True, slots=True)
class _Content:
    """What a mail says, before it is a mail."""

    subject: str
    body: str
    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...] = ()
    attachments: tuple[Attachment, ...] = ()


class MailComposer:
    """`ports.Composer` for one organisation."""

    def __init__(
        self,
        organisation: Organisation,
        templates: Path | Templates | None = None,
        timezone: str = "Europe/Berlin",
    ) -> None:
        """Compiles the templates of a folder (None: the shipped ones) and tries each of them.

        Raises `BrokenTemplateError` or `BrokenCatalogueError`, which name file and line. A
        `Templates` that was tried before is taken as it is: when only the organisation changed.
        """
        self._zone = ZoneInfo(timezone)
        if isinstance(templates, Templates):
            self.templates = templates
        else:
            self._organisation = SAMPLE_ORGANISATION
            self.templates = Templates(templates)
            self.compose(samples(), b"", SAMPLE_NOW)
        self._organisation = organisation

    def compose(
        self, outgoing: Sequence[Outgoing], raw: bytes, now: datetime
    ) -> tuple[Composed, ...]:
        """One `Composed` for each outgoing mail, in order.

        Attachments are read out of `raw` and encoded once for all mails that carry the same ones.
        Raises `BrokenTemplateError` when a template fails.
        """
        tails = Tails(raw, attachment_bytes)
        return tuple(
            _relay(mail, raw) if isinstance(mail, Relay) else self._written(mail, tails, now)
            for mail in outgoing
        )

    def _written(self, mail: Written, tails: Tails, now: datetime) -> Composed:
        route = mail.route
        wording = Wording(self.templates.catalogue, route.language, self._zone, now)
        content = self._content(mail, wording)
        kept, left_out = fitting(content.attachments)
        if left_out:
            content = replace(content, body=_without(content.body, left_out, wording))
        tail = tails.of(kept)
        return Composed(
            message_id=route.message_id,
            mail_from=route.return_path,
            rcpt_to=route.to.address,
            kind=_kind(mail),
            head=_fields(route, content, now.astimezone(self._zone)) + _body(content.body, tail),
            tail=tail.content if tail else b"",
            ticket=route.ticket,
        )

    def _content(self, mail: Written, wording: Wording) -> _Content:
        organisation, to = self._organisation, (mail.route.to,)
        match mail:
            case Notification():
                subject, body = self._rendered(mail, views.for_agent(mail, wording, organisation))
                # What makes an answer safe is no matter of taste, so it is not in the template.
                body = f"{MARKER}\n\n{guarded(body)}"
                return _Content(subject, body, to, attachments=mail.attachments)
            case Receipt():
                subject, body = self._rendered(mail, views.for_receipt(mail, wording, organisation))
                return _Content(subject, guarded(body), to)
            case Response():
                view = views.for_requester(mail, wording, organisation)
                subject, body = self._rendered(mail, view)
                return _Content(subject, body, mail.to or to, mail.cc, mail.attachments)
            case Confirmation() | Rejection() | StatusNotice():
                view = views.for_requester(mail, wording, organisation)
                subject, body = self._rendered(mail, view)
                return _Content(subject, body, to)
            case _ as never:
                assert_never(never)

    def _rendered(self, mail: Written, view: Values) -> tuple[str, str]:
        return self.templates.render(_kind(mail), mail.route.language, view)


def _kind(mail: Written) -> str:
    match mail:
        case Response():
            return "response"
        case Notification():
            return "notification"
        case Receipt():
            return "receipt"
        case Confirmation():
            return "confirmation"
        case Rejection():
            return "rejection"
        case StatusNotice():
            return "status-notice"
        case _ as never:
            assert_never(never)


def _relay(mail: Relay, raw: bytes) -> Composed:
    """The message as it came, under one more trace field (RFC 5321 section 4.4)."""
    return Composed(
        message_id=mail.message_id,
        mail_from=mail.mail_from,
        rcpt_to=mail.rcpt_to,
        kind="relay",
        head=header.trace_field(mail.trace),
        tail=raw,
        next_hop=mail.next_hop,
    )


def _fields(route: Route, content: _Content, now: datetime) -> bytes:
    answer_to = (Mailbox(route.reply_to, route.sender.name),) if route.reply_to else ()
    fields = (
        header.mailboxes_field("From", (route.sender,))
        + header.mailboxes_field("To", content.to)
        + header.mailboxes_field("Cc", content.cc)
        + header.mailboxes_field("Reply-To", answer_to)
        + header.text_field("Subject", content.subject)
        + header.date_field(now)
        + header.ids_field("Message-ID", (route.message_id,))
        + header.ids_field("In-Reply-To", (route.in_reply_to,))
        + header.ids_field("References", route.references)
    )
    if route.auto_submitted:
        fields += header.text_field("Auto-Submitted", route.auto_submitted)
        fields += "X-Auto-Response-Suppress: All\r\n"
    return (fields + "MIME-Version: 1.0\r\n").encode()


def _body(text: str, tail: Tail | None) -> bytes:
    part = text_part(text)
    return mixed(part, tail) if tail else part


def _without(body: str, left_out: Sequence[Attachment], wording: Wording) -> str:
    """`body` with the names of attachments that are too much for one mail."""
    names = ", ".join(
        f"{header.safe_filename(one.filename)} ({wording.size(one.size)})" for one in left_out
    )
    sentence = wording.sentence(
        say("Too big for this mail and therefore not attached: %(names)s", names=names)
    )
    text, delimiter, signature = body.rpartition("\n-- \n")
    return (
        f"{text.rstrip()}\n\n{sentence}\n{delimiter}{signature}"
        if text
        else f"{body}\n\n{sentence}"
    )
