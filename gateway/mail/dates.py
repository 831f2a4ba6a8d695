"""The Date field (RFC 5322 section 3.3) in every form that programs give it."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from mailparser.dates import parse_mail_date

_MAX_LENGTH = 200
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)[T ]+(\d\d:\d\d(?::\d\d)?)(?:[.,]\d+)?\s*(Z|[+-]\d\d:?\d\d)?")
_CLOCK = re.compile(r"\d:\d\d")
_WEEKDAY = re.compile(r"^\s*[^\W\d]+[.,]+\s*(?=\d)")
_TWELVE = re.compile(r"(?i)\b(\d{1,2})(:\d\d(?::\d\d)?)\s*([ap])\.?m\b\.?")
_NUMBERS = re.compile(r"^\s*(\d\d)\.(\d\d)\.(\d{4}),?\s+")
_DAY_DOT = re.compile(r"^\s*(\d{1,2})\.\s*(?=[^\W\d])")
_COMMENT = re.compile(r"\([^()]{0,100}\)?")
_COLON_ZONE = re.compile(r"(?:GMT|UTC?)?\s*([+-]\d\d):?(\d\d)\s*$")
# Zones that programs name without a number; the strict reader takes an unknown one for UTC.
_ZONES = {
    "CET": "+0100",
    "MEZ": "+0100",
    "CEST": "+0200",
    "MESZ": "+0200",
    "EET": "+0200",
    "EEST": "+0300",
    "WEST": "+0100",
    "BST": "+0100",
    "MSK": "+0300",
    "JST": "+0900",
    "KST": "+0900",
    "AEST": "+1000",
    "AEDT": "+1100",
}
_NAMED_ZONE = re.compile(r"(?<=\d)\s+(" + "|".join(_ZONES) + r")\s*(?:\([^()]*\)\s*)?$")
# `Fri Mar  6 10:00:00 CET 2026`, as the command date prints it.
_ASCTIME = re.compile(r"^(\D{3,20}\d{1,2} [\d:]{5,8}) (" + "|".join(_ZONES) + r") (\d{4})$")
_FRACTION = re.compile(r"(?<=\d\d:\d\d:\d\d)[.,]\d{1,9}(?=\s|$|[Z+-])")
_DOTTED_CLOCK = re.compile(r"(?<=\s)(\d{1,2})\.(\d\d)(?:\.(\d\d))?(?=\s+[+-]\d{4}|\s*$)")
_SLASHES = re.compile(r"^\s*(\d{4})/(\d{1,2})/(\d{1,2})(?=[\sT])")
_BRACKETED_ZONE = re.compile(r"(?<=\d)\s*\((?:UTC|GMT)([+-]\d\d):?(\d\d)\)$")
_SHORT_ZONE = re.compile(r"(?<=\d )([+-])(\d{1,2})$")
_NO_ZONE = re.compile(r"(?<=\d )[+-](?:2[4-9]|[3-9]\d)\d\d$")  # more than a day: no such zone
_MIDNIGHT = re.compile(r"\b24:00(:00)?\b")
_LONG_MONTH = re.compile(
    r"(?i)\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[^\W\d]*\.?(?=[\s-])"
)
# Month names that programs wrote in the language of their user.
_MONTHS = {
    "jan": "jan jän janv ene gen januar januari",
    "feb": "feb févr fev februar februari",
    "mar": "mär mrz mars maart marzo märz",
    "apr": "avr abr april",
    "may": "mai mei mag mayo maj",
    "jun": "juin giu juni",
    "jul": "juil lug juli",
    "aug": "août aout ago",
    "sep": "sept set",
    "oct": "okt ott",
    "nov": "november",
    "dec": "dez déc dic",
}
_FOREIGN = {name: month for month, names in _MONTHS.items() for name in names.split()}
_WORD = re.compile(r"[^\W\d_]{3,9}\.?")


def read_date(values: Sequence[str], defects: list[str]) -> datetime | None:
    """The moment in the author's own offset (UTC where none is named), or None.

    `values` are the Date fields, top first. What the strict reader refuses is a defect even where
    the moment is plain; an impossible day or time is None.
    """
    if not values:
        return None
    value = _FRACTION.sub("", values[0][:_MAX_LENGTH].partition(";")[0].strip("\"' "))
    value = _NAMED_ZONE.sub(lambda zone: f" {_ZONES[zone[1]]}", value)
    value = _SHORT_ZONE.sub(lambda zone: f"{zone[1]}{zone[2]:0>2}00", value)
    value = _NO_ZONE.sub("-0000", value)
    value = _BRACKETED_ZONE.sub(r" \1\2", value)
    value = _ASCTIME.sub(lambda found: f"{found[1]} {found[3]} {_ZONES[found[2]]}", value)
    result = parse_mail_date(value)
    defects.extend(f"date: {reason}" for reason in result.reasons)
    date: datetime | None = result.value
    if date is not None:
        return _with_its_offset(date, value)
    if _MIDNIGHT.search(value):  # the end of that day
        start = _read_loosely(_MIDNIGHT.sub(r"00:00\1", value))
        return start + timedelta(days=1) if start else None
    return _read_loosely(value)


def _read_loosely(value: str) -> datetime | None:
    return next((found for found in map(_loose, _readings(value)) if found), None)


def _with_its_offset(date: datetime, value: str) -> datetime:
    """The same moment in the author's own time zone, where the field names it plainly."""
    local = _stdlib(value)
    return local if local is not None and local.tzinfo is not None and local == date else date


def _readings(value: str) -> Iterable[str]:
    """The value as it was probably meant, and as it stands."""
    plain = _WEEKDAY.sub("", _COMMENT.sub(" ", value))
    plain = _DOTTED_CLOCK.sub(_with_colons, _SLASHES.sub(_with_dashes, plain))
    plain = _TWELVE.sub(_of_24_hours, plain)
    plain = _WORD.sub(lambda word: _FOREIGN.get(word[0].lower().rstrip("."), word[0]), plain)
    plain = _LONG_MONTH.sub(lambda month: month[1], plain)
    plain = _NUMBERS.sub(r"\3-\2-\1 ", _COLON_ZONE.sub(r" \1\2", plain))
    yield _DAY_DOT.sub(r"\1 ", plain).strip(" ,;")
    yield value


def _with_dashes(day: re.Match[str]) -> str:
    return f"{day[1]}-{day[2]:0>2}-{day[3]:0>2}"


def _with_colons(clock: re.Match[str]) -> str:
    return ":".join(each for each in clock.groups() if each)


def _of_24_hours(found: re.Match[str]) -> str:
    hour = int(found[1]) % 12 + (12 if found[3] in "pP" else 0)
    return f"{hour:02}{found[2]}"


def _loose(value: str) -> datetime | None:
    if found := _ISO.match(value.strip()):
        try:
            date = datetime.fromisoformat(f"{found[1]}T{found[2]}{found[3] or ''}")
        except ValueError:
            return None
    else:
        read = _stdlib(value) if _CLOCK.search(value) else None
        if read is None:
            return None
        date = read
    if not 1970 <= date.year < 2200:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _stdlib(value: str) -> datetime | None:
    try:
        return parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
