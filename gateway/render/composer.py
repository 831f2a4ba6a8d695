"""Decided mail as bytes. What is written here is all that ever leaves; nothing is copied through.

Every mail says the same as text and as HTML (multipart/alternative), inside multipart/mixed when it
has attachments. Fields are built from values by `header`, bodies by the templates, so a hostile
subject is a strange subject and nothing more.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import get_args

from gateway.mail.marker import MARKER
from gateway.mail.parse import attachment_bytes
from gateway.model.address import Mailbox
from gateway.model.answers import Statistics, TicketList
from gateway.model.composed import RELAY, Composed
from gateway.model.message import Attachment
from gateway.model.organisation import Organisation
from gateway.model.outgoing import (
    AccountNews,
    AutomaticAnswer,
    CodesToScan,
    Confirmation,
    Digest,
    Handover,
    Notification,
    ProofNotice,
    Proposal,
    PublicKey,
    Receipt,
    Relay,
    Released,
    Response,
    StatusNotice,
    Undeliverable,
    WithoutContent,
)
from gateway.model.people import Agent, AgentId, Language
from gateway.model.route import File, Route
from gateway.model.text import say
from gateway.policy.confidential import Protected, Sealable
from gateway.render import header, views
from gateway.render.charts import charts
from gateway.render.codes import code_to_scan
from gateway.render.document import as_text
from gateway.render.html import Page, as_html
from gateway.render.kinds import News, kind_of
from gateway.render.mailto import address_part
from gateway.render.mime import (
    Tail,
    Tails,
    addressed,
    alternative,
    fitting,
    html_part,
    mixed,
    related,
    text_part,
)
from gateway.render.report import delivery_report
from gateway.render.samples import SAMPLE_NOW, SAMPLE_ORGANISATION, samples
from gateway.render.table import spreadsheet
from gateway.render.templates import Templates, Values
from gateway.render.wording import Wording, guarded

Written = Sealable
"""Everything but `Relay`: mails of our own words."""

_WITH_FILES = (Receipt, Response, AutomaticAnswer, Confirmation, PublicKey)
_FOR_AGENTS = (Notification, Receipt, *get_args(News))

_NEWS = 8
"""Different news in one call that are remembered for the next agents; they differ by department."""

_NO_AGENT = Agent(AgentId(0), "", Mailbox(""), frozenset())
_NO_ROUTE = Route(Mailbox(""), Mailbox(""), "", Language.ENGLISH)


@dataclass(frozen=True, slots=True)
class _Said:
    """What a mail says: subject field, text and HTML part, attachments.

    `REPLY_ADDRESS` stands in both parts for the reader's own address.
    """

    subject: str
    text: bytes
    html: bytes
    tail: Tail | None


@dataclass(frozen=True, slots=True)
class _Run:
    """What the mails of one call share."""

    now: datetime
    raw: bytes
    tails: Tails
    told: dict[tuple[Language, bool], deque[tuple[Notification, _Said]]] = field(
        default_factory=dict
    )


class MailComposer:
    """`ports.Composer` for one organisation."""

    def __init__(
        self,
        organisation: Organisation,
        templates: Path | Templates | None = None,
    ) -> None:
        """Compiles the templates of a folder (None: the shipped ones) and tries each of them.

        Raises `BrokenTemplateError` or `BrokenCatalogueError`, which name file and line. A
        `Templates` that was tried before is taken as it is: when only the organisation changed.
        """
        if isinstance(templates, Templates):
            self.templates = templates
        else:
            self._organisation = SAMPLE_ORGANISATION
            self.templates = Templates(templates)
            self.compose(Protected(samples()), b"", SAMPLE_NOW)
        self._organisation = organisation

    def compose(
        self,
        outgoing: Protected,
        raw: bytes,
        now: datetime,
        content: bytes | None = None,
    ) -> tuple[Composed, ...]:
        """One `Composed` for each outgoing mail, in order.

        Attachments are read out of `content` (None: `raw`) and encoded once for all mails that
        carry the same ones. Raises `BrokenTemplateError` when a template fails.
        """
        tails = Tails(raw if content is None else content, attachment_bytes)
        run = _Run(now.astimezone(self._organisation.zone), raw, tails)
        return tuple(
            _relay(mail, raw) if isinstance(mail, Relay) else self._written(mail, run)
            for mail in outgoing
        )

    def _written(self, mail: Written, run: _Run) -> Composed:
        if isinstance(mail, Receipt):
            mail = self._with_files(self._illustrated(mail, run.now), run.now)
        elif isinstance(mail, CodesToScan):
            mail = replace(mail, images=(code_to_scan(mail),))
        said = (
            self._said_once(mail, run) if isinstance(mail, Notification) else self._said(mail, run)
        )
        route = mail.route
        body = _body(mail, said, run.raw)
        return Composed(
            message_id=route.message_id,
            mail_from=route.return_path,
            rcpt_to=route.to.address,
            kind=kind_of(mail),
            head=_fields(mail, said.subject, run.now).encode() + body,
            tail=said.tail.content if said.tail else b"",
            ticket=route.ticket,
            not_before=self._leaves(mail, run.now),
            seal=route.seal,
        )

    def _leaves(self, mail: Written, now: datetime) -> datetime | None:
        """An agent's words wait a little, so that they can be stopped; nothing else does."""
        delay = self._organisation.send_delay
        if not delay or not isinstance(mail, Response | StatusNotice):
            return None
        return now + timedelta(seconds=delay)

    def _said_once(self, mail: Notification, run: _Run) -> _Said:
        """What is said is the same for all agents of one language who are told the same news."""
        news = replace(mail, route=_NO_ROUTE, agent=_NO_AGENT)
        alike = (mail.route.language, bool(mail.route.seal.sign_with))
        told = run.told.setdefault(alike, deque(maxlen=_NEWS))
        # To compare is cheaper than to hash: the texts are the same objects.
        for before, said in told:
            if before == news:
                return said
        said = self._said(mail, run)
        told.append((news, said))
        return said

    def _said(self, mail: Written, run: _Run) -> _Said:
        language = mail.route.language
        wording = self._wording(language, run.now)
        subject, source = self.templates.render(kind_of(mail), language, self._view(mail, wording))
        attachments, left_out = fitting(_attachments(mail))
        if left_out:
            source = _without(source, left_out, wording)
        # What makes an answer safe is no matter of taste, so it is not in the templates.
        first_line = MARKER if _is_news_of_ticket(mail) else ""
        guard = isinstance(mail, _FOR_AGENTS)
        text = guarded(as_text(source)) if guard else as_text(source)
        page = Page(language, subject, first_line, guard=guard)
        exact = bool(mail.route.seal.sign_with)
        return _Said(
            header.text_field("Subject", subject),
            text_part(f"{first_line}\n\n{text}" if first_line else text, exact=exact),
            html_part(as_html(source, page), exact=exact),
            run.tails.of(attachments, _files(mail)),
        )

    def _wording(self, language: Language, now: datetime) -> Wording:
        workflow = self._organisation.workflow
        return Wording(self.templates.catalogue, language, self._organisation.zone, now, workflow)

    def _illustrated(self, mail: Receipt, now: datetime) -> Receipt:
        """The receipt with the pictures of its statistics."""
        wording = self._wording(mail.route.language, now)
        drawn = [
            image
            for place, answer in enumerate(mail.answers)
            if isinstance(answer, Statistics)
            for image in charts(answer, wording, f"{place}.{mail.route.message_id}")
        ]
        return replace(mail, images=(*mail.images, *drawn)) if drawn else mail

    def _with_files(self, mail: Receipt, now: datetime) -> Receipt:
        """The receipt with the tables of its lists."""
        wording = self._wording(mail.route.language, now)
        tables = [
            each.table for each in mail.answers if isinstance(each, TicketList) and each.table
        ]
        files = [spreadsheet(table, wording, place) for place, table in enumerate(tables, 1)]
        return replace(mail, files=(*mail.files, *files)) if files else mail

    def _view(self, mail: Written, wording: Wording) -> Values:
        match mail:
            case Notification():
                return views.for_agent(mail, wording, self._organisation)
            case Receipt():
                return views.for_receipt(mail, wording, self._organisation)
            case Handover():
                return views.for_handover(mail, wording, self._organisation)
            case AccountNews() | CodesToScan():
                return views.for_account(mail, wording, self._organisation)
            case Proposal():
                return views.for_proposal(mail, wording, self._organisation)
            case Released():
                return views.for_released(mail, wording, self._organisation)
            case WithoutContent():
                return views.without_content(mail, wording, self._organisation)
            case Digest():
                return views.for_digest(mail, wording, self._organisation)
            case ProofNotice():
                return views.for_proof(mail, wording, self._organisation)
            case _:
                return views.for_requester(mail, wording, self._organisation)


def _body(mail: Written, said: _Said, raw: bytes) -> bytes:
    """The fields of the content and what stands before the attachments."""
    text, html = said.text, said.html
    if isinstance(mail, Notification | Receipt | AccountNews | WithoutContent):
        address = address_part(mail.route.reply_to or mail.route.sender.address)
        text, html = addressed(text, address), addressed(html, address)
    images = mail.images if isinstance(mail, Receipt | CodesToScan) else ()
    part = alternative(text, related(html, images))
    if isinstance(mail, Undeliverable):
        part = delivery_report(part, mail, raw)
    return mixed(part, said.tail) if said.tail else part


def _is_news_of_ticket(mail: Written) -> bool:
    """True for what agents answer by writing above the marker."""
    return isinstance(mail, Notification) or (isinstance(mail, WithoutContent) and mail.for_agent)


def _attachments(mail: Written) -> tuple[Attachment, ...]:
    return mail.attachments if isinstance(mail, Notification | Response) else ()


def _files(mail: Written) -> tuple[File, ...]:
    return mail.files if isinstance(mail, _WITH_FILES) else ()


def _recipients(mail: Written) -> tuple[tuple[Mailbox, ...], tuple[Mailbox, ...]]:
    if isinstance(mail, Response):
        return mail.to or (mail.route.to,), mail.cc
    return (mail.route.to,), ()


def _relay(mail: Relay, raw: bytes) -> Composed:
    """The message as it came, under one more trace field (RFC 5321 section 4.4)."""
    return Composed(
        message_id=mail.message_id,
        mail_from=mail.mail_from,
        rcpt_to=mail.rcpt_to,
        kind=RELAY,
        head=header.trace_field(mail.trace),
        tail=raw,
        next_hop=mail.next_hop,
    )


def _fields(mail: Written, subject: str, now: datetime) -> str:
    route = mail.route
    to, cc = _recipients(mail)
    answer_to = (Mailbox(route.reply_to, route.sender.name),) if route.reply_to else ()
    fields = (
        header.mailboxes_field("From", (route.sender,))
        + header.mailboxes_field("To", to)
        + header.mailboxes_field("Cc", cc)
        + header.mailboxes_field("Reply-To", answer_to)
        + subject
        + header.date_field(now)
        + header.ids_field("Message-ID", (route.message_id,))
        + header.ids_field("In-Reply-To", (route.in_reply_to,))
        + header.ids_field("References", route.references)
    )
    if route.auto_submitted:
        fields += header.text_field("Auto-Submitted", route.auto_submitted)
        fields += "X-Auto-Response-Suppress: All\r\n"
    return fields + "MIME-Version: 1.0\r\n"


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
