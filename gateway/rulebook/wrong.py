"""What pydantic found, as mistakes of the house; and the rest of a file without them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from gateway.model.text import Text, say
from gateway.rulebook.document import Document, Edits, Loc, Value
from gateway.rulebook.errors import RuleError, error
from gateway.rulebook.names import closest
from gateway.rulebook.schema_walk import keys_at
from gateway.rulebook.shapes import shaped
from gateway.rulebook.wrong_words import sentence

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
    "addresses": {},
}
_ROUNDS = 8
"""Each takes out what is wrong one level further up."""


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
    files; None when nothing sensible is left. A key that is a slip of another counts as that one.
    """
    try:
        return Checked(document, model.model_validate(document.data)), ()
    except ValidationError:
        pass  # told by what follows
    document, found, details = _read_as_meant(document, model)
    found += [
        _translate(document, model, detail)
        for detail in details
        if not _is_consequence(detail, document.told)
    ]
    for _ in range(_ROUNDS):
        if not details:
            break
        rest = _rest(document, details)
        if rest is None:
            return None, tuple(found)
        document = rest
        details = _details(document, model)
    if details:
        return None, tuple(found)
    return Checked(document, model.model_validate(document.data)), tuple(found)


def _read_as_meant(
    document: Document, model: type[BaseModel]
) -> tuple[Document, list[RuleError], list[ErrorDetails]]:
    """The document with slips in keys put right and told, and what is wrong in it then."""
    found: list[RuleError] = []
    details = _details(document, model)
    if details and document.data == {}:
        found.append(_nothing_written(document))
        return replace(document, told=document.told | {()}), found, details
    for _ in range(_ROUNDS):
        open_ = [each for each in details if not _is_told(_loc(each), document.told)]
        errors, told = shaped(document, model, open_)
        found += errors
        document = replace(document, told=document.told | told)
        renamed = _renamed(document, model, open_)
        if not renamed:
            break
        edits = Edits()
        for loc, meant in renamed.items():
            edits.rename(loc, meant)
        places = {loc: document.key_place(loc) for loc in renamed}
        said = {loc: _unknown_key(document, model, loc) for loc in renamed}
        document = edits.applied(document)
        details = _details(document, model)
        for loc, meant in renamed.items():
            there = (*loc[:-1], meant)
            what, right = said[loc]
            value = [each for each in details if _written(document, _loc(each)) == there]
            if value:  # the value is wrong too: one message for both
                more = _translate(document, model, value[0]).right
                right = say("%(one)s And then: %(other)s", one=right, other=more)
                document = replace(document, told=document.told | {there})
            found.append(error(places[loc], what, right))
    return document, found, details


def _details(document: Document, model: type[BaseModel]) -> list[ErrorDetails]:
    try:
        model.model_validate(document.data)
    except ValidationError as wrong:
        return wrong.errors(include_url=False)
    return []


def _renamed(
    document: Document, model: type[BaseModel], details: list[ErrorDetails]
) -> dict[Loc, str]:
    """Unknown keys that are slips of keys which are not there, with these."""
    found: dict[Loc, str] = {}
    taken: set[Loc] = set()
    for detail in details:
        loc = _loc(detail)
        if detail["type"] != "extra_forbidden" or _is_told(loc, document.told):
            continue
        meant = _meant(document, model, loc)
        there = (*loc[:-1], meant)
        if meant and not document.has(there) and there not in taken:
            taken.add(there)
            found[loc] = meant
    return found


def _meant(document: Document, model: type[BaseModel], loc: Loc) -> str:
    known = keys_at(model, loc[:-1])
    meant = closest(str(loc[-1]), known)
    if meant in ("address", "domain") and {"address", "domain"} <= set(known):
        return "address" if "@" in str(document.at(loc))[1:] else "domain"
    return meant


def _is_consequence(detail: ErrorDetails, told: frozenset[Loc]) -> bool:
    """True where a mistake is told already, or what is left of a table without it is wrong."""
    loc = _loc(detail)
    if _is_told(loc, told):
        return True
    return detail["type"] == "rule" and any(each[: len(loc)] == loc for each in told)


def _is_told(loc: Loc, told: frozenset[Loc]) -> bool:
    return bool(told) and any(loc[:length] in told for length in range(len(loc) + 1))


def _rest(document: Document, details: list[ErrorDetails]) -> Document | None:
    """The document without what is wrong."""
    edits = Edits()
    for detail in details:
        loc = _loc(detail)
        if detail["type"] == "missing" and loc[-1] in _STAND_INS:
            edits.put(loc, _STAND_INS[str(loc[-1])])
            continue
        loc = loc[:-1] if detail["type"] == "missing" else _written(document, loc)
        if not loc:
            return None
        edits.take_out(loc)
    return edits.applied(document)


def _written(document: Document, loc: Loc) -> Loc:
    """The nearest thing around that stands in the file: schemas may take short forms."""
    while loc and not document.has(loc):
        loc = loc[:-1]
    return loc


def _loc(detail: ErrorDetails) -> Loc:
    return tuple(part for part in detail["loc"] if part != "[key]")


def _translate(document: Document, model: type[BaseModel], detail: ErrorDetails) -> RuleError:
    loc, kind = _loc(detail), detail["type"]
    if kind == "rule":
        context = detail.get("ctx", {})
        if detail["loc"][-1:] == ("[key]",):
            return error(document.key_place(loc), context["what"], context["right"])
        place = document.place((*loc, *context.get("at", ())))
        return error(place, context["what"], context["right"])
    if kind == "missing":
        return error(
            document.key_place(loc[:-1]),
            say('"%(key)s" is missing', key=str(loc[-1])),
            say("add the line %(line)s", line=f"{loc[-1]}: …"),
        )
    if kind == "extra_forbidden":
        return error(document.key_place(loc), *_unknown_key(document, model, loc))
    return error(document.place(loc), *sentence(document, model, loc, detail))


def _unknown_key(document: Document, model: type[BaseModel], loc: Loc) -> tuple[Text, Text]:
    key, known = str(loc[-1]), keys_at(model, loc[:-1])
    meant = _meant(document, model, loc)
    what = say('unknown key "%(key)s"', key=key[:60])
    if key.startswith("//") or len(key.split()) > 3:
        return what, say("a comment begins with #")
    if meant and document.has((*loc[:-1], meant)):
        return what, say('leave it out: "%(known)s" stands there already', known=meant)
    if meant:
        return what, say('did you mean "%(known)s"?', known=meant)
    return what, say("known here: %(known)s", known=", ".join(known))


def _nothing_written(document: Document) -> RuleError:
    return error(
        document.place(()),
        say("nothing stands in this file"),
        say("write it, or fetch the shipped example with: gateway init"),
    )
