"""Tickets of an agent who is gone are free again; who can take them is told in one mail each."""

from collections import defaultdict
from collections.abc import Iterable

from gateway.model.answers import TicketLine
from gateway.model.organisation import Organisation
from gateway.model.outgoing import Released
from gateway.model.people import Agent, AgentState, DepartmentId
from gateway.model.text import Text, say
from gateway.model.ticket import Status, TicketId
from gateway.policy.access import ADMINS, is_member, members_of
from gateway.policy.account_news import route
from gateway.policy.acts import NOTHING, Acts
from gateway.policy.facts import Facts, TicketFacts
from gateway.policy.said import event
from gateway.policy.workflow import with_status


def released(facts: Facts, agent: Agent) -> Acts:
    """The gathered tickets that the agent is responsible for have nobody any more."""
    changes = NOTHING
    readers: dict[Agent, list[TicketFacts]] = defaultdict(list)
    for about in sorted(facts.tickets.values(), key=lambda each: each.ticket.id):
        ticket = about.ticket
        if ticket.responsible != agent.id or not ticket.is_open:
            continue
        status = Status.OPEN if ticket.status == Status.IN_PROGRESS else ticket.status
        after, changed = with_status(about, status, None, facts)
        changes += Acts((*changed, event(ticket.id, _why(agent))))
        for reader in _readers(facts, about, agent):
            readers[reader].append(after)
    told = tuple(_mail(facts, agent, *one) for one in readers.items())
    return changes + Acts(outgoing=told)


def out_of_reach(
    tickets: Iterable[tuple[TicketId, DepartmentId]], left: Agent, organisation: Organisation
) -> tuple[TicketId, ...]:
    """Those of the tickets whose department the agent is no member of with what is left."""
    return tuple(t for t, department in tickets if not is_member(left, department, organisation))


def _why(agent: Agent) -> Text:
    if agent.state is AgentState.ACTIVE:
        return say("%(name)s belongs to this department no more: nobody is responsible now",
                   name=agent.name)  # fmt: skip
    return say("the account of %(name)s is closed: nobody is responsible now", name=agent.name)


def _readers(facts: Facts, about: TicketFacts, gone: Agent) -> tuple[Agent, ...]:
    """The members of the department, else the admins; never whose ticket it is."""
    department = facts.organisation.department(about.ticket.department)
    if department.silent:
        return ()
    members = members_of(department.id, facts.members, facts.organisation)
    found = [one for one in members if one.id != gone.id] or facts.members.get(ADMINS, ())
    return tuple(one for one in found if one.mailbox.key != about.ticket.requester.key)


def _mail(facts: Facts, gone: Agent, reader: Agent, tickets: list[TicketFacts]) -> Released:
    lines = tuple(
        TicketLine(each.ticket, facts.organisation.department(each.ticket.department).name, "")
        for each in tickets
    )
    first = str(tickets[0].ticket.id)
    return Released(
        route(reader, f"released.{first}", facts.organisation, facts.fresh), gone.name, lines
    )
