"""Who may have to be told: members of every department that the message touches."""

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType

from gateway.gather.commands import opens_ticket
from gateway.gather.looking import Looking
from gateway.model.command import CommandMail
from gateway.model.history import PastAct
from gateway.model.people import Agent, AgentId, DepartmentId
from gateway.model.ticket import Ticket, TicketId
from gateway.policy.access import ADMINS, enrolments
from gateway.policy.commands.words import verb_of
from gateway.policy.facts import FormSubmission, Listing
from gateway.policy.rules.ruling import NO_RULING, Ruling


def agents(
    looking: Looking,
    listings: dict[str, Listing],
    histories: Mapping[TicketId, tuple[PastAct, ...]] = MappingProxyType({}),
) -> dict[AgentId, Agent]:
    """Agents that lists, referrals and histories name."""
    wanted = {
        ticket.responsible
        for listing in listings.values()
        for ticket in (*listing.tickets, *listing.table)
        if ticket.responsible is not None
    }
    wanted |= {agent for acts in histories.values() for past in acts for agent in _in_act(past)}
    for about in looking.tickets.values():
        wanted |= about.referred_agents
        wanted |= {task.agent for task in about.tasks if task.agent is not None}
    return dict(looking.transaction.agents_by_id(wanted)) if wanted else {}


def _in_act(past: PastAct) -> Iterator[AgentId]:
    if past.act.agent is not None:
        yield past.act.agent
    for step in past.act.steps:
        if step.what.endswith(" responsible"):
            yield from (AgentId(int(each)) for each in (step.before, step.after) if each)


def members(
    looking: Looking,
    mail: CommandMail | None,
    form: FormSubmission | None,
    agent: Agent | None = None,
    urgent: tuple[Ticket, ...] = (),
    ruling: Ruling = NO_RULING,
) -> dict[DepartmentId, tuple[Agent, ...]]:
    """Members by enrolment, and all admins."""
    departments = _departments(looking, mail, form)
    if agent is not None and opens_ticket(mail):
        departments = {*departments, *agent.departments & looking.organisation.departments.keys()}
    departments = {*departments, *(each.department for each in urgent)}
    departments = {*departments, *ruling.departments, *ruling.referred_departments}
    departments |= {ruling.department} if ruling.department else set()
    wanted: set[DepartmentId] = set()
    for department in departments:
        wanted |= enrolments(department, looking.organisation)
    members = dict(looking.transaction.members(wanted - {ADMINS})) if wanted else {}
    members[ADMINS] = looking.transaction.admins()
    return members


def _departments(
    looking: Looking, mail: CommandMail | None, form: FormSubmission | None
) -> Collection[DepartmentId]:
    """Every department whose members this message may have to reach."""
    organisation = looking.organisation
    found: set[DepartmentId | None] = {form.department} if form else set()
    found |= {recipient.address.department for recipient in looking.recipients}
    if not looking.tickets:
        found.add(organisation.postmaster)
    for about in looking.tickets.values():
        found |= {about.ticket.department, *about.referred_departments}
        if about.ticket.rejected:
            found.add(organisation.department(about.ticket.department).main)
    for command in mail.commands if mail else ():
        found |= {
            organisation.department_names.get(name)
            for name in verb_of(command).needs(command).departments
        }
    return [name for name in found if name is not None and name in organisation.departments]
