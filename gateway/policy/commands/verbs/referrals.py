"""Access to a ticket without moving it: `!refer`, `!unrefer`."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from gateway.model.address import fold
from gateway.model.around_changes import Unrefer
from gateway.model.changes import Change, Refer
from gateway.model.command import Command
from gateway.model.organisation import Department, DepartmentKind
from gateway.model.outgoing import NotificationEvent
from gateway.model.people import Agent
from gateway.model.text import Text, say
from gateway.model.ticket import EntryKind
from gateway.policy.access import is_member, may_see, members_of
from gateway.policy.commands.arguments import missing, numbered, quoted, too_much
from gateway.policy.commands.folding import folded
from gateway.policy.commands.lines import copy_of
from gateway.policy.commands.verb import Asked, Built, Goal, Needs, Rank, Sort, Verb, Word, both
from gateway.policy.commands.verbs.departments import no_department
from gateway.policy.commands.verbs.responsible import unknown_agent
from gateway.policy.facts import TicketFacts
from gateway.policy.notify import Way, hears, is_reached, notify
from gateway.policy.said import NOBODY, Said, event
from gateway.policy.work import Desk, Impossible, Step, on_tickets


@dataclass(frozen=True, slots=True)
class ReferTo(Command):
    """`!refer berlin reason` or `!refer @anna reason`; one of the two is named."""

    department: str = ""
    agent: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class UnreferFrom(Command):
    """`!unrefer berlin` or `!unrefer @anna`."""

    department: str = ""
    agent: str = ""


def _target(command: ReferTo | UnreferFrom, desk: Desk) -> Department | Agent | Impossible:
    if command.agent:
        return desk.facts.named_agents.get(command.agent) or unknown_agent(command.agent)
    organisation = desk.facts.organisation
    wanted = organisation.department_names.get(command.department)
    found = organisation.departments.get(wanted) if wanted is not None else None
    if found is None or found.kind is DepartmentKind.REJECTED:
        return Impossible(no_department(command.department, organisation))
    return found


def _refer(command: ReferTo, about: TicketFacts, desk: Desk) -> Step | Impossible:
    target = _target(command, desk)
    if isinstance(target, Impossible):
        return target
    facts, ticket = desk.facts, about.ticket
    if isinstance(target, Agent):
        if may_see(target, about, facts.organisation):
            return Step(about, say("%(name)s sees it already", name=target.name))
        after = replace(about, referred_agents=about.referred_agents | {target.id})
        change: Change = Refer(ticket.id, agent=target.id)
        newcomers: tuple[Agent, ...] = (target,)
    else:
        if target.id in about.referred_departments | {ticket.department}:
            return Step(about, say("the members of %(name)s see it already", name=target.name))
        after = replace(about, referred_departments=about.referred_departments | {target.id})
        change = Refer(ticket.id, department=target.id)
        newcomers = tuple(
            agent
            for agent in members_of(target.id, facts.members, facts.organisation)
            if not may_see(agent, about, facts.organisation)
        )
    told = tuple(
        agent
        for agent in newcomers
        if agent.id != desk.agent.id
        and is_reached(facts, after, agent)
        and (isinstance(target, Agent) or hears(agent, target.id, Way.DEPARTMENT))
    )
    what = say("access for %(name)s", name=target.name)
    why = say("Reason: %(reason)s", reason=command.reason) if command.reason else None
    if why is not None:
        what = say("%(what)s. %(why)s", what=what, why=why)
    acts = notify(
        facts,
        after,
        NotificationEvent.REFERRED,
        said=_last_message(about),
        actor=desk.agent,
        remark=why,
        to=told,
        part=str(target.id),
    )
    result = say(
        "%(what)s. %(access)s",
        what=say("access for %(name)s", name=target.name),
        access=who_has_access(after, desk),
    )
    return Step(after, result, (change, event(ticket.id, what, desk.agent)), acts=acts)


def _last_message(about: TicketFacts) -> Said:
    """What the requester wrote last, so that the newcomers need not ask for it."""
    messages = [entry for entry in about.entries if entry.kind is EntryKind.MESSAGE]
    last = messages[-1] if messages else None
    return Said(last.author, last.text, last.flags) if last else Said(NOBODY, "")


def _unrefer(command: UnreferFrom, about: TicketFacts, desk: Desk) -> Step | Impossible:
    target = _target(command, desk)
    if isinstance(target, Impossible):
        return target
    ticket = about.ticket
    if isinstance(target, Agent):
        had = target.id in about.referred_agents
        after = replace(about, referred_agents=about.referred_agents - {target.id})
        change = Unrefer(ticket.id, agent=target.id)
    else:
        had = target.id in about.referred_departments
        after = replace(about, referred_departments=about.referred_departments - {target.id})
        change = Unrefer(ticket.id, department=target.id)
    if not had:
        return Impossible(
            say(
                "%(name)s has no access by referral. %(access)s",
                name=target.name,
                access=who_has_access(about, desk),
            )
        )
    what = say("no more access by referral for %(name)s", name=target.name)
    still = _sees_still(target, after, desk)
    result = say("%(what)s. %(access)s", what=still or what, access=who_has_access(after, desk))
    return Step(after, result, (change, event(ticket.id, what, desk.agent)))


def _sees_still(target: Department | Agent, after: TicketFacts, desk: Desk) -> Text | None:
    if isinstance(target, Agent) and may_see(target, after, desk.facts.organisation):
        return say("the referral of %(name)s has ended, who sees it all the same", name=target.name)
    return None


def who_has_access(about: TicketFacts, desk: Desk) -> Text:
    """Who sees the ticket, in one sentence; at its end whether the agent does."""
    facts, organisation = desk.facts, desk.facts.organisation
    known = {**facts.agents, **{agent.id: agent for agent in facts.named_agents.values()}}
    known[desk.agent.id] = desk.agent
    names = [organisation.department(about.ticket.department).name]
    names += [organisation.department(each).name for each in sorted(about.referred_departments)]
    if about.responsible is not None and not is_member(
        about.responsible, about.ticket.department, organisation
    ):
        names.append(about.responsible.name)
    names += [known[each].name for each in sorted(about.referred_agents) if each in known]
    access = say("Access now: %(names)s.", names=", ".join(dict.fromkeys(names)))
    if may_see(desk.agent, about, organisation):
        return access
    return say("%(access)s You do not see it any more.", access=access)


def _read_refer(asked: Asked) -> Built:
    """What stands behind the name is the reason."""
    words = copy_of(" ".join(asked.text.split())).split()
    if not asked.words or not words:
        return missing(asked)
    name = asked.words[0]
    # A name in quotes may have several words.
    rest = words[len(name.split()) :]
    return _named(asked, name, " ".join(rest).strip())


def _named(asked: Asked, name: str, reason: str) -> Built:
    if name.startswith("@"):
        agent = fold(name[1:].rstrip(".:"))
        return ReferTo(asked.at, asked.tickets, "", agent, reason) if agent else missing(asked)
    return ReferTo(asked.at, asked.tickets, folded(name.rstrip(".:")), "", reason)


def _read_unrefer(asked: Asked) -> Built:
    if not asked.words:
        return missing(asked)
    named = _named(asked, asked.words[0], "")
    if not isinstance(named, ReferTo):
        return named
    return too_much(asked, asked.words[1:]) or UnreferFrom(
        asked.at, asked.tickets, named.department, named.agent
    )


def _printed(command: ReferTo | UnreferFrom) -> Iterator[str]:
    yield from ("refer" if isinstance(command, ReferTo) else "unrefer", *numbered(command.tickets))
    yield f"@{command.agent}" if command.agent else quoted(command.department)
    if isinstance(command, ReferTo):
        yield command.reason


def _needs(command: ReferTo | UnreferFrom) -> Needs:
    if command.agent:
        return Needs(entries=20, agents=(command.agent,))
    return Needs(entries=20, departments=(command.department,))


def _goal(command: ReferTo | UnreferFrom) -> Goal:
    whom = f"@{command.agent}" if command.agent else command.department
    return Goal(Sort.ACCESS, type(command).__name__, whom)


VERBS = (
    Verb(
        ReferTo,
        Rank.TICKET,
        on_tickets(_refer),
        _printed,
        (
            Word(
                ("refer",),
                ("verweisen",),
                _read_refer,
                2,
                say("Access for another department or agent, without moving it; with the reason."),
                both(
                    "[#1042 …] berlin|@anna [reason]",
                    "[#1042 …] berlin|@anna [Grund]",
                ),
                both(
                    "!refer @anna please look at the form",
                    "!verweisen @anna bitte das Formular ansehen",
                ),
                free_text=True,
            ),
        ),
        decides=_goal,
        needs=_needs,
    ),
    Verb(
        UnreferFrom,
        Rank.TICKET,
        on_tickets(_unrefer),
        _printed,
        (
            Word(
                ("unrefer",),
                ("nichtverweisen",),
                _read_unrefer,
                2,
                say("The access by referral ends."),
                both("[#1042 …] berlin|@anna"),
                both("!unrefer @anna", "!nichtverweisen @anna"),
            ),
        ),
        decides=_goal,
        needs=_needs,
    ),
)
