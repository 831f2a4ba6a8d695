"""Changes of what a ticket is about: its topic, its fields, its subject, what it reserves."""

from dataclasses import dataclass

from gateway.model.ticket import FieldId, TicketId, TopicId


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


FieldChange = SetTopic | SetField | Reserve | SetSubject
