"""Who is told what: the notification matrix, as a table.

Never the one who caused it, never one person twice for one event, never somebody who may not see
the ticket, never against what they chose. Where nobody would listen, the admins are told instead of
nobody, and get access.
"""

from collections.abc import Iterable
from dataclasses import replace
from enum import Enum, auto

from gateway.model.changes import Refer
from gateway.model.outgoing import Notification, NotificationEvent
from gateway.model.people import Agent, AgentState, DepartmentId, NotifyChoice, Rhythm
from gateway.model.text import Text
from gateway.model.ticket import State, Status
from gateway.policy import routes
from gateway.policy.access import ADMINS, may_see, members_of
from gateway.policy.actions import actions
from gateway.policy.acts import NOTHING, Acts
from gateway.policy.around import open_tasks
from gateway.policy.bringing import links as key_links
from gateway.policy.copies import in_copy
from gateway.policy.facts import Facts, TicketFacts
from gateway.policy.fields import details
from gateway.policy.fitting import fitting, links
from gateway.policy.said import Said
from gateway.policy.secrecy import is_touched


class Audience(Enum):
    """A group of agents around a ticket."""

    DEPARTMENT = auto()
    RESPONSIBLE = auto()
    RESPONSIBLE_ELSE_DEPARTMENT = auto()
    REFERRED = auto()
    WORKERS = auto()  # everybody who ever worked on it
    WATCHERS = auto()


E, A = NotificationEvent, Audience

MATRIX: dict[NotificationEvent, tuple[Audience, ...]] = {
    E.NEW_TICKET: (A.DEPARTMENT, A.REFERRED),
    E.MESSAGE: (A.RESPONSIBLE_ELSE_DEPARTMENT, A.REFERRED, A.WATCHERS),
    E.REOPENED: (A.WORKERS, A.WATCHERS),
    E.ASSIGNED: (A.RESPONSIBLE,),
    E.MOVED: (A.DEPARTMENT,),
    E.REFERRED: (A.REFERRED,),
    E.NOTE: (A.RESPONSIBLE, A.WORKERS, A.WATCHERS),
    E.RESPONSE: (),
    E.NOT_DELIVERED: (A.RESPONSIBLE_ELSE_DEPARTMENT,),
    E.UNVERIFIED: (A.RESPONSIBLE_ELSE_DEPARTMENT,),
    E.ACCEPTED: (A.DEPARTMENT,),
    E.CLOSED: (A.WATCHERS,),
    E.MERGED: (A.RESPONSIBLE, A.WATCHERS),
    E.TASK: (A.RESPONSIBLE,),
    E.TASK_DUE: (A.RESPONSIBLE_ELSE_DEPARTMENT,),
    E.REMINDER: (A.RESPONSIBLE_ELSE_DEPARTMENT,),
    E.WAITED: (A.DEPARTMENT,),
    E.ESCALATION: (A.RESPONSIBLE_ELSE_DEPARTMENT,),
}

_OF_A_TASK = frozenset({E.TASK, E.TASK_DUE})
"""Their remark is the task; the others are not what it is about."""


class Way(Enum):
    """Why an agent is told, which their choice for the department weighs."""

    DEPARTMENT = auto()  # it is the department's, and nobody is meant alone
    OWN = auto()  # they are responsible, worked on it, or have access by name
    BY_NAME = auto()  # just they are meant, or asked for it themselves


CHOICES: dict[NotifyChoice, frozenset[Way]] = {
    NotifyChoice.ALL: frozenset(Way),
    NotifyChoice.MINE: frozenset({Way.OWN, Way.BY_NAME}),
    NotifyChoice.DIGEST: frozenset({Way.OWN, Way.BY_NAME}),  # the department's is in the digest
    NotifyChoice.NONE: frozenset({Way.BY_NAME}),
}
"""What is told at once. Whoever chose `all` for a department listens to it, and whoever chose
`digest` does so later; with neither the admins are told in their place, whatever those chose."""

_BY_NAME = frozenset(
    {E.ASSIGNED, E.REFERRED, E.TASK, E.TASK_DUE, E.REMINDER, E.NOT_DELIVERED, E.ESCALATION}
)
"""Events that put something to the responsible agent, or to who is named, in person."""

_NAMES_FITS = frozenset(
    {
        *(E.NEW_TICKET, E.ACCEPTED, E.MOVED, E.REFERRED, E.ASSIGNED, E.REOPENED, E.WAITED),
        *(E.REMINDER, E.ESCALATION),
    }
)
"""Events with which an offer or a request comes up, so that what fits to it is named."""

_DIGESTED = frozenset(
    {
        *(E.NEW_TICKET, E.MESSAGE, E.REOPENED, E.MOVED, E.ACCEPTED, E.WAITED, E.UNVERIFIED),
        E.ESCALATION,
    }
)
"""Events after which a ticket that nobody is responsible for stands in the digests."""

_INSTEAD_OF_HOLDER = frozenset({E.NOTE})
"""Events that the department hears of too while the responsible agent is away."""

_MAY_BE_SILENT = frozenset({E.NOTE, E.RESPONSE, E.ASSIGNED, E.REFERRED, E.CLOSED, E.MERGED, E.TASK})
"""Events of one agent's work, which nobody else has to hear of."""


_ACTOR_TOO = frozenset({E.ACCEPTED})
"""Nobody was told of rejected mail: who takes it in has no mail yet that they could answer."""


def audience(
    facts: Facts, about: TicketFacts, event: NotificationEvent, actor: Agent | None = None
) -> tuple[Agent, ...]:
    """The agents to be told of `event`, each once, mostly without the actor."""
    if _is_silent(facts, about):
        return ()
    at_once = [group for group in MATRIX[event] if group is not A.WATCHERS]
    found = _those(facts, about, event, at_once, actor)
    if not found and event is E.REOPENED:
        found = _those(facts, about, event, (A.DEPARTMENT,), actor)
    if event in _INSTEAD_OF_HOLDER and _holder_is_away(facts, about):
        found |= _those(facts, about, event, (A.DEPARTMENT,), actor)
    if not found and event not in _MAY_BE_SILENT:
        found = _instead(facts, about, event)
    if A.WATCHERS in MATRIX[event]:
        found |= _those(facts, about, event, (A.WATCHERS,), actor)
    if event in _ACTOR_TOO:
        return tuple(found)
    return tuple(agent for agent in found if actor is None or agent.id != actor.id)


def _holder_is_away(facts: Facts, about: TicketFacts) -> bool:
    return about.responsible is not None and about.responsible.is_away(facts.now)


def hears(agent: Agent, department: DepartmentId, way: Way) -> bool:
    """True when the agent, by what they chose for the department, is told at once."""
    return way in CHOICES[agent.choice(department)]


def _instead(facts: Facts, about: TicketFacts, event: NotificationEvent) -> dict[Agent, None]:
    """Who is told where nobody wants to hear of it at once; nobody when a digest is read.

    What no digest shows is told to its readers at once, before the admins.
    """
    readers = dict.fromkeys(
        agent
        for agent in members_of(about.ticket.department, facts.members, facts.organisation)
        if agent.choice(about.ticket.department) is NotifyChoice.DIGEST
        and agent.digest is not Rhythm.OFF
        and is_reached(facts, about, agent)
    )
    if readers:
        in_digest = event in _DIGESTED and _as_told(about, event).responsible is None
        return {} if in_digest else readers
    admins = [
        admin
        for admin in facts.members.get(ADMINS, ())
        if admin.mailbox.key != about.ticket.requester.key
    ]
    present = [each for each in admins if not each.is_away(facts.now)] or admins
    listen = [each for each in present if hears(each, about.ticket.department, Way.DEPARTMENT)]
    return dict.fromkeys(listen or present)


def notify(
    facts: Facts,
    about: TicketFacts,
    event: NotificationEvent,
    *,
    said: Said,
    actor: Agent | None = None,
    remark: Text | None = None,
    to: Iterable[Agent] | None = None,
    part: str = "",
) -> Acts:
    """One notification for each agent of the event's audience (or of `to`), about what was said.

    `part` tells several of one event in one decision apart.
    """
    acts = NOTHING
    department = facts.organisation.department(about.ticket.department).name
    for agent in audience(facts, about, event, actor) if to is None else to:
        route, changes = routes.to_agent(facts, about, agent, f"notification.{event}{part}")
        fits = fitting(facts, _as_told(about, event), agent) if event in _NAMES_FITS else None
        notification = Notification(
            route=route,
            event=event,
            agent=agent,
            ticket=_as_told(about, event).ticket,
            department=department,
            author=said.author,
            text=said.text,
            actor=actor.name if actor else "",
            responsible=about.responsible.name if about.responsible else "",
            flags=said.flags,
            notes=said.notes,
            attachments=said.attachments,
            fields=said.fields,
            details=details(about, agent, facts.organisation),
            actions=(
                *actions(_as_told(about, event), agent, facts.organisation),
                *(key_links(facts) if said.notes else ()),
                *links(fits),
            ),
            remark=remark,
            fits=fits,
            tasks=() if event in _OF_A_TASK else open_tasks(facts, about),
            copies=tuple(party.mailbox for party in in_copy(about)),
            confidential=is_touched(facts),
        )
        acts += _access(facts, about, agent) + changes + Acts(outgoing=(notification,))
    return acts


def _as_told(about: TicketFacts, event: NotificationEvent) -> TicketFacts:
    """The ticket as it stands when its news are read."""
    if event is not NotificationEvent.REOPENED:
        return about
    ticket = replace(about.ticket, status=Status.OPEN, state=State.OPEN, responsible=None)
    return replace(about, ticket=ticket, responsible=None)


def _access(facts: Facts, about: TicketFacts, agent: Agent) -> Acts:
    """An admin who is told in place of others must be able to work on the ticket."""
    if may_see(agent, about, facts.organisation):
        return NOTHING
    return Acts((Refer(about.ticket.id, agent=agent.id),))


def _is_silent(facts: Facts, about: TicketFacts) -> bool:
    return facts.organisation.department(about.ticket.department).silent


def _those(
    facts: Facts,
    about: TicketFacts,
    event: NotificationEvent,
    groups: Iterable[Audience],
    actor: Agent | None,
) -> dict[Agent, None]:
    """Those of the groups who can be reached and want to hear of it, in a stable order.

    The one who caused it knows of it, whatever they chose.
    """
    found: dict[Agent, None] = {}
    for group in groups:
        for agent, department, way in _group(facts, about, event, group):
            knows = actor is not None and agent.id == actor.id
            if (knows or hears(agent, department, way)) and is_reached(facts, about, agent):
                found[agent] = None
    return found


def is_reached(facts: Facts, about: TicketFacts, agent: Agent) -> bool:
    """False for who is away, and for the requester: in their own ticket an agent is who asks."""
    return (
        agent.state is AgentState.ACTIVE
        and not agent.is_away(facts.now)
        and agent.mailbox.key != about.ticket.requester.key
        and may_see(agent, about, facts.organisation)
    )


_Told = tuple[Agent, DepartmentId, Way]
"""An agent, by which department's choice they are told, and why."""


def _group(
    facts: Facts, about: TicketFacts, event: NotificationEvent, group: Audience
) -> tuple[_Told, ...]:
    own = about.ticket.department
    way = Way.BY_NAME if event in _BY_NAME else Way.OWN
    match group:
        case Audience.DEPARTMENT:
            return _members(facts, own)
        case Audience.RESPONSIBLE:
            return _responsible(facts, about, way)
        case Audience.RESPONSIBLE_ELSE_DEPARTMENT:
            return _responsible(facts, about, way) or _members(facts, own)
        case Audience.REFERRED:
            return _referred(facts, about, way)
        case Audience.WORKERS:
            return tuple((agent, own, Way.OWN) for agent in about.workers)
        case Audience.WATCHERS:
            return tuple((agent, own, Way.BY_NAME) for agent in about.watchers)


def _members(facts: Facts, department: DepartmentId) -> tuple[_Told, ...]:
    members = members_of(department, facts.members, facts.organisation)
    return tuple((agent, department, Way.DEPARTMENT) for agent in members)


def _responsible(facts: Facts, about: TicketFacts, way: Way) -> tuple[_Told, ...]:
    """The responsible agent; nobody where they cannot be reached or do not want to hear of it."""
    holder, department = about.responsible, about.ticket.department
    if holder is None or not hears(holder, department, way):
        return ()
    return ((holder, department, way),) if is_reached(facts, about, holder) else ()


def _referred(facts: Facts, about: TicketFacts, way: Way) -> tuple[_Told, ...]:
    own = about.ticket.department
    people = [facts.agents[agent] for agent in about.referred_agents if agent in facts.agents]
    found = [(agent, own, way) for agent in people]
    for department in sorted(about.referred_departments):
        if facts.organisation.department(department).silent:
            continue
        found += _members(facts, department)
    return tuple(found)
