"""What was done, by whom, with which proof: one act of the history.

The history outlives what it is about. So an act has two parts: ids and digests, which stay for
ever, and details (what was typed, what a field said), which go when the ticket is purged.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.model.people import AgentId
from gateway.model.ticket import TicketId


class ActKind(StrEnum):
    """Who acted."""

    COMMAND = "command"  # an agent, by mail
    ACCOUNT = "account"  # time, on an account from which nothing comes
    OPERATOR = "operator"  # a person at the terminal
    RETENTION = "retention"  # time, on tickets that were kept long enough


@dataclass(frozen=True, slots=True)
class Step:
    """One value of a ticket or an account, before and after: ids and short names only.

    `what` is `ticket 12 status`, `agent 3 departments` and the like; empty values are "".
    """

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Act:
    """One act, and the mail that led to it.

    `mail` is the SHA-256 of its bytes, `answered` that of the held mail which it released. `words`
    are names of the table of levels; `result` is `done`, `held`, `refused` or `tried`.
    """

    kind: ActKind
    words: tuple[str, ...]
    result: str = "done"
    agent: AgentId | None = None
    queue_id: str = ""
    mail: str = ""
    answered: str = ""
    level: int = 0
    proof: str = ""
    steps: tuple[Step, ...] = ()
    tickets: tuple[TicketId, ...] = ()
    answers: tuple[str, ...] = ()
    """Message-IDs of our answers to the agent, which may show the tickets."""
    details: tuple[str, ...] = ()
    """What was typed, in its canonical form, and what texts became; erasable."""


@dataclass(frozen=True, slots=True)
class PastAct:
    """An act as the history has it. `details` is None once they were erased."""

    place: int
    at: datetime
    act: Act
    details: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Intact:
    """The chain holds. `head` is the digest of the last of `acts`, empty when there are none."""

    acts: int
    head: str


@dataclass(frozen=True, slots=True)
class BrokenChain:
    """The first place (from 1) where the chain breaks, when that act says it was, and why."""

    place: int
    at: datetime | None
    why: str
