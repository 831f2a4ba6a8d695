"""Where a mail that was passed on begins in the body of another one, and what its header says."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.mail.forward_words import Field, Mark, fields_of_one_line, label_of, mark_of

_MAX_LINE = 1000
_MAX_BLOCK = 60  # lines of a header block
_MAX_CONTINUED = 25  # lines of one value
_MAX_VALUE = 16_000
_MAX_ONE_LINERS = 5000  # lines with a colon that are looked at for a whole header
_AHEAD = 6  # lines between the line of a program and its header block
_WRAPPED_AT = 60
_QUOTES = re.compile(r"[ \t\xa0\ufeff]{0,20}((?:>[ \t\xa0]?){1,50})")
_DATED = re.compile(r"\d{1,2}\s?[:.h]\s?\d\d|(?<!\d)(?:19|20)\d\d(?!\d)")
_SIGNS = frozenset("-_=~*# \t\xa0|")
_HEAD = frozenset({Field.FROM, Field.DATE, Field.TO, Field.SUBJECT})
_ADDRESSES = frozenset({Field.TO, Field.CC})


@dataclass(frozen=True, slots=True)
class View:
    """The lines of a body without quote signs, with the depth of quotation of each."""

    raw: Sequence[str]
    texts: Sequence[str]
    depths: Sequence[int]


@dataclass(frozen=True, slots=True)
class Block:
    """A forward in a `View`: it begins at line `start`, its own body at line `body`.

    `announced` is the line of the program above the header block, else empty; `depth` counts the
    quote signs in front of the header block.
    """

    start: int
    body: int
    depth: int
    announced: str
    fields: Mapping[Field, str]


def view_of(text: str) -> View:
    """`text` (lines end in LF) line by line."""
    raw: list[str] = []
    tried = 0
    for line in text.split("\n"):
        tried += ":" in line
        raw += fields_of_one_line(line) if tried < _MAX_ONE_LINERS else [line]
    texts, depths = [], []
    for line in raw:
        signs = _QUOTES.match(line) if ">" in line[:24] else None
        texts.append((line[signs.end() :] if signs else line).strip("\r\ufeff"))
        depths.append(signs[1].count(">") if signs else 0)
    return View(raw, texts, depths)


def find_block(view: View) -> Block | None:
    """The first forward in the lines; a quoted one only where the quotation begins with it."""
    depth = 0
    for number, text in enumerate(view.texts):
        if not text.strip():
            continue
        inside = view.depths[number] > 0 and depth >= view.depths[number]
        depth = view.depths[number]
        if not inside and (block := _block_at(view, number)):
            return block
    return None


def first_hint(view: View) -> int | None:
    """The first line that looks like the header of another mail, though it is not sure to be one.

    Such a block has lost a line, or people wrote it: enough to take nothing below it for a command.
    """
    for number, text in enumerate(view.texts):
        label = label_of(text[:_MAX_LINE])
        if label and label[0] in _HEAD and _hints(_read(view, number)[0]):
            return number
    return None


def _hints(fields: Mapping[Field, str]) -> bool:
    known = len(_HEAD & fields.keys())
    return known >= 3 or (known == 2 and bool(_DATED.search(fields.get(Field.DATE, ""))))


def _block_at(view: View, number: int) -> Block | None:
    text = view.texts[number][:_MAX_LINE]
    mark = mark_of(text)
    if mark in {Mark.FORWARD, Mark.ORIGINAL}:
        return _announced(view, number, mark)
    label = label_of(text)
    if label is None or label[0] not in _HEAD:
        return None
    fields, body = _read(view, number)
    if not _is_sure(fields):
        return None
    return Block(_with_rules(view, number), body, view.depths[number], "", fields)


def _announced(view: View, number: int, mark: Mark) -> Block | None:
    text = view.texts[number].strip()
    following = _next_text(view, number + 1)
    if following is not None and (label := label_of(view.texts[following][:_MAX_LINE])):
        fields, body = _read(view, following)
        named = Field.FROM in fields and (len(fields) > 1 or "@" in fields[Field.FROM])
        if named or (mark is Mark.FORWARD and label[0] in _HEAD):
            return Block(number, body, view.depths[following], text, fields)
    if mark is Mark.FORWARD:
        depth = 0 if following is None else view.depths[following]
        return Block(number, number + 1, depth, text, {})
    return None


def _next_text(view: View, number: int) -> int | None:
    reach = range(number, min(number + _AHEAD, len(view.texts)))
    return next((n for n in reach if view.texts[n].strip()), None)


def _is_sure(fields: Mapping[Field, str]) -> bool:
    """True for a header block that no line of a program announces; people write such words too."""
    if Field.FROM not in fields or not fields[Field.FROM].strip():
        return False
    addressed = "@" in fields[Field.FROM]
    dated = bool(_DATED.search(fields.get(Field.DATE, "")))
    known = len(_HEAD & fields.keys())
    if dated and (addressed or (known >= 3 and Field.SUBJECT in fields)):
        return True
    return addressed and (known == 4 or (known == 3 and "@" in fields.get(Field.TO, "")))


def _with_rules(view: View, number: int) -> int:
    """Where the line of signs above a header block is, else `number`."""
    for above in range(number - 1, max(number - 4, -1), -1):
        text = view.texts[above].strip()
        if text:
            return above if len(text) > 4 and _SIGNS.issuperset(text[:_MAX_LINE]) else number
    return number


def _read(view: View, start: int) -> tuple[dict[Field, str], int]:
    """The header fields from line `start` on, and the first line below them."""
    fields: dict[Field, list[str]] = {}
    kind = Field.OTHER
    number, end = start, min(start + _MAX_BLOCK, len(view.texts))
    while number < end:
        text = view.texts[number][:_MAX_LINE]
        label = label_of(text) if view.depths[number] == view.depths[start] else None
        if not text.strip():
            after = _after_gap(view, number, start, kind, fields)
            if after is None:
                break
            number = after
            continue
        if label and (label[0] is Field.OTHER or label[0] not in fields):
            kind = label[0]
            fields[kind] = [label[1]]
        elif label is None and _continues(kind, fields.get(kind, []), view, number):
            fields[kind].append(text.strip())
        else:
            break
        number += 1
    return {name: " ".join(parts).strip()[:_MAX_VALUE] for name, parts in fields.items()}, number


def _after_gap(
    view: View, number: int, start: int, kind: Field, fields: dict[Field, list[str]]
) -> int | None:
    """The line below a gap where the header block goes on: another field, or an awaited value."""
    following = _next_text(view, number)
    if following is None or following - number > 2 or view.depths[following] != view.depths[start]:
        return None
    label = label_of(view.texts[following][:_MAX_LINE])
    if label is None:
        alone = not "".join(fields.get(kind, ["x"]))
        return following if alone and _fits(kind, view, following, start) else None
    return following if label[0] is not Field.OTHER and label[0] not in fields else None


def _fits(kind: Field, view: View, number: int, start: int) -> bool:
    """True when the line may be the value of the bare label that stands above a gap."""
    text = view.texts[number]
    if kind is Field.SUBJECT:  # then the first field of the block is written so, too
        first = label_of(view.texts[start][:_MAX_LINE])
        return first is not None and not first[1]
    return "@" in text if kind in _ADDRESSES | {Field.FROM} else bool(_DATED.search(text))


def _continues(kind: Field, parts: Sequence[str], view: View, number: int) -> bool:
    """True when the line belongs to the value above it, as programs wrap long ones."""
    text, above = view.texts[number], view.texts[number - 1]
    value = " ".join(parts[-3:])
    if len(parts) >= _MAX_CONTINUED:
        return False
    if not value:
        return kind is not Field.OTHER
    if kind in _ADDRESSES:
        return value.endswith((",", ";")) or "@" in text or _is_open(value)
    if kind is Field.FROM:
        return _is_open(value) or ("@" not in value and text.strip()[:1] in "<[")
    if kind is Field.DATE:
        return len(parts) == 1 and not _CLOCK.search(value) and bool(_CLOCK.search(text))
    if text[:1] in " \t":
        return kind is Field.OTHER or len(parts) < 4
    return len(parts) < 4 and kind is Field.SUBJECT and _was_wrapped(above, text)


_CLOCK = re.compile(r"\d{1,2}\s?[:.h]\s?\d\d")


def _is_open(value: str) -> bool:
    return value.count("<") > value.count(">") or value.count("[") > value.count("]")


def _was_wrapped(above: str, below: str) -> bool:
    """True when the first word below would not have fitted above it."""
    word = len(below.split(None, 1)[0])
    return _WRAPPED_AT <= len(above) <= 80 < len(above) + 6 + word
