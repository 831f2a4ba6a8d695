"""Commands as a set: how one is printed, in which order they run, and what cannot be together."""

from collections.abc import Callable, Iterable, Iterator
from typing import assert_never

from gateway.model.command import (
    Accept,
    Assign,
    Claim,
    Command,
    Help,
    ListTickets,
    ListWhat,
    Move,
    Problem,
    Release,
    SetStatus,
    Show,
)
from gateway.model.text import Text, say
from gateway.model.ticket import Status

_STATUS_WORDS = {
    Status.OPEN: "open",
    Status.IN_PROGRESS: "progress",
    Status.ON_WAITING: "wait",
    Status.CLOSED: "close",
    Status.SPAM: "spam",
}


def ordered(commands: Iterable[Command]) -> tuple[Command, ...]:
    """The commands in the order they run, whatever order they were typed in; doubles once.

    Taken back in, responsible agent, department, status; then what is only read, as typed.
    """
    once: dict[str, Command] = {}
    for command in sorted(commands, key=_rank):
        once.setdefault(printed(command), command)
    return tuple(once.values())


def conflicts(commands: Iterable[Command], thread: str = "") -> tuple[Problem, ...]:
    """A problem for each command that contradicts an earlier line about the same ticket.

    Two statuses, two responsible agents or two departments. `thread` is the number of the ticket
    that the mail answers, if known: then `!close` and `!open #1042` are seen to be about the same.
    """
    first: dict[tuple[str, str], tuple[str, Command]] = {}
    found = []
    for command in sorted(commands, key=lambda each: (each.at.line, printed(each))):
        goal = _goal(command)
        if goal is None:
            continue
        tickets, sort, value, sentence = goal
        for ticket in tickets or (thread,):
            known = first.setdefault((ticket, sort), (value, command))
            if known[0] != value:
                found.append(Problem(command.at, sentence(_named(ticket), known[1], command)))
                break
    return tuple(found)


def printed(command: Command) -> str:
    """The command as one line in its canonical English form; reading it gives the command again."""
    return "!" + " ".join(filter(None, _parts(command)))


def _parts(command: Command) -> Iterator[str]:
    match command:
        case Claim(_, tickets, force):
            yield from ("claim", *_numbers(tickets), "force" if force else "")
        case Assign(_, agent, tickets, force):
            name = agent if "@" in agent else f"@{agent}"
            yield from ("assign", *_numbers(tickets), name, "force" if force else "")
        case Release(_, tickets):
            yield from ("release", *_numbers(tickets))
        case SetStatus(_, status, tickets, quiet):
            yield from (_STATUS_WORDS[status], *_numbers(tickets), "quiet" if quiet else "")
        case Move(_, department, tickets, keep):
            yield from ("move", *_numbers(tickets), _quoted(department), "keep" if keep else "")
        case Accept(_, tickets):
            yield from ("accept", *_numbers(tickets))
        case ListTickets(_, what, department):
            yield from ("list", "" if what is ListWhat.OPEN else what.value)
            yield from ("dept", _quoted(department)) if department else ()
        case Show(_, tickets, full):
            yield from ("show", *_numbers(tickets), "full" if full else "")
        case Help(_, word):
            yield from ("help", word)
        case _:
            assert_never(command)


def _rank(command: Command) -> tuple[int, str, int, str]:
    """Effects by rank and wording, so that typing them in another order changes nothing."""
    match command:
        case Accept():
            rank = 0
        case Claim() | Assign() | Release():
            rank = 1
        case Move():
            rank = 2
        case SetStatus():
            rank = 3
        case ListTickets() | Show() | Help():
            return 4, "", command.at.line, printed(command)
        case _:
            assert_never(command)
    return rank, printed(command), command.at.line, command.at.typed


_Sentence = Callable[[Text, Command, Command], Text]


def _goal(command: Command) -> tuple[tuple[str, ...], str, str, _Sentence] | None:
    """Of which tickets it decides what, to which value, and how a contradiction is told."""
    match command:
        case Claim(_, tickets):
            return tickets, "responsible", "", _two_responsible
        case Assign(_, agent, tickets):
            return tickets, "responsible", f"@{agent}", _two_responsible
        case Release(_, tickets):
            return tickets, "responsible", "-", _two_responsible
        case Move(_, department, tickets, keep):
            return tickets, "department", f"{department} {keep}", _two_departments
        case SetStatus(_, status, tickets, quiet):
            return tickets, "status", f"{status} {quiet}", _two_statuses
        case Accept() | ListTickets() | Show() | Help():
            return None
        case _:
            assert_never(command)


def _two_responsible(ticket: Text, one: Command, other: Command) -> Text:
    return say(
        "Two different responsible agents for %(ticket)s in one mail: %(one)s and %(other)s. "
        "Please keep one of them.",
        ticket=ticket,
        one=one.at.typed,
        other=other.at.typed,
    )


def _two_departments(ticket: Text, one: Command, other: Command) -> Text:
    return say(
        "Two different departments for %(ticket)s in one mail: %(one)s and %(other)s. "
        "Please keep one of them.",
        ticket=ticket,
        one=one.at.typed,
        other=other.at.typed,
    )


def _two_statuses(ticket: Text, one: Command, other: Command) -> Text:
    return say(
        "Two different statuses for %(ticket)s in one mail: %(one)s and %(other)s. "
        "Please keep one of them.",
        ticket=ticket,
        one=one.at.typed,
        other=other.at.typed,
    )


def _named(ticket: str) -> Text:
    return say("#%(number)s", number=ticket) if ticket else say("this ticket")


def _numbers(tickets: tuple[str, ...]) -> list[str]:
    return [f"#{number}" for number in tickets]


def _quoted(name: str) -> str:
    return f'"{name}"' if " " in name else name
