"""Who is responsible: `!claim`, `!assign`, `!release`."""

from collections.abc import Iterator
from dataclasses import dataclass

from gateway.model.address import fold
from gateway.model.command import Command
from gateway.model.outgoing import NotificationEvent
from gateway.model.people import Agent
from gateway.model.route import Action
from gateway.model.text import say
from gateway.model.ticket import Status
from gateway.policy.commands.arguments import (
    missing,
    numbered,
    too_much,
    unknown_argument,
    without,
)
from gateway.policy.commands.lines import typed
from gateway.policy.commands.verb import Asked, Built, Goal, Needs, Rank, Sort, Verb, Word, both
from gateway.policy.facts import TicketFacts
from gateway.policy.said import event
from gateway.policy.work import Desk, Impossible, Offer, Step, on_tickets
from gateway.policy.workflow import impossible, is_possible, with_status

FORCE = frozenset({"force", "trotzdem"})


@dataclass(frozen=True, slots=True)
class Claim(Command):
    """`!claim`: become the responsible agent. `force` takes it from somebody else."""

    force: bool = False


@dataclass(frozen=True, slots=True)
class Assign(Command):
    """`!assign @ben`: make another agent responsible."""

    agent: str = ""
    force: bool = False


@dataclass(frozen=True, slots=True)
class Release(Command):
    """`!release`: give the ticket back to its department."""


def take(about: TicketFacts, taker: Agent, desk: Desk, *, force: bool) -> Step | Impossible:
    """`taker` becomes responsible and the ticket is in progress."""
    ticket, holder = about.ticket, about.responsible
    workflow = desk.facts.organisation.workflow
    away = holder is not None and holder.is_away(desk.facts.now)
    if holder is not None and holder.id != taker.id and ticket.is_open and not (force or away):
        return Impossible(
            say(
                "%(name)s is responsible for #%(number)s already. To take it all the same,"
                " add the word force.",
                name=holder.name,
                number=ticket.number,
            )
        )
    if not is_possible(workflow, ticket.status, Status.IN_PROGRESS):
        return Impossible(impossible(workflow, ticket.status, Status.IN_PROGRESS, desk.agent))
    after, changes = with_status(about, Status.IN_PROGRESS, taker, desk.facts)
    if not changes:
        return Step(about, say("%(name)s was responsible already", name=taker.name))
    what = say("%(name)s is responsible now, status: in progress", name=taker.name)
    if taker.id != desk.agent.id and taker.is_away(desk.facts.now):
        what = say(
            "%(name)s is responsible now, but away: until they are back, the department is told",
            name=taker.name,
        )
    told = {NotificationEvent.ASSIGNED} if taker.id != desk.agent.id else set()
    return Step(after, what, (*changes, event(ticket.id, what, desk.agent)), frozenset(told))


def _claim(command: Claim, about: TicketFacts, desk: Desk) -> Step | Impossible:
    return take(about, desk.agent, desk, force=command.force)


def _assign(command: Assign, about: TicketFacts, desk: Desk) -> Step | Impossible:
    agent = desk.facts.named_agents.get(command.agent)
    if agent is None:
        return unknown_agent(command.agent)
    return take(about, agent, desk, force=True)


def unknown_agent(name: str) -> Impossible:
    """There is nobody of that name."""
    return Impossible(
        say("there is no active agent “%(name)s”. Write the short name, as in @anna.", name=name)
    )


def _release(_: Release, about: TicketFacts, desk: Desk) -> Step | Impossible:
    ticket = about.ticket
    status = Status.OPEN if ticket.status == Status.IN_PROGRESS else ticket.status
    after, changes = with_status(about, status, None, desk.facts)
    if not changes:
        return Step(about, say("nobody was responsible anyway"))
    what = say("given back to the department, nobody is responsible now")
    return Step(after, what, (*changes, event(ticket.id, what, desk.agent)), offer=_TELL)


_TELL = Offer(
    say("Does the requester know that somebody else goes on? You can tell them."),
    (
        Action(
            say("Tell the requester"),
            "release",
            draft=say(
                "Hello,\n\nI have to hand on your request. Somebody else of our team goes on with"
                " it, so it may take a little longer. You need not do anything."
            ),
        ),
    ),
)


def _read_claim(asked: Asked) -> Built:
    rest, force = without(asked.words, FORCE)
    return too_much(asked, rest) or Claim(asked.at, asked.tickets, force)


def _read_assign(asked: Asked) -> Built:
    """An address names an agent too."""
    rest, force = without(asked.words, FORCE)
    if not rest:
        return missing(asked)
    agent = rest[0].removeprefix("@").rstrip(".")
    if "@" not in rest[0]:
        return say(
            "Write the agent with an @ in front: !%(word)s @%(agent)s",
            word=asked.word,
            agent=typed(agent, secret="•" in asked.at.typed),
        )
    if not agent or agent.count("@") > 1 or any(char.isspace() for char in agent):
        return unknown_argument(asked, rest[0])
    return too_much(asked, rest[1:]) or Assign(asked.at, asked.tickets, fold(agent), force)


def _read_release(asked: Asked) -> Built:
    return too_much(asked, asked.words) or Release(asked.at, asked.tickets)


def _printed_claim(command: Claim) -> Iterator[str]:
    yield from ("claim", *numbered(command.tickets), "force" if command.force else "")


def _printed_assign(command: Assign) -> Iterator[str]:
    name = command.agent if "@" in command.agent else f"@{command.agent}"
    yield from ("assign", *numbered(command.tickets), name, "force" if command.force else "")


def _printed_release(command: Release) -> Iterator[str]:
    yield from ("release", *numbered(command.tickets))


VERBS = (
    Verb(
        Claim,
        Rank.RESPONSIBLE,
        on_tickets(_claim),
        _printed_claim,
        (
            Word(
                ("claim", "take"),
                ("nehmen", "übernehmen"),
                _read_claim,
                1,
                say("You become responsible. With the last word also when somebody else is."),
                both("[#1042 …] [force]", "[#1042 …] [trotzdem]"),
                both("!claim #1042", "!nehmen #1042"),
            ),
        ),
        decides=lambda _: Goal(Sort.RESPONSIBLE, ""),
    ),
    Verb(
        Assign,
        Rank.RESPONSIBLE,
        on_tickets(_assign),
        _printed_assign,
        (
            Word(
                ("assign",),
                ("zuweisen",),
                _read_assign,
                1,
                say("Another agent becomes responsible."),
                both("[#1042 …] @ben [force]", "[#1042 …] @ben [trotzdem]"),
                both("!assign @ben", "!zuweisen @ben"),
            ),
        ),
        decides=lambda command: Goal(Sort.RESPONSIBLE, f"@{command.agent}"),
        needs=lambda command: Needs(entries=20, agents=(command.agent,)),
    ),
    Verb(
        Release,
        Rank.RESPONSIBLE,
        on_tickets(_release),
        _printed_release,
        (
            Word(
                ("release",),
                ("freigeben",),
                _read_release,
                1,
                say("Nobody is responsible any more; the department sees it as free."),
                both("[#1042 …]"),
                both("!release #1042", "!freigeben #1042"),
            ),
        ),
        decides=lambda _: Goal(Sort.RESPONSIBLE, "-"),
    ),
)
