"""Sample mails of every kind, to try templates with before a real mail needs them."""

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from gateway.model.address import Mailbox
from gateway.model.answers import (
    Answer,
    CannedLine,
    CannedList,
    FitLine,
    Fits,
    HelpText,
    NewsChoices,
    ReceiptLine,
    SavedQueries,
    TableLine,
    TicketLine,
    TicketList,
    TicketTable,
    TicketView,
)
from gateway.model.message import Attachment
from gateway.model.openpgp import Fingerprint
from gateway.model.organisation import Department, DepartmentKind, Organisation
from gateway.model.outgoing import (
    AutomaticAnswer,
    Confirmation,
    Digest,
    Handover,
    HeldLine,
    Notification,
    NotificationEvent,
    Outgoing,
    ProofNotice,
    PublicKey,
    Receipt,
    Rejection,
    Response,
    StatusNotice,
    Undeliverable,
    WithoutContent,
)
from gateway.model.people import Agent, AgentId, DepartmentId, Language
from gateway.model.route import Action, Blank, File, InlineImage, Route
from gateway.model.text import Text, dumps
from gateway.model.ticket import Entry, EntryFlag, EntryId, EntryKind, Status, Ticket, TicketId
from gateway.render.account_samples import account_list, account_mails, more_account_mails

SAMPLE_NOW = datetime(2026, 3, 3, 13, 5, tzinfo=UTC)

_BERLIN = DepartmentId("berlin")
_DEPARTMENT = Department(_BERLIN, "Berlin", DepartmentKind.LOCATION, "berlin@verein.example")
SAMPLE_ORGANISATION = Organisation(
    name="Beispielverein",
    domain="verein.example",
    language=Language.GERMAN,
    addresses={},
    departments={_BERLIN: _DEPARTMENT},
    department_names={"berlin": _BERLIN},
)
SAMPLE_ATTACHMENT = Attachment("Übersicht.pdf", "application/pdf", 125_000, "0" * 64, 1)

SAMPLE_REQUESTER = Mailbox("maria@example.org", "Maria Müller")
SAMPLE_AGENT = Agent(AgentId(1), "anna", Mailbox("anna@example.net", "Anna"), frozenset({_BERLIN}))
SAMPLE_TICKET = Ticket(
    id=TicketId(1),
    number="1042",
    subject="Laptop für die Schule",
    status=Status.OPEN,
    department=_BERLIN,
    requester=SAMPLE_REQUESTER,
    language=Language.GERMAN,
    created_at=SAMPLE_NOW - timedelta(days=3),
    updated_at=SAMPLE_NOW - timedelta(hours=2),
)
SAMPLE_ACTIONS = (
    Action(Text("Take"), "claim"),
    Action(Text("On waiting"), "wait"),
    Action(Text("Close"), "close"),
    Action(Text("Spam"), "spam"),
    Action(Text("Note"), "note"),
)
SAMPLE_IMAGE = InlineImage(
    "chart.sample@verein.example",
    b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
        "gg=="
    ),
    Text("…"),
)
_FINGERPRINT = Fingerprint("D1E2F3A4B5C6D7E8F9A0" * 2)
_TEXT = "Guten Tag,\n\nhaben Sie einen Laptop für mich?\n!zu ist hier nur ein Wort.\n"


def samples() -> tuple[Outgoing, ...]:
    """One mail of every kind, event and answer in every language, without attached content."""
    return tuple(mail for language in Language for mail in samples_in(language))


def samples_in(language: Language) -> tuple[Outgoing, ...]:
    """The samples in one language."""
    return (
        *_to_requester(language),
        *(_notification(event, language, "Ben") for event in NotificationEvent),
        *(_notification(event, language, "") for event in NotificationEvent),
        *_without_content(language),
        *_receipts(language),
        *_digests(language),
        *_accounts(language),
    )


def sample_route(language: Language, to: Mailbox, automatic: str = "auto-generated") -> Route:
    """The route of a sample mail to somebody."""
    return Route(
        to=to,
        sender=Mailbox("berlin@verein.example", "Beispielverein – Berlin"),
        message_id="1042.sample@verein.example",
        language=language,
        reply_to="berlin+sample@verein.example",
        references=("first@example.org", "last@example.org"),
        in_reply_to="last@example.org",
        auto_submitted=automatic,
        ticket=SAMPLE_TICKET.id,
    )


def _to_requester(language: Language) -> tuple[Outgoing, ...]:
    automatic = sample_route(language, SAMPLE_REQUESTER, "auto-replied")
    personal = sample_route(language, SAMPLE_REQUESTER, "")
    text = "Liebe Maria Müller,\n\nja, am Freitag können Sie ihn abholen.\n"
    return (
        Confirmation(automatic, SAMPLE_TICKET),
        sample_key(automatic),
        replace(sample_key(automatic), opened=True),
        AutomaticAnswer(automatic, SAMPLE_TICKET, text),
        StatusNotice(automatic, SAMPLE_TICKET),
        Undeliverable(automatic, "liste@example.org", "5.1.1", "550 5.1.1 User unknown"),
        Rejection(automatic, "berlin@verein.example", "https://verein.example/kontakt"),
        Rejection(automatic, "berlin@verein.example", ""),
        Response(personal, SAMPLE_TICKET, text, "Anna"),
        Response(personal, SAMPLE_TICKET, text, "Anna", first=True),
        Response(
            personal,
            SAMPLE_TICKET,
            text,
            "",
            closes=True,
            to=(SAMPLE_REQUESTER,),
            cc=(SAMPLE_AGENT.mailbox,),
        ),
    )


def sample_key(route: Route) -> PublicKey:
    """Our key, for somebody who asked for it."""
    key = File("info@verein.example.asc", "application/pgp-keys", b"")
    return PublicKey(route, SAMPLE_TICKET, "info@verein.example", _FINGERPRINT, (key,))


def _notification(event: NotificationEvent, language: Language, actor: str) -> Notification:
    return Notification(
        route=sample_route(language, SAMPLE_AGENT.mailbox),
        event=event,
        agent=SAMPLE_AGENT,
        ticket=SAMPLE_TICKET,
        department="Berlin",
        author=SAMPLE_REQUESTER,
        text=_TEXT if actor else "",
        actor=actor,
        responsible=actor,
        flags=frozenset(EntryFlag) if actor else frozenset(),
        fields=(("Standort", "Berlin"), ("Telefon", "0151 2345678")) if actor else (),
        actions=SAMPLE_ACTIONS if actor else (),
        fits=_fits()[0] if actor else None,
    )


def _receipts(language: Language) -> tuple[Outgoing, ...]:
    route = sample_route(language, SAMPLE_AGENT.mailbox, "auto-replied")
    result = Text("%(text)s", (("text", "…"),))
    good = ReceiptLine(ok=True, line=1, typed="!nehmen", result=result)
    bad = ReceiptLine(ok=False, line=3, typed="!clsoe", result=result)
    view = TicketView(SAMPLE_TICKET, "Berlin", "", _entries(), full=False, entry_count=9)
    line = TicketLine(SAMPLE_TICKET, "Berlin", "Anna")
    table = TicketTable((result,), (TableLine(line, result, (None,)),))
    answers: tuple[Answer, ...] = (
        TicketList(result, (line,), total=7),
        TicketList(result, (line,), total=500, more=True, skipped=50, table=table),
        TicketList(result, (), total=0),
        SavedQueries((("laptops", "search laptop"),)),
        SavedQueries(()),
        view,
        HelpText(""),
        HelpText("zu"),
        CannedList((CannedLine("nachweis", "Nachweis", ("Formular.pdf",)),), for_ticket=True),
        CannedList((), for_ticket=False),
        account_list(SAMPLE_AGENT, SAMPLE_NOW),
        NewsChoices((("Berlin", result),), result, SAMPLE_NOW),
        NewsChoices((), result, None),
        *_fits(),
    )
    news = ProofNotice(route, result, result, result)
    whole = Receipt(route, done=True, head=result, lines=(good,), ticket=SAMPLE_TICKET)
    held = replace(whole, done=False, lines=(good, bad))
    return (
        news,
        replace(news, advice=None),
        replace(news, lines=(result, result)),
        replace(whole, answers=answers, offer=result, actions=SAMPLE_ACTIONS),
        replace(whole, answers=answers[2:], ticket=None, images=(SAMPLE_IMAGE,)),
        replace(held, own_text=_TEXT),
        replace(held, without_content=True),
        replace(held, lines=(bad, bad), ticket=None),
        replace(held, ask=result, actions=SAMPLE_ACTIONS, tried=True),
        replace(held, ask=result, blanks=(Blank(result, result), Blank(result))),
    )


def _without_content(language: Language) -> tuple[Outgoing, ...]:
    text = Text("…")
    news = WithoutContent(
        sample_route(language, SAMPLE_AGENT.mailbox), "1042", text, SAMPLE_ACTIONS
    )
    requester = sample_route(language, SAMPLE_REQUESTER, "")
    return (
        news,
        replace(news, actions=(), closed=text, remark=text),
        WithoutContent(requester, "1042", None, for_agent=False),
    )


def _fits() -> tuple[Fits, ...]:
    line = FitLine(SAMPLE_TICKET, "Berlin", SAMPLE_NOW, (Text("…"), Text("…")))
    return tuple(Fits("1042", offer, (line, line)) for offer in (True, False))


def _accounts(language: Language) -> tuple[Outgoing, ...]:
    mails = sample_account_mails(language)
    return (*mails.values(), *more_account_mails(mails))


def sample_account_mails(language: Language) -> Mapping[str, Outgoing]:
    """Mails about accounts by name."""
    route = sample_route(language, SAMPLE_AGENT.mailbox)
    return account_mails(SAMPLE_AGENT, route, SAMPLE_TICKET, SAMPLE_NOW)


def _digests(language: Language) -> tuple[Outgoing, ...]:
    text = Text("%(text)s", (("text", "…"),))
    line = TicketLine(SAMPLE_TICKET, "Berlin", "Anna")
    tickets = TicketList(text, (line,), total=7, all_by=text)
    route = sample_route(language, SAMPLE_AGENT.mailbox)
    held = (HeldLine("1042", SAMPLE_NOW), HeldLine("", SAMPLE_NOW))
    whole = Digest(route, SAMPLE_NOW, ("Berlin",), (text, text), (tickets, tickets), held)
    offer = Handover(route, "Anna", SAMPLE_NOW, tickets)
    return (
        whole,
        replace(whole, departments=(), lists=()),
        replace(whole, held=()),
        replace(whole, back=True),
        replace(whole, back=True, counts=(), departments=(), lists=(), held=()),
        offer,
        replace(offer, by_notice=True),
    )


def _entries() -> tuple[Entry, ...]:
    event = dumps(Text("…"))
    flags = frozenset(EntryFlag)
    return (
        Entry(
            EntryId(1),
            EntryKind.MESSAGE,
            SAMPLE_REQUESTER,
            SAMPLE_NOW,
            _TEXT,
            None,
            flags,
            ("Übersicht.pdf",),
        ),
        Entry(
            EntryId(2),
            EntryKind.NOTE,
            SAMPLE_AGENT.mailbox,
            SAMPLE_NOW,
            "Ruft zurück.",
            SAMPLE_AGENT.id,
        ),
        Entry(EntryId(3), EntryKind.EVENT, Mailbox("", "Anna"), SAMPLE_NOW, "", event=event),
    )
