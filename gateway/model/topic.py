"""Help topics and the fields that they bring (osTicket: help topic, custom form field)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from gateway.model.people import DepartmentId
from gateway.model.text import Text
from gateway.model.ticket import FieldId, Priority, Ticket, TopicId


class FieldType(StrEnum):
    """What may stand in a field."""

    FLAG = "flag"  # yes or not set
    TEXT = "text"  # one line
    LONG_TEXT = "long-text"
    CHOICE = "choice"  # one of `choices`, and a comment behind it
    DATE = "date"
    NUMBER = "number"
    IDENTIFIERS = "identifiers"  # several, each by the pattern


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `pattern` is a regular expression for a whole identifier, `example` one of them.

    `unique`: no value may stand in two tickets of the state open at once. `departments` are those
    whose members see it; empty means everybody who sees the ticket. `wanted`: the device or thing
    that offers and requests are matched by.
    """

    id: FieldId
    name: Text
    type: FieldType
    choices: tuple[str, ...] = ()
    pattern: str = ""
    example: str = ""
    unique: bool = False
    required_to_close: bool = False
    matched: bool = False
    departments: frozenset[DepartmentId] = frozenset()


class Side(StrEnum):
    """What tickets of a topic are in the matching of offers and requests."""

    OFFER = "offer"
    REQUEST = "request"


@dataclass(frozen=True, slots=True)
class Topic:
    """A help topic. `department` None: wherever the ticket arrived. `autoresponse`: a canned one.

    `fields` are in the order in which people see them.
    """

    id: TopicId
    name: Text
    fields: tuple[FieldId, ...] = ()
    department: DepartmentId | None = None
    priority: Priority = Priority.NORMAL
    autoresponse: str = ""
    side: Side | None = None


@dataclass(frozen=True, slots=True)
class Topics:
    """All topics and fields. The names are folded: id, name, aliases, umlauts written out."""

    topics: Mapping[TopicId, Topic] = field(default_factory=dict)
    fields: Mapping[FieldId, Field] = field(default_factory=dict)
    topic_names: Mapping[str, TopicId] = field(default_factory=dict)
    field_names: Mapping[str, FieldId] = field(default_factory=dict)
    default: TopicId | None = None
    """The topic of a new ticket that nothing gives another one."""

    def of(self, topic: TopicId | None) -> tuple[Field, ...]:
        """The fields that a ticket of the topic has, in order."""
        found = self.topics.get(topic) if topic else None
        return tuple(self.fields[name] for name in found.fields) if found else ()

    def priority_of(self, ticket: Ticket) -> Priority:
        """How urgent the ticket is: as it was set, else as its topic says."""
        found = self.topics.get(ticket.topic) if ticket.topic else None
        return ticket.priority or (found.priority if found else Priority.NORMAL)
