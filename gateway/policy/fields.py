"""The fields of a ticket: which it has by its topic, who sees them, and which are still missing."""

from gateway.model.changes import Change
from gateway.model.field_changes import Reserve
from gateway.model.organisation import Organisation
from gateway.model.people import Agent
from gateway.model.text import Text, named, say
from gateway.model.ticket import Priority
from gateway.model.topic import Field
from gateway.policy.access import is_member
from gateway.policy.commands.folding import folded
from gateway.policy.facts import Facts, TicketFacts
from gateway.policy.values import key_of, shown


def name_key(name: str) -> str:
    """The name of a status, topic or field as it is looked up: folded, hyphens as blanks."""
    return folded(" ".join(name.replace("-", " ").split()))


def fields_of(about: TicketFacts, organisation: Organisation) -> tuple[Field, ...]:
    """The fields that the ticket's topic brings, in their order."""
    return organisation.topics.of(about.ticket.topic)


def missing_fields(about: TicketFacts, organisation: Organisation) -> tuple[Field, ...]:
    """The fields that must be filled in before the ticket may be closed, and are not."""
    return tuple(
        field
        for field in fields_of(about, organisation)
        if field.required_to_close and not about.fields.get(field.id)
    )


def may_see_field(agent: Agent, field: Field, organisation: Organisation) -> bool:
    """True when the agent, who sees the ticket, may see this field of it."""
    return not field.departments or any(
        is_member(agent, department, organisation) for department in field.departments
    )


def visible_fields(
    about: TicketFacts, agent: Agent, organisation: Organisation
) -> tuple[Field, ...]:
    """The fields of the ticket that the agent may see, filled in or not."""
    return tuple(
        field
        for field in fields_of(about, organisation)
        if may_see_field(agent, field, organisation)
    )


def filled_in(
    about: TicketFacts, agent: Agent, organisation: Organisation
) -> tuple[tuple[Text, Text], ...]:
    """Names and values of the filled in fields that the agent may see, in the topic's order."""
    return tuple(
        (field.name, shown(field, about.fields[field.id]))
        for field in visible_fields(about, agent, organisation)
        if about.fields.get(field.id)
    )


def topic_name(about: TicketFacts, organisation: Organisation) -> Text | None:
    """The name of the ticket's topic; None when it has none that is declared."""
    topic = organisation.topics.topics.get(about.ticket.topic) if about.ticket.topic else None
    return topic.name if topic else None


def field_named(name: str, organisation: Organisation) -> Field | None:
    """The field that a word means in a command."""
    found = organisation.topics.field_names.get(name_key(name))
    return organisation.topics.fields.get(found) if found else None


def reservations(after: TicketFacts, facts: Facts) -> tuple[Change, ...]:
    """What an open ticket reserves from now on: its values of unique fields that are free."""
    unique = [field for field in facts.organisation.topics.fields.values() if field.unique]
    if not unique or not after.ticket.is_open:
        return ()
    held = tuple(
        (field.id, key_of(value))
        for field in unique
        for value in after.fields.get(field.id, ())
        if facts.reserved.get((field.id, key_of(value)), after.ticket.id) == after.ticket.id
    )
    return (Reserve(after.ticket.id, held),)


def lost_reservations(after: TicketFacts, facts: Facts) -> tuple[str, ...]:
    """The values of unique fields that another ticket holds by now."""
    return tuple(
        value
        for field in facts.organisation.topics.fields.values()
        if field.unique
        for value in after.fields.get(field.id, ())
        if facts.reserved.get((field.id, key_of(value)), after.ticket.id) != after.ticket.id
    )


def details(
    about: TicketFacts, agent: Agent, organisation: Organisation
) -> tuple[tuple[Text, Text], ...]:
    """Topic, priority, tags and filled in fields, as the agent may see them."""
    topic = topic_name(about, organisation)
    head = ((say("Help topic"), topic),) if topic else ()
    return (*head, *_marks(about, organisation), *filled_in(about, agent, organisation))


PRIORITY_NAMES = {
    Priority.LOW: say("low"),
    Priority.NORMAL: say("normal"),
    Priority.HIGH: say("high"),
    Priority.URGENT: say("urgent"),
}


def _marks(about: TicketFacts, organisation: Organisation) -> tuple[tuple[Text, Text], ...]:
    """The priority where it is not the usual one, and the tags."""
    priority, tags = organisation.topics.priority_of(about.ticket), ", ".join(about.ticket.tags)
    found = []
    if priority is not Priority.NORMAL:
        found.append((say("Priority"), PRIORITY_NAMES[priority]))
    if tags:
        found.append((say("Tags"), named(tags, tags)))
    return tuple(found)
