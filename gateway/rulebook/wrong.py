"""What pydantic found, as mistakes of the house; and the rest of a file without them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from gateway.model.text import Text, say
from gateway.rulebook.errors import Place, RuleError, error
from gateway.rulebook.names import closest
from gateway.rulebook.reading import Document, Loc, Value

FileT = TypeVar("FileT", bound=BaseModel)

UNKNOWN = "?"
"""Stands for a text that is not there at all, so that the rest can be checked."""

UNKNOWN_DOMAIN = "unknown.invalid"
"""Stands for the organisation's domain when it is missing or wrong (RFC 2606: no real name)."""

_STAND_INS: Mapping[str, Value] = {
    "name": UNKNOWN,
    "reason": UNKNOWN,
    "domain": UNKNOWN_DOMAIN,
    "postmaster": UNKNOWN,
    "fallback": UNKNOWN,
    "broken": UNKNOWN,
    "command": "unknown-command",
}


@dataclass(frozen=True, slots=True)
class Checked(Generic[FileT]):
    """A file that follows its schema, with the places of its values."""

    document: Document
    content: FileT


def check(
    document: Document, model: type[FileT]
) -> tuple[Checked[FileT] | None, tuple[RuleError, ...]]:
    """The file by its schema, and all mistakes.

    What is wrong is left out of the content, so that the rest can be checked against the other
    files; None when nothing sensible is left.
    """
    found: list[RuleError] = []
    for _ in range(8):  # each round takes out what is wrong one level further up
        try:
            return Checked(document, model.model_validate(document.data)), tuple(found)
        except ValidationError as wrong:
            details = wrong.errors(include_url=False)
        if not found:
            found = [_translate(document, model, detail) for detail in details]
        rest = _rest(document, details)
        if rest is None:
            break
        document = rest
    return None, tuple(found)


def _rest(document: Document, details: list[ErrorDetails]) -> Document | None:
    """The document without what is wrong; indices of lists stay true by going backwards."""
    for detail in sorted(details, key=_order, reverse=True):
        loc = _loc(detail)
        if detail["type"] == "missing" and loc[-1] in _STAND_INS:
            document = _with(document, loc, _STAND_INS[str(loc[-1])])
        elif detail["type"] == "missing" and loc[-1] == "addresses":
            document = _with(document, loc, {})
        else:
            loc = loc[:-1] if detail["type"] == "missing" else _written(document, loc)
            if not loc:
                return None
            document = _without(document, loc)
    return document


def _written(document: Document, loc: Loc) -> Loc:
    """The nearest thing around that stands in the file: schemas may take short forms."""
    while loc and not document.has(loc):
        loc = loc[:-1]
    return loc


def _order(detail: ErrorDetails) -> list[tuple[int, str]]:
    return [(part, "") if isinstance(part, int) else (-1, part) for part in detail["loc"]]


def _loc(detail: ErrorDetails) -> Loc:
    return tuple(part for part in detail["loc"] if part != "[key]")


def _with(document: Document, loc: Loc, value: Value) -> Document:
    def put(data: Value, rest: Loc) -> Value:
        if not isinstance(data, dict):
            return data
        key = str(rest[0])
        return {**data, key: value if len(rest) == 1 else put(data.get(key), rest[1:])}

    keys, values = (
        {place: mark for place, mark in places.items() if place != loc}
        for places in (document.keys, document.values)
    )  # a stand-in stands nowhere: checks leave out what has no place
    return Document(document.file, put(document.data, loc), keys, values)


def _without(document: Document, loc: Loc) -> Document:
    """The document without the value at `loc`; later parts of a list move up, with their places."""
    data = _taken_out(document.data, loc)
    if not isinstance(loc[-1], int):
        return Document(document.file, data, document.keys, document.values)
    keys, values = (_moved_up(places, loc) for places in (document.keys, document.values))
    return Document(document.file, data, keys, values)


def _taken_out(data: Value, loc: Loc) -> Value:
    first, rest = loc[0], loc[1:]
    if isinstance(data, dict) and first in data:
        if not rest:
            return {key: value for key, value in data.items() if key != first}
        return {**data, str(first): _taken_out(data[str(first)], rest)}
    if isinstance(data, tuple) and isinstance(first, int) and first < len(data):
        middle = (_taken_out(data[first], rest),) if rest else ()
        return (*data[:first], *middle, *data[first + 1 :])
    return data


def _moved_up(places: Mapping[Loc, Place], gone: Loc) -> dict[Loc, Place]:
    above, at = gone[:-1], len(gone) - 1
    moved: dict[Loc, Place] = {}
    for loc, place in places.items():
        number = loc[at] if len(loc) > at and loc[:at] == above else None
        if not isinstance(number, int) or number < int(gone[-1]):
            moved[loc] = place
        elif number > int(gone[-1]):
            moved[(*above, number - 1, *loc[at + 1 :])] = place
    return moved


def _translate(document: Document, model: type[BaseModel], detail: ErrorDetails) -> RuleError:
    loc, kind = _loc(detail), detail["type"]
    if kind == "rule":
        context = detail.get("ctx", {})
        at_key = detail["loc"][-1:] == ("[key]",)
        place = document.key_place(loc) if at_key else document.place(loc)
        return error(place, context["what"], context["right"])
    if kind == "missing":
        return error(
            document.key_place(loc[:-1]),
            say('"%(key)s" is missing', key=str(loc[-1])),
            say("add the line %(line)s", line=f"{loc[-1]}: …"),
        )
    if kind == "extra_forbidden":
        return error(document.key_place(loc), *_unknown_key(str(loc[-1]), _keys(model, loc[:-1])))
    what, right = _SENTENCES.get(kind, _anything)(detail)
    return error(document.place(loc), what, right)


def _unknown_key(key: str, known: tuple[str, ...]) -> tuple[Text, Text]:
    meant = closest(key, known)
    what = say('unknown key "%(key)s"', key=key)
    if meant:
        return what, say('did you mean "%(known)s"?', known=meant)
    return what, say("known here: %(known)s", known=", ".join(known))


def _keys(model: type[BaseModel], loc: Loc) -> tuple[str, ...]:
    """The keys that the schema knows at `loc`; tables of free names are stepped over."""
    for part in loc:
        info = next(
            (each for name, each in model.model_fields.items() if (each.alias or name) == part),
            None,
        )
        inner = _model_in(info.annotation) if info else None
        model = inner or model
    return tuple(each.alias or name for name, each in model.model_fields.items())


def _model_in(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401  (any type annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for arg in get_args(annotation) if (found := _model_in(arg))), None)


def _shown(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str() | int():
            return str(value)[:60]
        case _:
            return "…"


def _text_expected(detail: ErrorDetails) -> tuple[Text, Text]:
    value = detail["input"]
    if value is None:
        return say("this value is empty"), say("write a text here")
    if isinstance(value, bool | int):
        return (
            say("%(value)s is no text", value=_shown(value)),
            say("put it in quotes: %(value)s", value=f'"{_shown(value)}"'),
        )
    return say("here must stand one text"), say("write it behind the colon, in the same line")


def _truth_expected(detail: ErrorDetails) -> tuple[Text, Text]:
    yes = _shown(detail["input"]).lower() in ("yes", "ja", "on", "an", "1", "y", "j", "wahr")
    return (
        say('"%(value)s" is neither true nor false', value=_shown(detail["input"])),
        say("write %(value)s", value="true" if yes else "false"),
    )


def _number_expected(detail: ErrorDetails) -> tuple[Text, Text]:
    return (
        say('"%(value)s" is no whole number', value=_shown(detail["input"])),
        say("write digits only, without quotes, for example %(value)s", value=7),
    )


def _list_expected(detail: ErrorDetails) -> tuple[Text, Text]:
    if isinstance(detail["input"], dict):
        return (
            say("here must stand a list"),
            say("begin each part of it with a hyphen: - …"),
        )
    value = _shown(detail["input"]).strip("[] ")
    return (
        say("here must stand a list"),
        say("put it in square brackets: %(value)s", value=f"[{value}]"),
    )


def _table_expected(_: ErrorDetails) -> tuple[Text, Text]:
    return (
        say("here must stand lines of the form key: value"),
        say("write them below, two spaces further in"),
    )


def _one_of(detail: ErrorDetails) -> tuple[Text, Text]:
    listed = str(detail.get("ctx", {}).get("expected", "")).replace("'", "").replace(" or ", ", ")
    value = _shown(detail["input"])
    meant = closest(value, listed.split(", "))
    what = say('"%(value)s" is not possible here', value=value)
    if meant:
        return what, say('did you mean "%(known)s"? possible: %(all)s', known=meant, all=listed)
    return what, say("possible: %(all)s", all=listed)


def _limit(detail: ErrorDetails) -> tuple[Text, Text]:
    context = detail.get("ctx", {})
    what = say("%(value)s is out of range", value=_shown(detail["input"]))
    if "ge" in context:
        return what, say("write at least %(value)s", value=context["ge"])
    return what, say("write at most %(value)s", value=context.get("le", 0))


def _anything(detail: ErrorDetails) -> tuple[Text, Text]:
    return (
        say("this value cannot be used: %(problem)s", problem=detail["msg"]),
        say("compare it with the shipped example"),
    )


_SENTENCES: Mapping[str, Callable[[ErrorDetails], tuple[Text, Text]]] = {
    "string_type": _text_expected,
    "bool_type": _truth_expected,
    "int_type": _number_expected,
    "tuple_type": _list_expected,
    "dict_type": _table_expected,
    "model_type": _table_expected,
    "literal_error": _one_of,
    "greater_than_equal": _limit,
    "less_than_equal": _limit,
}
