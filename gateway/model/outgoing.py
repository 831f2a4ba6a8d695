"""Mail that a decision sends, as a closed set of values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.model.address import Mailbox
from gateway.model.answers import Answer, Fits, ReceiptLine, TicketLine, TicketList
from gateway.model.message import Attachment
from gateway.model.openpgp import NOBODY, Fingerprint
from gateway.model.people import Agent
from gateway.model.route import Action, Blank, File, InlineImage, Route
from gateway.model.second_factor import NewCodes
from gateway.model.text import Text
from gateway.model.ticket import EntryFlag, Ticket


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
    first: bool = False
    """The requester has written nothing that it answers."""
    to: tuple[Mailbox, ...] = ()
    cc: tuple[Mailbox, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    files: tuple[File, ...] = ()
    may_be_read: bool = False
    """The agent has said yes to its going out unencrypted, although the ticket is confidential."""


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
    CLOSED = "closed"
    MERGED = "merged"
    TASK = "task"
    TASK_DUE = "task-due"
    REMINDER = "reminder"
    WAITED = "waited"
    ESCALATION = "escalation"


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
    notes: tuple[Text, ...] = ()
    """What there is to know of its signature and encryption."""
    attachments: tuple[Attachment, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    details: tuple[tuple[Text, Text], ...] = ()
    """Topic and filled in fields that this agent may see, by their names."""
    actions: tuple[Action, ...] = ()
    remark: Text | None = None
    """What there is to know about it beside the text: a reason, a task."""
    tasks: tuple[Text, ...] = ()
    """The open tasks of the ticket."""
    copies: tuple[Mailbox, ...] = ()
    """Who gets copies of the answers to the requester."""
    fits: Fits | None = None
    confidential: bool = True
    """It may hold words that came encrypted; false only where that was looked at."""


@dataclass(frozen=True, slots=True)
class WithoutContent:
    """News of a confidential ticket for somebody who could not get them encrypted.

    `news` is a sentence of ours without any value; None for the requester's side (`for_agent`
    false). All that it names is the number.
    """

    route: Route
    number: str
    news: Text | None
    actions: tuple[Action, ...] = ()
    for_agent: bool = True
    closed: Text | None = None
    """Why a mail could not be opened, likewise."""
    remark: Text | None = None
    """What else is to be known of it, likewise."""


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
    ask: Text | None = None
    """What the agent is to answer, and what it would do."""
    tried: bool = False
    """A dry run."""
    offer: Text | None = None
    """What can be done next, with `actions`."""
    blanks: tuple[Blank, ...] = ()
    """Lines to be returned filled in."""
    actions: tuple[Action, ...] = ()
    files: tuple[File, ...] = ()
    images: tuple[InlineImage, ...] = ()
    confidential: bool = True
    """It may hold words that came encrypted; false only where that was looked at."""
    without_content: bool = False
    """Values were left out, because its reader could not get it encrypted."""


class AccountEvent(StrEnum):
    """What has happened to an account, or is about to."""

    ADDED = "added"
    LOCKED = "locked"
    UNLOCKED = "unlocked"
    REMOVED = "removed"
    DEPARTMENTS = "departments"
    ROLE = "role"
    CODES = "codes"  # the second factor was taken away
    CODES_SENT = "codes-sent"  # another one was made and sent, which only they can read
    KEY_ADDED = "key-added"
    KEY_REMOVED = "key-removed"
    WARNED = "warned"  # it will be locked
    NARROWING = "narrowing"  # departments will be taken
    NARROWED = "narrowed"
    EXPIRING = "expiring"  # the locked account will be removed


@dataclass(frozen=True, slots=True)
class AccountNews:
    """News of an account, to its agent (`own`) or to an admin.

    `actor` is the name of the admin who did it, empty for the operator and the gateway itself;
    with `inactive` it is because nothing came from the agent. `until`: when the next step comes.
    """

    route: Route
    event: AccountEvent
    agent: Agent
    own: bool
    departments: tuple[str, ...] = ()
    actor: str = ""
    inactive: bool = False
    until: datetime | None = None
    fingerprint: Fingerprint = NOBODY
    """The key that is added or removed."""


@dataclass(frozen=True, slots=True)
class CodesToScan:
    """To an agent: the secret of their one-time codes, as a picture to scan and as text.

    It never leaves but encrypted. `otherwise` is what they get where that is not possible.
    """

    route: Route
    codes: NewCodes
    otherwise: AccountNews
    images: tuple[InlineImage, ...] = ()


@dataclass(frozen=True, slots=True)
class Released:
    """To a member of departments: tickets are free again, because an agent is gone."""

    route: Route
    name: str
    lines: tuple[TicketLine, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """To an admin: tickets that were closed long enough to be deleted, if the answer is yes.

    `purge_days` later they are gone for good. After a no they are proposed again after
    `again_months`. `more`: so many tickets were closed long enough too.
    """

    route: Route
    listing: TicketList
    purge_days: int
    again_months: int
    more: bool = False


@dataclass(frozen=True, slots=True)
class HeldLine:
    """A mail of the agent that waits for their word; `number` is empty where no ticket is meant."""

    number: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Digest:
    """What there is to know and to do for an agent, once a day or week.

    `counts` say how much there is of each sort; the lists have the first of them. `departments`
    are those whose tickets it looks at beside the agent's own.
    """

    route: Route
    since: datetime
    departments: tuple[str, ...]
    counts: tuple[Text, ...]
    lists: tuple[TicketList, ...]
    held: tuple[HeldLine, ...] = ()
    back: bool = False
    """It tells what happened while they were away."""


@dataclass(frozen=True, slots=True)
class Handover:
    """To a colleague of an absent agent: tickets that cannot wait until they are back."""

    route: Route
    agent_name: str
    until: datetime
    listing: TicketList
    by_notice: bool = False


@dataclass(frozen=True, slots=True)
class ProofNotice:
    """To an agent: something has happened to an account, theirs or one that they answer for.

    `subject` is the first line too; `advice` says what to do, if there is anything.
    """

    route: Route
    subject: Text
    what: Text
    advice: Text | None = None
    lines: tuple[Text, ...] = ()
    """What it is about, one by one."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """To the requester of a new ticket: we have it, this is its number. None of their words.

    `closed`: why nobody can read it, also of a later mail; our public key is among the `files`.
    """

    route: Route
    ticket: Ticket
    closed: Text | None = None
    files: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True)
class PublicKey:
    """To somebody who has asked for the key of our `address`: it is the one of the `files`.

    `opened`: their mail said more, and is a new ticket. None of their words.
    """

    route: Route
    ticket: Ticket
    address: str
    fingerprint: Fingerprint
    files: tuple[File, ...]
    opened: bool = False


@dataclass(frozen=True, slots=True)
class AutomaticAnswer:
    """To the requester: a canned response that the gateway sends by itself.

    `confirms`: it stands for the `Confirmation` of a new ticket.
    """

    route: Route
    ticket: Ticket
    text: str
    files: tuple[File, ...] = ()
    confirms: bool = False


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
    | WithoutContent
    | Receipt
    | Digest
    | Handover
    | AccountNews
    | CodesToScan
    | Released
    | Proposal
    | ProofNotice
    | Confirmation
    | PublicKey
    | AutomaticAnswer
    | Rejection
    | StatusNotice
    | Undeliverable
    | Relay
)
