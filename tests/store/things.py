"""Values for the tests of the store, built with few words."""

from datetime import UTC, datetime, timedelta
from itertools import count

from gateway.model.address import Mailbox
from gateway.model.changes import AddEntry, AddParty, Change, OpenTicket, SeeMessageId
from gateway.model.composed import Composed
from gateway.model.decision import Decision, Outcome
from gateway.model.envelope import Envelope, Peer, Protocol, QueuedMessage, QueueId
from gateway.model.message import Message
from gateway.model.people import DepartmentId, Language
from gateway.model.ticket import EntryKind, PartyRole, State, Status, StatusId, Ticket, TicketId
from gateway.model.workflow import DEFAULT_WORKFLOW
from gateway.store.store import SqlStore

NOW = datetime(2026, 3, 1, 9, 30, 15, 123456, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
BERLIN = DepartmentId("berlin")
MARTA = Mailbox("Marta@Kunde.example", "Marta Müller")
_numbers = count(1)


def mail(
    name: str = "",
    raw: bytes = b"Subject: Laptop\r\n\r\nGuten Tag\r\n",
    rcpt: str = "info@truhe.example",
) -> QueuedMessage:
    return QueuedMessage(
        queue_id=QueueId(name or f"Q{next(_numbers)}"),
        envelope=Envelope("marta@kunde.example", (rcpt,)),
        peer=Peer("192.0.2.7", "mx.kunde.example", Protocol.ESMTPS),
        accepted_at=NOW,
        raw=raw,
    )


def message(message_id: str = "", digest: str = "d1") -> Message:
    return Message(message_id or f"m{next(_numbers)}@kunde.example", digest, authors=(MARTA,))


def ticket(
    number: int,
    *,
    status: StatusId = Status.OPEN,
    department: DepartmentId = BERLIN,
    at: datetime = NOW,
) -> Ticket:
    return Ticket(
        id=TicketId(number),
        number=str(1000 + number),
        subject="Laptop gesucht",
        status=status,
        state=DEFAULT_WORKFLOW.state(status),
        closed_at=None if DEFAULT_WORKFLOW.state(status) is State.OPEN else at,
        department=department,
        requester=MARTA,
        language=Language.GERMAN,
        created_at=at,
        updated_at=at,
    )


def composed(
    message_id: str, *, to: str = "anna@mitglieder.example", tail: bytes = b"", **more
) -> Composed:
    values = {
        "message_id": message_id,
        "mail_from": "tickets+tok@truhe.example",
        "rcpt_to": to,
        "kind": "notification",
        "head": b"Subject: Neu\r\n\r\n" + message_id.encode() + b"\r\n",
        "tail": tail,
    }
    return Composed(**(values | more))


def open_changes(new: Ticket, message_id: str, parties: int = 2) -> list[Change]:
    """What a new ticket with so many parties changes."""
    people = [f"person{n}@mitglieder.example" for n in range(parties)]
    return [
        OpenTicket(new),
        AddEntry(new.id, EntryKind.MESSAGE, MARTA, "Guten Tag", from_this_message=True),
        *(
            AddParty(new.id, each, "", PartyRole.AGENT, f"token{new.id}-{n}")
            for n, each in enumerate(people)
        ),
        *(
            SeeMessageId(new.id, f"{message_id}.{n}", each, sent=True)
            for n, each in enumerate(people)
        ),
    ]


def decision(outcome: Outcome = Outcome.ENTRY, ticket: TicketId | None = None) -> Decision:
    return Decision(outcome, "because", ticket=ticket)


def open_ticket(
    store: SqlStore,
    department: DepartmentId = BERLIN,
    status: StatusId = Status.OPEN,
    at: datetime = NOW,
) -> Ticket:
    """A ticket in the store, opened without a message."""
    with store.begin() as transaction:
        _, number = transaction.next_ticket()
        new = ticket(number, department=department, status=status, at=at)
        transaction.apply([OpenTicket(new)], at)
    return new


def process(store: SqlStore, item: QueuedMessage, parsed: Message, outgoing: int = 0) -> Ticket:
    """Take one queued message to a recorded new ticket, as the road does."""
    with store.begin() as transaction:
        transaction.duplicate_of(parsed.message_id, parsed.digest, item.queue_id)
        _, number = transaction.next_ticket()
        new = ticket(number)
        transaction.apply(open_changes(new, parsed.message_id, 6), NOW, item, parsed)
        mails = [composed(f"{parsed.message_id}.{n}", ticket=new.id) for n in range(outgoing)]
        transaction.enqueue(mails, NOW)
        transaction.finish(item, parsed, decision(ticket=new.id), NOW)
    return new
