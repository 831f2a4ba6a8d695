"""What happens to tickets by time: the organisation's escalations, as frozen values.

A rule says which tickets it is about (`When`), from which moment time is counted (`Since`), and
what is done after how long (`Step`). What a ticket has behind it is a `Mark` for each rule.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

from gateway.model.people import DepartmentId
from gateway.model.ticket import FieldId, State, StatusId, TicketId, TopicId

RuleId = NewType("RuleId", str)
"""Short name of an escalation: `ueberregional`."""


class Since(StrEnum):
    """The moment from which a rule counts; a new moment is a new occasion for its steps."""

    MATCHING = "matching"  # since the ticket is as the rule says
    OPENED = "opened"
    MESSAGE = "message"  # since the requester waits for an answer
    ANSWER = "answer"  # since the last answer, while the requester is silent
    DUE = "due"  # since the day of the oldest task that is not done is over


class Unit(StrEnum):
    """How long something is, by the clocks and calendars where the organisation is."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    WORKING_DAY = "working-day"


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time: `3 working days`."""

    count: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are no working days. `weekend` are days of the week from 0, Monday."""

    weekend: frozenset[int] = frozenset({5, 6})
    days_off: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class When:
    """Which tickets a rule is about; what is empty or None asks for nothing.

    Of each of `fields` a ticket must have one of the values (folded, as they are found).
    """

    statuses: frozenset[StatusId]
    departments: frozenset[DepartmentId] = frozenset()
    topics: frozenset[TopicId] = frozenset()
    taken: bool | None = None
    fields: tuple[tuple[FieldId, frozenset[str]], ...] = ()
    filled: frozenset[FieldId] = frozenset()
    empty: frozenset[FieldId] = frozenset()


@dataclass(frozen=True, slots=True)
class Remind:
    """The responsible agent is told, or else the department, or else the admins."""


@dataclass(frozen=True, slots=True)
class Tell:
    """These are told: agents by their short names, members of departments, all admins."""

    agents: tuple[str, ...] = ()
    departments: tuple[DepartmentId, ...] = ()
    admins: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """Another department owns the ticket; who is responsible there is open again."""

    department: DepartmentId


@dataclass(frozen=True, slots=True)
class SetStatus:
    """The status, if the workflow allows it and nothing is missing."""

    status: StatusId


@dataclass(frozen=True, slots=True)
class Assign:
    """An agent is made responsible, if they may see the ticket."""

    agent: str


@dataclass(frozen=True, slots=True)
class WriteNote:
    """A note among agents in the thread."""

    text: str


Action = Remind | Tell | Move | SetStatus | Assign | WriteNote


@dataclass(frozen=True, slots=True)
class Step:
    """What is done after a time. `text` stands in the mails about it."""

    after: Span
    actions: tuple[Action, ...]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Escalation:
    """One rule; its steps by the time after which they are due."""

    id: RuleId
    name: str
    when: When
    since: Since
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Escalations:
    """All rules, and the calendar that working days are counted by."""

    rules: tuple[Escalation, ...] = ()
    calendar: Calendar = field(default_factory=Calendar)


@dataclass(frozen=True, slots=True)
class Mark:
    """What a ticket has behind it of a rule.

    `occasion` is the moment that the ticket gives, `since` the one that is counted from: the same,
    unless a clock went wrong. `done` steps have had their effect.
    """

    rule: RuleId
    occasion: datetime
    since: datetime
    done: int = 0


@dataclass(frozen=True, slots=True)
class Watched:
    """What the rules look at of a ticket."""

    id: TicketId
    status: StatusId
    state: State
    department: DepartmentId
    topic: TopicId | None
    taken: bool
    created_at: datetime
    updated_at: datetime
    asked_at: datetime | None = None
    replied_at: datetime | None = None
    task_due: date | None = None
    fields: Mapping[FieldId, frozenset[str]] = field(default_factory=dict)
    ended: bool = False
    """Merged, or rejected mail: no rule is about it."""
    version: int = 0


@dataclass(frozen=True, slots=True)
class WriteMarks:
    """What looking at a ticket in this version came to.

    `marks` are all of its marks, None when they are as they were; at `look_at` it is to be looked
    at again though nothing happens to it (None: never).
    """

    ticket: TicketId
    version: int
    marks: tuple[Mark, ...] | None
    look_at: datetime | None


@dataclass(frozen=True, slots=True)
class Upcoming:
    """A step that will be due if the ticket stays as it is."""

    rule: Escalation
    step: Step
    at: datetime
