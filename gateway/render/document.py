"""What a template wrote, as blocks: one source for the text and for the HTML of a mail.

A template is written as the text that people read. Signs at the start of a line say what it is:

    # Heading, ## smaller, ### least  (the signs are not shown in the text)
    - an item of a list               (a line below it that is indented belongs to it)
    | somebody else's words           (as all values that hold a message have it)
    -----                             (a rule; three or more)
    "-- " alone                       (from here on the signature)

Everything else is a paragraph, up to the next blank line. `row`, `button`, `picture` and `words`
write lines that have no such sign: they carry control characters, which no value ever holds.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import assert_never

from gateway.mail.marker import QUOTE

REPLY_ADDRESS = "\x13"
"""Stands in a link for the reader's own reply address, so that readers can share a text."""

_ROW, _LINK, _PICTURE, _WORDS, _PART = "\x0e", "\x10", "\x11", "\x12", "\x0f"
_MARKS = frozenset((_ROW, _LINK, _PICTURE, _WORDS))
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
_HEADINGS = ("# ", "## ", "### ")
_RULE = re.compile(r"-{3,}\s*")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1, 2 or 3."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that belong together; each stays a line."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Items:
    """A list. An item may have more than one line."""

    items: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """Somebody else's words; each line carries its mark."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A name and its value; `between` parts them in the text."""

    name: str
    between: str
    value: str


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows that stand together."""

    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Button:
    """A link that does something: `target` in HTML, the shorter `short` in the text."""

    label: str
    target: str
    short: str


@dataclass(frozen=True, slots=True)
class Buttons:
    """Buttons that stand together."""

    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """An image of the mail itself, by its Content-ID, and what is said where it is not seen."""

    content_id: str
    alternative: str


@dataclass(frozen=True, slots=True)
class Words:
    """What an agent wrote, line by line."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across."""


@dataclass(frozen=True, slots=True)
class Signature:
    """What stands below `-- `."""

    lines: tuple[str, ...]


Block = Heading | Paragraph | Items | Quote | Rows | Buttons | Picture | Words | Rule | Signature


# --- what templates and views write ---------------------------------------------------------------


def clean(text: str) -> str:
    """`text` without control characters other than blanks and line ends."""
    return text if text.isprintable() else _CONTROL.sub("", text)


def row(name: str, value: str, between: str = ": ") -> str:
    """A line of a table."""
    return _line(_ROW, name, between, value)


def button(label: str, target: str, short: str) -> str:
    """A line with a link that does something."""
    return _line(_LINK, label, target, short)


def picture(content_id: str, alternative: str) -> str:
    """A line with an image of the mail itself."""
    return _line(_PICTURE, content_id, alternative)


def words(text: str) -> str:
    """An agent's text, kept as it is in the text of the mail."""
    return "\n".join(_WORDS + clean(line) for line in text.splitlines())


def _line(mark: str, *parts: str) -> str:
    return mark + _PART.join(parts).replace("\n", " ")


# --- printing as text -----------------------------------------------------------------------------


def as_text(source: str) -> str:
    """The text of a mail. A line that has no sign is as the template wrote it."""
    return "\n".join(_text_line(line) for line in source.splitlines())


def _text_line(line: str) -> str:
    match line[:1]:
        case "#":
            return _heading(line).text if line.startswith(_HEADINGS) else line
        case mark if mark in _MARKS:
            return _text_of(_marked(line))
        case _:
            return line


def _text_of(block: "Row | Button | Picture | str") -> str:
    match block:
        case Row():
            return f"{block.name}{block.between}{block.value}"
        case Button():
            return f"{block.label}: <{block.short}>"
        case Picture():
            return f"[{block.alternative}]"
        case str():
            return block
        case _ as never:
            assert_never(never)


def _marked(line: str) -> "Row | Button | Picture | str":
    parts = line[1:].split(_PART)
    match line[0]:
        case "\x0e":
            return Row(*parts)
        case "\x10":
            return Button(*parts)
        case "\x11":
            return Picture(*parts)
        case _:
            return line[1:]


def _heading(line: str) -> Heading:
    sign, _, text = line.partition(" ")
    return Heading(len(sign), text)


# --- reading into blocks --------------------------------------------------------------------------


def blocks(source: str) -> tuple[Block, ...]:
    """The blocks of a mail, in order."""
    return tuple(_blocks(source.splitlines()))


def _blocks(lines: Sequence[str]) -> Iterator[Block]:
    place = 0
    while place < len(lines):
        kind = _kind(lines[place])
        if kind == "signature":
            yield Signature(tuple(lines[place + 1 :]))
            return
        end = place + 1
        while end < len(lines) and _goes_on(kind, lines[end]):
            end += 1
        if kind:
            yield _block(kind, lines[place:end])
        place = end


def _kind(line: str) -> str:
    """The name of a line's kind; empty for a blank line."""
    start = line[:1]
    if start in _MARKS:
        return start
    if start == "|" and (line + " ").startswith(QUOTE):
        return "quote"
    if start == "-":
        if line in ("-- ", "--"):
            return "signature"
        if line.startswith("- "):
            return "items"
        if _RULE.fullmatch(line):
            return "rule"
    if line.startswith(_HEADINGS):
        return "heading"
    return "paragraph" if line.strip() else ""


def _goes_on(kind: str, line: str) -> bool:
    if kind == "items" and line.startswith("  ") and line.strip():
        return True
    return kind not in ("heading", "rule", _PICTURE) and _kind(line) == kind


def _block(kind: str, lines: Sequence[str]) -> Block:
    match kind:
        case "heading":
            return _heading(lines[0])
        case "items":
            return Items(tuple(_items(lines)))
        case "quote":
            return Quote(tuple(lines))
        case "rule":
            return Rule()
        case "paragraph":
            return Paragraph(tuple(lines))
        case _:
            return _of_marked([_marked(line) for line in lines])


def _of_marked(found: "Iterable[Row | Button | Picture | str]") -> Block:
    first, *rest = found
    every = (first, *rest)
    match first:
        case Row():
            return Rows(tuple(one for one in every if isinstance(one, Row)))
        case Button():
            return Buttons(tuple(one for one in every if isinstance(one, Button)))
        case Picture():
            return first
        case str():
            return Words(tuple(one for one in every if isinstance(one, str)))
        case _ as never:
            assert_never(never)


def _items(lines: Sequence[str]) -> Iterator[tuple[str, ...]]:
    item: list[str] = []
    for line in lines:
        if line.startswith("- ") and item:
            yield tuple(item)
            item = []
        item.append(line[2:])
    yield tuple(item)
