"""Facts as they are gathered, for one mail and the shipped rules."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from gateway.mail.parse import parse
from gateway.model.envelope import Envelope, Peer, Protocol, QueueId
from gateway.model.message import Message
from gateway.model.organisation import Organisation
from gateway.model.second_factor import Demand
from gateway.model.ticket import TicketId
from gateway.policy.facts import Facts, Fresh, Proof, Trust
from gateway.policy.recipients import resolve
from gateway.rulebook.defaults import folder
from gateway.rulebook.load import load

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
UNPROVED = Trust(Proof.NONE, forged=False, reason="nothing proves it")
PROVED = Trust(Proof.AUTHENTICATION_RESULTS, forged=False, reason="dmarc=pass")
FORGED = Trust(Proof.NONE, forged=True, reason="dmarc=fail")


@cache
def organisation() -> Organisation:
    """The shipped example organisation, as `gateway init` writes it for trying it out."""
    shipped = load(folder("rules")).organisation
    return replace(shipped, security=replace(shipped.security, demand=Demand.ENROLLED))


def message(
    text: str = "Hallo",
    *,
    sender: str = "maria@example.org",
    subject: str = "Frage",
    head: str = "",
) -> Message:
    """A parsed mail; `head` are more header lines."""
    raw = f"From: {sender}\nSubject: {subject}\nMessage-ID: <1@mail.example>\n{head}\n{text}\n"
    return parse(raw.encode())


def facts(mail: Message | None = None, to: str = "info@truhe.example", **changes: Any) -> Facts:
    """Facts about a new mail of nobody known."""
    mail = mail or message()
    rules = changes.pop("organisation", organisation())
    sender = changes.pop("mail_from", mail.authors[0].address if mail.authors else None)
    base = Facts(
        queue_id=QueueId("q1"),
        envelope=Envelope(sender, (to,)),
        peer=Peer("192.0.2.1", "mx.example", Protocol.ESMTP),
        message=mail,
        now=NOW,
        fresh=Fresh(b"s" * 32, TicketId(1), "1001"),
        organisation=rules,
        recipients=(resolve(to, rules),),
        trust=UNPROVED,
    )
    return replace(base, **changes)
