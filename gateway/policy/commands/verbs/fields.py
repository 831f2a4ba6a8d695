"""The fields of a ticket: `!set`, `!unset`."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gateway.model.command import Command, CommandMail
from gateway.model.field_changes import SetField
from gateway.model.organisation import Organisation
from gateway.model.text import Text, say
from gateway.model.topic import Field
from gateway.policy.access import may_see
from gateway.policy.commands.arguments import missing, numbered
from gateway.policy.commands.folding import near_name
from gateway.policy.commands.lines import typed
from gateway.policy.commands.verb import Asked, Built, Goal, Rank, Sort, Verb, Word, both
from gateway.policy.commands.verbs.status import one_target
from gateway.policy.facts import TicketFacts
from gateway.policy.fields import (
    field_named,
    may_see_field,
    name_key,
    reservations,
    topic_name,
    visible_fields,
)
from gateway.policy.said import event
from gateway.policy.values import Values, key_of, read_value, shown
from gateway.policy.work import Desk, Impossible, Step, on_tickets
from gateway.policy.workflow import enumerated

if TYPE_CHECKING:
    from gateway.model.changes import Change


@dataclass(frozen=True, slots=True)
class SetFieldValue(Command):
    """`!set field = value`. Without the sign, `name` holds both: which is which, fields tell."""

    name: str = ""
    value: str | None = None


@dataclass(frozen=True, slots=True)
class UnsetField(Command):
    """`!unset field`."""

    name: str = ""


def sets_fields(mail: CommandMail) -> bool:
    """True when all commands of the mail fill in fields, and there are some."""
    return bool(mail.commands) and all(isinstance(each, SetFieldValue) for each in mail.commands)


def only_sets_fields(mail: CommandMail) -> bool:
    """True when it says nothing else."""
    return sets_fields(mail) and not (mail.reply or mail.note)


def with_fields(mail: CommandMail, filled_in: tuple[SetFieldValue, ...]) -> CommandMail:
    """The mail with the fields that its ticket needs to be closed."""
    target = one_target(mail) or ()
    added = tuple(replace(each, tickets=each.tickets or target) for each in filled_in)
    return replace(mail, commands=(*added, *mail.commands))


def field_and_value(command: SetFieldValue, organisation: Organisation) -> tuple[Field | None, str]:
    """The field that is meant and the text of its value; None when there is no such field."""
    if command.value is not None:
        return field_named(command.name, organisation), command.value
    words = command.name.split(" ")
    for length in range(len(words), 0, -1):
        found = field_named(" ".join(words[:length]), organisation)
        if found is not None:
            return found, " ".join(words[length:])
    return None, ""


def _set(command: SetFieldValue, about: TicketFacts, desk: Desk) -> Step | Impossible:
    field, text = field_and_value(command, desk.facts.organisation)
    if field is None:
        return Impossible(_no_field(command.name, about, desk))
    if (why := _not_here(field, about, desk)) is not None:
        return Impossible(why)
    values = read_value(field, text, desk.facts.now.date())
    if isinstance(values, Text):
        return Impossible(values)
    return _filled(field, values, about, desk)


def _unset(command: UnsetField, about: TicketFacts, desk: Desk) -> Step | Impossible:
    field = field_named(command.name, desk.facts.organisation)
    if field is None:
        return Impossible(_no_field(command.name, about, desk))
    if not may_see_field(desk.agent, field, desk.facts.organisation):
        return Impossible(_no_field(command.name, about, desk))
    return _filled(field, (), about, desk)


def _filled(field: Field, values: Values, about: TicketFacts, desk: Desk) -> Step | Impossible:
    before = about.fields.get(field.id, ())
    if values == before:
        return Step(
            about,
            say("%(field)s was “%(value)s” already", field=field.name, value=shown(field, values)),
        )
    if (why := _reserved_elsewhere(field, values, about, desk)) is not None:
        return Impossible(why)
    fields = {name: value for name, value in about.fields.items() if name != field.id}
    after = replace(about, fields=fields | {field.id: values} if values else fields)
    what = say(
        "%(field)s: %(before)s → %(after)s",
        field=field.name,
        before=shown(field, before),
        after=shown(field, values),
    )
    ticket = about.ticket.id
    changes: tuple[Change, ...] = (
        SetField(ticket, field.id, values, tuple(map(key_of, values))),
        *reservations(after, desk.facts),
        event(ticket, what, desk.agent),
    )
    return Step(after, what, changes)


def _reserved_elsewhere(
    field: Field, values: Values, about: TicketFacts, desk: Desk
) -> Text | None:
    """Which value another open ticket holds; its number only for those who may see it."""
    if not field.unique:
        return None
    for value in values:
        holder = desk.facts.reserved.get((field.id, key_of(value)), about.ticket.id)
        if holder == about.ticket.id:
            continue
        other = desk.facts.tickets.get(holder)
        if other is not None and may_see(desk.agent, other, desk.facts.organisation):
            return say(
                "%(value)s is reserved already, in #%(number)s.",
                value=value,
                number=other.ticket.number,
            )
        return say("%(value)s is reserved already, in another ticket.", value=value)
    return None


def _not_here(field: Field, about: TicketFacts, desk: Desk) -> Text | None:
    """Why this field cannot be filled in for this ticket by this agent."""
    organisation = desk.facts.organisation
    if not may_see_field(desk.agent, field, organisation):
        return _no_field(str(field.name), about, desk)
    if field in organisation.topics.of(about.ticket.topic):
        return None
    having = [
        topic.name for topic in organisation.topics.topics.values() if field.id in topic.fields
    ]
    topic = topic_name(about, organisation)
    if topic is None:
        return say(
            "%(field)s belongs to the help topic %(topics)s. Set that first: !help-topic …",
            field=field.name,
            topics=enumerated(having),
        )
    return say(
        "the help topic “%(topic)s” has no field “%(field)s”; it belongs to %(topics)s. Change the"
        " topic with !help-topic, if that is what the ticket is about.",
        topic=topic,
        field=field.name,
        topics=enumerated(having),
    )


def _no_field(name: str, about: TicketFacts, desk: Desk) -> Text:
    fields = visible_fields(about, desk.agent, desk.facts.organisation)
    names = {name_key(str(field.name)): field for field in fields}
    names |= {name_key(field.id): field for field in fields}
    near = near_name(name, names)
    if near:
        return say(
            "there is no field “%(name)s”. Did you mean “%(near)s”?",
            name=typed(name),
            near=names[near].name,
        )
    if not fields:
        return say("there is no field “%(name)s”, and the topic has none.", name=typed(name))
    return say(
        "there is no field “%(name)s”. Fields here: %(fields)s.",
        name=typed(name),
        fields=enumerated(field.name for field in fields),
    )


def _read_set(asked: Asked) -> Built:
    if not asked.text:
        return missing(asked)
    first, _, rest = asked.text.partition("\n")
    sign = min((place for place in map(first.find, "=:") if place > 0), default=0)
    if not sign:
        name = " ".join(asked.text.split())
        return SetFieldValue(asked.at, asked.tickets, name)
    name = " ".join(first[:sign].split())
    value = f"{first[sign + 1 :]}\n{rest}" if rest else first[sign + 1 :]
    return SetFieldValue(asked.at, asked.tickets, name, value.strip())


def _read_unset(asked: Asked) -> Built:
    name = " ".join(asked.text.split())
    return UnsetField(asked.at, asked.tickets, name) if name else missing(asked)


def _printed_set(command: SetFieldValue) -> Iterator[str]:
    yield from ("set", *numbered(command.tickets), command.name)
    yield "" if command.value is None else f"= {command.value}"


def _printed_unset(command: UnsetField) -> Iterator[str]:
    yield from ("unset", *numbered(command.tickets), command.name)


VERBS = (
    Verb(
        SetFieldValue,
        Rank.TICKET,
        on_tickets(_set),
        _printed_set,
        (
            Word(
                ("set",),
                ("feld",),
                _read_set,
                1,
                say("Fills in a field of the help topic."),
                both("[#1042 …] field = value", "[#1042 …] Feld = Wert"),
                both("!set Laptop = yes", "!feld Laptop = ja"),
                free_text=True,
            ),
        ),
        decides=lambda command: Goal(Sort.FIELD, command.value or "", name_key(command.name)),
    ),
    Verb(
        UnsetField,
        Rank.TICKET,
        on_tickets(_unset),
        _printed_unset,
        (
            Word(
                ("unset",),
                ("feldweg",),
                _read_unset,
                1,
                say("Empties a field."),
                both("[#1042 …] field", "[#1042 …] Feld"),
                both("!unset Laptop", "!feldweg Laptop"),
                free_text=True,
            ),
        ),
        decides=lambda command: Goal(Sort.FIELD, "\0empty", name_key(command.name)),
    ),
)
