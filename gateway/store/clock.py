"""What is known of the clocks of all machines, into rows and back."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from gateway.model.clock import Beat, Tick, WriteBeat
from gateway.store.occasion import Occasion
from gateway.store.schema_times import beat

_ONE = select(beat).where(beat.c.boot == bindparam("start"))
_LATEST = select(func.max(beat.c.at)).where(beat.c.suspect_up.is_(None))
_FORGET = delete(beat).where(beat.c.boot == bindparam("start"))
_FORGET_OTHERS = delete(beat).where(
    (beat.c.at < bindparam("old", type_=beat.c.at.type))
    | (beat.c.at > bindparam("ahead", type_=beat.c.at.type))
)
_MICROSECOND = timedelta(microseconds=1)
_REMEMBERED = timedelta(days=400)
_ONE_DAY = timedelta(days=1)
LATELY = timedelta(minutes=10)
"""A node that wrote its clock down before is not at work any more."""


def read(connection: Connection, boot: str) -> tuple[Beat | None, datetime | None]:
    """The last beat since this start of the machine, and the latest moment any node believed."""
    latest = connection.execute(_LATEST).scalar()
    row = connection.execute(_ONE, {"start": boot}).first()
    if row is None:
        return None, latest
    right = None
    if row.right_at is not None and row.right_up is not None:
        right = Tick(boot, row.right_at, row.right_up * _MICROSECOND)
    suspect = row.suspect_up * _MICROSECOND if row.suspect_up is not None else None
    return Beat(Tick(boot, row.at, row.up * _MICROSECOND), right, suspect), latest


def beats(connection: Connection) -> Sequence[Beat]:
    """All that is known, the latest first."""
    boots = connection.execute(select(beat.c.boot).order_by(beat.c.at.desc())).scalars().all()
    found = (read(connection, boot)[0] for boot in boots)
    return [each for each in found if each is not None]


def write(connection: Connection, changes: Sequence[WriteBeat], _: Occasion) -> None:
    """The last beat.

    By a clock that is believed, those of machines that are long gone are forgotten, and those of
    clocks that were ahead.
    """
    for change in changes:
        last, right = change.beat.last, change.beat.right
        suspect = change.beat.suspect_since
        connection.execute(_FORGET, {"start": last.boot})
        if change.beat.is_right:
            around = {"old": last.at - _REMEMBERED, "ahead": last.at + _ONE_DAY}
            connection.execute(_FORGET_OTHERS, around)
        row = {
            "boot": last.boot,
            "at": last.at,
            "up": last.up // _MICROSECOND,
            "right_at": right.at if right else None,
            "right_up": right.up // _MICROSECOND if right else None,
            "suspect_up": suspect // _MICROSECOND if suspect is not None else None,
        }
        connection.execute(insert(beat), row)
