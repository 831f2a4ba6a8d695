"""Example mails by name, as people would get them: what `gateway preview` shows."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from gateway.model.answers import (
    Answer,
    FitLine,
    Fits,
    HelpText,
    NewsChoices,
    ReceiptLine,
    TicketLine,
    TicketList,
    TicketView,
)
from gateway.model.outgoing import (
    AutomaticAnswer,
    Confirmation,
    Digest,
    Handover,
    HeldLine,
    Notification,
    NotificationEvent,
    Outgoing,
    Receipt,
    Rejection,
    Response,
    StatusNotice,
    Undeliverable,
)
from gateway.model.people import Language
from gateway.model.route import Action, Blank
from gateway.model.text import Text, dumps, named, say
from gateway.model.ticket import Entry, EntryFlag, EntryId, EntryKind, Status
from gateway.policy import actions
from gateway.policy.account import codes_notice
from gateway.policy.commands.read import read
from gateway.policy.confidential import Keyring, protected
from gateway.policy.fitting import links
from gateway.render.account_samples import account_list
from gateway.render.samples import (
    SAMPLE_ACTIONS,
    SAMPLE_AGENT,
    SAMPLE_NOW,
    SAMPLE_ORGANISATION,
    SAMPLE_REQUESTER,
    SAMPLE_TICKET,
    sample_account_mails,
    sample_key,
    sample_route,
)

_REQUEST = {
    Language.GERMAN: """Guten Tag,

haben Sie einen Laptop für meine Tochter? Sie geht ab März in die achte Klasse, und dort wird \
jetzt fast alles am Rechner gemacht.

Wir können ihn gern abholen.

Viele Grüße
Maria Müller
""",
    Language.ENGLISH: """Hello,

do you have a laptop for my daughter? She starts in eighth grade in March, and nearly everything \
is done on a computer there.

We can come and collect it.

Kind regards
Maria Müller
""",
}
_ANSWER = {
    Language.GERMAN: """Liebe Maria Müller,

ja, es ist einer da. Sie können ihn am Freitag abholen. Bitte bringen Sie mit:

- einen Ausweis
- eine Tasche

Der Weg zu uns: https://verein.example/berlin

Viele Grüße
""",
    Language.ENGLISH: """Dear Maria Müller,

yes, there is one. You can collect it on Friday. Please bring:

- your identity card
- a bag

How to find us: https://verein.example/berlin

Kind regards
""",
}


def examples(language: Language) -> Mapping[str, Outgoing]:
    """The examples in one language, in the order in which they are listed."""
    return (
        _to_requester(language)
        | _confidential(language)
        | {f"notification-{event}": _notification(event, language) for event in NotificationEvent}
        | _to_agent(language)
    )


def _to_requester(language: Language) -> dict[str, Outgoing]:
    automatic = sample_route(language, SAMPLE_REQUESTER, "auto-replied")
    personal = sample_route(language, SAMPLE_REQUESTER, "")
    form = "https://verein.example/kontakt"
    return {
        "confirmation": Confirmation(automatic, SAMPLE_TICKET),
        "public-key": sample_key(automatic),
        "automatic-answer": AutomaticAnswer(automatic, SAMPLE_TICKET, _ANSWER[language]),
        "response": Response(personal, SAMPLE_TICKET, _ANSWER[language], SAMPLE_AGENT.name),
        "status-notice": StatusNotice(automatic, SAMPLE_TICKET),
        "rejection": Rejection(automatic, "berlin@verein.example", form),
        "undeliverable": Undeliverable(
            automatic, "liste@example.org", "5.1.1", "550 5.1.1 User unknown"
        ),
    }


def _confidential(language: Language) -> dict[str, Outgoing]:
    """What is said of a confidential ticket where everybody could read it."""
    secret = replace(_notification(NotificationEvent.MESSAGE, language), ticket=_SECRET)
    answer = Response(
        sample_route(language, SAMPLE_REQUESTER, ""), _SECRET, _ANSWER[language], SAMPLE_AGENT.name
    )
    what = say("subject: %(before)s → %(after)s", before="Alt", after="Geheim")
    receipt = Receipt(
        sample_route(language, SAMPLE_AGENT.mailbox, "auto-replied"),
        done=True,
        head=Text("Done: #%(number)s", (("number", _SECRET.number),)),
        lines=(ReceiptLine(True, 1, "!subject Geheim", what),),
        ticket=_SECRET,
    )
    names = ("without-content", "without-content-requester", "receipt-without-content")
    nobody = Keyring(SAMPLE_NOW)
    return dict(zip(names, protected((secret, answer, receipt), nobody), strict=True))


_SECRET = replace(SAMPLE_TICKET, confidential=True)


def _notification(event: NotificationEvent, language: Language) -> Notification:
    by_agent = event not in (
        NotificationEvent.NEW_TICKET,
        NotificationEvent.MESSAGE,
        NotificationEvent.REOPENED,
    )
    third = event is NotificationEvent.MESSAGE
    return Notification(
        route=sample_route(language, SAMPLE_AGENT.mailbox),
        event=event,
        agent=SAMPLE_AGENT,
        ticket=SAMPLE_TICKET,
        department="Berlin",
        author=SAMPLE_REQUESTER,
        text=_REQUEST[language],
        actor="Ben" if by_agent else "",
        responsible="Anna" if by_agent else "",
        flags=frozenset({EntryFlag.THIRD_PERSON}) if third else frozenset(),
        fields=(("Standort", "Berlin"), ("Telefon", "0151 2345678"))
        if event is NotificationEvent.NEW_TICKET
        else (),
        actions=SAMPLE_ACTIONS[1:] if by_agent else SAMPLE_ACTIONS,
    )


def _to_agent(language: Language) -> dict[str, Outgoing]:
    lines = (
        ReceiptLine(True, 3, _typed("!nehmen", "!claim", language), _taken()),
        ReceiptLine(True, 4, _typed("!verschieben berlin", "!move berlin", language), _moved()),
    )
    slip = ReceiptLine(False, 5, "!clsoe", read("!clsoe").problems[0].what)
    good = Receipt(
        sample_route(language, SAMPLE_AGENT.mailbox, "auto-replied"),
        done=True,
        head=Text("Done: #%(number)s", (("number", SAMPLE_TICKET.number),)),
        ticket=SAMPLE_TICKET,
    )
    bad = replace(
        good,
        done=False,
        head=Text("NOTHING was changed and NOTHING was sent."),
        lines=(
            *(replace(line, result=Text("understood, but not done")) for line in lines),
            slip,
        ),
        own_text=_ANSWER[language],
    )
    codes = codes_notice(SAMPLE_ORGANISATION, SAMPLE_AGENT, b"example", has_codes=True)
    found: dict[str, Outgoing] = {
        "proof-notice": replace(codes, route=sample_route(language, SAMPLE_AGENT.mailbox)),
        "receipt": replace(good, lines=lines),
        "receipt-not-done": bad,
        "receipt-to-confirm": _to_confirm(good, slip),
        "receipt-to-fill-in": _to_fill_in(good),
    }
    answers: dict[str, Answer] = {
        "list": _list(),
        "show": TicketView(SAMPLE_TICKET, "Berlin", "Anna", _entries(language), True, 3),
        "help": HelpText(""),
        "help-one-word": HelpText("move"),
        "notify": _choices(),
        "accounts": account_list(SAMPLE_AGENT, SAMPLE_NOW),
    }
    alone = replace(good, head=Text("Done"), ticket=None)
    found |= {name: replace(alone, answers=(answer,)) for name, answer in answers.items()}
    digest = _digest(language)
    return found | {
        "digest": digest,
        "digest-after-absence": replace(digest, back=True),
        "offer": _offer(language),
        "handover": _handover(digest),
        **sample_account_mails(language),
    }


def _offer(language: Language) -> Notification:
    """A new offer, which a request waits for."""
    names = (Text("Laptop"), named("Screen", "Bildschirm"))
    lines = tuple(
        FitLine(
            replace(SAMPLE_TICKET, number=number), place, SAMPLE_NOW - timedelta(days=days), has
        )
        for number, place, days, has in (
            ("1017", "Berlin", 41, names),
            ("1031", "Freiburg", 12, names[:1]),
        )
    )
    offer = _notification(NotificationEvent.NEW_TICKET, language)
    subject = {Language.GERMAN: "Laptop und Bildschirm abzugeben"}.get(
        language, "A laptop and a screen to give away"
    )
    fits = Fits(offer.ticket.number, offer=True, lines=lines)
    return replace(
        offer,
        ticket=replace(offer.ticket, subject=subject),
        text=subject,
        details=((Text("Help topic"), named("Donation offer", "Spendenangebot")),),
        fits=fits,
        actions=(*SAMPLE_ACTIONS, *links(fits)),
    )


def _choices() -> NewsChoices:
    lines = (("Berlin", Text("all")), ("Freiburg", Text("digest")))
    return NewsChoices(lines, Text("daily"), SAMPLE_NOW + timedelta(hours=17))


def _digest(language: Language) -> Digest:
    """Its lists are the parts of one."""
    one, two, three = _list().lines
    one = replace(one, ticket=replace(one.ticket, created_at=SAMPLE_NOW - timedelta(hours=5)))
    return Digest(
        sample_route(language, SAMPLE_AGENT.mailbox),
        since=SAMPLE_NOW - timedelta(days=1),
        departments=("Berlin", "Freiburg"),
        counts=(
            Text("%(count)s new", (("count", 1),)),
            Text("%(count)s of mine", (("count", 17),)),
            Text("%(count)s waiting", (("count", 1),)),
        ),
        lists=(
            TicketList(Text("New tickets"), (one,), total=1),
            TicketList(Text("My tickets"), (two,), 17, first=2, all_by=Text("!list mine")),
            TicketList(Text("Waiting list, oldest first"), (three,), total=1, first=3),
        ),
        held=(HeldLine("1042", SAMPLE_NOW + timedelta(days=2)),),
    )


def _handover(digest: Digest) -> Handover:
    lines = tuple(replace(line, responsible="Anna") for line in _list().lines[:2])
    return Handover(
        digest.route,
        "Anna",
        SAMPLE_NOW + timedelta(days=5),
        TicketList(Text("Tickets of %(name)s", (("name", "Anna"),)), lines, total=2),
    )


def _to_confirm(receipt: Receipt, slip: ReceiptLine) -> Receipt:
    head = Text("NOTHING was changed and NOTHING was sent. It waits for your word.")
    ask = Text(
        "Answer with !yes, and this is done: %(plan)s. Answer with !no, and it is forgotten. Or"
        " correct your mail and send it again.",
        (("plan", "close"),),
    )
    return replace(
        receipt, done=False, head=head, lines=(slip,), ask=ask, actions=(actions.YES, actions.NO)
    )


def _to_fill_in(receipt: Receipt) -> Receipt:
    name = named("Proof of eligibility", "Berechtigungsnachweis")
    wanted = Text(
        "still to be filled in: %(fields)s. Write, for example: !set %(name)s = …",
        (("fields", name), ("name", name)),
    )
    return replace(
        receipt,
        done=False,
        head=Text("NOTHING was changed and NOTHING was sent. It waits for your word."),
        lines=(ReceiptLine(False, 1, "!close", wanted),),
        ask=Text(
            "Answer with these lines, filled in, above the quoted mail. Then your mail is carried"
            " out."
        ),
        blanks=(
            Blank(name, Text("%(values)s, with a comment behind it", (("values", "Ja / Nein"),))),
        ),
        actions=(Action(Text("Fill in"), "set", (name,)), actions.NO),
    )


def _typed(german: str, english: str, language: Language) -> str:
    return german if language is Language.GERMAN else english


def _taken() -> Text:
    return Text("%(name)s is responsible now, status: in progress", (("name", "Anna"),))


def _moved() -> Text:
    return Text("it is in %(department)s already", (("department", "Berlin"),))


def _list() -> TicketList:
    lines = tuple(
        TicketLine(
            replace(
                SAMPLE_TICKET,
                number=str(1042 + days),
                subject=subject,
                status=status,
                created_at=SAMPLE_NOW - timedelta(days=days),
            ),
            "Berlin",
            holder,
        )
        for days, subject, status, holder in (
            (9, SAMPLE_TICKET.subject, Status.OPEN, ""),
            (4, "Drei Bildschirme abzugeben", Status.IN_PROGRESS, "Anna"),
            (1, "Frage zur Spendenbescheinigung für das letzte Jahr", Status.ON_WAITING, ""),
        )
    )
    return TicketList(Text("Open tickets"), lines, total=3)


def _entries(language: Language) -> tuple[Entry, ...]:
    agent = SAMPLE_AGENT.mailbox
    days = (SAMPLE_NOW - timedelta(days=3), SAMPLE_NOW - timedelta(days=1), SAMPLE_NOW)
    asked = Entry(
        EntryId(1),
        EntryKind.MESSAGE,
        SAMPLE_REQUESTER,
        days[0],
        _REQUEST[language],
        attachments=("Zeugnis.pdf",),
    )
    taken = Entry(EntryId(2), EntryKind.EVENT, agent, days[1], "", event=dumps(_taken()))
    said = Entry(EntryId(3), EntryKind.RESPONSE, agent, days[2], _ANSWER[language], SAMPLE_AGENT.id)
    return (asked, taken, said)
