"""One command on one ticket: what changes, or why it is not possible.

Each function takes the ticket as it stands after the commands before it and gives a `Step` with
the ticket as it stands then. Nothing is recorded here; a single `Impossible` holds the whole mail.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import assert_never

from gateway.model.changes import Change, ChangeResponsible, ChangeStatus, MoveTicket, Refer
from gateway.model.command import Accept, Assign, Claim, Move, Release, SetStatus
from gateway.model.organisation import Department, DepartmentKind
from gateway.model.outgoing import NotificationEvent
from gateway.model.people import Agent
from gateway.model.text import Text, say
from gateway.model.ticket import Status
from gateway.policy.access import enrolments, is_member
from gateway.policy.facts import Facts, TicketFacts
from gateway.policy.said import event
from gateway.policy.workflow import NAMES, impossible, is_possible


@dataclass(frozen=True, slots=True)
class Step:
    """The ticket after a command, the changes that lead there, and what to tell the agent.

    `events` are those that others have to be told of; `notice`: the requester hears of the close.
    """

    about: TicketFacts
    result: Text
    changes: tuple[Change, ...] = ()
    events: frozenset[NotificationEvent] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Impossible:
    """Why a command cannot be done, and what can be done instead."""

    why: Text


TicketCommand = Claim | Assign | Release | SetStatus | Move | Accept


def perform(
    command: TicketCommand, about: TicketFacts, actor: Agent, facts: Facts
) -> Step | Impossible:
    """What `command` does to the ticket."""
    if about.ticket.rejected and not isinstance(command, Accept):
        return Impossible(
            say(
                "this is a rejected direct mail. Send !accept first: it becomes a normal ticket.",
            )
        )
    match command:
        case Claim():
            return _take(about, actor, actor, force=command.force)
        case Assign():
            return _assign(command, about, actor, facts)
        case Release():
            return _release(about, actor)
        case SetStatus():
            return _STATUS[command.status](about, actor)
        case Move():
            return _move(command, about, actor, facts)
        case Accept():
            return _accept(about, actor, facts)
        case _:
            assert_never(command)


def _with(about: TicketFacts, status: Status, responsible: Agent | None) -> TicketFacts:
    ticket = replace(
        about.ticket, status=status, responsible=responsible.id if responsible else None
    )
    return replace(about, ticket=ticket, responsible=responsible)


def _to(
    about: TicketFacts, status: Status, responsible: Agent | None
) -> tuple[TicketFacts, tuple[Change, ...]]:
    """The ticket with this status and responsible agent, and only the changes that are some."""
    ticket = about.ticket
    changes: list[Change] = []
    if ticket.responsible != (responsible.id if responsible else None):
        changes.append(ChangeResponsible(ticket.id, responsible.id if responsible else None))
    if ticket.status is not status:
        changes.append(ChangeStatus(ticket.id, status))
    return _with(about, status, responsible), tuple(changes)


def _take(about: TicketFacts, taker: Agent, actor: Agent, *, force: bool) -> Step | Impossible:
    ticket = about.ticket
    holder = about.responsible
    if holder is not None and holder.id != taker.id and ticket.status.is_open and not force:
        return Impossible(
            say(
                "%(name)s is responsible for #%(number)s already. To take it all the same,"
                " add the word force.",
                name=holder.name,
                number=ticket.number,
            )
        )
    if not is_possible(ticket.status, Status.IN_PROGRESS):
        return Impossible(impossible(ticket.status, Status.IN_PROGRESS))
    after, changes = _to(about, Status.IN_PROGRESS, taker)
    what = say("%(name)s is responsible now, status: in progress", name=taker.name)
    if not changes:
        return Step(about, say("%(name)s was responsible already", name=taker.name))
    told = {NotificationEvent.ASSIGNED} if taker.id != actor.id else set()
    return Step(after, what, (*changes, event(ticket.id, what, actor)), frozenset(told))


def _assign(command: Assign, about: TicketFacts, actor: Agent, facts: Facts) -> Step | Impossible:
    agent = facts.named_agents.get(command.agent)
    if agent is None:
        return Impossible(
            say(
                "there is no active agent “%(name)s”. Write the short name, as in @anna.",
                name=command.agent,
            )
        )
    return _take(about, agent, actor, force=True)


def _release(about: TicketFacts, actor: Agent) -> Step | Impossible:
    ticket = about.ticket
    status = Status.OPEN if ticket.status is Status.IN_PROGRESS else ticket.status
    after, changes = _to(about, status, None)
    if not changes:
        return Step(about, say("nobody was responsible anyway"))
    what = say("given back to the department, nobody is responsible now")
    return Step(after, what, (*changes, event(ticket.id, what, actor)))


def _progress(about: TicketFacts, actor: Agent) -> Step | Impossible:
    return _take(about, about.responsible or actor, actor, force=False)


def _set(
    about: TicketFacts, actor: Agent, status: Status, *, keep_responsible: bool
) -> Step | Impossible:
    ticket = about.ticket
    if not is_possible(ticket.status, status):
        return Impossible(impossible(ticket.status, status))
    after, changes = _to(about, status, about.responsible if keep_responsible else None)
    if not changes:
        return Step(about, say("the status was “%(status)s” already", status=NAMES[status]))
    what = say("status: %(before)s → %(after)s", before=NAMES[ticket.status], after=NAMES[status])
    return Step(after, what, (*changes, event(ticket.id, what, actor)))


def _open(about: TicketFacts, actor: Agent) -> Step | Impossible:
    return _set(about, actor, Status.OPEN, keep_responsible=False)


def _wait(about: TicketFacts, actor: Agent) -> Step | Impossible:
    # On the waiting list nobody is responsible: whoever takes it up again claims it.
    return _set(about, actor, Status.ON_WAITING, keep_responsible=False)


def _close(about: TicketFacts, actor: Agent) -> Step | Impossible:
    return _set(about, actor, Status.CLOSED, keep_responsible=True)


def _spam(about: TicketFacts, actor: Agent) -> Step | Impossible:
    return _set(about, actor, Status.SPAM, keep_responsible=True)


_STATUS: dict[Status, Callable[[TicketFacts, Agent], Step | Impossible]] = {
    Status.OPEN: _open,
    Status.IN_PROGRESS: _progress,
    Status.ON_WAITING: _wait,
    Status.CLOSED: _close,
    Status.SPAM: _spam,
}


def _move(command: Move, about: TicketFacts, actor: Agent, facts: Facts) -> Step | Impossible:
    organisation = facts.organisation
    wanted = organisation.department_names.get(command.department)
    target = organisation.departments.get(wanted) if wanted is not None else None
    if target is None or target.kind is DepartmentKind.REJECTED:
        return Impossible(
            say(
                "there is no department “%(name)s”. Departments: %(names)s.",
                name=command.department,
                names=", ".join(
                    department.id
                    for department in organisation.departments.values()
                    if department.kind is not DepartmentKind.REJECTED
                ),
            )
        )
    if target.id == about.ticket.department:
        return Step(about, say("it is in %(department)s already", department=target.name))
    return _moved(command, about, actor, facts, target)


def _moved(
    command: Move, about: TicketFacts, actor: Agent, facts: Facts, target: Department
) -> Step:
    ticket = about.ticket
    changes: tuple[Change, ...] = (MoveTicket(ticket.id, target.id),)
    after = replace(about, ticket=replace(ticket, department=target.id))
    holder = about.responsible
    if holder is not None and not is_member(holder, target.id, facts.organisation):
        status = Status.OPEN if ticket.status is Status.IN_PROGRESS else ticket.status
        after, released = _to(after, status, None)
        changes += released
    if command.keep:
        changes += (Refer(ticket.id, agent=actor.id),)
        after = replace(after, referred_agents=after.referred_agents | {actor.id})
    what = say(
        "moved from %(before)s to %(after)s",
        before=facts.organisation.department(ticket.department).name,
        after=target.name,
    )
    result = say(
        "%(moved)s. %(access)s",
        moved=what,
        access=_who_keeps_access(command, about, actor, facts, target),
    )
    changes += (event(ticket.id, what, actor),)
    return Step(after, result, changes, frozenset({NotificationEvent.MOVED}))


def _who_keeps_access(
    command: Move, about: TicketFacts, actor: Agent, facts: Facts, target: Department
) -> Text:
    keeps = is_member(actor, target.id, facts.organisation) or (
        actor.id in about.referred_agents
        or any(
            is_member(actor, department, facts.organisation)
            for department in about.referred_departments
        )
    )
    if keeps:
        you = say("You see it too.")
    elif command.keep:
        you = say("You keep access by referral.")
    else:
        you = say("You do not see it any more (next time: !move %(id)s keep).", id=target.id)
    return say("%(team)s %(you)s", team=_who_gains_and_loses(about, facts, target), you=you)


def _who_gains_and_loses(about: TicketFacts, facts: Facts, target: Department) -> Text:
    organisation = facts.organisation
    before = about.ticket.department
    if enrolments(before, organisation) <= enrolments(target.id, organisation):
        return say("The members of %(name)s see it now.", name=target.name)
    return say(
        "The members of %(name)s see it now; who is only in %(before)s does not any more.",
        name=target.name,
        before=organisation.department(before).name,
    )


def _accept(about: TicketFacts, actor: Agent, facts: Facts) -> Step | Impossible:
    ticket = about.ticket
    main = facts.organisation.department(ticket.department).main
    if not ticket.rejected or main is None:
        return Impossible(say("this is a normal ticket, there is nothing to accept."))
    department = facts.organisation.department(main)
    what = say("accepted: a normal ticket of %(department)s now", department=department.name)
    after = replace(
        about,
        ticket=replace(ticket, department=main, rejected=False, status=Status.OPEN),
    )
    changes = (
        MoveTicket(ticket.id, main, rejected=False),
        ChangeStatus(ticket.id, Status.OPEN),
        event(ticket.id, what, actor),
    )
    return Step(after, what, changes, frozenset({NotificationEvent.ACCEPTED}))
