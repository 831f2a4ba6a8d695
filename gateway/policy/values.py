"""What may stand in a field: typed text to the value that is kept, and back to what is shown."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from gateway.model.text import Text, named, say
from gateway.model.topic import Field, FieldType
from gateway.policy.commands.folding import folded, near_name
from gateway.policy.commands.lines import copy_of, typed
from gateway.policy.pattern import fits

YES = "yes"
"""The value of a flag that is set; one that is not set has none."""

LONGEST_LINE = 500
LONGEST_TEXT = 20_000
MOST_IDENTIFIERS = 50
_WRAPPED = 40
"""Characters of a value on a line that a mail program has wrapped, most at 72, behind a name."""

YES_WORDS = frozenset("ja j yes y x true wahr 1 on an ok ✓ ✔ ☑ ☒ [x]".split())
NO_WORDS = frozenset("nein n no false falsch 0 off aus kein keine - [] ☐".split())

_SEPARATORS = re.compile(r"[,;\s]+")
_BRACKETS = re.compile(r"\([^()]*\)")
_AND = frozenset({"und", "and", "&", "+"})
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_GERMAN = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})?")
_NUMBER = re.compile(r"-?\d{1,15}(?:[.,]\d{1,6})?")
_THOUSANDS = re.compile(r"-?\d{1,3}(?:[.,]\d{3})+")
_BEHIND_CHOICE = " \t,;:.(–—-/"

Values = tuple[str, ...]
"""Identifiers several, a choice with its comment second, else one; empty for a flag that is not
set."""


def read_value(field: Field, text: str, today: date) -> Values | Text:
    """The value that `text` means in this field, or the sentence that says what is permitted."""
    stripped = text.strip()
    if len(stripped) > (LONGEST_TEXT if field.type is FieldType.LONG_TEXT else LONGEST_LINE * 4):
        return say("this is too long for the field %(field)s.", field=field.name)
    if field.type is FieldType.LONG_TEXT:
        return (stripped,) if stripped else _nothing(field)
    if field.type is FieldType.IDENTIFIERS:
        return _identifiers(field, stripped)
    if field.type in (FieldType.TEXT, FieldType.CHOICE):
        stripped = _unwrapped(stripped)
    if "\n" in stripped:
        return say(
            "the field %(field)s takes one line. Put a blank line between the command and your "
            "text.",
            field=field.name,
        )
    return _READERS[field.type](field, stripped, today)


def _unwrapped(text: str) -> str:
    """One line where a mail program has wrapped it; lines that somebody ended stay as they are."""
    *above, last = text.split("\n")
    return " ".join((*above, last)) if all(len(line) >= _WRAPPED for line in above) else text


def shown(field: Field, values: Values) -> Text:
    """The value as people read it."""
    if not values:
        return say("(empty)")
    match field.type:
        case FieldType.FLAG:
            return say("yes")
        case FieldType.DATE:
            return _shown_date(values[0])
        case FieldType.NUMBER:
            return named(values[0], values[0].replace(".", ","))
        case _:
            text = ", ".join(values)
            return named(text, text)


def key_of(value: str) -> str:
    """A value as it is compared and found: folded, one blank for several."""
    return folded(" ".join(value.split()))


def permitted(field: Field) -> Text:
    """What may be written into the field, for people who fill it in."""
    match field.type:
        case FieldType.FLAG:
            return say("yes or no")
        case FieldType.CHOICE:
            return say("%(values)s, with a comment behind it", values=_listed(field))
        case FieldType.DATE:
            return say("a day, such as 2026-03-01")
        case FieldType.NUMBER:
            return say("a number")
        case FieldType.IDENTIFIERS:
            return say("one or more, such as %(example)s", example=field.example)
        case FieldType.TEXT | FieldType.LONG_TEXT:
            return say("text")


def _nothing(field: Field) -> Text:
    return say(
        "there is no value for %(field)s. Permitted: %(permitted)s.",
        field=field.name,
        permitted=permitted(field),
    )


def _not_permitted(field: Field, value: str) -> Text:
    return say(
        "“%(value)s” is not possible for %(field)s. Permitted: %(permitted)s.",
        value=typed(value),
        field=field.name,
        permitted=permitted(field),
    )


def _flag(field: Field, text: str, _: date) -> Values | Text:
    word = folded(copy_of(text))
    if not word or word in YES_WORDS:
        return (YES,)
    return () if word in NO_WORDS else _not_permitted(field, text)


def _text(field: Field, text: str, _: date) -> Values | Text:
    if len(text) > LONGEST_LINE:
        return say("this is too long for the field %(field)s.", field=field.name)
    return (text,) if text else _nothing(field)


def _date(field: Field, text: str, today: date) -> Values | Text:
    copy = copy_of(text)
    try:
        if iso := _ISO.fullmatch(copy):
            return (date(*map(int, iso.groups())).isoformat(),)
        if german := _GERMAN.fullmatch(copy):
            day, month, year = german.groups()
            century = 2000 if year and len(year) == 2 else 0
            return (date(century + int(year or today.year), int(month), int(day)).isoformat(),)
    except ValueError:
        return say("the day “%(value)s” does not exist.", value=typed(copy))
    return _not_permitted(field, text) if text else _nothing(field)


def _number(field: Field, text: str, _: date) -> Values | Text:
    copy = copy_of(text)
    if _THOUSANDS.fullmatch(copy):
        return say(
            "“%(value)s” can be read in two ways. Write %(plain)s if you mean thousands.",
            value=typed(copy),
            plain=copy.replace(".", "").replace(",", ""),
        )
    if not _NUMBER.fullmatch(copy):
        return _not_permitted(field, text) if text else _nothing(field)
    number = Decimal(copy.replace(",", "."))
    return (f"{number.normalize():f}",)


def _choice(field: Field, text: str, _: date) -> Values | Text:
    if not text:
        return _nothing(field)
    for choice in sorted(field.choices, key=len, reverse=True):
        for word in (choice, *_same(choice)):
            rest = _behind(word, text)
            if rest is not None:
                return (choice, rest) if rest else (choice,)
    near = near_name(text.partition(",")[0], map(folded, field.choices))
    meant = next((choice for choice in field.choices if folded(choice) == near), "")
    if meant:
        return say(
            "“%(value)s” is not possible for %(field)s. Did you mean “%(meant)s”? "
            "Permitted: %(permitted)s.",
            value=typed(text),
            field=field.name,
            meant=meant,
            permitted=permitted(field),
        )
    return _not_permitted(field, text)


def _same(choice: str) -> frozenset[str]:
    """Yes and no are the same in both languages."""
    words = ({"ja", "yes"}, {"nein", "no"})
    return frozenset(next((group for group in words if folded(choice) in group), ()))


def _behind(word: str, text: str) -> str | None:
    """What stands behind the word at the beginning of the text; None when it is not there."""
    start, rest = text[: len(word)], text[len(word) :]
    if folded(start) != folded(word) or (rest and rest[0] not in _BEHIND_CHOICE):
        return None
    comment = rest.strip(" \t,;:.–—-/")
    if comment.startswith("(") and comment.endswith(")"):
        comment = comment[1:-1].strip()
    return comment


def _identifiers(field: Field, text: str) -> Values | Text:
    """Each by the pattern, each once; capitals are put right, words in brackets are left out."""
    found: dict[str, None] = {}
    plain = _BRACKETS.sub(" ", "\n".join(map(copy_of, text.splitlines())))
    for token in filter(None, _SEPARATORS.split(plain)):
        value = next((each for each in (token, token.upper()) if fits(field.pattern, each)), "")
        if value:
            found[value] = None
        elif folded(token) not in _AND:
            return _not_permitted(field, token)
    if len(found) > MOST_IDENTIFIERS:
        return say("this is too long for the field %(field)s.", field=field.name)
    return tuple(found) or _nothing(field)


def _listed(field: Field) -> str:
    return " / ".join(field.choices)


def _shown_date(value: str) -> Text:
    try:
        day = date.fromisoformat(value)
    except ValueError:  # the field was of another type once
        return named(value, value)
    return named(value, f"{day.day}.{day.month}.{day.year}")


_READERS: Mapping[FieldType, Callable[[Field, str, date], Values | Text]] = {
    FieldType.FLAG: _flag,
    FieldType.TEXT: _text,
    FieldType.DATE: _date,
    FieldType.NUMBER: _number,
    FieldType.CHOICE: _choice,
}
