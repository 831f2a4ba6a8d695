"""Tickets and their threads, in osTicket's nouns."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, NewType

from gateway.model.address import Mailbox
from gateway.model.openpgp import NOBODY, Fingerprint
from gateway.model.people import AgentId, DepartmentId, Language

TicketId = NewType("TicketId", int)
EntryId = NewType("EntryId", int)


TopicId = NewType("TopicId", str)
"""Short name of a help topic: `spendenangebot`."""

FieldId = NewType("FieldId", str)
"""Short name of a field: `laptop`. Topics that name the same field share it."""

StatusId = NewType("StatusId", str)
"""Name of a status as it is stored and printed: `in-progress`."""


class Status:
    """The statuses that are always there. A workflow file may declare more."""

    OPEN: Final = StatusId("open")
    IN_PROGRESS: Final = StatusId("in-progress")
    ON_WAITING: Final = StatusId("on-waiting")
    CLOSED: Final = StatusId("closed")
    SPAM: Final = StatusId("spam")
    ARCHIVED: Final = StatusId("archived")
    DELETED: Final = StatusId("deleted")


class Priority(StrEnum):
    """How urgent a ticket is, from the least on."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class State(StrEnum):
    """What a status means for the life of a ticket."""

    OPEN = "open"
    CLOSED = "closed"
    ARCHIVED = "archived"  # not in lists
    DELETED = "deleted"  # not in lists, and purged some time later


@dataclass(frozen=True, slots=True)
class Ticket:
    """One request. `number` is what people see (`1042`, without `#`)."""

    id: TicketId
    number: str
    subject: str
    status: StatusId
    department: DepartmentId
    requester: Mailbox
    language: Language
    created_at: datetime
    updated_at: datetime
    responsible: AgentId | None = None
    rejected: bool = False
    """Opened by a rejected direct mail and not accepted since."""
    state: State = State.OPEN
    """The state that `status` belongs to."""
    topic: TopicId | None = None
    waiting_since: datetime | None = None
    due: datetime | None = None
    """When somebody is reminded of it."""
    closed_at: datetime | None = None
    merged_into: TicketId | None = None
    """Later mail follows there."""
    kept: "Kept | None" = None
    """Why nothing deletes it, whatever its age."""
    confidential: bool = False
    """Something in it came encrypted: nothing of it leaves readable for others than its reader."""
    came_with: Fingerprint = NOBODY
    """The requester's key that the very mail brought which opened it."""
    priority: Priority | None = None
    """Set by a rule; None: that of its topic."""
    tags: tuple[str, ...] = ()
    """Words that rules have put on it, in their order."""

    @property
    def is_open(self) -> bool:
        """True in the state *open*."""
        return self.state is State.OPEN


@dataclass(frozen=True, slots=True)
class Kept:
    """What keeps a ticket from being deleted, for ever or until a moment."""

    reason: str
    until: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """True until the moment is over."""
        return self.until is None or now < self.until


class EntryKind(StrEnum):
    """Who speaks to whom in a thread entry."""

    MESSAGE = "message"  # from outside to the organisation
    RESPONSE = "response"  # from an agent to the requester
    NOTE = "note"  # among agents
    EVENT = "event"  # the gateway itself: what was done, by whom


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a thread as it is read back. `text` is the new text, without history.

    `agent` is set when an agent wrote or caused it. `attachments` are file names.
    """

    id: EntryId
    kind: EntryKind
    author: Mailbox
    created_at: datetime
    text: str
    agent: AgentId | None = None
    flags: frozenset["EntryFlag"] = frozenset()
    attachments: tuple[str, ...] = ()
    event: str = ""
    """Machine name of an event (`claimed`, `status:closed`), empty for other kinds."""
    message_id: str = ""
    """Of the message that it was made from; empty when it was made from none."""


class EntryFlag(StrEnum):
    """What readers must know about an entry."""

    AUTOMATIC = "automatic"
    THIRD_PERSON = "third-person"
    UNVERIFIED = "unverified"
    SAME_ID_OTHER_CONTENT = "same-id-other-content"
    ENCRYPTED = "encrypted"
    CLOSED = "closed"
    """It is encrypted, and could not be opened."""
    SIGNED = "signed"
    """By a key we know for the author, all of it."""
    SIGNED_IN_PART = "signed-in-part"
    UNPROVED_SIGNATURE = "unproved-signature"
    BAD_SIGNATURE = "bad-signature"
    CONTRADICTED = "contradicted"
    """Its header says something else outside than inside."""
    DEFECTIVE = "defective"
    INCOMPLETE_FORM = "incomplete-form"
    FORWARDED = "forwarded"


class PartyRole(StrEnum):
    """Why somebody has a reply address of their own in a ticket."""

    REQUESTER = "requester"
    CC = "cc"
    AGENT = "agent"


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody who may answer into a ticket. `token` is the secret part of their reply address."""

    ticket: TicketId
    address: str
    role: PartyRole
    token: str
    name: str = ""

    @property
    def mailbox(self) -> Mailbox:
        """The person."""
        return Mailbox(self.address, self.name)


@dataclass(frozen=True, slots=True)
class Task:
    """Something to be done about a ticket. `number` counts from 1 in each ticket."""

    number: int
    text: str
    agent: AgentId | None = None
    due: date | None = None
    done: bool = False


class LinkKind(StrEnum):
    """What another ticket is to a ticket."""

    RELATED = "related"
    MERGED = "merged"  # it was merged into this one
    MERGED_INTO = "merged-into"
    SPLIT = "split"  # it was split off this one
    SPLIT_FROM = "split-from"
    CONTINUES = "continues"  # this one was opened by a message to it, long after it was closed
    CONTINUED_BY = "continued-by"


@dataclass(frozen=True, slots=True)
class Link:
    """Another ticket that this one has to do with."""

    ticket: TicketId
    number: str
    kind: LinkKind
