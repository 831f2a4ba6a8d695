"""Changes of what an agent is told: choices for departments, and the digest."""

from dataclasses import dataclass
from datetime import datetime

from gateway.model.people import Absence, AgentId, DepartmentId, NotifyChoice, Rhythm


@dataclass(frozen=True, slots=True)
class ChooseNews:
    """The agent is told this of the department's news from now on."""

    agent: AgentId
    department: DepartmentId
    choice: NotifyChoice


@dataclass(frozen=True, slots=True)
class SetDigest:
    """The agent's digest: how often, when the next one is due, and from when it has to tell.

    `at` and `since` are None when there is none.
    """

    agent: AgentId
    rhythm: Rhythm
    at: datetime | None
    since: datetime | None


@dataclass(frozen=True, slots=True)
class SetAbsence:
    """The agent is away; None: they are back, and were told what happened meanwhile."""

    agent: AgentId
    absence: Absence | None


NoticeChange = ChooseNews | SetDigest | SetAbsence
