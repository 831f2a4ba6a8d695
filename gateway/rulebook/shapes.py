"""Lines that stand too far left, too far right or behind one hyphen too many: told once each.

Without this, every line below would be a mistake of its own.
"""

from collections.abc import Iterator, Sequence

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from gateway.model.text import say
from gateway.rulebook.document import Document, Loc
from gateway.rulebook.errors import RuleError, error
from gateway.rulebook.schema_walk import (
    annotation_at,
    entries_of,
    fields_of,
    is_table,
    keys_at,
    model_at,
)

Found = tuple[RuleError, frozenset[Loc]]
"""A mistake, and the places about which nothing else is to be said."""


def shaped(
    document: Document, model: type[BaseModel], details: Sequence[ErrorDetails]
) -> tuple[list[RuleError], frozenset[Loc]]:
    """Mistakes of shape, and the places that are told with them."""
    errors: list[RuleError] = []
    told: set[Loc] = set()
    for question in (
        _other_file,
        _no_heading,
        _other_heading,
        _too_far_left,
        _too_far_right,
        _hyphens,
    ):
        for mistake, places in question(document, model, details):
            if not places <= told:
                errors.append(mistake)
                told |= places
    return errors, frozenset(told)


def _loc(detail: ErrorDetails) -> Loc:
    return tuple(part for part in detail["loc"] if part != "[key]")


def _unknown(details: Sequence[ErrorDetails]) -> Iterator[Loc]:
    return (_loc(each) for each in details if each["type"] == "extra_forbidden")


def _other_file(
    document: Document, model: type[BaseModel], details: Sequence[ErrorDetails]
) -> Iterator[Found]:
    """A file of which no key is known, such as a web page."""
    unknown = [loc for loc in _unknown(details) if len(loc) == 1]
    missing = [each for each in details if each["type"] == "missing" and len(each["loc"]) == 1]
    data = document.data
    if not isinstance(data, dict) or len(unknown) < len(data) or len(missing) < 2:
        return
    yield (
        error(
            document.key_place(unknown[0]),
            say("nothing in this file is known here"),
            say("known here: %(known)s", known=", ".join(fields_of(model))),
        ),
        frozenset({()}),
    )


def _no_heading(
    document: Document, model: type[BaseModel], details: Sequence[ErrorDetails]
) -> Iterator[Found]:
    """Entries without the line `departments:` or `rules:` above them."""
    data = document.data
    if isinstance(data, tuple):
        first = data[0] if data and isinstance(data[0], dict) else {}
        heading = _heading_for(model, set(first), lists=True)
        if heading:
            yield _heading_missing(document, heading, (0,)), frozenset({()})
        return
    unknown = [loc for loc in _unknown(details) if len(loc) == 1]
    entries = [loc for loc in unknown if isinstance(document.at(loc), dict)]
    if not entries:
        return
    part = document.at(entries[0])
    heading = _heading_for(model, set(part) if isinstance(part, dict) else set(), lists=False)
    if heading and not document.has((heading,)) and len(entries) == len(unknown):
        told = frozenset({*entries, (heading,)})
        yield _heading_missing(document, heading, entries[0]), told


def _heading_for(model: type[BaseModel], keys: set[str], *, lists: bool) -> str:
    for key, field in fields_of(model).items():
        entry = entries_of(field.annotation)
        if entry and is_table(field.annotation) != lists and len(keys & set(fields_of(entry))) > 1:
            return key
    return ""


def _heading_missing(document: Document, heading: str, loc: Loc) -> RuleError:
    return error(
        document.key_place(loc),
        say('the line "%(line)s" is missing above', line=f"{heading}:"),
        say("write it without spaces in front, and these lines below it, two spaces further in"),
    )


def _other_heading(
    document: Document, model: type[BaseModel], details: Sequence[ErrorDetails]
) -> Iterator[Found]:
    """Topics that stand among the fields, because the line `topics:` is not there."""
    for loc in _unknown(details):
        if len(loc) != 3 or not is_table(annotation_at(model, loc[:1])):
            continue
        other = next(
            (
                key
                for key, field in fields_of(model).items()
                if key != loc[0] and not document.has((key,)) and is_table(field.annotation)
                if (entry := entries_of(field.annotation)) and loc[2] in fields_of(entry)
            ),
            "",
        )
        if not other:
            continue
        table = document.at(loc[:1])
        names = list(table) if isinstance(table, dict) else []
        below = names[names.index(str(loc[1])) :]
        told = frozenset({(loc[0], name) for name in below})
        yield _heading_missing(document, other, loc[:2]), told
        return


def _too_far_left(
    document: Document, model: type[BaseModel], details: Sequence[ErrorDetails]
) -> Iterator[Found]:
    """Lines at the height of the key they belong to, behind which nothing stands."""
    for detail in details:
        loc = _loc(detail)
        if detail["type"] not in ("extra_forbidden", "model_type") or not loc:
            continue
        above = _empty_key_above(document, loc)
        if above is None or str(loc[-1]) not in keys_at(model, (*loc[:-1], above)):
            continue
        place = document.key_place(loc)
        yield (
            error(
                place,
                say('"%(key)s" stands as far left as "%(above)s", to which it belongs',
                    key=str(loc[-1]), above=above),
                say("begin this line, and those that belong to it, with two more spaces: %(count)s",
                    count=place.column + 1),
            ),
            frozenset({(*loc[:-1], above), *_siblings_below(document, loc)}),
        )  # fmt: skip


def _empty_key_above(document: Document, loc: Loc) -> str | None:
    around = document.at(loc[:-1])
    if not isinstance(around, dict) or loc[-1] not in around:
        return None
    before = list(around)[: list(around).index(str(loc[-1]))]
    return next((key for key in reversed(before) if around[key] is None), None)


def _siblings_below(document: Document, loc: Loc) -> list[Loc]:
    around = document.at(loc[:-1])
    keys = list(around) if isinstance(around, dict) else []
    below: list[Loc] = []
    for key in keys[keys.index(str(loc[-1])) :]:
        if isinstance(around, dict) and key != loc[-1] and isinstance(around[key], dict):
            break
        below.append((*loc[:-1], key))
    return below


def _too_far_right(
    document: Document, model: type[BaseModel], details: Sequence[ErrorDetails]
) -> Iterator[Found]:
    """`then:` inside of `if:`: a key of the table around."""
    for loc in _unknown(details):
        outer = (*loc[:-2], loc[-1])
        around = model_at(model, loc[:-2]) if len(loc) > 1 else None
        if around is None or str(loc[-1]) not in fields_of(around) or document.has(outer):
            continue
        column = document.key_place(loc[:-1]).column
        yield (
            error(
                document.key_place(loc),
                say('"%(key)s" does not belong to "%(above)s"', key=str(loc[-1]),
                    above=str(loc[-2])),
                say("begin the line as far left as %(above)s: with %(count)s spaces",
                    above=str(loc[-2]), count=column - 1),
            ),
            frozenset({loc, outer}),
        )  # fmt: skip


def _hyphens(
    document: Document, model: type[BaseModel], details: Sequence[ErrorDetails]
) -> Iterator[Found]:
    """An entry of which every line begins with a hyphen."""
    items = {_item(_loc(each)) for each in details} - {()}
    for loc in sorted(items, key=lambda each: (len(each), tuple(map(str, each[:-1])), each[-1])):
        last = int(loc[-1])
        before = (*loc[:-1], last - 1)
        if before not in items or entries_of(annotation_at(model, loc[:-1])) is None:
            continue
        one, other = document.at(before), document.at(loc)
        known = set(keys_at(model, loc))
        if not (isinstance(one, dict) and isinstance(other, dict)) or set(one) & set(other):
            continue
        if not {*one, *other} <= known or len(other) > 2:
            continue
        key = next(iter(other), "")
        yield (
            error(
                document.place(loc),
                say('the hyphen in front of "%(key)s" begins a new entry', key=key),
                say("write a blank instead of it, so that the line stands below the first one of "
                    "its entry"),
            ),
            frozenset(_run(document, loc, items)),
        )  # fmt: skip


def _run(document: Document, loc: Loc, items: set[Loc]) -> list[Loc]:
    """The entries that seem to be one: from the one before `loc` on."""
    number = int(loc[-1])
    run = [(*loc[:-1], number - 1), loc]
    seen = {key for each in run if isinstance(part := document.at(each), dict) for key in part}
    while (following := (*loc[:-1], number + 1)) in items:
        part = document.at(following)
        if not isinstance(part, dict) or set(part) & seen:
            break
        seen |= set(part)
        run.append(following)
        number += 1
    return run


def _item(loc: Loc) -> Loc:
    """The part of a list in which something is wrong; nothing when it is in no list."""
    for length in range(len(loc), 0, -1):
        if isinstance(loc[length - 1], int):
            return loc[:length]
    return ()
