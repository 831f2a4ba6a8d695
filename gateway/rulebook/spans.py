"""Lengths of time and holidays, as they are written in rule files."""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache

from gateway.model.escalation import Span, Unit
from gateway.model.text import say
from gateway.policy.spans import LONGEST
from gateway.rulebook.words import mistake

_SPAN = re.compile(r"(\d{1,7})\s*([^\W\d_]+(?:\s+[^\W\d_]+)?)")
_UNITS: Mapping[Unit, str] = {
    Unit.MINUTE: "minute|minutes|min|minuten",
    Unit.HOUR: "hour|hours|h|stunde|stunden",
    Unit.DAY: "day|days|d|tag|tage|tagen",
    Unit.WEEK: "week|weeks|w|woche|wochen",
    Unit.MONTH: "month|months|monat|monate|monaten",
    Unit.WORKING_DAY: "working day|working days|werktag|werktage|werktagen|arbeitstag|"
    "arbeitstage|arbeitstagen",
}
_BY_WORD = {word: unit for unit, words in _UNITS.items() for word in words.split("|")}
PATTERN = rf"^[0-9]{{1,7}} ?(?:{'|'.join(_BY_WORD)})$"
"""What editors check a length of time by."""

LAENDER = (
    *("BW", "BY", "BE", "BB", "HB", "HH", "HE", "MV", "NI", "NW", "RP", "SL", "SN", "ST", "SH"),
    "TH",
)
_PLACE = re.compile(r"([A-Z]{2})(?:-([A-Z0-9]{1,3}))?")
_YEARS = range(2024, 2051)
"""Years of which the holidays are known: working days are counted a few months ahead."""


def span(written: object) -> Span:
    """A length of time as `7 days`, `3 Werktage`."""
    if isinstance(written, Span):
        return written
    value = str(written)
    found = _SPAN.fullmatch(value.strip())
    unit = _BY_WORD.get(" ".join(found[2].lower().split())) if found else None
    if found is None or unit is None:
        raise mistake(
            say('"%(value)s" is no length of time', value=value[:60]),
            say(
                "write a number and one of: minutes, hours, days, weeks, months, working days; "
                "for example %(value)s",
                value="7 days",
            ),
        )
    count = int(found[1])
    if not 1 <= count <= LONGEST[unit]:
        raise mistake(
            say('"%(value)s" is out of range', value=value[:60]),
            say("write at least 1, and at most ten years"),
        )
    return Span(count, unit)


def place(value: str) -> str:
    """A place with holidays: a German Land (`BE`), or any country with its part (`AT-9`)."""
    found = _PLACE.fullmatch(value.strip().upper())
    if found and not found[2] and found[1] in LAENDER:
        return f"DE-{found[1]}"
    if found and _has_holidays(found[1], found[2]):
        return found[0]
    raise mistake(
        say('no holidays are known for "%(value)s"', value=value[:60]),
        say("write a German Land, one of: %(known)s", known=", ".join(LAENDER)),
    )


@cache
def days_off(where: str) -> frozenset[date]:
    """All public holidays there; none for the empty place."""
    if not where:
        return frozenset()
    import holidays  # noqa: PLC0415  (half a second that most organisations need not spend)

    country, _, part = where.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=_YEARS))


def _has_holidays(country: str, part: str | None) -> bool:
    import holidays  # noqa: PLC0415

    try:
        return bool(holidays.country_holidays(country, subdiv=part, years=2026))
    except NotImplementedError:
        return False
