"""Mails that wait for an agent's word, and work that can be taken back."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b
from typing import NewType

from gateway.model.address import Mailbox
from gateway.model.people import Absence, AgentId, Choices, DepartmentId, Rhythm
from gateway.model.ticket import FieldId, StatusId, TicketId, TopicId

HeldId = NewType("HeldId", int)
WorkId = NewType("WorkId", int)


class Guard(StrEnum):
    """Why a mail was held. Confirming it lets just these reasons pass."""

    CORRECTED = "corrected"  # misspelt words, as they were meant
    OUTSIDE = "outside"  # the mail went to outside addresses too
    COLLISION = "collision"  # another agent has answered since; only the reply waits
    QUOTED_NOTE = "quoted-note"  # the reply quotes an internal note
    OTHER_TICKET = "other-ticket"  # the reply quotes another ticket
    READABLE = "readable"  # the reply to what came encrypted would leave unencrypted
    MANY = "many"  # a dangerous command for many tickets
    FIELDS = "fields"  # fields that closing needs are missing; they are the answer
    PROOF = "proof"  # the second factor is missing


class HeldState(StrEnum):
    """Life of a held mail."""

    HELD = "held"
    DONE = "done"
    DROPPED = "dropped"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Held:
    """A mail that was held. `plan` is a digest of what it would do and say; `queue_id` its source.

    `reply_only`: everything but the reply was done at once. `needs` is the level of proof that it
    needs, `proved` the one that a code of its own gave it. `version` is what its tickets were like.
    """

    id: HeldId
    agent: AgentId
    queue_id: str
    plan: str
    guards: frozenset[Guard]
    expires_at: datetime
    ticket: TicketId | None = None
    reply_only: bool = False
    needs: int = 0
    proved: int = 0
    version: str = ""
    state: HeldState = HeldState.HELD


def token_digest(token: str) -> str:
    """What is kept of the token of a question; the token itself is told to the agent alone."""
    return blake2b(token.encode(), digest_size=32, person=b"held mail").hexdigest()


@dataclass(frozen=True, slots=True)
class Before:
    """What a ticket was before an agent's mail changed it, and what it was made."""

    ticket: TicketId
    number: str
    status: tuple[StatusId, StatusId]
    responsible: tuple[AgentId | None, AgentId | None]
    department: tuple[DepartmentId, DepartmentId]
    subject: tuple[str, str]
    topic: tuple[TopicId | None, TopicId | None]
    fields: tuple[tuple[FieldId, tuple[str, ...], tuple[str, ...]], ...] = ()
    around: bool = False
    """Tasks, links, referrals or reminders were changed too; they stay as they are."""
    copies: tuple[tuple[Mailbox, ...], tuple[Mailbox, ...]] = ((), ())
    """Who got copies of the answers."""


@dataclass(frozen=True, slots=True)
class NewsBefore:
    """What an agent was told before their mail chose anew, and what it chose."""

    choices: tuple[Choices, Choices]
    digest: tuple[Rhythm, Rhythm]
    absence: tuple[Absence | None, Absence | None] = (None, None)


@dataclass(frozen=True, slots=True)
class Undoable:
    """What one mail of an agent did. `mails` are the Message-IDs of the replies it sent."""

    id: WorkId
    agent: AgentId
    done_at: datetime
    tickets: tuple[Before, ...]
    mails: tuple[str, ...] = ()
    ticket: TicketId | None = None
    opened: str = ""
    """The number of the ticket that it opened."""
    news: NewsBefore | None = None
    entered: tuple[str, ...] = ()
    """Keys of the entries about authors that it made."""
    ended: tuple[str, ...] = ()
    """Keys of the entries about authors that it ended."""
