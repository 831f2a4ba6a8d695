"""Outgoing mail on its way, and how one attempt at it ended."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from gateway.model.seal import OPEN, Seal
from gateway.model.ticket import TicketId

OutboxId = NewType("OutboxId", int)

CODES = "new-codes"
"""The kind of mail that holds a secret: its content is locked as long as it is kept."""


@dataclass(frozen=True, slots=True)
class OutboxMail:
    """One mail to one recipient. `mail_from` None is the null reverse-path.

    `content` has CRLF line ends. `next_hop` is `host[:port]`, empty for the smarthost. `attempts`
    counts this attempt too.
    """

    id: OutboxId
    message_id: str
    kind: str
    mail_from: str | None
    rcpt_to: str
    content: bytes
    next_hop: str
    ticket: TicketId | None
    attempts: int
    created_at: datetime
    seal: Seal = OPEN


@dataclass(frozen=True, slots=True)
class Sent:
    """The next hop has taken it over."""


@dataclass(frozen=True, slots=True)
class TryAgain:
    """Not taken over: the next attempt is not before `until`."""

    until: datetime
    error: str


@dataclass(frozen=True, slots=True)
class GivenUp:
    """It will never be tried again. `unsealed`: there is no key to protect it with."""

    error: str
    unsealed: bool = False


Settled = Sent | TryAgain | GivenUp
