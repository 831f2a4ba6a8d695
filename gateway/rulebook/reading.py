"""One rule file as plain values with their places: YAML without its surprises.

Only `true`, `false`, whole numbers in decimal, and nothing are more than text: `no` is a word, not
a lie, `012` a postcode and `1:30` a time. Keys are always text. What makes a file say something
else than it shows is refused: a key given twice, aliases, merge keys, tags.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from gateway.model.text import Text, say
from gateway.rulebook.errors import Place, RuleError, error
from gateway.rulebook.syntax import explain

Value = str | int | bool | None | dict[str, "Value"] | tuple["Value", ...]
Loc = tuple[str | int, ...]
"""The way from the top of a file to a value: keys, and places in lists from 0."""

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_CONSTANTS: Mapping[str, bool | None] = {
    "": None, "~": None, "null": None, "true": True, "false": False,
}  # fmt: skip
_DEEPEST = 20
_PLAIN_TAGS = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "map", "seq")}


@dataclass(frozen=True, slots=True)
class Document:
    """A file that is YAML: its values, and where keys and values stand."""

    file: str
    data: Value
    keys: Mapping[Loc, Place]
    values: Mapping[Loc, Place]

    def place(self, loc: Loc) -> Place:
        """Where the value stands, or else the nearest thing around it."""
        return self._nearest(loc, self.values, self.keys)

    def key_place(self, loc: Loc) -> Place:
        """Where the key of the value stands, or else the nearest thing around it."""
        return self._nearest(loc, self.keys, self.values)

    def has(self, loc: Loc) -> bool:
        """True when there is a value at `loc`."""
        data: Value = self.data
        for part in loc:
            if isinstance(data, dict) and part in data:
                data = data[str(part)]
            elif isinstance(data, tuple) and isinstance(part, int) and part < len(data):
                data = data[part]
            else:
                return False
        return True

    def lost(self, loc: Loc) -> tuple[Loc, ...]:
        """What was written at and below `loc`, but left out because it is wrong."""
        return tuple(key for key in self.keys if key[: len(loc)] == loc and not self.has(key))

    def _nearest(self, loc: Loc, *marks: Mapping[Loc, Place]) -> Place:
        for length in range(len(loc), 0, -1):
            for places in marks:
                if loc[:length] in places:
                    return places[loc[:length]]
            marks = (self.keys, self.values)  # around it, the key is what people look for
        return Place(self.file)


class _Loader(yaml.CSafeLoader):
    """The C parser, with every plain scalar left as text."""

    yaml_implicit_resolvers = {}  # noqa: RUF012  (PyYAML reads it from the class)


def read(path: Path, file: str) -> tuple[Document | None, tuple[RuleError, ...]]:
    """The file's values and places, and its mistakes; no document when it is no YAML at all."""
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        return None, (_not_utf8(raw, wrong.start, file),)
    return read_text(text, file)


def read_text(text: str, file: str) -> tuple[Document | None, tuple[RuleError, ...]]:
    """The same for YAML that was read already."""
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as wrong:
        return None, (explain(wrong, text, file),)
    walk = _Walk(file)
    data: Value = {} if node is None else walk.value(node, ())
    if data is None:
        data = {}
    return Document(file, data, walk.keys, walk.values), tuple(walk.errors)


def _not_utf8(raw: bytes, at: int, file: str) -> RuleError:
    line_start = raw.rfind(b"\n", 0, at) + 1
    return error(
        Place(file, raw.count(b"\n", 0, at) + 1, at - line_start + 1),
        say("this character is not UTF-8"),
        say("save the file with the encoding UTF-8"),
    )


@dataclass(slots=True)
class _Walk:
    """One walk over the nodes: values come back, places and mistakes are collected."""

    file: str
    keys: dict[Loc, Place] = field(default_factory=dict)
    values: dict[Loc, Place] = field(default_factory=dict)
    errors: list[RuleError] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)

    def value(self, node: yaml.Node, loc: Loc) -> Value:
        self.values[loc] = self._place(node)
        self.seen.add(id(node))
        if node.tag not in _PLAIN_TAGS:
            self._wrong(
                self.values[loc],
                say("a tag: something that begins with !"),
                say("leave it out, or put the value in quotes"),
            )
        match node:
            case yaml.MappingNode():
                return self._mapping(node, loc)
            case yaml.SequenceNode():
                fresh = [item for item in node.value if not self._refused(item, loc)]
                return tuple(self.value(item, (*loc, n)) for n, item in enumerate(fresh))
            case yaml.ScalarNode():
                return _scalar(node)
            case _:
                return None

    def _mapping(self, node: yaml.MappingNode, loc: Loc) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for key_node, value_node in node.value:
            key = self._key(key_node)
            if key is None:
                continue
            if key in found:
                self._twice(key_node, key, self.keys[*loc, key])
                continue
            self.keys[*loc, key] = self._place(key_node)
            if not self._refused(value_node, (*loc, key)):
                found[key] = self.value(value_node, (*loc, key))
        return found

    def _refused(self, node: yaml.Node, loc: Loc) -> bool:
        """True for a node that was met before, which is an alias, or that lies too deep."""
        if id(node) not in self.seen and len(loc) <= _DEEPEST:
            return False
        self._wrong(
            self.keys.get(loc, self._place(node)),
            say("an alias (*) or too many levels inside each other"),
            say("write the value out, or put it in quotes when it begins with *"),
        )
        return True

    def _key(self, node: yaml.Node) -> str | None:
        if isinstance(node, yaml.ScalarNode) and node.value != "<<" and id(node) not in self.seen:
            self.seen.add(id(node))
            return unicodedata.normalize("NFC", node.value)
        self._wrong(
            self._place(node),
            say("no plain word before the colon"),
            say("write a word or a text in quotes; merge keys (<<) are not read"),
        )
        return None

    def _twice(self, node: yaml.Node, key: str, first: Place) -> None:
        self._wrong(
            self._place(node),
            say('"%(key)s" stands here for the second time', key=key),
            say("keep one of them; the first is in line %(line)s", line=first.line),
        )

    def _place(self, node: yaml.Node) -> Place:
        return Place(self.file, node.start_mark.line + 1, node.start_mark.column + 1)

    def _wrong(self, place: Place, what: Text, right: Text) -> None:
        self.errors.append(error(place, what, right))


def _scalar(node: yaml.ScalarNode) -> Value:
    text = unicodedata.normalize("NFC", str(node.value))
    if node.style in ("'", '"', "|", ">"):
        return text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    return int(text) if _INTEGER.fullmatch(text) else text
