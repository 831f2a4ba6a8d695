"""One rule file as plain values with their places: YAML without its surprises.

Only `true`, `false`, whole numbers in decimal, and nothing are more than text: `no` is a word, not
a lie, `012` a postcode and `1:30` a time. Keys are always text. What makes a file say something
else than it shows is refused: a key given twice, aliases, merge keys, tags.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from gateway.model.text import Text, say
from gateway.rulebook import slips
from gateway.rulebook.document import Document, Edits, Loc, Spot, Value
from gateway.rulebook.encoding import not_text
from gateway.rulebook.errors import Place, RuleError, RuleWarning, error
from gateway.rulebook.syntax import explain

__all__ = ["Document", "Loc", "Value", "read", "read_text"]

Event = Any
"""An event of PyYAML's C parser: where it begins and ends, and what stands there."""

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_CONSTANTS: Mapping[str, bool | None] = {
    "": None, "~": None, "null": None, "true": True, "false": False,
}  # fmt: skip
_DEEPEST = 20
_PLAIN_TAGS = {None, *(f"tag:yaml.org,2002:{kind}" for kind in ("str", "map", "seq"))}
_QUOTED = ("'", '"', "|", ">")


def read(path: Path, file: str) -> tuple[Document | None, tuple[RuleError, ...]]:
    """The file's values and places, and its mistakes; no document when it is no YAML at all."""
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        return None, (not_text(raw, file, wrong.start),)
    if "\0" in text[:4096]:
        return None, (not_text(raw, file),)
    return read_text(text, file)


def read_text(text: str, file: str) -> tuple[Document | None, tuple[RuleError, ...]]:
    """The same for YAML that was read already."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    walk = _Walk(file, tuple(text.split("\n")), yaml.CSafeLoader(text).get_event)
    try:
        data = walk.document()
    except yaml.YAMLError as wrong:
        return None, (explain(wrong, text, file),)
    if data is None:
        data = {}
    told, twice = frozenset(walk.told), frozenset(walk.twice)
    found = Document(file, data, walk.root, told, twice, walk.lines)
    edits = Edits()
    for loc in told - {()}:
        edits.take_out(loc)
    return edits.applied(found) if edits else found, tuple(walk.errors)


_CUT = re.compile(r"[^\s#][^#]*\s(#[\wÄÖÜäöüß].*)$")
_QUOTES = re.compile(r"""'[^']*'|"[^"]*\"""")


def cut_short(document: Document) -> Iterator[RuleWarning]:
    """Values behind which `#word` follows: it is a comment, though it may not look like one."""
    for number, line in enumerate(document.lines, start=1):
        if "#" not in line or line.lstrip().startswith("#"):
            continue
        found = _CUT.match(_QUOTES.sub("", line).strip())
        if found is not None:
            yield RuleWarning(
                f"{document.file}:{number}:{line.index(found[1][:2]) + 1}",
                say('"%(value)s" is a comment, and not read', value=found[1][:40]),
                say("put the whole value in quotes where it belongs to it, or else a blank behind "
                    "the #"),
            )  # fmt: skip


@dataclass(slots=True)
class _Walk:
    """One walk over the parser's events: values come back, spots and mistakes are collected."""

    file: str
    lines: tuple[str, ...]
    next: Callable[[], Event]
    root: Spot = field(default_factory=lambda: Spot(0, 0))
    told: set[Loc] = field(default_factory=set)
    twice: set[Loc] = field(default_factory=set)
    errors: list[RuleError] = field(default_factory=list)
    once: set[str] = field(default_factory=set)

    def document(self) -> Value:
        """The only document of the stream."""
        self.next()  # the stream begins
        if isinstance(self.next(), yaml.StreamEndEvent):
            return None
        data = self.value(self.next(), (), self.root)
        self.next()  # the document ends
        following = self.next()
        if not isinstance(following, yaml.StreamEndEvent):
            what = say("--- begins a second document")
            self._wrong(_place(self.file, following), what, say("delete this line"))
        return data

    def value(self, event: Event, loc: Loc, spot: Spot) -> Value:
        spot.line, spot.column = event.start_mark.line, event.start_mark.column
        if isinstance(event, yaml.ScalarEvent):
            if event.tag not in _PLAIN_TAGS:
                self._tag(event, loc)
                return None
            return self._scalar(event)
        if isinstance(event, yaml.AliasEvent):
            self._alias(event, loc)
            return None
        if len(loc) > _DEEPEST:
            self._too_deep(event, loc)
            return None
        if event.tag not in _PLAIN_TAGS:
            self._skip(event)
            self._tag(event, loc)
            return None
        if isinstance(event, yaml.SequenceStartEvent):
            return tuple(self._sequence(loc, spot))
        return self._mapping(event, loc, spot)

    def _sequence(self, loc: Loc, spot: Spot) -> Iterator[Value]:
        spots: list[Spot] = []
        spot.parts = spots
        while not isinstance(event := self.next(), yaml.SequenceEndEvent):
            inner = Spot(0, 0)
            spots.append(inner)
            yield self.value(event, (*loc, len(spots) - 1), inner)

    def _mapping(self, start: Event, loc: Loc, spot: Spot) -> dict[str, Value]:
        found: dict[str, Value] = {}
        spots: dict[str, Spot] = {}
        spot.parts = spots
        bare: list[tuple[Event, str, str | None]] = []
        while not isinstance(event := self.next(), yaml.MappingEndEvent):
            key = self._key(event, start, loc)
            if key is None:
                self._skip(self.next())
                continue
            value = self.next()
            mark = event.start_mark
            if key in found:
                self._twice(event, loc, key, spots[key])
                self._skip(value)
                continue
            if start.flow_style and self._is_bare(event, value):
                bare.append((event, key, next(reversed(found), None)))
                continue
            inner = spots[key] = Spot(0, 0, mark.line, mark.column)
            found[key] = self.value(value, (*loc, key), inner)
        if bare and not found:
            words = [key for _, key, _ in bare]
            self._wrong(_place(self.file, start), *slips.braces_for_a_list(words))
            self.told.add(loc)
        elif bare:
            self._bare(bare[0], found, loc)
        return found

    def _key(self, event: Event, around: Event, loc: Loc) -> str | None:
        mark = event.start_mark
        if isinstance(event, yaml.ScalarEvent) and event.value != "<<":
            if event.tag not in _PLAIN_TAGS:
                shown = slips.rest_of(self.lines[mark.line], mark.column)
                self._wrong(_place(self.file, event), *slips.exclamation_mark(shown))
                return None
            return self._cleaned(event)
        place = _place(self.file, event)
        if isinstance(event, yaml.MappingStartEvent) and around.flow_style and event.flow_style:
            mark = around.start_mark
            shown = slips.rest_of(self.lines[mark.line], mark.column)
            self._wrong(_place(self.file, around), *slips.double_brace(shown))
            self.told.add(loc)
        elif isinstance(event, yaml.ScalarEvent):
            self._wrong(place, *slips.merge_key())
            self.told.update({loc} if len(loc) > 1 else ())
        else:
            what = say("no plain word before the colon")
            self._wrong(place, what, say("write a word, or a text in quotes"))
        self._skip(event)
        return None

    def _skip(self, event: Event) -> None:
        """Pass over a whole value, however deep it is."""
        depth = 0
        while True:
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth == 0:
                return
            event = self.next()

    # --- what is refused --------------------------------------------------------------------------

    def _tag(self, event: Event, loc: Loc) -> None:
        shown = slips.rest_of(self.lines[event.start_mark.line], event.start_mark.column)
        self._wrong(_place(self.file, event), *slips.exclamation_mark(shown))
        self.told.add(loc)

    def _alias(self, event: Event, loc: Loc) -> None:
        self._once(_place(self.file, event), *slips.alias(str(event.anchor)))
        self.told.add(loc)

    def _too_deep(self, event: Event, loc: Loc) -> None:
        self._skip(event)
        what = say("too many brackets or levels inside each other")
        self._once(_place(self.file, event), what, say("take out those that are too many"))
        self.told.add(loc[:1])

    def _twice(self, event: Event, loc: Loc, key: str, first: Spot) -> None:
        self.twice.add((*loc, key))
        self._wrong(
            _place(self.file, event),
            say('"%(key)s" stands here for the second time', key=key),
            say("keep one of them; the first is in line %(line)s", line=first.key_line + 1),
        )

    def _is_bare(self, key: Event, value: Event) -> bool:
        """True for a word between curly brackets behind which stands no colon."""
        if not isinstance(value, yaml.ScalarEvent) or value.value or value.style in _QUOTED:
            return False
        line = self.lines[key.end_mark.line]
        return not line[key.end_mark.column :].lstrip().startswith(":")

    def _bare(
        self, first: tuple[Event, str, str | None], found: Mapping[str, Value], loc: Loc
    ) -> None:
        """A word without a colon, between pairs that have one."""
        event, key, before = first
        word, colon, value = key.partition(":")
        place = _place(self.file, event)
        if colon and value:
            self._wrong(place, *slips.no_space(word, f"{word}: {value}"))
        elif before is not None:
            if self.errors and self.errors[-1].what.msgid == slips.MARK:
                self.errors.pop()  # the quotation marks are around both halves
            self._wrong(place, *slips.comma(key, str(found[before])))
        self.told.add(loc)

    # --- texts ------------------------------------------------------------------------------------

    def _scalar(self, event: Event) -> Value:
        text = self._cleaned(event)
        if event.style in _QUOTED:
            return text
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        return int(text) if _INTEGER.fullmatch(text) else text

    def _cleaned(self, event: Event) -> str:
        """The text, without signs that nobody sees and quotation marks that YAML does not know."""
        text = str(event.value)
        if text.isascii() and text.isprintable():
            return text
        is_plain = event.style not in _QUOTED
        slip = slips.of_text(text, is_plain=is_plain, escaped=event.style == '"')
        if slip is None:
            return unicodedata.normalize("NFC", text)
        mark = event.start_mark
        column = mark.column + slip.at + (not is_plain) if mark.line == event.end_mark.line else 0
        place = Place(self.file, mark.line + 1, max(column, mark.column) + 1)
        self._wrong(place, slip.what, slip.right)
        return unicodedata.normalize("NFC", slip.meant)

    def _once(self, place: Place, what: Text, right: Text) -> None:
        if what.msgid not in self.once:
            self.once.add(what.msgid)
            self._wrong(place, what, right)

    def _wrong(self, place: Place, what: Text, right: Text) -> None:
        self.errors.append(error(place, what, right))


def _place(file: str, event: Event) -> Place:
    return Place(file, event.start_mark.line + 1, event.start_mark.column + 1)
