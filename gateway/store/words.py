"""What is looked for in the full-text index, in the language of each database.

Beside its words a ticket has marks there, which no text has: one of its department, so that a
common word is looked up together with the departments of a reader instead of being filtered
afterwards, and the words of the requester once more with a mark in front.

FTS5 reads all that begins with some letters before it hands out the first ticket. So on SQLite the
words that there are have a table of their own, and are looked for one by one.
"""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    column,
    func,
    literal,
    literal_column,
    or_,
    select,
    table,
    text,
)

from gateway.model.people import DepartmentId
from gateway.model.query import Criterion, RequesterIs, TextHas
from gateway.policy.query.folding import indexed, ways
from gateway.store import schema
from gateway.store.schema_search import PARTS, VECTOR, ticket_text

_PREFIX = 3
"""A word of so many letters or more also finds what begins with it."""
_FROM, _DEPARTMENT = "qxf", "qxd"
_WORDS = table("ticket_words", column("rowid"))
_TICKET = schema.ticket
_MOST_FORMS = 500
"""Words with one beginning that are looked for one by one."""
_BEGINNING = text("SELECT word FROM word WHERE word >= :start AND word < :end LIMIT :most")
_CONFIGURATION: ColumnElement[Any] = literal_column("'simple'::regconfig")

Way = tuple[tuple[str, ...], bool]
"""Words that stand together, and whether the last may go on."""


def marks(department: str, requester: str) -> str:
    """The marks of a ticket, to be indexed behind its words."""
    people = (_FROM + word for word in indexed(requester).split())
    return " ".join((*people, _department(department)))


def _department(department: str) -> str:
    return _DEPARTMENT + blake2b(department.encode(), digest_size=8).hexdigest()


def is_words(group: Iterable[Criterion]) -> bool:
    """True when the index alone can answer the group."""
    return all(not test.negated and ways_of(test.condition) is not None for test in group)


def ways_of(condition: object) -> tuple[Way, ...] | None:
    """How the index may hold what is asked for; None where it does not know."""
    match condition:
        case TextHas(words, exact):
            return tuple((way, not exact and len(way[-1]) >= _PREFIX) for way in words)
        case RequesterIs(who, whole=False):
            return tuple((tuple(_FROM + word for word in way), True) for way in ways(who))
        case _:
            return None


class Index:
    """The full-text index of one database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._is_sqlite = connection.dialect.name == "sqlite"
        self._known: dict[str, list[str] | None] = {}

    def expression(
        self, groups: Sequence[Iterable[object]], departments: Iterable[DepartmentId] | None
    ) -> str:
        """All groups, of each at least one condition, and one of the departments (None: any)."""
        wanted = [
            [self._atom(way) for condition in group for way in ways_of(condition) or ()]
            for group in groups
        ]
        if departments is not None:
            marked = sorted(_department(each) for each in departments)
            wanted.append([self._atom(((mark,), False)) for mark in marked])
        either, both = (" OR ", " AND ") if self._is_sqlite else (" | ", " & ")
        return both.join(f"({either.join(group)})" for group in wanted)

    def _atom(self, way: Way) -> str:
        """Each word is a quoted string to both databases."""
        words, goes_on = way
        if not self._is_sqlite:
            return "(" + " <-> ".join(f"'{word}'" for word in words) + (":*)" if goes_on else ")")
        forms = self._forms(words[-1]) if goes_on else [words[-1]]
        if forms is None:
            return f'"{" ".join(words)}"*'
        return " OR ".join(f'"{" ".join((*words[:-1], form))}"' for form in forms)

    def _forms(self, start: str) -> list[str] | None:
        """The words that begin so; None when they are too many to be named."""
        if start not in self._known:
            values = {"start": start, "end": start + "\U0010fffd", "most": _MOST_FORMS + 1}
            found = list(self._connection.execute(_BEGINNING, values).scalars())
            self._known[start] = (found or [start]) if len(found) <= _MOST_FORMS else None
        return self._known[start]

    def tickets(
        self, wanted: str, by: ColumnElement[Any], *, last_first: bool, most: int
    ) -> Select[Any]:
        """Ids of the tickets with the words, and what they are ordered by.

        SQLite hands out one row for each part of a thread, in the order of the ids without looking
        at more than is read, so it needs no limit then.
        """
        parts = _WORDS if self._is_sqlite else ticket_text
        place = _WORDS.c.rowid if self._is_sqlite else ticket_text.c.id
        belongs = _TICKET.c.id == literal_column(f"{parts.name}.{place.name} / {PARTS}")
        found = select(_TICKET.c.id, by.label("by")).select_from(parts.join(_TICKET, belongs))
        if self._is_sqlite and by is _TICKET.c.id:
            return found.where(_matches(wanted)).order_by(place.desc() if last_first else place)
        in_order = (by.desc(), _TICKET.c.id.desc()) if last_first else (by, _TICKET.c.id)
        has = _matches(wanted) if self._is_sqlite else _has(wanted)
        return found.where(has).distinct().order_by(*in_order).limit(most)

    def holds(self, condition: object) -> ColumnElement[bool]:
        """Whether the ticket of the row has the words: its text is read, not the index."""
        first = _TICKET.c.id * PARTS
        whole = literal(" ") + ticket_text.c.head + " " + ticket_text.c.body + " "
        place = func.instr if self._is_sqlite else func.strpos
        ways = (
            f" {' '.join(words)}{'' if more else ' '}" for words, more in ways_of(condition) or ()
        )
        has = or_(*(place(whole, way) > 0 for way in ways))
        inside = select(ticket_text.c.id)
        inside = inside.where(ticket_text.c.id.between(first, first + PARTS - 1), has)
        return inside.correlate(_TICKET).exists()


def _matches(wanted: str) -> ColumnElement[bool]:
    return literal_column("ticket_words").op("MATCH")(literal(wanted))


def _has(wanted: str) -> ColumnElement[bool]:
    return literal_column(VECTOR).op("@@")(func.to_tsquery(_CONFIGURATION, wanted))
