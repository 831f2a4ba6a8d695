"""Dates in commands: `1.3.`, `2026-03-01`, `+7d`, `2w`, `freitag`, `morgen`; and times."""

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import time

from gateway.model.text import Text, say
from gateway.policy.commands.folding import folded
from gateway.policy.commands.lines import typed
from gateway.policy.commands.moments import TODAY, After, Day, Weekday, When

BEFORE_END = frozenset({"bis", "by", "until", "till"})
"""Words in front of the date by which something is to be done."""
BEFORE = BEFORE_END | {"am", "on", "at", "in", "zum"}
"""All words that may stand in front of a date."""


def when(words: Sequence[str]) -> tuple[When, tuple[str, ...]] | Text | None:
    """The point in time that the words begin with, and the words behind it.

    `bis`, `by`, `on` and the like may stand in front. None: they begin with something else; a
    sentence: it is a date that no calendar has, and what to write instead.
    """
    rest = [each.strip("()„“\"'") for each in words]
    while rest and folded(rest[0]) in BEFORE:
        rest.pop(0)
    read = _day(rest)
    if read is None:
        return _clock_alone(rest, words)
    if isinstance(read, Text):
        return read
    day, used = read
    clock, more = _clock(rest[used:])
    behind = len(words) - len(rest) + used + more
    return When(day, clock), tuple(words[behind:])


def find_when(words: Sequence[str]) -> tuple[When, tuple[str, ...]] | Text | None:
    """The first point in time in free text, and the text without it.

    Only behind a word such as `bis`, or with a `+`: other numbers are what the text is about.
    """
    for place, word in enumerate(words):
        is_marked = folded(word) in BEFORE - {"in", "at"} or word.startswith("+")
        found = when(words[place:]) if is_marked else None
        if isinstance(found, Text):
            return found
        if found is not None:
            return found[0], (*words[:place], *found[1])
    return None


_AFTER = re.compile(r"\+?(\d{1,4})([a-z]+)")
_NUMBER = re.compile(r"\+?(\d{1,4})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})(?:\.(\d{4}|\d{2})?)?")
_SLASHED = re.compile(r"\d{1,4}/\d{1,2}(?:/\d{1,4})?")
_ORDINAL = re.compile(r"(\d{1,2})(?:\.|st|nd|rd|th)?")
_TIME = re.compile(r"(\d{1,2}):(\d{2})")
_HOUR = re.compile(r"(\d{1,2})(?:uhr|h)?")


def _units() -> dict[str, After]:
    kinds = (
        (After(hours=1), "h hour hours std stunde stunden"),
        (After(days=1), "d t day days tag tage tagen"),
        (After(days=7), "w week weeks woche wochen"),
        (After(months=1), "m month months monat monate monaten"),
        (After(months=12), "y j year years jahr jahre jahren"),
    )
    return {word: unit for unit, words in kinds for word in words.split()}


_UNITS = _units()
_NEAR = {
    **dict.fromkeys(("heute", "today"), TODAY),
    **dict.fromkeys(("morgen", "tomorrow"), After(days=1)),
    **dict.fromkeys(("uebermorgen",), After(days=2)),
}
_WEEKDAYS = {
    word: Weekday(day)
    for day, words in enumerate(
        (
            "montag mo monday mon",
            "dienstag di tuesday tue",
            "mittwoch mi wednesday wed",
            "donnerstag do thursday thu",
            "freitag fr friday fri",
            "samstag sa sonnabend saturday sat",
            "sonntag so sunday sun",
        )
    )
    for word in words.split()
}
_MONTHS = {
    word: month + 1
    for month, words in enumerate(
        (
            "januar january jan",
            "februar february feb",
            "maerz march mar",
            "april apr",
            "mai may",
            "juni june jun",
            "juli july jul",
            "august aug",
            "september sept sep",
            "oktober october okt oct",
            "november nov",
            "dezember december dez dec",
        )
    )
    for word in words.split()
}

_Read = tuple[After | Weekday | Day, int]
"""What was read, and how many words it took."""


def _day(words: Sequence[str]) -> _Read | Text | None:
    if not words:
        return None
    word = folded(words[0]).rstrip(",;:")
    if word in _NEAR:
        return _NEAR[word], 1
    if word.rstrip(".") in _WEEKDAYS:
        return _WEEKDAYS[word.rstrip(".")], 1
    if _SLASHED.fullmatch(word):
        return _no_date(words[0])
    return _after(word, words) or _numbers(word, words[0]) or _with_month(word, words)


def _after(word: str, words: Sequence[str]) -> _Read | None:
    """`+7d`, `2w`, `3 Tage`."""
    if (both := _AFTER.fullmatch(word)) and both[2] in _UNITS:
        return _times(_UNITS[both[2]], int(both[1])), 1
    unit = _UNITS.get(folded(words[1]).rstrip(".,;:")) if len(words) > 1 else None
    if unit is not None and len(words[1]) > 1 and (number := _NUMBER.fullmatch(word)):
        return _times(unit, int(number[1])), 2
    return None


def _times(unit: After, count: int) -> After:
    return After(unit.days * count, unit.months * count, unit.hours * count)


def _numbers(word: str, written: str) -> _Read | Text | None:
    """`2026-03-01`, `1.3.`, `01.03.26`."""
    if iso := _ISO.fullmatch(word):
        return _checked(Day(int(iso[3]), int(iso[2]), int(iso[1])), 1, written)
    if dotted := _DOTTED.fullmatch(word):
        year = int(dotted[3]) if dotted[3] else None
        full = year + 2000 if year is not None and year < 100 else year
        return _checked(Day(int(dotted[1]), int(dotted[2]), full), 1, written)
    return None


def _with_month(word: str, words: Sequence[str]) -> _Read | Text | None:
    """`1. März 2026`, `1st March`, `March 1`."""
    if len(words) < 2:
        return None
    other = folded(words[1]).rstrip(",;:")
    for day, month in ((word, other.rstrip(".")), (other, word.rstrip("."))):
        if month in _MONTHS and (number := _ORDINAL.fullmatch(day)):
            year = words[2].rstrip(",.;:") if len(words) > 2 else ""
            has_year = len(year) == 4 and year.isascii() and year.isdigit()
            found = Day(int(number[1]), _MONTHS[month], int(year) if has_year else None)
            return _checked(found, 3 if has_year else 2, " ".join(words[:2]))
    return None


def _checked(day: Day, used: int, written: str) -> _Read | Text:
    year = day.year if day.year is not None else 2024  # one with a 29 February
    if not (1 <= day.month <= 12 and 1970 <= year <= 9999):
        return _no_date(written)
    if not 1 <= day.day <= monthrange(year, day.month)[1]:
        return _no_date(written)
    return day, used


def _no_date(written: str) -> Text:
    return say(
        "“%(date)s” is no date. Write it like this: 1.3. or 2026-03-01 or +7d or friday.",
        date=typed(written),
    )


def _clock(words: Sequence[str]) -> tuple[time | None, int]:
    """The time of day at the start, and how many words it took: `14:30`, `um 14 Uhr`."""
    used = 1 if words and folded(words[0]) in ("um", "at") else 0
    if len(words) <= used:
        return None, 0
    word = folded(words[used]).rstrip(",;.")
    named = len(words) > used + 1 and folded(words[used + 1]).rstrip(",;.") == "uhr"
    exact, hour = _TIME.fullmatch(word), _HOUR.fullmatch(word)
    parts = (int(exact[1]), int(exact[2])) if exact else None
    if parts is None and hour and (named or word.endswith(("uhr", "h"))):
        parts = (int(hour[1]), 0)
    if parts is None or parts[0] > 23 or parts[1] > 59:
        return None, 0
    return time(*parts), used + 1 + named


def _clock_alone(rest: Sequence[str], words: Sequence[str]) -> tuple[When, tuple[str, ...]] | None:
    """A time without a day: the next moment of that time."""
    clock, used = _clock(rest)
    if clock is None:
        return None
    return When(None, clock), tuple(words[len(words) - len(rest) + used :])
