"""`ports.people` on a connection."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from gateway.model.account import Account
from gateway.model.address import fold
from gateway.model.authors import AuthorEntry
from gateway.model.people import Agent, AgentId, DepartmentId
from gateway.model.ticket import TicketId
from gateway.store import (
    absences,
    accounts,
    lookups,
    record_authors,
    record_lists,
)
from gateway.store.transaction.part import Part


class SqlPeopleLookups(Part):
    """Agents, accounts, and entries of the allow and block lists by command."""

    def __init__(self, connection: Connection, *, write: bool) -> None:
        super().__init__(connection, write=write)
        # Within one transaction each account is read once, until one is changed.
        self._by_address: dict[str, Agent | None] = {}
        self._members: dict[DepartmentId, tuple[Agent, ...]] = {}
        self._admins: tuple[Agent, ...] | None = None

    def agent_by_address(self, address: str) -> Agent | None:
        """The agent with this address, in any state; compared folded."""
        key = fold(address)
        if key not in self._by_address:
            self._by_address[key] = lookups.agent_by_address(self._connection, key)
        return self._by_address[key]

    def agents_by_handle(self, handles: Collection[str]) -> Mapping[str, Agent]:
        """Active agents by folded handle or address; unknown ones are left out."""
        return lookups.agents_by_handle(self._connection, handles)

    def agents_by_id(self, agents: Collection[AgentId]) -> Mapping[AgentId, Agent]:
        """Agents in any state."""
        return lookups.agents_by_id(self._connection, agents)

    def members(
        self, departments: Collection[DepartmentId]
    ) -> Mapping[DepartmentId, tuple[Agent, ...]]:
        """Active agents enrolled in each of these departments, by handle."""
        missing = [each for each in departments if each not in self._members]
        if missing:
            self._members |= lookups.members(self._connection, missing)
        return {each: self._members[each] for each in departments}

    def admins(self) -> tuple[Agent, ...]:
        """Active agents with the admin role, by handle."""
        if self._admins is None:
            self._admins = lookups.admins(self._connection)
        return self._admins

    def accounts_by_word(self, words: Collection[str]) -> Mapping[str, Account]:
        """Accounts in any state by folded short name or address; unknown ones are left out."""
        return accounts.by_word(self._connection, words)

    def accounts(self) -> tuple[Account, ...]:
        """All accounts but the removed ones, by short name."""
        return accounts.living(self._connection)

    def account(self, agent: AgentId) -> Account | None:
        """The account, held for this transaction."""
        return accounts.hold(self._connection, agent)

    def hold_admins(self) -> tuple[Agent, ...]:
        """The active admins; no other transaction takes one of them until the end of this one."""
        self._forget_accounts()
        return accounts.hold_admins(self._connection, lock=self._write)

    def open_tickets(self, agents: Collection[AgentId]) -> Mapping[AgentId, int]:
        """How many open tickets each agent is responsible for; those without any are left out."""
        return accounts.open_tickets(self._connection, agents)

    def left_work(self, limit: int) -> Sequence[AgentId]:
        """Agents who are gone and still have tickets, or their names in the history."""
        return accounts.left_work(self._connection, limit)

    def work_of(self, agent: AgentId, limit: int) -> Sequence[tuple[TicketId, DepartmentId]]:
        """The first open tickets that the agent is responsible for, and whose they are."""
        return accounts.work_of(self._connection, agent, limit)

    def absences_over(self, now: datetime, limit: int) -> Sequence[AgentId]:
        """The agents whose absence is over, the earliest first."""
        return absences.over(self._connection, now, limit)

    def absent(self, agent: AgentId) -> Agent | None:
        """The absent agent, held for this transaction; None when they are another node's."""
        return absences.hold(self._connection, agent)

    def saved_queries(self, agent: AgentId) -> Mapping[str, str]:
        """The agent's saved queries by their folded names."""
        return record_lists.saved_queries(self._connection, agent)

    def entries_about(self, keys: Collection[str]) -> tuple[AuthorEntry, ...]:
        """Entries by command in force with these keys (`authors.author_keys`), oldest first."""
        return record_authors.entries_about(self._connection, keys)

    def entries(self, limit: int) -> tuple[AuthorEntry, ...]:
        """All entries by command in force, oldest first."""
        return record_authors.entries(self._connection, limit)

    def _forget_accounts(self) -> None:
        self._by_address.clear()
        self._members.clear()
        self._admins = None
