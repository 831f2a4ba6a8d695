"""Hearing of a ticket that is another's work: `!watch`, `!unwatch`."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from gateway.model.around_changes import Watch
from gateway.model.command import Command
from gateway.model.text import say
from gateway.policy.commands.arguments import numbered, too_much
from gateway.policy.commands.verb import Asked, Builder, Built, Rank, Verb, Word, both
from gateway.policy.facts import TicketFacts
from gateway.policy.work import Desk, Impossible, Step, on_tickets


@dataclass(frozen=True, slots=True)
class WatchTicket(Command):
    """`!watch`, or with `on` false `!unwatch`; always for oneself."""

    on: bool = True


def _watch(command: WatchTicket, about: TicketFacts, desk: Desk) -> Step | Impossible:
    agent, ticket = desk.agent, about.ticket
    watches = any(each.id == agent.id for each in about.watchers)
    if watches is command.on:
        what = say("you watch it already") if watches else say("you did not watch it anyway")
        return Step(about, what)
    others = tuple(each for each in about.watchers if each.id != agent.id)
    after = replace(about, watchers=(*others, agent) if command.on else others)
    what = say("you hear of it only when it is your work")
    if command.on:
        what = say("you hear of each message and note, of its closing and reopening")
    return Step(after, what, (Watch(ticket.id, agent.id, command.on),))


def _reads(*, on: bool) -> Builder:
    def build(asked: Asked) -> Built:
        return too_much(asked, asked.words) or WatchTicket(asked.at, asked.tickets, on)

    return build


def _printed(command: WatchTicket) -> Iterator[str]:
    yield from ("watch" if command.on else "unwatch", *numbered(command.tickets))


VERBS = (
    Verb(
        WatchTicket,
        Rank.LINK,
        on_tickets(_watch),
        _printed,
        (
            Word(
                ("watch",),
                ("beobachten",),
                _reads(on=True),
                1,
                say("You hear of the ticket, whoever is responsible."),
                both("[#1042 …]"),
                both("!watch #1042", "!beobachten #1042"),
            ),
            Word(
                ("unwatch",),
                ("nichtbeobachten",),
                _reads(on=False),
                1,
                say("You no longer hear of a ticket that you watched."),
                both("[#1042 …]"),
                both("!unwatch #1042", "!nichtbeobachten #1042"),
            ),
        ),
    ),
)
