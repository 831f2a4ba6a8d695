"""A rule file as plain values, with the places where its keys and values stand."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from gateway.rulebook.errors import Place

Value = str | int | bool | None | dict[str, "Value"] | tuple["Value", ...]
Loc = tuple[str | int, ...]
"""The way from the top of a file to a value: keys, and places in lists from 0."""


@dataclass(slots=True)
class Spot:
    """Where a value stands, its key before it, and the spots of its parts; lines count from 0."""

    line: int
    column: int
    key_line: int = -1
    key_column: int = -1
    parts: "dict[str, Spot] | list[Spot] | None" = None

    def part(self, name: str | int) -> "Spot | None":
        """The spot of one part; None when it stands nowhere."""
        match self.parts:
            case dict() as table:
                return table.get(name) if isinstance(name, str) else None
            case list() as row:
                return row[name] if isinstance(name, int) and name < len(row) else None
            case _:
                return None


@dataclass(frozen=True, slots=True)
class Document:
    """A file that is YAML.

    Values that turn out to be wrong are taken out of `data`; in tables they keep their spots.
    `told` are places about which a mistake is told already, `twice` keys that were given twice.
    """

    file: str
    data: Value
    root: Spot = field(default_factory=lambda: Spot(0, 0))
    told: frozenset[Loc] = frozenset()
    twice: frozenset[Loc] = frozenset()
    lines: tuple[str, ...] = ()

    def place(self, loc: Loc) -> Place:
        """Where the value stands, or else the nearest thing around it."""
        spot, length = self._nearest(loc)
        at_value = length == len(loc) or spot.parts is None
        return self._place(spot, at_value=at_value)

    def key_place(self, loc: Loc) -> Place:
        """Where the key of the value stands, or else the nearest thing around it."""
        return self._place(self._nearest(loc)[0], at_value=False)

    def stands(self, loc: Loc) -> bool:
        """True when the value stands in the file; stand-ins stand nowhere."""
        return self._nearest(loc)[1] == len(loc)

    def line_of(self, loc: Loc) -> str:
        """The whole line in which the value, or its key, stands."""
        line = self.place(loc).line - 1
        return self.lines[line] if line < len(self.lines) else ""

    def at(self, loc: Loc) -> Value:
        """The value; None also when there is none."""
        data: Value = self.data
        for part in loc:
            data = _part(data, part)
        return data

    def has(self, loc: Loc) -> bool:
        """True when there is a value at `loc`."""
        if not loc:
            return True
        around = self.at(loc[:-1])
        if isinstance(around, dict):
            return loc[-1] in around
        return isinstance(around, tuple) and isinstance(loc[-1], int) and loc[-1] < len(around)

    def lost(self, loc: Loc) -> tuple[Loc, ...]:
        """What was written at and below `loc`, but left out because it is wrong."""
        spot, length = self._nearest(loc)
        if length < len(loc):
            return ()
        if not self.has(loc):
            return (loc,)
        return tuple(_lost(loc, spot, self.at(loc)))

    def _nearest(self, loc: Loc) -> tuple[Spot, int]:
        spot = self.root
        for length, part in enumerate(loc):
            inner = spot.part(part)
            if inner is None:
                return spot, length
            spot = inner
        return spot, len(loc)

    def _place(self, spot: Spot, *, at_value: bool) -> Place:
        if spot is self.root:
            return Place(self.file)
        if at_value or spot.key_line < 0:
            return Place(self.file, spot.line + 1, spot.column + 1)
        return Place(self.file, spot.key_line + 1, spot.key_column + 1)


def _part(data: Value, part: str | int) -> Value:
    if isinstance(data, dict):
        return data.get(part) if isinstance(part, str) else None
    if isinstance(data, tuple) and isinstance(part, int) and part < len(data):
        return data[part]
    return None


def _lost(loc: Loc, spot: Spot, data: Value) -> Iterator[Loc]:
    if isinstance(spot.parts, dict) and isinstance(data, dict):
        for key, inner in spot.parts.items():
            if key in data:
                yield from _lost((*loc, key), inner, data[key])
            else:
                yield (*loc, key)
    if isinstance(spot.parts, list) and isinstance(data, tuple):
        for number, (inner, value) in enumerate(zip(spot.parts, data, strict=False)):
            yield from _lost((*loc, number), inner, value)


@dataclass(slots=True)
class Edits:
    """Changes of a document, made together: what is taken out, put in, and renamed."""

    _gone: set[Loc] = field(default_factory=set)
    _put: dict[Loc, Value] = field(default_factory=dict)
    _renamed: dict[Loc, str] = field(default_factory=dict)

    def take_out(self, loc: Loc) -> None:
        """Leave out the value; later parts of a list move up, with their places."""
        self._gone.add(loc)

    def put(self, loc: Loc, value: Value) -> None:
        """Set a value that stands nowhere."""
        self._put[loc] = value

    def rename(self, loc: Loc, key: str) -> None:
        """Give the value at `loc` another key."""
        self._renamed[loc] = key

    def __bool__(self) -> bool:
        """True when there is something to change."""
        return bool(self._gone or self._put or self._renamed)

    def applied(self, document: Document) -> Document:
        """The document with all changes; it costs what is touched, not what is there."""
        tree: _Tree = {}
        for loc in (*self._gone, *self._put, *self._renamed):
            inner = tree
            for part in loc:
                inner = inner.setdefault(part, {})
        data, root = self._changed((), tree, document.data, document.root)
        return replace(document, data=data, root=root)

    def _changed(
        self, loc: Loc, tree: "_Tree", data: Value, spot: Spot | None
    ) -> tuple[Value, Spot]:
        spot = spot or Spot(-1, -1)
        if not tree:
            return data, spot
        if isinstance(data, tuple):
            return self._row(loc, tree, data, spot)
        table = data if isinstance(data, dict) else {}
        return self._table(loc, tree, table, spot)

    def _row(
        self, loc: Loc, tree: "_Tree", data: tuple[Value, ...], spot: Spot
    ) -> tuple[Value, Spot]:
        values: list[Value] = []
        spots: list[Spot] = []
        for number, value in enumerate(data):
            at = (*loc, number)
            if at in self._gone:
                continue
            changed = self._changed(at, tree.get(number, {}), value, spot.part(number))
            values.append(changed[0])
            spots.append(changed[1])
        return tuple(values), _with_parts(spot, spots)

    def _table(
        self, loc: Loc, tree: "_Tree", data: dict[str, Value], spot: Spot
    ) -> tuple[Value, Spot]:
        values = dict(data)
        spots = dict(spot.parts) if isinstance(spot.parts, dict) else {}
        for part, inner in tree.items():
            at, key = (*loc, part), str(part)
            if at in self._gone:
                values.pop(key, None)
                continue
            if at in self._put:
                values[key] = self._put[at]
                spots.pop(key, None)
            if key in values and inner:
                values[key], changed = self._changed(at, inner, values[key], spots.get(key))
                if key in spots:
                    spots[key] = changed
            if at in self._renamed and key in values:
                values[self._renamed[at]] = values.pop(key)
                spots[self._renamed[at]] = spots.pop(key)
        return values, _with_parts(spot, spots)


_Tree = dict[str | int, "_Tree"]


def _with_parts(spot: Spot, parts: dict[str, Spot] | list[Spot]) -> Spot:
    return Spot(spot.line, spot.column, spot.key_line, spot.key_column, parts)
