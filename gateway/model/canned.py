"""Canned responses: text modules with places to fill in (osTicket: canned response)."""

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.model.people import DepartmentId, Language
from gateway.model.route import File
from gateway.model.ticket import TopicId


@dataclass(frozen=True, slots=True)
class Gap:
    """A place to fill in. `name` is folded; `fallback` None: without a value nothing is sent."""

    name: str
    written: str
    fallback: str | None = None


Piece = str | Gap


@dataclass(frozen=True, slots=True)
class Canned:
    """One text module in one language. `departments` and `topics` empty mean all of them."""

    id: str
    title: str
    language: Language
    body: tuple[Piece, ...]
    departments: frozenset[DepartmentId] = frozenset()
    topics: frozenset[TopicId] = frozenset()
    files: tuple[File, ...] = ()


CannedResponses = Mapping[str, Mapping[Language, Canned]]
"""By folded name, then by language; at least one language each."""


def filled(canned: Canned, values: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """The text with `values` (by folded name) in its gaps, and the gaps that have no value."""
    empty = []
    pieces = []
    for piece in canned.body:
        if isinstance(piece, str):
            pieces.append(piece)
            continue
        value = values.get(piece.name) or piece.fallback
        if value is None:
            empty.append(piece.written)
        pieces.append(value or "")
    return "".join(pieces), tuple(dict.fromkeys(empty))
