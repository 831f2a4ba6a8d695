"""Lengths of time by the clocks and calendars where the organisation is."""

from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import partial

from gateway.model.escalation import Calendar, Span, Unit
from gateway.model.text import Text, say

_ONE_DAY = timedelta(days=1)
_MOST_DAYS_OFF = 400
"""Days in a row after which a calendar that has no working day at all is given up."""

LONGEST: Mapping[Unit, int] = {
    Unit.MINUTE: 1_000_000,
    Unit.HOUR: 100_000,
    Unit.DAY: 3_660,
    Unit.WEEK: 520,
    Unit.MONTH: 120,
    Unit.WORKING_DAY: 2_600,
}
"""Ten years, about: no rule counts longer."""


def later(since: datetime, span: Span, calendar: Calendar, zone: tzinfo) -> datetime:
    """The moment so long after `since`, in UTC.

    Days, weeks and months keep the time of the day, also over a change of the clocks. Working days
    are counted from the start of the next one when `since` is on none.
    """
    match span.unit:
        case Unit.MINUTE | Unit.HOUR:
            return since + span.count * _EXACT[span.unit]
        case Unit.DAY | Unit.WEEK | Unit.MONTH:
            local = since.astimezone(zone)
            return _at(_CALENDAR[span.unit](local.date(), span.count), local.time(), zone)
        case Unit.WORKING_DAY:
            local = since.astimezone(zone)
            return _working(local.date(), local.time(), span.count, calendar, zone)


def is_working_day(day: date, calendar: Calendar) -> bool:
    """False on weekends and days off."""
    return day.weekday() not in calendar.weekend and day not in calendar.days_off


def end_of(day: date, zone: tzinfo) -> datetime:
    """The midnight with which the day is over, in UTC."""
    return _at(day + _ONE_DAY, time(), zone)


def length(span: Span) -> Text:
    """`3 working days`."""
    return Text(_WORDS[span.unit][span.count != 1].msgid, (("count", span.count),))


def elapsed(since: datetime, now: datetime) -> Text:
    """How long it is, in the largest unit that fits: `8 days`, `5 hours`."""
    seconds = max(0, int((now - since).total_seconds()))
    for unit, size in ((Unit.DAY, 86_400), (Unit.HOUR, 3_600)):
        if seconds >= size:
            return length(Span(seconds // size, unit))
    return length(Span(max(1, seconds // 60), Unit.MINUTE))


def _working(day: date, clock: time, count: int, calendar: Calendar, zone: tzinfo) -> datetime:
    first = _next_working(day, calendar)
    if first != day:
        day, clock = first, time()
    for _ in range(count):
        day = _next_working(day + _ONE_DAY, calendar)
    return _at(day, clock, zone)


def _next_working(day: date, calendar: Calendar) -> date:
    for ahead in range(_MOST_DAYS_OFF):
        if is_working_day(day + ahead * _ONE_DAY, calendar):
            return day + ahead * _ONE_DAY
    return day


def _at(day: date, clock: time, zone: tzinfo) -> datetime:
    # Of an hour that is skipped in spring, the one after it.
    return datetime.combine(day, clock.replace(fold=0), zone).astimezone(UTC)


def _months(day: date, count: int) -> date:
    """The same day of a later month, or its last one."""
    years, month = divmod(day.month - 1 + count, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _days(size: int, day: date, count: int) -> date:
    return day + size * count * _ONE_DAY


_EXACT = {Unit.MINUTE: timedelta(minutes=1), Unit.HOUR: timedelta(hours=1)}
_CALENDAR: Mapping[Unit, Callable[[date, int], date]] = {
    Unit.DAY: partial(_days, 1),
    Unit.WEEK: partial(_days, 7),
    Unit.MONTH: _months,
}
_WORDS: Mapping[Unit, tuple[Text, Text]] = {
    Unit.MINUTE: (say("%(count)s minute"), say("%(count)s minutes")),
    Unit.HOUR: (say("%(count)s hour"), say("%(count)s hours")),
    Unit.DAY: (say("%(count)s day"), say("%(count)s days")),
    Unit.WEEK: (say("%(count)s week"), say("%(count)s weeks")),
    Unit.MONTH: (say("%(count)s month"), say("%(count)s months")),
    Unit.WORKING_DAY: (say("%(count)s working day"), say("%(count)s working days")),
}
