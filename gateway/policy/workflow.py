"""The ways between statuses, by the organisation's table (`model.workflow`)."""

from collections.abc import Iterable
from dataclasses import replace

from gateway.model.changes import Change, ChangeResponsible, ChangeStatus
from gateway.model.people import Agent
from gateway.model.text import Text, say
from gateway.model.ticket import StatusId
from gateway.model.workflow import Workflow
from gateway.policy.facts import Facts, TicketFacts
from gateway.policy.fields import reservations


def is_possible(workflow: Workflow, now: StatusId, wanted: StatusId) -> bool:
    """True when a ticket may go from `now` to `wanted`; staying is always possible."""
    return now == wanted or wanted in workflow.rule(now).to


def impossible(workflow: Workflow, now: StatusId, wanted: StatusId, agent: Agent) -> Text:
    """The error that names the ones that are possible for this agent."""
    return say(
        "not possible from “%(now)s” to “%(wanted)s”. Possible now: %(possible)s.",
        now=workflow.rule(now).name,
        wanted=workflow.rule(wanted).name,
        possible=enumerated(
            rule.name
            for rule in workflow.statuses.values()
            if rule.id in workflow.rule(now).to and (agent.admin or not rule.admins)
        ),
    )


def enumerated(names: Iterable[Text]) -> Text:
    """The names in a row, each in the reader's language."""
    values = tuple((f"n{place}", name) for place, name in enumerate(names))
    return Text(", ".join(f"%({key})s" for key, _ in values), values)


def with_status(
    about: TicketFacts, status: StatusId, responsible: Agent | None, facts: Facts
) -> tuple[TicketFacts, tuple[Change, ...]]:
    """The ticket with this status and responsible agent, and only the changes that are some."""
    ticket = about.ticket
    holder = responsible.id if responsible else None
    state = facts.organisation.workflow.state(status)
    changes: list[Change] = []
    if ticket.responsible != holder:
        changes.append(ChangeResponsible(ticket.id, holder))
    if ticket.status != status:
        changes.append(ChangeStatus(ticket.id, status, state))
    after = replace(
        about,
        ticket=replace(ticket, status=status, state=state, responsible=holder),
        responsible=responsible,
    )
    if after.ticket.is_open and not ticket.is_open:
        changes += reservations(after, facts)
    return after, tuple(changes)
