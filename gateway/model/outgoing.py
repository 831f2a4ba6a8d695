"""Mail that a decision sends, as a closed set of values, and the same mail as bytes."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from gateway.model.address import Mailbox
from gateway.model.message import Attachment
from gateway.model.people import Agent, Language
from gateway.model.statistics import Standing
from gateway.model.text import Text
from gateway.model.ticket import Entry, EntryFlag, Ticket, TicketId


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
class File:
    """A file that the gateway itself attaches: a list, a form of a canned response."""

    filename: str
    content_type: str
    content: bytes


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


@dataclass(frozen=True, slots=True)
class Action:
    """Something the reader can do by sending one prepared mail.

    `command` is the canonical (English) word without `!`, written in the reader's language, and
    possibly ticket numbers. With `blanks` the mail has a line to be filled in for each instead of
    the command; `draft` is a text for the requester, in their language, that may be changed before
    it is sent.
    """

    label: Text
    command: str
    blanks: tuple[Text, ...] = ()
    draft: Text | None = None


@dataclass(frozen=True, slots=True)
class Blank:
    """A field to be filled in: its name, and what may stand in it."""

    name: Text
    hint: Text | None = None


@dataclass(frozen=True, slots=True)
class FitLine:
    """An offer or request that fits: how old it is, and what they have in common."""

    ticket: Ticket
    department: str
    since: datetime
    fields: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Fits:
    """What fits to the ticket of this number: requests to an `offer`, else offers."""

    number: str
    offer: bool
    lines: tuple[FitLine, ...]


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
class TableLine:
    """A ticket in a table. `values` are those of the columns, None where nothing is filled in."""

    line: TicketLine
    topic: Text | None
    values: tuple[Text | None, ...]


@dataclass(frozen=True, slots=True)
class TicketTable:
    """Tickets for a spreadsheet program. `columns` are fields, behind what every ticket has."""

    columns: tuple[Text, ...]
    lines: tuple[TableLine, ...]


@dataclass(frozen=True, slots=True)
class TicketView:
    """A ticket shown whole: `!show`."""

    ticket: Ticket
    department: str
    responsible: str
    entries: tuple[Entry, ...]
    full: bool
    entry_count: int
    around: tuple[Text, ...] = ()
    """Topic, fields, tasks, links and the like, one sentence each."""


@dataclass(frozen=True, slots=True)
class TicketList:
    """An answered `!list`. `total` counts all that fit; `lines` are the first of them."""

    title: Text
    lines: tuple[TicketLine, ...]
    total: int
    first: int = 1
    """Number of the first line, among all lists of the mail."""
    more: bool = False
    """There are more than `total`."""
    skipped: int = 0
    """Tickets on the pages before."""
    table: TicketTable | None = None
    """All of them, to be attached."""
    all_by: Text | None = None
    """The command that lists all of them, where the list answers none."""


@dataclass(frozen=True, slots=True)
class SavedQueries:
    """The agent's saved queries: their names, and what they ask for."""

    queries: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class HelpText:
    """An answered `!help`; `word` is empty for the whole card."""

    word: str


@dataclass(frozen=True, slots=True)
class CannedLine:
    """A canned response in a list. `gaps` are the names that must be given with it."""

    name: str
    title: str
    files: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CannedList:
    """An answered `!canned`: those that fit the ticket, or all."""

    lines: tuple[CannedLine, ...]
    for_ticket: bool


@dataclass(frozen=True, slots=True)
class Week:
    """How many tickets were opened and closed in the week that begins on this Monday."""

    monday: date
    opened: int
    closed: int


@dataclass(frozen=True, slots=True)
class DepartmentStatistics:
    """A department: what stands now, and what was counted in the weeks looked at.

    `first_answers` are counts by `statistics.FIRST_ANSWER`; `rejected` direct mails.
    """

    name: str
    standing: Standing
    opened: int
    closed: int
    opened_this_week: int
    closed_this_week: int
    rejected: int
    first_answers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TopicStatistics:
    """A help topic: what was counted in the weeks looked at."""

    name: Text
    opened: int
    closed: int


@dataclass(frozen=True, slots=True)
class RejectedStatistics:
    """What was not let in: by reason, by department, the authors' domains, and in each week."""

    total: int
    reasons: tuple[tuple[Text, int], ...]
    departments: tuple[tuple[str, int], ...]
    domains: tuple[tuple[str, int], ...]
    weeks: tuple[tuple[date, int], ...]


@dataclass(frozen=True, slots=True)
class Statistics:
    """An answered `!stats`; the weeks from the oldest on."""

    weeks: tuple[Week, ...]
    departments: tuple[DepartmentStatistics, ...]
    topics: tuple[TopicStatistics, ...]
    first_answers: tuple[int, ...]
    rejected: RejectedStatistics | None = None


@dataclass(frozen=True, slots=True)
class NewsChoices:
    """An answered `!notify`: what the agent is told of each department, and of their digest."""

    lines: tuple[tuple[str, Text], ...]
    rhythm: Text
    next: datetime | None


@dataclass(frozen=True, slots=True)
class AuthorLine:
    """An entry of the allow or block list. `where` is None for a block; `ended`: no longer."""

    author: str
    allowed: bool
    where: Text | None
    until: Text
    ended: bool
    authenticated: bool
    reason: str
    source: Text


@dataclass(frozen=True, slots=True)
class AuthorList:
    """An answered `!allowlist`: first who is allowed, then who is blocked, and how many of each."""

    lines: tuple[AuthorLine, ...]
    allowed: int
    blocked: int


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account in a list. `departments` are their names."""

    agent: Agent
    departments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AccountList:
    """An answered `!accounts`, by short name."""

    lines: tuple[AccountLine, ...]


Answer = (
    TicketList
    | SavedQueries
    | TicketView
    | HelpText
    | CannedList
    | Statistics
    | AuthorList
    | NewsChoices
    | Fits
    | AccountList
)


@dataclass(frozen=True, slots=True)
class InlineImage:
    """A PNG that is shown in the mail itself. `alternative` is read where it is not seen.

    `content_id` is unique in the world, as a Message-ID is (RFC 2392), without `<>`.
    """

    content_id: str
    content: bytes
    alternative: Text


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


class AccountEvent(StrEnum):
    """What has happened to an account, or is about to."""

    ADDED = "added"
    LOCKED = "locked"
    UNLOCKED = "unlocked"
    REMOVED = "removed"
    DEPARTMENTS = "departments"
    ROLE = "role"
    CODES = "codes"  # the second factor was taken away
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


@dataclass(frozen=True, slots=True)
class Released:
    """To a member of departments: tickets are free again, because an agent is gone."""

    route: Route
    name: str
    lines: tuple[TicketLine, ...]


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
    | Digest
    | Handover
    | AccountNews
    | Released
    | ProofNotice
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
