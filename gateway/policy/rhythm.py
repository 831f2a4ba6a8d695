"""When the next digest is due, by the clocks where the people are."""

from datetime import UTC, datetime, timedelta

from gateway.model.organisation import Organisation
from gateway.model.people import Rhythm

LONGEST = timedelta(days=8)
"""No digest is due later than this; one that is was written by a clock that went wrong."""

_STEP = {Rhythm.DAILY: timedelta(days=1), Rhythm.WEEKLY: timedelta(days=7)}


def next_digest(rhythm: Rhythm, now: datetime, organisation: Organisation) -> datetime | None:
    """The first time after `now` in UTC: a day at the set hour, weekly a Monday; None: never.

    It follows from the present alone, not from when the last one was due: a gateway that was down
    for a week, or whose clock was set, sends one and not seven.
    """
    if rhythm is Rhythm.OFF:
        return None
    zone, clock = organisation.zone, organisation.digest_clock
    day = now.astimezone(zone).date()
    if rhythm is Rhythm.WEEKLY:
        day -= timedelta(days=day.weekday())
    # The first candidate may be past; of an hour that is skipped in spring, the one after it.
    found = datetime.combine(day, clock, zone).astimezone(UTC)
    while found <= now:
        day += _STEP[rhythm]
        found = datetime.combine(day, clock, zone).astimezone(UTC)
    return found


def reported_since(
    rhythm: Rhythm, since: datetime | None, now: datetime, default: timedelta = timedelta(days=1)
) -> datetime:
    """From when a digest tells news: since the last one; one step back where that is unknown.

    A moment in the future, by a clock that went wrong, is unknown too.
    """
    if since is None or since > now:
        return now - _STEP.get(rhythm, default)
    return since
