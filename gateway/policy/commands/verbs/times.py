"""Being reminded: `!remind`."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from gateway.model.around_changes import Remind
from gateway.model.command import Command
from gateway.model.reminder import ReminderKind
from gateway.model.text import Text, say
from gateway.policy.around import moment_text
from gateway.policy.commands.arguments import missing, numbered, unknown_argument
from gateway.policy.commands.lines import copy_of
from gateway.policy.commands.moments import When, moment
from gateway.policy.commands.verb import Asked, Built, Rank, Verb, Word, both
from gateway.policy.commands.when import when
from gateway.policy.facts import TicketFacts
from gateway.policy.work import Desk, Impossible, Step, on_tickets

LONGEST = 500
"""Characters of a reminder."""


@dataclass(frozen=True, slots=True)
class RemindMe(Command):
    """`!remind +3d call her`: a mail to oneself at that time."""

    at_time: When | None = None
    text: str = ""


def _remind(command: RemindMe, about: TicketFacts, desk: Desk) -> Step | Impossible:
    if command.at_time is None:
        return Impossible(say("the date is missing. Write, for example, !remind +3d"))
    facts, ticket = desk.facts, about.ticket
    at = moment(command.at_time, facts.now, facts.organisation.zone)
    if isinstance(at, Text):
        return Impossible(at)
    due = at if ticket.due is None else min(at, ticket.due)
    after = replace(about, ticket=replace(ticket, due=due))
    change = Remind(ticket.id, ReminderKind.REMIND, at, command.text, desk.agent.id)
    what = say(
        "you are reminded on %(moment)s, unless it is closed then",
        moment=moment_text(at, facts.organisation),
    )
    return Step(after, what, (change,))


def _read_remind(asked: Asked) -> Built:
    words = copy_of(" ".join(asked.text.split())).split()
    if not words:
        return missing(asked)
    found = when(words)
    if isinstance(found, Text):
        return found
    if found is None:
        return unknown_argument(asked, words[0])
    text = " ".join(found[1])
    if len(text) > LONGEST:
        return say("A reminder has at most %(most)s characters.", most=LONGEST)
    return RemindMe(asked.at, asked.tickets, found[0], text)


def _printed(command: RemindMe) -> Iterator[str]:
    yield from ("remind", *numbered(command.tickets), str(command.at_time or ""), command.text)


VERBS = (
    Verb(
        RemindMe,
        Rank.TASK,
        on_tickets(_remind),
        _printed,
        (
            Word(
                ("remind",),
                ("erinnern",),
                _read_remind,
                1,
                say("You get a mail about the ticket at that time, with your text."),
                both("[#1042 …] +3d [text]", "[#1042 …] +3d [Text]"),
                both("!remind friday call Maria", "!erinnern freitag Maria anrufen"),
                free_text=True,
            ),
        ),
    ),
)
