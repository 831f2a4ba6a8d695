"""Dates as mail programs write them for people, in the language of their user."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from gateway.mail.dates import read_date

_MAX_LENGTH = 120
_MONTH_NAMES = """
    january januar jänner janvier enero gennaio januari stycznia styczeń ocak січня січень janeiro
        января tammikuuta ledna
    february februar feber février febrero febbraio februari lutego luty şubat лютого лютий
        fevereiro февраля helmikuuta února
    march märz mrz mars marzo maart mrt marca marzec mart березня березень março марта marts
        maaliskuuta března
    april avril abril aprile kwietnia kwiecień nisan квітня квітень апреля
        huhtikuuta dubna
    may mai mayo maggio mei maja maj mayıs травня травень maio мая
        toukokuuta května
    june juni juin junio giugno czerwca czerwiec haziran червня червень junho июня
        kesäkuuta června
    july juli juillet julio luglio lipca lipiec temmuz липня липень julho июля
        heinäkuuta července
    august août aout agosto augustus sierpnia sierpień ağustos серпня серпень августа
        augusti elokuuta srpna
    september septembre septiembre setiembre settembre września wrzesień eylül вересня вересень
        setembro сентября syyskuuta září
    october oktober octobre octubre ottobre października październik ekim жовтня жовтень outubro
        октября lokakuuta října
    november novembre noviembre listopada listopad kasım листопада листопад novembro ноября
        marraskuuta listopadu
    december dezember décembre diciembre dicembre grudnia grudzień aralık грудня грудень dezembro
        декабря desember joulukuuta prosince
"""


def _prefixes() -> dict[str, int]:
    """All that a month may be cut to, without what could be two of them."""
    found: dict[str, set[int]] = {}
    rows = re.sub(r"\n {8}", " ", _MONTH_NAMES.strip()).split("\n")
    for month, row in enumerate(rows, 1):
        for name in row.split():
            # Finnish months are never cut; `mar` would be two of them.
            shortest = len(name) if name.endswith("kuuta") else 3
            for length in range(shortest, len(name) + 1):
                found.setdefault(name[:length], set()).add(month)
    return {word: months.pop() for word, months in found.items() if len(months) == 1}


_MONTHS = _prefixes()
_DAY_MONTH = re.compile(
    r"(?<!\d)(?P<d>\d{1,2})(?:st|nd|rd|th|er|º|ª)?[.\s-]{1,3}(?:de\s|di\s|of\s)?(?P<name>[^\W\d_]{3,12})"
    r"[.,\s-]{1,3}(?:de\s|del\s)?(?P<y>\d{4}|\d\d(?!\d|:))"
)
_MONTH_DAY = re.compile(
    r"(?P<name>[^\W\d_]{3,12})\.?\s(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s(?P<y>\d{4})"
)
_ASCTIME = re.compile(
    r"(?P<name>[^\W\d_]{3})\s{1,2}(?P<d>\d{1,2})\s(?=\d\d:\d\d:\d\d\s(?:[A-Z]{3,4}\s)?(?P<y>\d{4}))"
)
_YEAR_FIRST = re.compile(r"(?<!\d)(?P<y>\d{4})[-/.年]\s?(?P<m>\d{1,2})[-/.月]\s?(?P<d>\d{1,2})日?")
_DOTS = re.compile(r"(?<!\d)(?P<d>\d{1,2})[.-]\s?(?P<m>\d{1,2})[.-]\s?(?P<y>\d{4}|\d\d)(?!\d)")
_SLASHES = re.compile(r"(?<!\d)(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4}|\d\d)(?!\d)")
_FORMS = (_DAY_MONTH, _MONTH_DAY, _ASCTIME, _YEAR_FIRST, _DOTS, _SLASHES)
_CLOCK = re.compile(r"(?<!\d)(\d{1,2})\s?[:.h]\s?(\d\d)(?:[:.](\d\d))?(?!\d)")
_HALF = re.compile(r"(?i)(?<![^\W\d_])(?:([ap])\.?\s?m\b|(öö|ös)\b)")
_OFFSET = re.compile(r"(?:GMT|UTC)\s?([+-])(\d{1,2})(?::?(\d\d))?\b|[\s(]([+-])(\d\d):?(\d\d)\b")
_ZONES = {
    "z": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 1, "bst": 1, "mez": 1, "cet": 1, "mesz": 2,
    "cest": 2, "eet": 2, "eest": 3, "msk": 3, "est": -5, "edt": -4, "cst": -6, "cdt": -5,
    "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
}  # fmt: skip
_ZONE = re.compile(r"(?<![^\W_])(" + "|".join(_ZONES) + r")(?![^\W_])", re.IGNORECASE)


def read_local(value: str, zone: tzinfo | None = None) -> datetime | None:
    """The moment that a line for people names; None without a day, a year and a time.

    `zone` is taken where none is named, as programs write the time of their own user; without it
    UTC. In `3/2/2026` the day comes first, unless the time is of twelve hours.
    """
    value = " ".join(value[:_MAX_LENGTH].split())
    for form in _FORMS:
        for found in form.finditer(value):
            date = _moment(found, value, zone)
            if date is not None:
                return date
    return read_date([value], []) if ":" in value else None


def _moment(found: re.Match[str], value: str, zone: tzinfo | None) -> datetime | None:
    parts = found.groupdict()
    month = _MONTHS.get(parts["name"].lower(), 0) if "name" in parts else int(parts["m"])
    day, year = int(parts["d"]), int(parts["y"])
    year += 2000 if year < 100 else 0
    rest = value[found.end() :] if _CLOCK.search(value, found.end()) else value[: found.start()]
    clock, half = _CLOCK.search(rest), _HALF.search(rest)
    if clock is None or not 1970 <= year < 2200:
        return None
    if found.re is _SLASHES and (half or month > 12) and day <= 12:
        day, month = month, day
    hour = _hour(int(clock[1]), half)
    try:
        naive = datetime(year, month, day, hour, int(clock[2]), int(clock[3] or 0))  # noqa: DTZ001 - its zone follows
        return naive.replace(tzinfo=_zone(rest[clock.end() :]) or zone or UTC)
    except ValueError:
        return None


def _hour(hour: int, half: re.Match[str] | None) -> int:
    if half is None or not 1 <= hour <= 12:
        return hour
    after_noon = (half[1] or "").lower() == "p" or (half[2] or "").lower() == "ös"
    return hour % 12 + (12 if after_noon else 0)


def _zone(rest: str) -> tzinfo | None:
    if found := _OFFSET.search(" " + rest):
        sign, hours, rest_of_it = found.groups()[:3] if found[1] else found.groups()[3:]
        minutes = int(hours) * 60 + int(rest_of_it or 0)
        if minutes < 24 * 60:
            return timezone(timedelta(minutes=minutes if sign == "+" else -minutes))
    if named := _ZONE.search(rest):
        return timezone(timedelta(hours=_ZONES[named[1].lower()]))
    return None
