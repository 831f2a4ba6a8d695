"""Look-ups of accounts: by word, all of them, those that are due, those that left work behind."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, bindparam, func, select

from gateway.model.account import Account
from gateway.model.address import fold
from gateway.model.people import Agent, AgentId, DepartmentId
from gateway.model.ticket import TicketId
from gateway.store import forgetting, rows, schema

_AGENT = schema.agent
_TICKET = schema.ticket

_ACCOUNTS = select(
    *rows.AGENT_COLUMNS,
    _AGENT.c.counts_from,
    _AGENT.c.warned_at,
    _AGENT.c.locked_at,
    _AGENT.c.narrowed_at,
)
_BY_WORD = _ACCOUNTS.where(
    _AGENT.c.handle_key.in_(bindparam("words", expanding=True))
    | _AGENT.c.address_key.in_(bindparam("words", expanding=True))
)
_LIVING = _ACCOUNTS.where(_AGENT.c.state != "deleted").order_by(_AGENT.c.handle_key)
_ONE = _ACCOUNTS.where(_AGENT.c.id == bindparam("one"))
_HELD_ONE = _ONE.with_for_update(of=_AGENT)
_ADMINS = (
    select(*rows.AGENT_COLUMNS)
    .where(_AGENT.c.admin, _AGENT.c.state == "active")
    .order_by(_AGENT.c.id)
)
_HELD_ADMINS = _ADMINS.with_for_update(of=_AGENT)
_OPEN = (
    select(_TICKET.c.responsible, func.count().label("count"))
    .where(
        _TICKET.c.responsible.in_(bindparam("agents", expanding=True)), _TICKET.c.state == "open"
    )
    .group_by(_TICKET.c.responsible)
)
_HAS_WORK = (
    select(_TICKET.c.id)
    .where(_TICKET.c.responsible == _AGENT.c.id, _TICKET.c.state == "open")
    .correlate(_AGENT)
    .exists()
)
_LEFT = (
    select(_AGENT.c.id)
    .where(_AGENT.c.state != "active", _HAS_WORK)
    .order_by(_AGENT.c.id)
    .limit(bindparam("most"))
)
_WORK = (
    select(_TICKET.c.id, _TICKET.c.department)
    .where(_TICKET.c.responsible == bindparam("one"), _TICKET.c.state == "open")
    .order_by(_TICKET.c.id)
    .limit(bindparam("most"))
)


def by_word(connection: Connection, words: Collection[str]) -> dict[str, Account]:
    """Accounts in any state by folded short name or address."""
    wanted = {fold(word) for word in words}
    found: dict[str, Account] = {}
    for row in connection.execute(_BY_WORD, {"words": sorted(wanted)}) if wanted else ():
        for word in {row.handle_key, row.address_key} & wanted:
            found[word] = _account(row)
    return found


def living(connection: Connection) -> tuple[Account, ...]:
    """All accounts but the removed ones, by short name."""
    return tuple(_account(row) for row in connection.execute(_LIVING))


def hold(connection: Connection, agent: AgentId) -> Account | None:
    """The account, for this transaction."""
    row = connection.execute(_HELD_ONE, {"one": agent}).first()
    return None if row is None else _account(row)


def hold_admins(connection: Connection, *, lock: bool) -> tuple[Agent, ...]:
    """The active admins; with `lock` nobody else takes one of them until the end."""
    return rows.agents(connection.execute(_HELD_ADMINS if lock else _ADMINS).all())


def open_tickets(connection: Connection, agents: Collection[AgentId]) -> Mapping[AgentId, int]:
    """How many open tickets each agent is responsible for; those without any are left out."""
    if not agents:
        return {}
    found = connection.execute(_OPEN, {"agents": sorted(agents)})
    return {AgentId(row.responsible): row._mapping["count"] for row in found}  # noqa: SLF001


def left_work(connection: Connection, limit: int) -> Sequence[AgentId]:
    """Agents who are gone and still have tickets, or their names in the history."""
    found = [AgentId(row.id) for row in connection.execute(_LEFT, {"most": limit})]
    return list(dict.fromkeys((*found, *forgetting.unforgotten(connection, limit))))[:limit]


def work_of(
    connection: Connection, agent: AgentId, limit: int
) -> Sequence[tuple[TicketId, DepartmentId]]:
    """The first open tickets that the agent is responsible for, and their departments."""
    found = connection.execute(_WORK, {"one": agent, "most": limit})
    return [(TicketId(row.id), DepartmentId(row.department)) for row in found]


def _account(row: rows.AnyRow) -> Account:
    return Account(rows.agent(row), row.counts_from, row.warned_at, row.locked_at, row.narrowed_at)
