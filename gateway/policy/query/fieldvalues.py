"""What is asked of a topic's field: `laptop`, `laptop:nein`, `reservierung:MR-2023`."""

from datetime import UTC, datetime

from gateway.model.organisation import Organisation
from gateway.model.people import Agent
from gateway.model.query import Criterion, FieldIs
from gateway.model.text import Text, say
from gateway.model.topic import Field, FieldType
from gateway.policy.access import is_member
from gateway.policy.commands.folding import folded
from gateway.policy.query.times import day
from gateway.policy.query.words import NO, YES


def field_test(
    name: str, value: str, organisation: Organisation, agent: Agent | None
) -> Criterion | Text:
    """The condition on the field of this folded name; a Text when there is none for the agent."""
    topics = organisation.topics
    found = topics.field_names.get(name)
    if found is None or not _may_see(topics.fields[found], organisation, agent):
        return say("there is no field “%(name)s”.", name=name[:30])
    field = topics.fields[found]
    starts = folded(value).rstrip(".…*").strip()
    if starts in YES and field.type is not FieldType.CHOICE and field.type is not FieldType.NUMBER:
        starts = ""
    match field.type:
        case FieldType.CHOICE:
            return _choice(field, starts)
        case FieldType.FLAG if starts and starts not in NO:
            return say("“%(name)s” is yes or no.", name=field.id)
        case FieldType.DATE if starts:
            moment = day(value, datetime(9000, 1, 1, tzinfo=UTC))
            return Criterion(FieldIs(field.id, f"{moment:%Y-%m-%d}" if moment else starts))
        case FieldType.NUMBER:
            return Criterion(FieldIs(field.id, starts))
        case _ if starts in NO and starts:
            return Criterion(FieldIs(field.id), negated=True)
        case _:
            return Criterion(FieldIs(field.id, starts))


def _choice(field: Field, starts: str) -> Criterion | Text:
    """One of the choices, also one that is called no."""
    choices = {folded(choice): choice for choice in field.choices}
    if not starts or any(name.startswith(starts) for name in choices):
        return Criterion(FieldIs(field.id, starts))
    same = YES if starts in YES else NO if starts in NO else frozenset[str]()
    for name in choices:
        if name in same:
            return Criterion(FieldIs(field.id, name))
    if starts in NO:
        return Criterion(FieldIs(field.id), negated=True)
    return say("“%(name)s” is one of: %(known)s.", name=field.id, known=", ".join(field.choices))


def _may_see(field: Field, organisation: Organisation, agent: Agent | None) -> bool:
    return (
        agent is None
        or not field.departments
        or any(is_member(agent, department, organisation) for department in field.departments)
    )
