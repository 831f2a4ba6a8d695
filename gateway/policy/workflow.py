"""Statuses and the ways between them, as a table."""

from gateway.model.text import Text, say
from gateway.model.ticket import Status

S = Status

TRANSITIONS: dict[Status, frozenset[Status]] = {
    S.OPEN: frozenset({S.IN_PROGRESS, S.ON_WAITING, S.CLOSED, S.SPAM}),
    S.IN_PROGRESS: frozenset({S.OPEN, S.ON_WAITING, S.CLOSED, S.SPAM}),
    S.ON_WAITING: frozenset({S.OPEN, S.IN_PROGRESS, S.CLOSED, S.SPAM}),
    S.CLOSED: frozenset({S.OPEN, S.IN_PROGRESS, S.ON_WAITING, S.SPAM}),
    S.SPAM: frozenset({S.OPEN, S.CLOSED}),
}

NAMES: dict[Status, Text] = {
    S.OPEN: say("open"),
    S.IN_PROGRESS: say("in progress"),
    S.ON_WAITING: say("on waiting"),
    S.CLOSED: say("closed"),
    S.SPAM: say("closed (spam)"),
}


def is_possible(now: Status, wanted: Status) -> bool:
    """True when a ticket may go from `now` to `wanted`; staying is always possible."""
    return now is wanted or wanted in TRANSITIONS[now]


def impossible(now: Status, wanted: Status) -> Text:
    """The error that names the possible ones."""
    ways = [status for status in Status if status in TRANSITIONS[now]]
    possible = Text(
        ", ".join(f"%({status.name})s" for status in ways),
        tuple((status.name, NAMES[status]) for status in ways),
    )
    return say(
        "not possible from “%(now)s” to “%(wanted)s”. Possible now: %(possible)s.",
        now=NAMES[now],
        wanted=NAMES[wanted],
        possible=possible,
    )
