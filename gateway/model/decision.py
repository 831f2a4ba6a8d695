"""What is to be done about one message: changes, outgoing mail, and the reason.

A `Decision` is complete: the store writes it, the composer renders it, and `gateway explain`
prints it without doing either.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from gateway.model.address import Mailbox
from gateway.model.message import Attachment
from gateway.model.people import Agent, AgentId, DepartmentId, Language
from gateway.model.text import Text
from gateway.model.ticket import Entry, EntryFlag, EntryKind, PartyRole, Status, Ticket, TicketId


class Outcome(StrEnum):
    """How a message ended; every message ends in exactly one of these."""

    ENTRY = "entry"  # a thread entry of a new or a known ticket
    COMMAND = "command"  # an agent's mail: done, or answered with what is wrong
    REJECTED = "rejected"  # direct mail to an internal address and other mail that is not let in
    RELAYED = "relayed"
    DUPLICATE = "duplicate"  # had its effect already
    QUARANTINED = "quarantined"  # could not be processed; kept for the operator


# --- changes ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """A new ticket."""

    ticket: Ticket


@dataclass(frozen=True, slots=True)
class AddEntry:
    """A new thread entry. `from_this_message`: its source is the raw message being processed."""

    ticket: TicketId
    kind: EntryKind
    author: Mailbox
    text: str
    agent: AgentId | None = None
    flags: frozenset[EntryFlag] = frozenset()
    event: str = ""
    attachments: tuple[str, ...] = ()
    from_this_message: bool = False


@dataclass(frozen=True, slots=True)
class ChangeStatus:
    """A new status."""

    ticket: TicketId
    status: Status


@dataclass(frozen=True, slots=True)
class ChangeResponsible:
    """A new responsible agent; None releases the ticket."""

    ticket: TicketId
    agent: AgentId | None


@dataclass(frozen=True, slots=True)
class MoveTicket:
    """Another owning department. `rejected` false takes a rejected mail back in."""

    ticket: TicketId
    department: DepartmentId
    rejected: bool = False


@dataclass(frozen=True, slots=True)
class Refer:
    """Access for a department or an agent without owning the ticket; exactly one is set."""

    ticket: TicketId
    department: DepartmentId | None = None
    agent: AgentId | None = None


@dataclass(frozen=True, slots=True)
class AddParty:
    """Somebody who may answer into the ticket from now on. Adding a known one changes nothing."""

    ticket: TicketId
    address: str
    name: str
    role: PartyRole
    token: str


@dataclass(frozen=True, slots=True)
class SeeMessageId:
    """Remember a Message-ID that came in or goes out, so that answers to it find the ticket.

    `party` is the folded address of the person it was issued to or came from.
    """

    ticket: TicketId
    message_id: str
    party: str
    sent: bool


@dataclass(frozen=True, slots=True)
class CountAutomatic:
    """One more automatic mail to an address (folded), for the limits of automatic mail."""

    address: str
    kind: str


@dataclass(frozen=True, slots=True)
class MarkFailed:
    """A delivery report says that outgoing mail with this Message-ID did not arrive."""

    message_id: str
    reason: str


Change = (
    OpenTicket
    | AddEntry
    | ChangeStatus
    | ChangeResponsible
    | MoveTicket
    | Refer
    | AddParty
    | SeeMessageId
    | CountAutomatic
    | MarkFailed
)


# --- outgoing mail ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Route:
    """Who gets one outgoing mail, who it is from, and how its answer or bounce finds back.

    `return_path` None is the null reverse-path, for all automatic answers (RFC 3834 section 3.3).
    `auto_submitted` is the value of that header, empty for a person's own words.
    """

    to: Mailbox
    sender: Mailbox
    message_id: str
    language: Language
    reply_to: str = ""
    return_path: str | None = None
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    auto_submitted: str = ""
    ticket: TicketId | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """An agent's words to the requester (and to each participant), from the department.

    `agent_name` is the name shown under the department; never the agent's address.
    """

    route: Route
    ticket: Ticket
    text: str
    agent_name: str
    closes: bool = False
    to: tuple[Mailbox, ...] = ()
    cc: tuple[Mailbox, ...] = ()
    attachments: tuple[Attachment, ...] = ()


class NotificationEvent(StrEnum):
    """Why an agent is told."""

    NEW_TICKET = "new-ticket"
    MESSAGE = "message"
    REOPENED = "reopened"
    ASSIGNED = "assigned"
    MOVED = "moved"
    REFERRED = "referred"
    NOTE = "note"
    RESPONSE = "response"
    NOT_DELIVERED = "not-delivered"
    UNVERIFIED = "unverified"
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class Notification:
    """News of a ticket for one agent. `author` and `text` are of the entry it is about.

    `actor` is the name of the agent who caused it, empty when a requester did.
    `responsible` is the name of the responsible agent, empty when there is none.
    """

    route: Route
    event: NotificationEvent
    agent: Agent
    ticket: Ticket
    department: str
    author: Mailbox
    text: str
    actor: str = ""
    responsible: str = ""
    flags: frozenset[EntryFlag] = frozenset()
    attachments: tuple[Attachment, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One line of a receipt: what was asked, whether it is done, and what came of it."""

    ok: bool
    line: int
    typed: str
    result: Text


@dataclass(frozen=True, slots=True)
class TicketLine:
    """A ticket in a list."""

    ticket: Ticket
    department: str
    responsible: str


@dataclass(frozen=True, slots=True)
class TicketView:
    """A ticket shown whole: `!show`."""

    ticket: Ticket
    department: str
    responsible: str
    entries: tuple[Entry, ...]
    full: bool
    entry_count: int


@dataclass(frozen=True, slots=True)
class TicketList:
    """An answered `!list`. `total` counts all that fit; `lines` are the first of them."""

    title: Text
    lines: tuple[TicketLine, ...]
    total: int


@dataclass(frozen=True, slots=True)
class HelpText:
    """An answered `!help`; `word` is empty for the whole card."""

    word: str


Answer = TicketList | TicketView | HelpText


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to an agent's command mail. `done` false: nothing was changed, nothing sent.

    `head` is the first line: what happened to the whole mail.
    """

    route: Route
    done: bool
    head: Text
    lines: tuple[ReceiptLine, ...] = ()
    answers: tuple[Answer, ...] = ()
    ticket: Ticket | None = None
    own_text: str = ""
    """The agent's text when it was not used, so that nothing has to be typed twice."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """To the requester of a new ticket: we have it, this is its number. None of their words."""

    route: Route
    ticket: Ticket


@dataclass(frozen=True, slots=True)
class Rejection:
    """To the author of direct mail to an internal address."""

    route: Route
    address: str
    form_url: str


@dataclass(frozen=True, slots=True)
class StatusNotice:
    """To the requester: the ticket was closed without an answer in the same mail."""

    route: Route
    ticket: Ticket


@dataclass(frozen=True, slots=True)
class Relay:
    """The message itself, unchanged but for a Received field on top.

    `mail_from` is the original one (None: null), `next_hop` `host[:port]` or empty (smarthost).
    """

    message_id: str
    mail_from: str | None
    rcpt_to: str
    next_hop: str
    trace: str
    """The Received field that goes on top, one line without CRLF."""


@dataclass(frozen=True, slots=True)
class Undeliverable:
    """To the sender of a relayed message: it did not reach `recipient` (RFC 3464).

    Whoever has said 250 owes the sender a report (RFC 5321 section 4.2.5).
    """

    route: Route
    recipient: str
    status: str
    reason: str


Outgoing = (
    Response
    | Notification
    | Receipt
    | Confirmation
    | Rejection
    | StatusNotice
    | Undeliverable
    | Relay
)


@dataclass(frozen=True, slots=True)
class Composed:
    """An outgoing mail as bytes: `head` of its own, then `tail`, shared by several mails.

    `tail` holds attachments (empty when there are none), so that ten notifications of one big
    mail are stored once. `mail_from` None is the null reverse-path.
    """

    message_id: str
    mail_from: str | None
    rcpt_to: str
    kind: str
    head: bytes
    tail: bytes = b""
    ticket: TicketId | None = None
    next_hop: str = ""
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """All that is to be done about one message, and why. `reason` is for logs and `explain`."""

    outcome: Outcome
    reason: str
    changes: tuple[Change, ...] = ()
    outgoing: tuple[Outgoing, ...] = ()
    ticket: TicketId | None = None
    trace: tuple[str, ...] = field(default=())
    """What was looked at on the way, one short English line each, for `explain`."""
