"""What a decision means, in the words of the rules; two of them can be compared."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any

from gateway.model.author_changes import CountRejected
from gateway.model.changes import Change, ChangeResponsible, ChangeStatus, MoveTicket, OpenTicket
from gateway.model.field_changes import SetPriority, SetTags, SetTopic
from gateway.model.outgoing import Relay
from gateway.model.people import AgentId
from gateway.model.ticket import Ticket
from gateway.pipeline import Tried
from gateway.policy.facts import Facts
from gateway.render.kinds import kind_of

NEW = "new"


@dataclass(frozen=True, slots=True)
class Effect:
    """What would come of a mail. Empty is what there is not."""

    outcome: str
    rejected: str
    """Why it is not let in (`statistics.Rejected`)."""
    ticket: str
    """`NEW`, or the number of a known one."""
    department: str
    topic: str
    priority: str
    status: str
    responsible: str
    tags: tuple[str, ...]
    rules: tuple[str, ...]
    """The rules that hold, by their names."""
    mails: tuple[tuple[str, str], ...]
    """Kind and recipient of each mail that would leave."""


KEYS = tuple(each.name for each in fields(Effect))


def effect_of(tried: Tried) -> Effect:
    """What the decision means."""
    facts, decision = tried.facts, tried.decision
    known = facts.tickets.get(decision.ticket) if decision.ticket is not None else None
    about = _after(known.ticket if known else None, decision.changes)
    is_new = any(isinstance(each, OpenTicket) for each in decision.changes)
    return Effect(
        outcome=decision.outcome.value,
        rejected=next((str(c.why) for c in decision.changes if isinstance(c, CountRejected)), ""),
        ticket="" if about is None else NEW if is_new else about.number,
        department=about.department if about else "",
        topic=(about.topic or "") if about else "",
        priority=str(facts.organisation.topics.priority_of(about)) if about else "",
        status=about.status if about else "",
        responsible=_handle(about.responsible, facts) if about and about.responsible else "",
        tags=tuple(sorted(about.tags)) if about else (),
        rules=facts.ruling.names,
        mails=tuple(sorted(_mails(tried))),
    )


def _after(ticket: Ticket | None, changes: Iterable[Change]) -> Ticket | None:
    """The ticket once the changes are written."""
    for change in changes:
        if isinstance(change, OpenTicket):
            ticket = change.ticket
        elif ticket is not None and getattr(change, "ticket", None) == ticket.id:
            ticket = replace(ticket, **_set(change))
    return ticket


def _set(change: Change) -> dict[str, Any]:
    match change:
        case ChangeStatus(status=status, state=state):
            return {"status": status, "state": state}
        case ChangeResponsible(agent=agent):
            return {"responsible": agent}
        case MoveTicket(department=department, rejected=rejected):
            return {"department": department, "rejected": rejected}
        case SetTopic(topic=topic):
            return {"topic": topic}
        case SetPriority(priority=priority):
            return {"priority": priority}
        case SetTags(tags=tags):
            return {"tags": tags}
        case _:
            return {}


def _handle(agent: AgentId, facts: Facts) -> str:
    """The agent's short name, as far as the facts know it."""
    people = [*facts.rule_agents.values(), *facts.agents.values()]
    people += [facts.author_agent] if facts.author_agent else []
    people += [about.responsible for about in facts.tickets.values() if about.responsible]
    return next((each.handle for each in people if each.id == agent), str(agent))


def _mails(tried: Tried) -> Iterable[tuple[str, str]]:
    for mail in tried.outgoing:
        to = mail.rcpt_to if isinstance(mail, Relay) else mail.route.to.address
        yield kind_of(mail), to
