"""What a ticket is about: `!help-topic`, `!subject`."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from gateway.model.command import Command
from gateway.model.field_changes import SetSubject, SetTopic
from gateway.model.text import say
from gateway.policy.commands.arguments import missing, numbered
from gateway.policy.commands.folding import near_name
from gateway.policy.commands.lines import typed
from gateway.policy.commands.verb import Asked, Built, Goal, Rank, Sort, Verb, Word, both
from gateway.policy.facts import TicketFacts
from gateway.policy.fields import name_key, topic_name
from gateway.policy.said import event
from gateway.policy.work import Desk, Impossible, Step, on_tickets
from gateway.policy.workflow import enumerated

LONGEST_SUBJECT = 200


@dataclass(frozen=True, slots=True)
class SetHelpTopic(Command):
    """`!help-topic spendenangebot`."""

    topic: str = ""


@dataclass(frozen=True, slots=True)
class Rename(Command):
    """`!subject New title`."""

    subject: str = ""


def _help_topic(command: SetHelpTopic, about: TicketFacts, desk: Desk) -> Step | Impossible:
    topics = desk.facts.organisation.topics
    wanted = topics.topic_names.get(name_key(command.topic))
    if wanted is None:
        near = near_name(command.topic, topics.topic_names)
        if near:
            meant = topics.topics[topics.topic_names[near]].name
            return Impossible(
                say(
                    "there is no help topic “%(name)s”. Did you mean “%(near)s”?",
                    name=typed(command.topic),
                    near=meant,
                )
            )
        names = enumerated(topic.name for topic in topics.topics.values())
        return Impossible(
            say(
                "there is no help topic “%(name)s”. Help topics: %(topics)s.",
                name=typed(command.topic),
                topics=names,
            )
        )
    topic = topics.topics[wanted]
    if about.ticket.topic == wanted:
        return Step(about, say("the help topic was “%(topic)s” already", topic=topic.name))
    before = topic_name(about, desk.facts.organisation) or say("(none)")
    what = say("help topic: %(before)s → %(after)s", before=before, after=topic.name)
    after = replace(about, ticket=replace(about.ticket, topic=wanted))
    result = what
    if topic.fields:
        fields = enumerated(field.name for field in topics.of(wanted))
        result = say("%(what)s. Its fields: %(fields)s", what=what, fields=fields)
    changes = (SetTopic(about.ticket.id, wanted), event(about.ticket.id, what, desk.agent))
    return Step(after, result, changes)


def _rename(command: Rename, about: TicketFacts, desk: Desk) -> Step | Impossible:
    ticket = about.ticket
    if command.subject == ticket.subject:
        return Step(about, say("that was the subject already"))
    what = say("subject: %(before)s → %(after)s", before=ticket.subject, after=command.subject)
    changes = (SetSubject(ticket.id, command.subject), event(ticket.id, what, desk.agent))
    return Step(replace(about, ticket=replace(ticket, subject=command.subject)), what, changes)


def _read_topic(asked: Asked) -> Built:
    name = " ".join(asked.words)
    return SetHelpTopic(asked.at, asked.tickets, name) if name else missing(asked)


def _read_subject(asked: Asked) -> Built:
    subject = " ".join(asked.text.split())
    if not subject:
        return missing(asked)
    if len(subject) > LONGEST_SUBJECT:
        return say("A subject has at most %(most)s characters.", most=LONGEST_SUBJECT)
    return Rename(asked.at, asked.tickets, subject)


def _printed_topic(command: SetHelpTopic) -> Iterator[str]:
    yield from ("help-topic", *numbered(command.tickets), command.topic)


def _printed_subject(command: Rename) -> Iterator[str]:
    yield from ("subject", *numbered(command.tickets), command.subject)


VERBS = (
    Verb(
        SetHelpTopic,
        Rank.TARGET,
        on_tickets(_help_topic),
        _printed_topic,
        (
            Word(
                ("help-topic", "topic"),
                ("hilfethema", "thema"),
                _read_topic,
                1,
                say("The help topic, which brings its own fields."),
                both("[#1042 …] name", "[#1042 …] Name"),
                both("!help-topic Donation offer", "!hilfethema Spendenangebot"),
            ),
        ),
        decides=lambda command: Goal(Sort.TOPIC, name_key(command.topic)),
    ),
    Verb(
        Rename,
        Rank.TICKET,
        on_tickets(_rename),
        _printed_subject,
        (
            Word(
                ("subject",),
                ("betreff",),
                _read_subject,
                1,
                say("Another title for the ticket."),
                both("[#1042 …] text", "[#1042 …] Text"),
                both("!subject Laptop for Maria", "!betreff Laptop für Maria"),
                free_text=True,
            ),
        ),
        decides=lambda command: Goal(Sort.SUBJECT, command.subject),
    ),
)
