"""A point in time as it is written in a command, and the moment it means.

What was written is kept; which moment it means is known only with the present one.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import assert_never

from gateway.model.text import Text, say

MORNING = time(9)
"""The time of day that a date without one means."""
FARTHEST = timedelta(days=3653)
"""How far ahead a date may lie."""


@dataclass(frozen=True, slots=True)
class After:
    """Some time from now. Hours are counted exactly; days and months keep the time of day."""

    days: int = 0
    months: int = 0
    hours: int = 0


@dataclass(frozen=True, slots=True)
class Weekday:
    """The next one, never today. Monday is 0."""

    day: int


@dataclass(frozen=True, slots=True)
class Day:
    """A date. Without a year the next one that is not past."""

    day: int
    month: int
    year: int | None = None


@dataclass(frozen=True, slots=True)
class When:
    """A point in time as it was written. `clock` None: the morning; `day` None: the next such time.

    One of the two is there.
    """

    day: After | Weekday | Day | None
    clock: time | None = None

    def __str__(self) -> str:
        """One that is read as the same again."""
        clock = f"{self.clock:%H:%M}" if self.clock else ""
        return " ".join(filter(None, (_printed(self.day), clock)))


TODAY = After()


def moment(when: When, now: datetime, zone: tzinfo) -> datetime | Text:
    """The moment in UTC; a sentence when it is past or too far away. `zone` is where people are."""
    local = now.astimezone(zone)
    if isinstance(when.day, After) and when.day.hours:
        found = now + timedelta(hours=when.day.hours)
    else:
        on = _date(when.day or TODAY, local.date())
        if on is None:
            return _too_far()
        if when.day is None and when.clock is not None and when.clock <= local.time():
            on += timedelta(days=1)
        found = datetime.combine(on, when.clock or MORNING, zone).astimezone(UTC)
    if found <= now:
        return say("that moment is past. Write a later one, for example +3d or tomorrow.")
    return found if found - now <= FARTHEST else _too_far()


def day_of(when: When, now: datetime, zone: tzinfo) -> date | Text:
    """The day in the organisation's zone; a sentence when it is past. Today is not."""
    if when.day is None or (isinstance(when.day, After) and when.day.hours):
        exact = moment(when, now, zone)
        return exact if isinstance(exact, Text) else exact.astimezone(zone).date()
    today = now.astimezone(zone).date()
    found = _date(when.day, today)
    if found is None or found - today > FARTHEST:
        return _too_far()
    if found < today:
        return say("that day is past. Write a later one, for example +3d or tomorrow.")
    return found


def _too_far() -> Text:
    return say("that is more than ten years away. Write an earlier date.")


def _date(day: After | Weekday | Day, today: date) -> date | None:
    """The day on the calendar; None when there is none that soon."""
    match day:
        case After(days, months, _):
            month = today.month - 1 + months
            year, month = today.year + month // 12, month % 12 + 1
            if year > 9000:
                return None
            there = date(year, month, min(today.day, monthrange(year, month)[1]))
            return there + timedelta(days=days)
        case Weekday(weekday):
            return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
        case Day(number, month, None):
            # A 29 February comes after eight years at the latest.
            years = range(today.year, today.year + 9)
            found = (_dated(year, month, number) for year in years)
            return next((each for each in found if each and each >= today), None)
        case Day(number, month, year):
            return date(year, month, number)
        case _:
            assert_never(day)


def _dated(year: int, month: int, day: int) -> date | None:
    return date(year, month, day) if day <= monthrange(year, month)[1] else None


def _printed(day: After | Weekday | Day | None) -> str:
    match day:
        case None:
            return ""
        case After(hours=hours) if hours:
            return f"+{hours}h"
        case After(days, months):
            return f"+{months}m" if months else f"+{days}d"
        case Weekday(number):
            return ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[number]
        case Day(number, month, None):
            return f"{number}.{month}."
        case Day(number, month, year):
            return f"{year:04}-{month:02}-{number:02}"
