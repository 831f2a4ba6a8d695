"""People who work on tickets."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

from gateway.model.address import Mailbox

AgentId = NewType("AgentId", int)
DepartmentId = NewType("DepartmentId", str)
"""Short name of a department as admins and agents write it: `berlin`, `vorstand`."""


class Language(StrEnum):
    """Languages that the gateway writes."""

    GERMAN = "de"
    ENGLISH = "en"


class AgentState(StrEnum):
    """Life of an account."""

    ACTIVE = "active"
    LOCKED = "locked"
    DELETED = "deleted"


class NotifyChoice(StrEnum):
    """What of a department's news an agent is told (`policy.notify` has the table)."""

    ALL = "all"
    MINE = "mine"
    DIGEST = "digest"
    NONE = "none"


class Rhythm(StrEnum):
    """How often an agent gets a digest."""

    OFF = ""
    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True)
class Absence:
    """An agent is told nothing in this time. `by_notice`: an absence notice of theirs says so."""

    since: datetime
    until: datetime
    by_notice: bool = False


Choices = frozenset[tuple[DepartmentId, NotifyChoice]]
"""What an agent chose for departments, each of them once."""


@dataclass(frozen=True, slots=True)
class Agent:
    """A member who works on tickets. `handle` is what `@anna` means in a command."""

    id: AgentId
    handle: str
    mailbox: Mailbox
    departments: frozenset[DepartmentId]
    admin: bool = False
    language: Language = Language.GERMAN
    state: AgentState = AgentState.ACTIVE
    choices: Choices = frozenset()
    digest: Rhythm = Rhythm.OFF
    absence: Absence | None = None
    seen_at: datetime | None = field(default=None, compare=False)
    """When a proved mail came from them, on the last day on which one did."""

    def is_away(self, now: datetime) -> bool:
        """True while they are told nothing."""
        return self.absence is not None and now < self.absence.until

    def choice(self, department: DepartmentId) -> NotifyChoice:
        """What they are told of the department's news: all, unless they chose."""
        return dict(self.choices).get(department, NotifyChoice.ALL)

    @property
    def name(self) -> str:
        """How the agent is shown to other agents."""
        return self.mailbox.name or self.handle


@dataclass(frozen=True, slots=True)
class AgentSpec:
    """An agent of the rule files: the account is created once, when the handle is missing.

    Later changes are made by command; the rule files never overwrite them.
    """

    handle: str
    mailbox: Mailbox
    departments: frozenset[DepartmentId] = frozenset()
    admin: bool = False
    language: Language = Language.GERMAN
    choices: Choices = frozenset()
    digest: Rhythm = Rhythm.OFF
