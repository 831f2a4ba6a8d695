"""Tickets and their threads, in osTicket's nouns."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from gateway.model.address import Mailbox
from gateway.model.people import AgentId, DepartmentId, Language

TicketId = NewType("TicketId", int)
EntryId = NewType("EntryId", int)


class Status(StrEnum):
    """Status of a ticket, stored and printed under these names."""

    OPEN = "open"
    IN_PROGRESS = "in-progress"
    ON_WAITING = "on-waiting"
    CLOSED = "closed"
    SPAM = "spam"

    @property
    def is_open(self) -> bool:
        """True in the state *open* (open, in progress, on waiting)."""
        return self in (Status.OPEN, Status.IN_PROGRESS, Status.ON_WAITING)


@dataclass(frozen=True, slots=True)
class Ticket:
    """One request. `number` is what people see (`1042`, without `#`)."""

    id: TicketId
    number: str
    subject: str
    status: Status
    department: DepartmentId
    requester: Mailbox
    language: Language
    created_at: datetime
    updated_at: datetime
    responsible: AgentId | None = None
    rejected: bool = False
    """Opened by a rejected direct mail and not accepted since."""


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


class EntryFlag(StrEnum):
    """What readers must know about an entry."""

    AUTOMATIC = "automatic"
    THIRD_PERSON = "third-person"
    UNVERIFIED = "unverified"
    SAME_ID_OTHER_CONTENT = "same-id-other-content"
    ENCRYPTED = "encrypted"
    DEFECTIVE = "defective"
    INCOMPLETE_FORM = "incomplete-form"


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
