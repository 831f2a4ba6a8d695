"""Changes of what a ticket is about: topic, fields, subject, priority, tags, reservations."""

from dataclasses import dataclass

from gateway.model.ticket import FieldId, Priority, TicketId, TopicId


@dataclass(frozen=True, slots=True)
class SetTopic:
    """Another help topic. Values of fields that only the old one has are kept, unseen."""

    ticket: TicketId
    topic: TopicId


@dataclass(frozen=True, slots=True)
class SetField:
    """The values of a field from now on; none empties it. `folded` are they as they are found."""

    ticket: TicketId
    field: FieldId
    values: tuple[str, ...]
    folded: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reserve:
    """All values of unique fields (folded) that the ticket holds from now on.

    Held by another ticket meanwhile, the transaction fails and the message is decided anew.
    """

    ticket: TicketId
    held: tuple[tuple[FieldId, str], ...]


@dataclass(frozen=True, slots=True)
class SetSubject:
    """Another subject."""

    ticket: TicketId
    subject: str


@dataclass(frozen=True, slots=True)
class SetPriority:
    """How urgent it is from now on, whatever its topic says."""

    ticket: TicketId
    priority: Priority


@dataclass(frozen=True, slots=True)
class SetTags:
    """All of its tags from now on."""

    ticket: TicketId
    tags: tuple[str, ...]


FieldChange = SetTopic | SetField | Reserve | SetSubject | SetPriority | SetTags
