"""A ticket with what surrounds it, and lists of tickets."""

from collections.abc import Collection

from sqlalchemy import Connection, bindparam, func, select

from gateway.model.address import fold
from gateway.model.people import AgentId, DepartmentId
from gateway.model.ticket import Entry, LinkKind, TicketId
from gateway.policy.facts import ThreadEnds, TicketFacts
from gateway.store import around, rows, schema
from gateway.store.rows import AGENT_COLUMNS, TICKET_COLUMNS

_TICKET = schema.ticket
_PARTY = schema.party
_ENTRY = schema.entry
_WORKER = schema.ticket_worker
_REFERRAL = schema.referral

_ONE = select(*TICKET_COLUMNS).where(_TICKET.c.id == bindparam("ticket"))
_ONE_LOCKED = _ONE.with_for_update()
_PARTIES = select(_PARTY).where(_PARTY.c.ticket_id == bindparam("ticket"))
_REFERRALS = select(_REFERRAL.c.department, _REFERRAL.c.agent_id).where(
    _REFERRAL.c.ticket_id == bindparam("ticket")
)
_WORKERS = (
    select(*AGENT_COLUMNS)
    .where(
        schema.agent.c.id.in_(
            select(_WORKER.c.agent_id).where(_WORKER.c.ticket_id == bindparam("ticket"))
        )
    )
    .order_by(schema.agent.c.handle_key)
)
_AGENT = select(*AGENT_COLUMNS).where(schema.agent.c.id == bindparam("agent"))
_LAST_ENTRIES = (
    select(_ENTRY)
    .where(_ENTRY.c.ticket_id.in_(bindparam("tickets", expanding=True)))
    .order_by(_ENTRY.c.id.desc())
    .limit(bindparam("most"))
)
_COUNT = select(func.coalesce(func.sum(_TICKET.c.entry_count), 0)).where(
    _TICKET.c.id.in_(bindparam("tickets", expanding=True))
)


def ticket_facts(
    connection: Connection, ticket: TicketId, *, lock: bool, entries: int
) -> TicketFacts | None:
    """The ticket and what surrounds it; read after the lock, so nobody changes it meanwhile."""
    key = {"ticket": ticket}
    row = connection.execute(_ONE_LOCKED if lock else _ONE, key).first()
    if row is None:
        return None
    parties = connection.execute(_PARTIES, key).all()
    referrals = connection.execute(_REFERRALS, key).all()
    workers = rows.agents(connection.execute(_WORKERS, key).all())
    responsible = next((agent for agent in workers if agent.id == row.responsible), None)
    if responsible is None and row.responsible is not None:
        responsible = rows.agent(connection.execute(_AGENT, {"agent": row.responsible}).one())
    links = around.links(connection, ticket)
    merged = [each.ticket for each in links if each.kind is LinkKind.MERGED]
    return TicketFacts(
        ticket=rows.ticket(row),
        parties={fold(each.address): rows.party(each) for each in parties},
        thread={
            fold(each.address): ThreadEnds(each.first_id, each.last_id)
            for each in parties
            if each.first_id
        },
        referred_departments=frozenset(
            DepartmentId(each.department) for each in referrals if each.department
        ),
        referred_agents=frozenset(AgentId(each.agent_id) for each in referrals if each.agent_id),
        workers=workers,
        responsible=responsible,
        entries=last_entries(connection, [ticket, *merged], entries),
        entry_count=row.entry_count + entry_count(connection, merged),
        fields=around.fields(connection, ticket),
        tasks=around.tasks(connection, ticket),
        links=links,
        watchers=around.watchers(connection, ticket),
    )


def entry_count(connection: Connection, tickets: Collection[TicketId]) -> int:
    """How many entries these tickets have together."""
    if not tickets:
        return 0
    return int(connection.execute(_COUNT, {"tickets": list(tickets)}).scalar_one())


def last_entries(
    connection: Connection, tickets: Collection[TicketId], most: int
) -> tuple[Entry, ...]:
    """The last `most` entries of the thread and of those merged into it, oldest first."""
    if most <= 0:
        return ()
    found = connection.execute(_LAST_ENTRIES, {"tickets": list(tickets), "most": most}).all()
    return tuple(rows.entry(row) for row in reversed(found))
