"""Tickets that have to do with each other: `!link`, `!unlink`."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from gateway.model.around_changes import LinkTickets, UnlinkTickets
from gateway.model.command import Command
from gateway.model.text import Text, say
from gateway.model.ticket import Link, LinkKind, TicketId
from gateway.policy.commands.arguments import (
    missing,
    numbered,
    taken_apart,
    tokens,
    unknown_argument,
)
from gateway.policy.commands.folding import folded
from gateway.policy.commands.lines import copy_of
from gateway.policy.commands.verb import Asked, Builder, Built, Needs, Rank, Verb, Word, both
from gateway.policy.facts import TicketFacts
from gateway.policy.said import event
from gateway.policy.work import Desk, Work, result, targets

MOST = 50
"""Links that a ticket may have."""

_WITH = frozenset({"with", "to", "and", "mit", "zu", "und", "from", "von"})


@dataclass(frozen=True, slots=True)
class LinkTo(Command):
    """`!link #9`: the thread's ticket (or `tickets`) and the `others`; or not any more."""

    others: tuple[str, ...] = ()
    on: bool = True


def _run(command: LinkTo, work: Work, desk: Desk) -> Work:
    """Each of the tickets with each of the others. Without a thread the first is meant."""
    first, others = command.tickets, command.others
    if not first and desk.thread is None and len(others) > 1:
        first, others = others[:1], others[1:]
    for one in targets(first, work, desk):
        for other in targets(others, work, desk):
            if isinstance(one, Text):
                work = work.noting(command.at, one, ok=False)
            elif isinstance(other, Text):
                work = work.noting(command.at, other, ok=False)
            else:
                work = _pair(command, one.ticket.id, other.ticket.id, work, desk)
    return work


def _pair(command: LinkTo, one: TicketId, other: TicketId, work: Work, desk: Desk) -> Work:
    about, second = work.tickets[one], work.tickets[other]
    if one == other:
        return work.noting(command.at, say("a ticket is not linked with itself."), ok=False)
    linked = _link(about, second)
    if linked is not None and linked.kind is not LinkKind.RELATED:
        why = say("#%(number)s was merged or split and stays linked.", number=second.ticket.number)
        return work.noting(command.at, why, ok=False)
    if (linked is not None) is command.on:
        what = say("that was so already")
        return work.noting(command.at, result(what, about, desk.thread))
    if command.on and max(len(about.links), len(second.links)) >= MOST:
        why = say("a ticket has at most %(most)s links.", most=MOST)
        return work.noting(command.at, why, ok=False)
    return _linking(command, about, second, work, desk)


def _link(about: TicketFacts, other: TicketFacts) -> Link | None:
    return next((link for link in about.links if link.ticket == other.ticket.id), None)


def _linking(
    command: LinkTo, about: TicketFacts, other: TicketFacts, work: Work, desk: Desk
) -> Work:
    """The two are linked, or no longer; both histories say so."""
    here, there = about.ticket, other.ticket
    if command.on:
        change: LinkTickets | UnlinkTickets = LinkTickets(
            here.id, there.id, LinkKind.RELATED, LinkKind.RELATED
        )
        what = [say("linked with #%(number)s", number=each.number) for each in (there, here)]
    else:
        change = UnlinkTickets(here.id, there.id)
        what = [
            say("no longer linked with #%(number)s", number=each.number) for each in (there, here)
        ]
    events = event(here.id, what[0], desk.agent), event(there.id, what[1], desk.agent)
    tickets = {
        here.id: with_link(about, Link(there.id, there.number, LinkKind.RELATED), on=command.on),
        there.id: with_link(other, Link(here.id, here.number, LinkKind.RELATED), on=command.on),
    }
    work = replace(
        work,
        tickets={**work.tickets, **tickets},
        acts=replace(work.acts, changes=(*work.acts.changes, change, *events)),
    )
    return work.noting(command.at, result(what[0], about, desk.thread))


def with_link(about: TicketFacts, link: Link, *, on: bool = True) -> TicketFacts:
    """The ticket with this link, or without any to that ticket."""
    others = tuple(each for each in about.links if each.ticket != link.ticket)
    return replace(about, links=(*others, link) if on else others)


def words_behind(asked: Asked) -> tuple[str, ...]:
    """What stands behind the numbers, with the lines that follow: none of it is passed over."""
    return tuple(tokens(copy_of(" ".join(asked.text.split()))))


def pairs(
    asked: Asked, words: tuple[str, ...], joining: frozenset[str]
) -> tuple[tuple[str, ...], tuple[str, ...]] | Text:
    """The numbers before and behind one of the joining words; without it, none and all."""
    if not words:
        return (), asked.tickets
    if folded(words[0]) not in joining:
        return unknown_argument(asked, words[0])
    rest = taken_apart(" ".join(words[1:]))
    if isinstance(rest, Text):
        return rest
    return unknown_argument(asked, rest[1][0]) if rest[1] else (asked.tickets, rest[0])


def _reads(*, on: bool) -> Builder:
    def build(asked: Asked) -> Built:
        found = pairs(asked, words_behind(asked), _WITH)
        if isinstance(found, Text):
            return found
        return LinkTo(asked.at, found[0], found[1], on) if found[1] else missing(asked)

    return build


def _printed(command: LinkTo) -> Iterator[str]:
    yield from ("link" if command.on else "unlink", *numbered(command.tickets))
    yield "with" if command.tickets else ""
    yield from numbered(command.others)


VERBS = (
    Verb(
        LinkTo,
        Rank.LINK,
        _run,
        _printed,
        (
            Word(
                ("link",),
                ("verbinden",),
                _reads(on=True),
                2,
                say("The two tickets name each other."),
                both("[#1042 with] #1043", "[#1042 mit] #1043"),
                both("!link #1043", "!verbinden #1043"),
                free_text=True,
            ),
            Word(
                ("unlink",),
                ("trennen",),
                _reads(on=False),
                2,
                say("The two tickets do not name each other any more."),
                both("[#1042 from] #1043", "[#1042 von] #1043"),
                both("!unlink #1043", "!trennen #1043"),
                free_text=True,
            ),
        ),
        needs=lambda command: Needs(tickets=command.others),
    ),
)
