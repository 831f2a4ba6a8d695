"""How much there was to do, counted as it happened."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.model.people import DepartmentId
from gateway.model.ticket import TopicId


class Tally(StrEnum):
    """What is counted, once for each ticket and time it happens."""

    OPENED = "opened"
    CLOSED = "closed"
    REJECTED = "rejected"
    WITHIN_HOUR = "first:1h"
    WITHIN_FOUR_HOURS = "first:4h"
    WITHIN_DAY = "first:1d"
    WITHIN_THREE_DAYS = "first:3d"
    WITHIN_WEEK = "first:7d"
    LATER = "first:later"


FIRST_ANSWER = (
    Tally.WITHIN_HOUR,
    Tally.WITHIN_FOUR_HOURS,
    Tally.WITHIN_DAY,
    Tally.WITHIN_THREE_DAYS,
    Tally.WITHIN_WEEK,
    Tally.LATER,
)
"""Time from a new ticket to the first answer of an agent, from the shortest on."""


class Rejected(StrEnum):
    """Why a mail was not let in."""

    NOT_ALLOWED = "not-allowed"  # an internal address, and no entry of the allow list
    OTHER_DEPARTMENT = "other-department"  # the author's entries are for others
    EXPIRED = "expired"  # the author's entry has ended
    UNPROVED = "unproved"  # the author's entry demands a proof that the mail has not
    UNSIGNED = "unsigned"  # the author's entry demands a signature that the mail has not
    FORGED = "forged"  # the author's domain says that the mail is not theirs
    NO_MEMBER = "no-member"  # an address for members
    NO_FORM = "no-form"  # the form's address, and no proof that the form wrote it
    NO_AGENT = "no-agent"  # the address for commands
    BLOCKED = "blocked"
    FILTERED = "filtered"  # a filter of the contact form
    BY_RULE = "by-rule"  # a rule of routing.yaml


def week_of(moment: datetime) -> int:
    """The ISO week of a moment in UTC, as year * 100 + week: 202648."""
    year, week, _ = moment.isocalendar()
    return year * 100 + week


@dataclass(frozen=True, slots=True)
class Counted:
    """How often something happened in a week."""

    week: int
    department: DepartmentId
    topic: TopicId | None
    what: Tally
    count: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What a department has open now. `more`: there are more than were looked at."""

    department: DepartmentId
    open: int
    free: int
    waiting: int
    oldest: datetime | None
    mean_created: datetime | None
    more: bool = False


@dataclass(frozen=True, slots=True)
class RejectedMail:
    """How many mails to a department were not let in during a week, and why."""

    week: int
    department: DepartmentId
    why: Rejected
    count: int


@dataclass(frozen=True, slots=True)
class Rejections:
    """What was not let in since a week; `domains` are the authors' that had most of it."""

    mails: tuple[RejectedMail, ...] = ()
    domains: tuple[tuple[str, int], ...] = ()


NO_REJECTIONS = Rejections()


@dataclass(frozen=True, slots=True)
class Figures:
    """What was counted since a week, and what stands now, for the departments asked for."""

    counted: tuple[Counted, ...]
    standing: tuple[Standing, ...]
    rejections: Rejections = NO_REJECTIONS
