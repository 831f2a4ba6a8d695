"""Values that the tests of the composer start from."""

import email
from dataclasses import replace
from email import policy
from hashlib import sha256

from gateway.model.address import Mailbox
from gateway.model.composed import Composed
from gateway.model.message import Attachment
from gateway.model.outgoing import Notification, NotificationEvent, Receipt, Response
from gateway.model.people import Agent, AgentId, DepartmentId, Language
from gateway.model.route import Route
from gateway.model.text import say
from gateway.model.ticket import Status, Ticket, TicketId
from gateway.policy.commands.lines import command_of, copy_of
from gateway.render.samples import SAMPLE_NOW

MARIA = Mailbox("maria@example.org", "Maria Müller")
ANNA = Agent(
    AgentId(1), "anna", Mailbox("anna@example.net", "Anna"), frozenset({DepartmentId("berlin")})
)
TICKET = Ticket(
    id=TicketId(7),
    number="1042",
    subject="Rechner für Jörg",
    status=Status.OPEN,
    department=DepartmentId("berlin"),
    requester=MARIA,
    language=Language.GERMAN,
    created_at=SAMPLE_NOW,
    updated_at=SAMPLE_NOW,
)
ROUTE = Route(
    to=ANNA.mailbox,
    sender=Mailbox("berlin@verein.example", "Verein – Köln"),
    message_id="1042.abc@verein.example",
    language=Language.GERMAN,
    reply_to="berlin+rtoken@verein.example",
    return_path="berlin+btoken@verein.example",
    in_reply_to="two@example.org",
    references=("one@example.org", "two@example.org"),
    auto_submitted="auto-generated",
    ticket=TICKET.id,
)


def notification(text="Guten Tag", *, subject=TICKET.subject, author=MARIA, **more):
    return Notification(
        route=more.pop("route", ROUTE),
        event=more.pop("event", NotificationEvent.MESSAGE),
        agent=ANNA,
        ticket=replace(TICKET, subject=subject, requester=author),
        department="Berlin",
        author=author,
        text=text,
        **more,
    )


def response(text="Gern geschehen.", **more):
    route = replace(ROUTE, to=MARIA, auto_submitted="")
    return Response(more.pop("route", route), TICKET, text, "Anna", **more)


def receipt(**more):
    return Receipt(ROUTE, **{"done": True, "head": say("Done"), **more})


def attachment(filename, content, content_type="application/pdf", part=1):
    return Attachment(filename, content_type, len(content), sha256(content).hexdigest(), part)


def parsed(mail: Composed):
    return email.message_from_bytes(mail.head + mail.tail, policy=policy.default)


def body_of(mail: Composed) -> str:
    return parsed(mail).get_body(("plain",)).get_content().replace("\r\n", "\n")


def html_of(mail: Composed) -> str:
    return parsed(mail).get_body(("html",)).get_content().replace("\r\n", "\n")


def commands_in(text: str) -> list[str]:
    """Lines that the reader of commands would take for one, with quote signs and without."""
    bare = [line.lstrip("> ") for line in text.splitlines()]
    lines = [*text.splitlines(), *bare]
    return [line for line in lines if command_of(copy_of(line)) is not None]
