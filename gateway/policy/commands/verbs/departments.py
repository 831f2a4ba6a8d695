"""Which department a ticket belongs to: `!move`, `!accept`."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from gateway.model.changes import Change, MoveTicket, Refer
from gateway.model.command import Command
from gateway.model.organisation import Department, DepartmentKind, Organisation
from gateway.model.outgoing import NotificationEvent
from gateway.model.people import Agent, DepartmentId
from gateway.model.text import Text, say
from gateway.model.ticket import Status
from gateway.policy.access import enrolments, is_member
from gateway.policy.commands.arguments import missing, numbered, quoted, too_much, without
from gateway.policy.commands.folding import folded
from gateway.policy.commands.verb import Asked, Built, Goal, Needs, Rank, Sort, Verb, Word, both
from gateway.policy.facts import Facts, TicketFacts
from gateway.policy.said import event
from gateway.policy.work import Desk, Impossible, Step, on_tickets
from gateway.policy.workflow import with_status

KEEP = frozenset({"keep", "behalten"})


@dataclass(frozen=True, slots=True)
class Move(Command):
    """`!move berlin [keep]`: to another department; `keep` leaves the mover a referral."""

    department: str = ""
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Accept(Command):
    """`!accept`: a rejected direct mail becomes a normal ticket of the main department."""


def _move(command: Move, about: TicketFacts, desk: Desk) -> Step | Impossible:
    organisation = desk.facts.organisation
    wanted = organisation.department_names.get(command.department)
    target = organisation.departments.get(wanted) if wanted is not None else None
    if target is None or target.kind is DepartmentKind.REJECTED:
        return Impossible(no_department(command.department, organisation))
    if target.id == about.ticket.department:
        return Step(about, say("it is in %(department)s already", department=target.name))
    return _moved(command, about, desk, target)


def no_department(name: str, organisation: Organisation) -> Text:
    """There is none of that name, and which there are."""
    return say(
        "there is no department “%(name)s”. Departments: %(names)s.",
        name=name,
        names=", ".join(
            department.id
            for department in organisation.departments.values()
            if department.kind is not DepartmentKind.REJECTED
        ),
    )


def _moved(command: Move, about: TicketFacts, desk: Desk, target: Department) -> Step:
    actor, facts, ticket = desk.agent, desk.facts, about.ticket
    changes: tuple[Change, ...] = (MoveTicket(ticket.id, target.id),)
    after = replace(about, ticket=replace(ticket, department=target.id))
    holder = about.responsible
    if holder is not None and not is_member(holder, target.id, facts.organisation):
        status = Status.OPEN if ticket.status == Status.IN_PROGRESS else ticket.status
        after, released = with_status(after, status, None, facts)
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


def _accept(_: Accept, about: TicketFacts, desk: Desk) -> Step | Impossible:
    facts, ticket = desk.facts, about.ticket
    main = facts.organisation.department(ticket.department).main or ticket.department
    if not ticket.rejected:
        return Impossible(say("this is a normal ticket, there is nothing to accept."))
    department = facts.organisation.department(main)
    what = say("accepted: a normal ticket of %(department)s now", department=department.name)
    taken = replace(about, ticket=replace(ticket, department=main, rejected=False))
    after, opened = with_status(taken, Status.OPEN, None, facts)
    changes = (
        MoveTicket(ticket.id, main, rejected=False),
        *opened,
        event(ticket.id, what, desk.agent),
    )
    result = _and_allowing(what, about, main)
    return Step(after, result, changes, frozenset({NotificationEvent.ACCEPTED}))


def _and_allowing(what: Text, about: TicketFacts, department: DepartmentId) -> Text:
    address = about.ticket.requester.address
    if "@" not in address:
        return what
    return say(
        "%(what)s. If more such mail is wanted, an admin sends: !allow %(address)s to"
        " %(department)s reason",
        what=what,
        address=address,
        department=department,
    )


def _read_move(asked: Asked) -> Built:
    """The department's name is folded."""
    rest, keep = without(asked.words, KEEP)
    if not rest:
        return missing(asked)
    name = folded(rest[0])
    return too_much(asked, rest[1:]) or Move(asked.at, asked.tickets, name, keep)


def _read_accept(asked: Asked) -> Built:
    return too_much(asked, asked.words) or Accept(asked.at, asked.tickets)


def _printed_move(command: Move) -> Iterator[str]:
    yield from ("move", *numbered(command.tickets), quoted(command.department))
    yield "keep" if command.keep else ""


def _printed_accept(command: Accept) -> Iterator[str]:
    yield from ("accept", *numbered(command.tickets))


VERBS = (
    Verb(
        Move,
        Rank.TICKET,
        on_tickets(_move),
        _printed_move,
        (
            Word(
                ("move",),
                ("verschieben",),
                _read_move,
                2,
                say("To another department. With the last word you keep access."),
                both("[#1042 …] berlin [keep]", "[#1042 …] berlin [behalten]"),
                both("!move berlin", "!verschieben berlin"),
            ),
        ),
        decides=lambda command: Goal(Sort.DEPARTMENT, f"{command.department} {command.keep}"),
        needs=lambda command: Needs(entries=20, departments=(command.department,)),
    ),
    Verb(
        Accept,
        Rank.TARGET,
        on_tickets(_accept, rejected=True),
        _printed_accept,
        (
            Word(
                ("accept",),
                ("annehmen",),
                _read_accept,
                2,
                say("A rejected direct mail becomes a normal ticket."),
                both("[#1042 …]"),
                both("!accept #1042", "!annehmen #1042"),
            ),
        ),
        needs=lambda _: Needs(entries=20),
    ),
)
