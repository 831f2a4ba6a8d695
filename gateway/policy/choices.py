"""What an agent is told, as they chose it, and what they may choose for."""

from collections.abc import Iterable
from dataclasses import replace

from gateway.model.changes import Change
from gateway.model.notice_changes import ChooseNews, SetAbsence, SetDigest
from gateway.model.organisation import Department, DepartmentKind, Organisation
from gateway.model.people import Agent, Choices, DepartmentId, NotifyChoice
from gateway.policy.access import is_member


def listened(agent: Agent, organisation: Organisation) -> tuple[Department, ...]:
    """The departments whose news the agent gets unless they choose: theirs that are not silent."""
    return tuple(
        organisation.departments[department]
        for department in organisation.departments
        if is_listened(agent, department, organisation)
    )


def is_listened(agent: Agent, department: DepartmentId, organisation: Organisation) -> bool:
    """True when there is something to choose: a member's department that tells anything."""
    found = organisation.departments[department]
    tells = found.kind is not DepartmentKind.REJECTED and not found.silent
    return tells and is_member(agent, department, organisation)


def chosen(agent: Agent, changes: Iterable[Change]) -> Agent:
    """The agent as they are after the changes of a decision."""
    choices = dict(agent.choices)
    for change in changes:
        match change:
            case ChooseNews(agent.id, department, choice):
                choices[department] = choice
            case SetDigest(agent.id, rhythm):
                agent = replace(agent, digest=rhythm)
            case SetAbsence(agent.id, absence):
                agent = replace(agent, absence=absence)
            case _:
                pass
    return replace(agent, choices=normal(choices.items()))


def normal(choices: Iterable[tuple[DepartmentId, NotifyChoice]]) -> Choices:
    """The choices without those that say what holds anyway."""
    return frozenset(pair for pair in choices if pair[1] is not NotifyChoice.ALL)
