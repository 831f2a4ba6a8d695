"""What a ruling means for the ticket that a mail opens."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from gateway.model.changes import Change, Refer
from gateway.model.outgoing import NotificationEvent
from gateway.model.people import Agent
from gateway.model.text import Text
from gateway.model.ticket import Status, Ticket
from gateway.model.workflow import Holder
from gateway.policy.access import may_see
from gateway.policy.acts import Acts
from gateway.policy.facts import Facts, TicketFacts
from gateway.policy.notify import audience, notify
from gateway.policy.rules.answers import answer
from gateway.policy.rules.effects import (
    agent_named,
    left_undone,
    marked,
    may_become,
    notes,
    referred,
    told_as_well,
    told_why,
    with_fields,
)
from gateway.policy.rules.ruling import Ruling
from gateway.policy.said import Said


@dataclass(frozen=True, slots=True)
class Opening:
    """The ticket as the rules want it, and what is to be written once it is there."""

    about: TicketFacts
    changes: tuple[Change, ...] = ()

    @property
    def is_spam(self) -> bool:
        """Nobody is told of it, and its author gets no answer."""
        return self.about.ticket.status == Status.SPAM


def opening(about: TicketFacts, facts: Facts) -> Opening:
    """The new ticket with what the rules have set."""
    ruling = facts.ruling
    if not ruling.hits:
        return Opening(about)
    ticket = replace(
        about.ticket,
        department=ruling.department or about.ticket.department,
        topic=ruling.topic or about.ticket.topic,
    )
    others = about.referred_departments - {ticket.department}
    about = replace(about, ticket=ticket, referred_departments=others)
    about, _ = with_fields(about, ruling, facts)  # all fields of a new ticket are written anyway
    about, marks = marked(about, ruling)
    about, access = referred(about, ruling, facts)
    undone = list(left_undone(about, ruling, facts))
    about, joins, more = _with_status(about, ruling, facts)
    thread = (*notes(about, ruling, facts), *told_why(ticket.id, ruling, [*undone, *more]))
    return Opening(about, (*marks, *access.changes, *joins, *thread))


def _with_status(
    about: TicketFacts, ruling: Ruling, facts: Facts
) -> tuple[TicketFacts, tuple[Change, ...], list[Text]]:
    """Who is responsible, and the status that goes with it or that a rule wants."""
    workflow, undone = facts.organisation.workflow, []
    status = Status.SPAM if ruling.spam else ruling.status
    if status is not None and (why := may_become(about, status, facts)):
        undone.append(why)
        status = None
    agent = agent_named(facts, ruling.assign) if ruling.assign and not ruling.spam else None
    if agent is not None and status is None and Status.IN_PROGRESS in workflow.statuses:
        status = Status.IN_PROGRESS
    if status is not None and workflow.rule(status).holder is Holder.NOBODY:
        agent = None
    joins = _access(about, agent, facts)
    ticket: Ticket = replace(
        about.ticket,
        status=status or about.ticket.status,
        state=workflow.state(status) if status else about.ticket.state,
        responsible=agent.id if agent else None,
    )
    return replace(about, ticket=ticket, responsible=agent), tuple(joins), undone


def _access(about: TicketFacts, agent: Agent | None, facts: Facts) -> Iterator[Change]:
    """Who is made responsible and belongs to another department keeps access afterwards."""
    if agent is not None and not may_see(agent, about, facts.organisation):
        yield Refer(about.ticket.id, agent=agent.id)


def told(about: TicketFacts, facts: Facts, said: Said, remark: Text | None) -> Acts:
    """The department hears of the new ticket, the responsible agent that it is theirs."""
    holder = about.responsible
    event = NotificationEvent.NEW_TICKET
    if holder is None:
        acts = notify(facts, about, event, said=said, remark=remark)
    else:
        others = [each for each in audience(facts, about, event) if each.id != holder.id]
        acts = notify(facts, about, NotificationEvent.ASSIGNED, said=said, remark=remark)
        acts += notify(facts, about, event, said=said, remark=remark, to=others)
    return acts + told_as_well(about, facts.ruling, facts, said, acts.outgoing)


def answered(about: TicketFacts, facts: Facts) -> Acts | None:
    """The rules' answer in place of the confirmation; None when there is none to be sent."""
    return answer(about, facts) if facts.ruling.hits else None
