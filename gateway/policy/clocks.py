"""Whether the clock can be believed, so that one that jumps does no harm.

A clock shows a jump by going on more, or less, than the machine's running time did. Until it is
back, or has gone on for a day in its new place, nothing is done that cannot be undone: no
escalation, no locking of accounts, no purge. Between two starts of a machine nobody knows how long
it was off; there only a clock that went back, or on by more than a month, is suspect.
"""

from datetime import datetime, timedelta

from gateway.model.clock import Beat, Tick

TOLERANCE = timedelta(minutes=10)
"""A clock may be wrong by this much; an hour or a day is too much."""
SETTLED = timedelta(hours=24)
"""So long a clock that jumped is not believed; then its new time is."""
LONGEST_PAUSE = timedelta(days=31)
"""A machine may have been off for so long."""


def judged(now: Tick, before: Beat | None, latest: datetime | None) -> Beat:
    """What to think of the clock now.

    `before` is the last beat since this start of the machine, `latest` the latest moment that any
    node has seen; None when there is none.
    """
    if before is None:
        return _after_a_start(now, latest)
    jumped = abs(_drift(before.last, now)) > TOLERANCE
    if before.suspect_since is None:
        if not jumped:
            return Beat(now, now)
        return Beat(now, before.last, now.up)
    if before.right is not None and abs(_drift(before.right, now)) <= TOLERANCE:
        return Beat(now, now)  # it is back
    since = now.up if jumped else before.suspect_since
    if now.up - since >= SETTLED:
        return Beat(now, now)
    if before.right is None and _after_a_start(now, latest).is_right and jumped:
        return Beat(now, now)  # it was set right after the start
    return Beat(now, before.right, since)


def drift(beat: Beat) -> timedelta | None:
    """How far the clock is from where it ought to be; None when that is not known."""
    return _drift(beat.right, beat.last) if beat.right is not None else None


def _after_a_start(now: Tick, latest: datetime | None) -> Beat:
    is_right = latest is None or -TOLERANCE <= now.at - latest <= LONGEST_PAUSE
    return Beat(now, now) if is_right else Beat(now, None, now.up)


def _drift(then: Tick, now: Tick) -> timedelta:
    return (now.at - then.at) - (now.up - then.up)
