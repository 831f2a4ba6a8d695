"""The tickets that an agent who goes away leaves to others."""

from datetime import datetime

from gateway.gather.looking import Looking
from gateway.model.command import CommandMail
from gateway.model.people import Agent
from gateway.model.query import Scope
from gateway.model.ticket import PartyRole, Ticket
from gateway.policy.absence import MOST_OFFERED, NOTICE_LASTS, says_so, urgent
from gateway.policy.commands.moments import moment
from gateway.policy.commands.verbs.absence import Away
from gateway.policy.facts import Match


def urgent_tickets(
    looking: Looking, agent: Agent | None, mail: CommandMail | None, found: Match | None
) -> tuple[Ticket, ...]:
    """Those that cannot wait until the agent is back, and the one that a notice answers."""
    if agent is None:
        return ()
    until = _until(looking, mail, found)
    if until is None:
        return ()
    now, organisation = looking.now, looking.organisation
    wanted = urgent(agent, until, now, organisation)
    scope = Scope(frozenset(), agent.id)
    listing = looking.transaction.list_tickets(wanted, scope, MOST_OFFERED)
    day = until.astimezone(organisation.zone).date()
    tasks = looking.transaction.tickets_with_tasks(agent.id, day, MOST_OFFERED)
    by_id = {each.id: each for each in (*listing.tickets, *tasks)}
    about = looking.tickets.get(found.ticket) if found and mail is None else None
    if about and about.ticket.is_open and about.ticket.responsible == agent.id:
        by_id.setdefault(about.ticket.id, about.ticket)
    # Of a task in a colleague's ticket the colleague is told on its day.
    free = (by_id[each] for each in sorted(by_id) if by_id[each].responsible in {None, agent.id})
    return tuple(free)[:MOST_OFFERED]


def _until(looking: Looking, mail: CommandMail | None, found: Match | None) -> datetime | None:
    """How long the agent is away, by their command or by a notice of their mailbox."""
    if mail is None:
        party = found.party if found else None
        is_notice = says_so(looking.message) and party is not None
        is_agents = party is not None and party.role is PartyRole.AGENT
        return looking.now + NOTICE_LASTS if is_notice and is_agents else None
    for command in mail.commands:
        if isinstance(command, Away) and command.until is not None:
            at = moment(command.until, looking.now, looking.organisation.zone)
            return at if isinstance(at, datetime) else None
    return None
