"""What a ruling means for a ticket that is there already: a message to it, or an agent's mail."""

from dataclasses import replace

from gateway.model.changes import Change, MoveTicket, Refer
from gateway.model.field_changes import SetTopic
from gateway.model.outgoing import NotificationEvent
from gateway.model.text import Text
from gateway.model.ticket import Status, StatusId
from gateway.model.workflow import Holder
from gateway.policy.access import is_member, may_see
from gateway.policy.acts import NOTHING, Acts
from gateway.policy.facts import Facts, TicketFacts
from gateway.policy.notify import notify
from gateway.policy.rules.answers import answer
from gateway.policy.rules.effects import (
    agent_named,
    left_undone,
    marked,
    may_become,
    notes,
    referred,
    told_why,
    with_fields,
)
from gateway.policy.rules.ruling import Ruling
from gateway.policy.said import Said
from gateway.policy.workflow import with_status

_Step = tuple[TicketFacts, tuple[Change, ...]]


def further(about: TicketFacts, facts: Facts, *, by_stranger: bool) -> tuple[TicketFacts, Acts]:
    """The ticket with what the rules have set. A stranger's mail only marks it and is noted.

    The acts do not tell anybody yet; `told` does, when all else is decided.
    """
    ruling = facts.ruling
    if not ruling.hits:
        return about, NOTHING
    about, marks = marked(about, ruling)
    about, access = referred(about, ruling, facts)
    changes: tuple[Change, ...] = (*marks, *access.changes)
    undone: list[Text] = []
    if not by_stranger:
        about, work = _worked_on(about, ruling, facts, undone)
        changes += work
    thread = (*notes(about, ruling, facts), *told_why(about.ticket.id, ruling, undone))
    acts = Acts((*changes, *thread))
    sent = None if by_stranger else answer(about, facts)
    return about, acts + (sent or NOTHING)


def _worked_on(about: TicketFacts, ruling: Ruling, facts: Facts, undone: list[Text]) -> _Step:
    """Topic, fields, department, responsible agent, status: in this order."""
    changes: tuple[Change, ...] = ()
    ticket = about.ticket
    if ruling.topic is not None and ruling.topic != ticket.topic:
        changes += (SetTopic(ticket.id, ruling.topic),)
        about = replace(about, ticket=replace(ticket, topic=ruling.topic))
    about, filled = with_fields(about, ruling, facts)
    undone += left_undone(about, ruling, facts)
    changes += filled
    for step in (_moved, _assigned):
        about, more = step(about, ruling, facts)
        changes += more
    if ruling.status is not None and ruling.status != about.ticket.status:
        if why := may_become(about, ruling.status, facts):
            undone.append(why)
        else:
            about, more = _entered(about, ruling.status, facts)
            changes += more
    return about, changes


def _moved(about: TicketFacts, ruling: Ruling, facts: Facts) -> _Step:
    target, ticket = ruling.department, about.ticket
    if target is None or target == ticket.department or ticket.rejected:
        return about, ()
    changes: tuple[Change, ...] = (MoveTicket(ticket.id, target),)
    after = replace(
        about,
        ticket=replace(ticket, department=target),
        referred_departments=about.referred_departments - {target},
    )
    holder = about.responsible
    if holder is not None and not is_member(holder, target, facts.organisation):
        status = Status.OPEN if ticket.status == Status.IN_PROGRESS else ticket.status
        after, released = with_status(after, status, None, facts)
        changes += released
    return after, changes


def _assigned(about: TicketFacts, ruling: Ruling, facts: Facts) -> _Step:
    agent = agent_named(facts, ruling.assign) if ruling.assign else None
    if agent is None or about.ticket.responsible == agent.id or not about.ticket.is_open:
        return about, ()
    access: tuple[Change, ...] = ()
    if not may_see(agent, about, facts.organisation):
        access = (Refer(about.ticket.id, agent=agent.id),)
    status = about.ticket.status
    if may_become(about, Status.IN_PROGRESS, facts) is None:
        status = Status.IN_PROGRESS
    after, changes = with_status(about, status, agent, facts)
    return after, (*access, *changes)


def _entered(about: TicketFacts, status: StatusId, facts: Facts) -> _Step:
    keeps = facts.organisation.workflow.rule(status).holder is not Holder.NOBODY
    return with_status(about, status, about.responsible if keeps else None, facts)


def told(before: TicketFacts, about: TicketFacts, facts: Facts, said: Said) -> Acts:
    """Who has become responsible, and the department that has got the ticket."""
    acts = NOTHING
    if about.responsible is not None and before.ticket.responsible != about.responsible.id:
        acts += notify(facts, about, NotificationEvent.ASSIGNED, said=said, part=".rule")
    if before.ticket.department != about.ticket.department:
        acts += notify(facts, about, NotificationEvent.MOVED, said=said, part=".rule")
    return acts
