"""What is said about a value that is not of the kind that belongs there."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from gateway.model.text import Text, say
from gateway.policy.names import plain
from gateway.rulebook.document import Document, Loc
from gateway.rulebook.names import closest
from gateway.rulebook.schema_walk import (
    annotation_at,
    entries_of,
    field_at,
    fields_of,
    is_table,
    is_truth,
    model_in,
)

Said = tuple[Text, Text]

_YES = ("yes", "ja", "on", "an", "1", "y", "j", "wahr", "true")
_NO = ("no", "nein", "off", "aus", "0", "n", "falsch", "false")
_THOUSANDS = re.compile(r"\d{1,3}([.,' ]\d{3})+")
_DIGITS = re.compile(r"0|[1-9]\d{0,17}")
_NUMBERS = (
    "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
    "zero one two three four five six seven eight nine ten eleven twelve",
)
_EXAMPLES: Mapping[str, str] = {
    "notify": "{berlin: mine}",
    "header": "{name: X-Mailer, contains: …}",
    "attachment": "{name: {ends: .exe}}",
    "attachments": "{at_least: 1}",
    "time": "{weekdays: [Sa, So]}",
    "fields": "{notizen: …}",
    "form": "{name: Postleitzahl, filled: true}",
    "field": "{name: laptop, filled: true}",
    "then": "priority: high",
}
"""What stands behind keys whose values are tables."""


def sentence(document: Document, model: type[BaseModel], loc: Loc, detail: ErrorDetails) -> Said:
    """What is wrong with a value, and what would be right."""
    asked = _Asked(document, model, loc, detail)
    if asked.value is None and detail["type"] not in ("dict_type", "model_type", "tuple_type"):
        return _empty(asked)
    return _SENTENCES.get(detail["type"], _anything)(asked)


class _Asked:
    """A wrong value and what the schema wants in its place."""

    def __init__(
        self, document: Document, model: type[BaseModel], loc: Loc, detail: ErrorDetails
    ) -> None:
        self.document, self.loc, self.detail = document, loc, detail
        self.value: Any = detail["input"]
        self.annotation = annotation_at(model, loc)
        self.field = field_at(model, loc)
        self.key = next((str(part) for part in reversed(loc) if isinstance(part, str)), "")

    @property
    def shown(self) -> str:
        """The value as it was written, if it is one."""
        if isinstance(self.value, bool):
            return str(self.value).lower()
        return str(self.value)[:60] if isinstance(self.value, str | int) else "…"


def _empty(asked: _Asked) -> Said:
    what = say("this value is empty")
    behind = asked.document.line_of(asked.loc).partition(f"{asked.key}:")[2].strip()
    if behind.startswith("#") and behind[1:2].strip():
        return (
            say("what stands behind # is a comment, and not read"),
            say("put it in quotes: %(value)s", value=f'"{behind[:60]}"'),
        )
    if asked.detail["type"] == "bool_type":
        return what, say("write true or false")
    if asked.detail["type"] == "literal_error":
        return what, say("possible: %(all)s", all=_possible(asked))
    return what, say("write a text here")


def _text_expected(asked: _Asked) -> Said:
    if isinstance(asked.value, bool | int):
        return (
            say("%(value)s is no text", value=asked.shown),
            say("put it in quotes: %(value)s", value=f'"{asked.shown}"'),
        )
    if isinstance(asked.value, tuple):
        first = next((each for each in asked.value if isinstance(each, str)), "…")
        if isinstance(asked.loc[-1], int):
            what = say("a list in a list")
            return what, say("one pair of brackets is enough: %(value)s", value=f"[{first}]")
        return (
            say("here must stand one text, and no list"),
            say("write one behind the colon: %(value)s", value=f"{asked.key}: {first}")
            if asked.key not in ("address", "domain")
            else say("write an entry of its own for each: %(value)s",
                     value=f"{asked.key}: {first}"),
        )  # fmt: skip
    return say("here must stand one text"), say("write it behind the colon, in the same line")


def _truth_expected(asked: _Asked) -> Said:
    word = asked.shown.lower()
    what = say('"%(value)s" is neither true nor false', value=asked.shown)
    if word in ("true", "false"):
        right = say("write it in small letters and without quotes: %(value)s", value=word)
        return what, right
    meant = closest(word, ("true", "false"))
    value = "true" if word in _YES else "false" if word in _NO else meant
    return what, say("write %(value)s", value=value) if value else say("write true or false")


def _number_expected(asked: _Asked) -> Said:
    shown = asked.shown
    what = say('"%(value)s" is no whole number', value=shown)
    if isinstance(asked.value, str) and _DIGITS.fullmatch(shown):
        right = say("write it without quotes: %(value)s", value=shown)
        return say('"%(value)s" in quotes is a text', value=shown), right
    if _THOUSANDS.fullmatch(shown):
        return what, say("write digits only: %(value)s", value=re.sub(r"\D", "", shown))
    for words in _NUMBERS:
        if shown.lower() in words.split():
            number = words.split().index(shown.lower())
            return what, say("write digits only: %(value)s", value=number)
    default = asked.field.default if asked.field is not None else None
    example = default if isinstance(default, int) else 6
    if re.match(r"\d+\s*[^\W\d]", shown):
        return what, say(
            "write the number alone, without a unit, for example %(value)s; the comment in the "
            "shipped file says what is counted",
            value=example,
        )
    return what, say("write digits only, without quotes, for example %(value)s", value=example)


def _list_expected(asked: _Asked) -> Said:
    what = say("here must stand a list")
    if isinstance(asked.value, dict):
        first = next(iter(asked.value.items()), ("…", None))
        if all(each is None for each in asked.value.values()):
            shown = f"[{', '.join(asked.value)}]"
            return what, say("put it in square brackets: %(value)s", value=shown[:60])
        line = f"- {first[0]}: {first[1] if isinstance(first[1], str | int) else '…'}"
        if entries_of(asked.annotation) is None:
            line = f"- {first[0]}"
        return what, say("begin each part of it with a hyphen: %(line)s", line=line)
    if asked.value is None:
        return what, say("write at least one part, in a line of its own with a hyphen: - …")
    value = asked.shown.strip("[](){} ")
    parts = re.split(r"(?:^|\s)[-–—*•]\s*", value) if re.match(r"[-–—*•]", value) else []
    if words := [part for part in parts if part]:
        return what, say("begin each line with a hyphen and a space: %(line)s",
                         line=f"- {words[0]}")  # fmt: skip
    return what, say("put it in square brackets: %(value)s", value=f"[{value}]")


def _table_expected(asked: _Asked) -> Said:
    what = say("here must stand lines of the form key: value")
    model = model_in(asked.annotation)
    if isinstance(asked.value, tuple):
        first = asked.value[0] if asked.value else None
        if is_table(asked.annotation) and isinstance(first, dict) and entries_of(asked.annotation):
            named = plain(str(first.get("name", ""))) or "berlin"
            return what, say("write a short name with a colon instead of each hyphen, for example "
                             "%(line)s", line=f"{named}:")  # fmt: skip
        key = next(iter(first), "…") if isinstance(first, dict) else str(first or "…")
        line = f"{key}: …" if model is None or key in fields_of(model) else _example(asked)
        return what, say("leave out the hyphens or brackets: %(line)s", line=line)
    line = _example(asked)
    if line:
        return what, say("write them below, two spaces further in, for example %(line)s", line=line)
    return what, say("write them below, two spaces further in")


def _example(asked: _Asked) -> str:
    """A line that could stand there, made of what was written."""
    model = model_in(asked.annotation)
    if model is None:
        return f"{asked.key}: {_EXAMPLES[asked.key]}" if asked.key in _EXAMPLES else "…: …"
    fields = fields_of(model)
    value = asked.value if isinstance(asked.value, str | int) else "…"
    if value in fields:
        return f"{value}: true" if is_truth(fields[str(value)].annotation) else f"{value}: …"
    if "@" in str(value) and "address" in fields:
        return f"address: {value}"
    if asked.key in _EXAMPLES and is_table(asked.annotation) is False:
        return (f"{asked.key}: " if _EXAMPLES[asked.key][0] == "{" else "") + _EXAMPLES[asked.key]
    first = next((key for key, field in fields.items() if field.is_required()), next(iter(fields)))
    return f"{first}: {value}"


def _one_of(asked: _Asked) -> Said:
    listed = _possible(asked)
    meant = closest(asked.shown, listed.split(", "))
    what = say('"%(value)s" is not possible here', value=asked.shown)
    if meant:
        return what, say('did you mean "%(known)s"? possible: %(all)s', known=meant, all=listed)
    return what, say("possible: %(all)s", all=listed)


def _possible(asked: _Asked) -> str:
    expected = str(asked.detail.get("ctx", {}).get("expected", ""))
    return expected.replace("'", "").replace(" or ", ", ")


def _limit(asked: _Asked) -> Said:
    context = asked.detail.get("ctx", {})
    what = say("%(value)s is out of range", value=asked.shown)
    limits = {
        name: getattr(each, name)
        for each in (asked.field.metadata if asked.field is not None else ())
        for name in ("ge", "le")
        if hasattr(each, name)
    }
    if len(limits) == 2:
        right = say("write at least %(first)s and at most %(last)s", first=limits["ge"],
                    last=limits["le"])  # fmt: skip
        return what, right
    if "ge" in context:
        return what, say("write at least %(value)s", value=context["ge"])
    return what, say("write at most %(value)s", value=context.get("le", 0))


def _too_few(_: _Asked) -> Said:
    what = say("this list is empty")
    return what, say("write at least one part, in a line of its own with a hyphen: - …")


def _anything(asked: _Asked) -> Said:
    return (
        say("this value cannot be used: %(problem)s", problem=asked.detail["msg"]),
        say("compare it with the shipped example"),
    )


_SENTENCES: Mapping[str, Callable[[_Asked], Said]] = {
    "string_type": _text_expected,
    "bool_type": _truth_expected,
    "int_type": _number_expected,
    "tuple_type": _list_expected,
    "dict_type": _table_expected,
    "model_type": _table_expected,
    "literal_error": _one_of,
    "greater_than_equal": _limit,
    "less_than_equal": _limit,
    "too_short": _too_few,
}
