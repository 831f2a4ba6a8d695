"""The day that somebody meant who did not write it as year-month-day."""

import re
from datetime import date

_MONTHS = (
    ("jan", "jän"), ("feb",), ("mär", "mar", "maer"), ("apr",), ("mai", "may"), ("jun",), ("jul",),
    ("aug",), ("sep",), ("okt", "oct"), ("nov",), ("dez", "dec"),
)  # fmt: skip
_THIS_CENTURY = 2000


def meant_day(text: str) -> date | None:
    """The day of `31.12.27`, `31/12/2027`, `2027-1-5`, `31. Dezember 2027`; None for others.

    Raises ValueError for a day that does not exist.
    """
    numbers = _numbers(text)
    if len(numbers) == 2 and re.fullmatch(r"\d{1,2}\.\s*\d{1,2}\.?", text.strip()):
        return date(date.today().year, numbers[1], numbers[0])  # noqa: DTZ011  (an example)
    if len(numbers) < 3 or not re.fullmatch(r"[\w.\s/,:–‑-]+", text):
        return None
    first, month, last = numbers[:3]
    if first >= _THIS_CENTURY:
        return date(first, month, last)
    return date(last + _THIS_CENTURY if last < 100 else last, month, first)


def _numbers(text: str) -> list[int]:
    return [
        number
        for word in re.findall(r"\d+|[^\W\d_]+", text.lower())
        if (number := int(word[:9]) if word.isdigit() else _month(word))
    ]


def _month(word: str) -> int:
    return next((n for n, starts in enumerate(_MONTHS, 1) if word.startswith(starts)), 0)
