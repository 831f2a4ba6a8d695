"""How long tickets and copies of mails are kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from gateway.model.history import Act
from gateway.model.people import DepartmentId
from gateway.model.ticket import TopicId


class Then(StrEnum):
    """What happens to a ticket that was closed long enough."""

    PROPOSE = "propose"  # admins are asked
    DELETE = "delete"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """Which tickets it is about, empty fields mean all; the first rule that fits counts.

    `rejected` and `spam`: only such tickets, None: whether or not.
    """

    closed_months: int
    then: Then
    departments: frozenset[DepartmentId] = frozenset()
    topics: frozenset[TopicId] = frozenset()
    rejected: bool | None = None
    spam: bool | None = None


@dataclass(frozen=True, slots=True)
class Retention:
    """The rules, and the times that hold for all tickets.

    A deleted ticket is purged after `purge_days`. Copies of mails that no ticket needs are kept
    for `mail_days`, what was typed in the history for `history_months`. Tickets that admins wanted
    to keep are proposed again after `again_months`.
    """

    rules: tuple[RetentionRule, ...] = ()
    purge_days: int = 30
    mail_days: int = 90
    history_months: int = 24
    again_months: int = 12


@dataclass(frozen=True, slots=True)
class Retiring:
    """Which tickets are looked for: those whose first fitting rule says `then`.

    `closed_until` holds for each of the rules the moment until which a ticket must be closed.
    """

    then: Then
    rules: tuple[RetentionRule, ...]
    closed_until: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class Purged:
    """What was purged: the numbers of a ticket and of those that were merged into it."""

    numbers: tuple[str, ...]
    act: Act


AT_ONCE = 50
"""Most tickets of one proposal; so many numbers may stand in one mail."""
PURGED_A_DAY = 500
"""Most tickets that are purged in a day: a wrong rule is seen before it has done its worst."""
TRUSTED_AFTER = timedelta(days=1)
"""So long a clock must go on steadily, after it moved or nobody looked, before it is believed."""
