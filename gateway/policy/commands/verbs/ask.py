"""Commands that only ask: `!list`, `!show`, `!help`. Only what the agent may see is answered."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from gateway.model.command import At, Command, ListWhat
from gateway.model.outgoing import Answer, HelpText, TicketLine, TicketList, TicketView
from gateway.model.people import AgentId
from gateway.model.text import Text, say
from gateway.policy.around import surroundings
from gateway.policy.commands.arguments import (
    missing,
    numbered,
    quoted,
    too_much,
    unknown_argument,
    without,
)
from gateway.policy.commands.folding import folded
from gateway.policy.commands.verb import Asked, Built, Needs, Rank, Verb, Word, both
from gateway.policy.facts import Facts
from gateway.policy.work import Desk, Work, result, targets

SHOWN_ENTRIES = 20
"""Most thread entries of `!show`."""
ALL_ENTRIES = 500
"""Most thread entries of `!show full`."""

FULL = frozenset({"full", "ganz", "voll"})
_DEPARTMENT = frozenset({"dept", "department", "abteilung"})

LIST_NAMES = {
    "open": ListWhat.OPEN,
    "offen": ListWhat.OPEN,
    "offene": ListWhat.OPEN,
    "mine": ListWhat.MINE,
    "meine": ListWhat.MINE,
    "waiting": ListWhat.WAITING,
    "wartend": ListWhat.WAITING,
    "wartende": ListWhat.WAITING,
    "warteliste": ListWhat.WAITING,
    "closed": ListWhat.CLOSED,
    "geschlossen": ListWhat.CLOSED,
    "geschlossene": ListWhat.CLOSED,
}


@dataclass(frozen=True, slots=True)
class ListTickets(Command):
    """`!list [open|mine|waiting|closed|dept x]`."""

    what: ListWhat = ListWhat.OPEN
    department: str = ""


@dataclass(frozen=True, slots=True)
class Show(Command):
    """`!show [#12] [full]`."""

    full: bool = False


@dataclass(frozen=True, slots=True)
class Help(Command):
    """`!help [word]`."""

    word: str = ""


def _answered(work: Work, at: At, result: Text, answer: Answer) -> Work:
    return replace(work, answers=(*work.answers, answer)).noting(at, result)


def _list(command: ListTickets, work: Work, desk: Desk) -> Work:
    """The tickets that were gathered for this `!list`."""
    facts = desk.facts
    if facts.command_mail is None:
        return work
    organisation = facts.organisation
    if command.department and command.department not in organisation.department_names:
        why = say("there is no department “%(name)s”.", name=command.department)
        return work.noting(command.at, why, ok=False)
    listing = facts.listings[facts.command_mail.commands.index(command)]
    lines = tuple(
        TicketLine(
            ticket,
            organisation.department(ticket.department).name,
            _name(facts, ticket.responsible),
        )
        for ticket in listing.tickets
    )
    answer = TicketList(_LIST_TITLES[command.what], lines, listing.total)
    result = say("%(count)s tickets", count=listing.total)
    return _answered(work, command.at, result, answer)


_LIST_TITLES: dict[ListWhat, Text] = {
    ListWhat.OPEN: say("Open tickets"),
    ListWhat.MINE: say("My tickets"),
    ListWhat.WAITING: say("Waiting list, oldest first"),
    ListWhat.CLOSED: say("Closed tickets"),
}


def _name(facts: Facts, agent: AgentId | None) -> str:
    found = facts.agents.get(agent) if agent is not None else None
    return found.name if found else ""


def _show(command: Show, work: Work, desk: Desk) -> Work:
    """The tickets with their last entries; with `full`, all that were gathered."""
    for about in targets(command.tickets, work, desk):
        if isinstance(about, Text):
            work = work.noting(command.at, about, ok=False)
            continue
        view = TicketView(
            about.ticket,
            desk.facts.organisation.department(about.ticket.department).name,
            about.responsible.name if about.responsible else "",
            about.entries if command.full else about.entries[-SHOWN_ENTRIES:],
            command.full,
            about.entry_count,
            surroundings(desk.facts, about),
        )
        work = _answered(work, command.at, result(say("see below"), about, desk.thread), view)
    return work


def _help(command: Help, work: Work, _: Desk) -> Work:
    """The help card, or the entry of one word."""
    return _answered(work, command.at, say("help"), HelpText(command.word))


def _read_list(asked: Asked) -> Built:
    words, department = list(asked.words), ""
    for place, word in enumerate(words):
        if folded(word) in _DEPARTMENT:
            if place + 1 == len(words):
                return missing(asked)
            department = folded(words[place + 1])
            del words[place : place + 2]
            break
    if not words:
        return ListTickets(asked.at, department=department)
    what = LIST_NAMES.get(folded(words[0]))
    if what is None:
        return unknown_argument(asked, words[0])
    rest = tuple(words[1:])
    return too_much(asked, rest) or ListTickets(asked.at, what=what, department=department)


def _read_show(asked: Asked) -> Built:
    rest, full = without(asked.words, FULL)
    return too_much(asked, rest) or Show(asked.at, asked.tickets, full)


def _read_help(asked: Asked) -> Built:
    """Whether there is such a word is not known here."""
    word = asked.words[0].removeprefix("!") if asked.words else ""
    return too_much(asked, asked.words[1:]) or Help(asked.at, word=word)


def _printed_list(command: ListTickets) -> Iterator[str]:
    yield from ("list", "" if command.what is ListWhat.OPEN else command.what.value)
    yield from ("dept", quoted(command.department)) if command.department else ()


def _printed_show(command: Show) -> Iterator[str]:
    yield from ("show", *numbered(command.tickets), "full" if command.full else "")


def _printed_help(command: Help) -> Iterator[str]:
    yield from ("help", command.word)


VERBS = (
    Verb(
        ListTickets,
        Rank.ASK,
        _list,
        _printed_list,
        (
            Word(
                ("list",),
                ("liste",),
                _read_list,
                1,
                say("Sends you a list of tickets that you may see."),
                both(
                    "[open|mine|waiting|closed] [dept x]",
                    "[offen|meine|wartend|geschlossen] [abteilung x]",
                ),
                both("!list mine", "!liste meine"),
                numbers=False,
            ),
        ),
    ),
    Verb(
        Show,
        Rank.ASK,
        _show,
        _printed_show,
        (
            Word(
                ("show",),
                ("zeige",),
                _read_show,
                2,
                say("Sends you a ticket; with the last word the whole thread."),
                both("[#1042 …] [full]", "[#1042 …] [ganz]"),
                both("!show #1042", "!zeige #1042"),
            ),
        ),
        needs=lambda command: Needs(entries=ALL_ENTRIES if command.full else SHOWN_ENTRIES),
    ),
    Verb(
        Help,
        Rank.ASK,
        _help,
        _printed_help,
        (
            Word(
                ("help",),
                ("hilfe",),
                _read_help,
                0,
                say("Sends you this card, or the explanation of one word."),
                both("[word]", "[Wort]"),
                both("!help move", "!hilfe verschieben"),
                numbers=False,
            ),
        ),
    ),
)
