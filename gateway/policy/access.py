"""Who may see what: members of the department, the responsible agent, and referrals."""

from collections.abc import Mapping

from gateway.model.organisation import Department, DepartmentKind, Organisation
from gateway.model.people import Agent, AgentState, DepartmentId
from gateway.policy.facts import TicketFacts

ADMINS = DepartmentId("")
"""Stands for "all admins" in lists of enrolments."""


def enrolments(department: DepartmentId, organisation: Organisation) -> frozenset[DepartmentId]:
    """The enrolments that make somebody a member of `department`.

    The supraregional department belongs to the members of all locations; a department of rejected
    mail to the members of the department it is for; some departments to all admins (`ADMINS`).
    """
    found = organisation.department(department)
    own = frozenset({department, ADMINS} if found.admins else {department})
    match found.kind:
        case DepartmentKind.REJECTED if found.main is not None:
            return own | enrolments(found.main, organisation)
        case DepartmentKind.SUPRAREGIONAL:
            return own | _locations(organisation)
        case _:
            return own


def _locations(organisation: Organisation) -> frozenset[DepartmentId]:
    return frozenset(
        department.id
        for department in organisation.departments.values()
        if department.kind is DepartmentKind.LOCATION
    )


def is_member(agent: Agent, department: DepartmentId, organisation: Organisation) -> bool:
    """True when the agent reads and writes the tickets of the department."""
    needed = enrolments(department, organisation)
    return bool(agent.departments & needed) or (agent.admin and ADMINS in needed)


def readable(agent: Agent, organisation: Organisation) -> frozenset[DepartmentId]:
    """All departments the agent is a member of."""
    return frozenset(
        department
        for department in organisation.departments
        if is_member(agent, department, organisation)
    )


def may_see(agent: Agent, facts: TicketFacts, organisation: Organisation) -> bool:
    """True when the agent may read and work on the ticket."""
    return (
        facts.ticket.responsible == agent.id
        or agent.id in facts.referred_agents
        or is_member(agent, facts.ticket.department, organisation)
        or any(is_member(agent, referred, organisation) for referred in facts.referred_departments)
    )


def members_of(
    department: DepartmentId,
    enrolled: Mapping[DepartmentId, tuple[Agent, ...]],
    organisation: Organisation,
) -> tuple[Agent, ...]:
    """The active members of the department out of the gathered enrolments, each once."""
    found: dict[int, Agent] = {}
    for enrolment in sorted(enrolments(department, organisation)):
        for agent in enrolled.get(enrolment, ()):
            if agent.state is AgentState.ACTIVE:
                found[agent.id] = agent
    return tuple(found.values())


def rejected_department(department: Department | None, organisation: Organisation) -> DepartmentId:
    """Where mail to an address of `department` is filed that is not let in.

    A department without one for rejected mail keeps it itself, so that nobody else reads it; what
    is for no department goes to the one of the supraregional department.
    """
    if department is not None:
        return department.rejected or department.id
    for other in organisation.departments.values():
        if other.kind is DepartmentKind.SUPRAREGIONAL and other.rejected is not None:
            return other.rejected
    raise LookupError("the rule files declare no supraregional department")
