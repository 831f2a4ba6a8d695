"""The fields of a ticket: which it has by its topic, and which are still to be filled in."""

from gateway.model.organisation import Organisation
from gateway.model.topic import Field
from gateway.policy.facts import TicketFacts


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
