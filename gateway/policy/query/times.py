"""Ages and days as they are typed in a query: `7d`, `2 Wochen`, `1.3.`, `2026-03-01`."""

import re
from datetime import UTC, date, datetime, timedelta

from gateway.policy.commands.folding import folded

_HOURS = {
    "h": 1, "std": 1, "stunde": 1, "stunden": 1, "hour": 1, "hours": 1,
    "d": 24, "t": 24, "tag": 24, "tage": 24, "tagen": 24, "day": 24, "days": 24,
    "w": 168, "woche": 168, "wochen": 168, "week": 168, "weeks": 168,
    "m": 720, "monat": 720, "monate": 720, "monaten": 720, "month": 720, "months": 720,
    "y": 8760, "j": 8760, "jahr": 8760, "jahre": 8760, "jahren": 8760, "year": 8760, "years": 8760,
}  # fmt: skip
_AGE = re.compile(r"(\d{1,4})\s*([a-z]+)?")
_GERMAN = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})?")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DAYS_AGO = {"today": 0, "heute": 0, "yesterday": 1, "gestern": 1}
UNITS = frozenset(_HOURS)


def hours(text: str) -> int | None:
    """The hours of an age, None when it is none. A number alone is days; a month has 30."""
    found = _AGE.fullmatch(folded(text.strip()).rstrip("."))
    if found is None or (found[2] and found[2] not in _HOURS):
        return None
    return int(found[1]) * _HOURS[found[2] or "d"]


def printed_hours(count: int) -> str:
    """An age in its canonical form."""
    return f"{count}h" if count % 24 else f"{count // 24}d"


def is_day(text: str) -> bool:
    """True for a day as it can be written; without a year the 29th of February is one."""
    return day(text, datetime(2028, 12, 31, 12, tzinfo=UTC)) is not None


def day(text: str, now: datetime) -> datetime | None:
    """The start of the day (UTC), the last one of that name when no year is given."""
    plain = folded(text.strip())
    if plain in _DAYS_AGO:
        return _start(now.date() - timedelta(days=_DAYS_AGO[plain]))
    german, iso = _GERMAN.fullmatch(plain), _ISO.fullmatch(plain)
    try:
        if iso is not None:
            return _start(date(int(iso[1]), int(iso[2]), int(iso[3])))
        if german is None:
            return None
        if german[3]:
            return _start(date(int(german[3]), int(german[2]), int(german[1])))
        return _last(int(german[2]), int(german[1]), now)
    except ValueError:
        return None


def _last(month: int, number: int, now: datetime) -> datetime | None:
    """The last day of this name that is not in the future."""
    for year in range(now.year, now.year - 9, -1):
        try:
            found = date(year, month, number)
        except ValueError:
            continue  # the 29th of February
        if found <= now.date():
            return _start(found)
    return None


def _start(of: date) -> datetime:
    return datetime(of.year, of.month, of.day, tzinfo=UTC)
