"""Offers and requests that fit each other."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.model.people import DepartmentId
from gateway.model.ticket import FieldId, Ticket, TicketId, TopicId
from gateway.model.topic import Side


@dataclass(frozen=True, slots=True)
class FitsWanted:
    """Which offers or requests are looked up: the oldest of each department and field.

    `topics` are those of their side, `others` those of the other side. `waiting`: only tickets on
    the waiting list, the longest there first. What is reserved, or linked with an open ticket of
    the other side, is left out. `most` are looked up for each department, topic and field.
    """

    topics: frozenset[TopicId]
    others: frozenset[TopicId]
    departments: frozenset[DepartmentId]
    fields: frozenset[FieldId]
    waiting: bool
    most: int


@dataclass(frozen=True, slots=True)
class Fit:
    """An open offer or a waiting request, with the filled in fields of those asked for."""

    ticket: Ticket
    fields: frozenset[FieldId]


@dataclass(frozen=True, slots=True)
class Matching:
    """What was looked up for matching: candidates by their side, and who is linked with whom.

    `partners` are the open tickets that a ticket is linked with, and their topics.
    """

    fits: Mapping[Side, tuple[Fit, ...]] = field(default_factory=dict)
    partners: Mapping[TicketId, Mapping[TicketId, TopicId]] = field(default_factory=dict)
