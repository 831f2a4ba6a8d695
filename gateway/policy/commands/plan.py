"""Commands as a set: how one is printed, in which order they run, and what cannot be together."""

from collections.abc import Iterable, Mapping

from gateway.model.command import Command, Problem
from gateway.model.text import Text, say
from gateway.policy.commands.verb import Goal, Rank, Sort
from gateway.policy.commands.words import verb_of


def ordered(commands: Iterable[Command]) -> tuple[Command, ...]:
    """The commands in the order they run, whatever order they were typed in; doubles once.

    By rank, so that typing them in another order changes nothing; what is only read, as typed.
    """
    once: dict[str, Command] = {}
    for command in sorted(commands, key=_rank):
        once.setdefault(printed(command), command)
    return tuple(once.values())


def conflicts(commands: Iterable[Command], thread: str = "") -> tuple[Problem, ...]:
    """A problem for each command that contradicts an earlier line about the same ticket.

    Two statuses, two responsible agents, two departments and so on. `thread` is the number of the
    ticket that the mail answers, if known: then `!close` and `!open #1042` are seen to be about
    the same.
    """
    first: dict[tuple[str, Sort, str], tuple[str, Command]] = {}
    found = []
    for command in sorted(commands, key=lambda each: (each.at.line, printed(each))):
        goal = verb_of(command).decides(command)
        if goal is None:
            continue
        for ticket in command.tickets or (thread,):
            decided = ticket, goal.sort, goal.part
            value, earlier = first.setdefault(decided, (goal.value, command))
            if value != goal.value:
                found.append(Problem(command.at, _contradiction(goal, ticket, earlier, command)))
                break
    return tuple(found)


def printed(command: Command) -> str:
    """The command as one line in its canonical English form; reading it gives the command again."""
    return "!" + " ".join(filter(None, verb_of(command).printed(command)))


def _rank(command: Command) -> tuple[int, str, int, str]:
    rank = verb_of(command).rank
    if rank is Rank.ASK:
        return rank, "", command.at.line, printed(command)
    return rank, printed(command), command.at.line, command.at.typed


_WHAT: Mapping[Sort, Text] = {
    Sort.RESPONSIBLE: say("responsible agents"),
    Sort.DEPARTMENT: say("departments"),
    Sort.STATUS: say("statuses"),
    Sort.TOPIC: say("help topics"),
    Sort.SUBJECT: say("subjects"),
    Sort.FIELD: say("values of a field"),
    Sort.ACCESS: say("decisions about access"),
    Sort.COPY: say("decisions about copies"),
    Sort.KEY: say("decisions about a key"),
    Sort.NEWS: say("choices of what you are told"),
    Sort.ACCOUNT: say("decisions about an account"),
    Sort.RETENTION: say("decisions about what is kept"),
}


def _contradiction(goal: Goal, ticket: str, one: Command, other: Command) -> Text:
    return say(
        "Two different %(what)s for %(ticket)s in one mail: %(one)s and %(other)s. "
        "Please keep one of them.",
        what=_WHAT[goal.sort],
        ticket=_named(ticket),
        one=one.at.typed,
        other=other.at.typed,
    )


def _named(ticket: str) -> Text:
    return say("#%(number)s", number=ticket) if ticket else say("this ticket")
