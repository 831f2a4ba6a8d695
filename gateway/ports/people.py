"""Look-ups of people: agents, their accounts and work, and what is said of authors."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from gateway.model.account import Account
from gateway.model.authors import AuthorEntry
from gateway.model.people import Agent, AgentId, DepartmentId
from gateway.model.ticket import TicketId


class PeopleLookups(Protocol):
    """Agents, accounts, and entries of the allow and block lists by command."""

    def agent_by_address(self, address: str) -> Agent | None:
        """The agent with this address, in any state; compared folded."""
        ...

    def agents_by_handle(self, handles: Collection[str]) -> Mapping[str, Agent]:
        """Active agents by folded handle or address; unknown ones are left out."""
        ...

    def agents_by_id(self, agents: Collection[AgentId]) -> Mapping[AgentId, Agent]:
        """Agents in any state."""
        ...

    def members(
        self, departments: Collection[DepartmentId]
    ) -> Mapping[DepartmentId, tuple[Agent, ...]]:
        """Active agents enrolled in each of these departments, by handle."""
        ...

    def admins(self) -> tuple[Agent, ...]:
        """Active agents with the admin role, by handle."""
        ...

    def accounts_by_word(self, words: Collection[str]) -> Mapping[str, Account]:
        """Accounts in any state by folded short name or address; unknown ones are left out."""
        ...

    def accounts(self) -> tuple[Account, ...]:
        """All accounts but the removed ones, by short name."""
        ...

    def account(self, agent: AgentId) -> Account | None:
        """The account, held for this transaction."""
        ...

    def hold_admins(self) -> tuple[Agent, ...]:
        """The active admins; no other transaction takes one of them until the end of this one."""
        ...

    def open_tickets(self, agents: Collection[AgentId]) -> Mapping[AgentId, int]:
        """How many open tickets each agent is responsible for; those without any are left out."""
        ...

    def left_work(self, limit: int) -> Sequence[AgentId]:
        """Agents who are gone and still have tickets, or their names in the history."""
        ...

    def work_of(self, agent: AgentId, limit: int) -> Sequence[tuple[TicketId, DepartmentId]]:
        """The first open tickets that the agent is responsible for, and whose they are."""
        ...

    def absences_over(self, now: datetime, limit: int) -> Sequence[AgentId]:
        """The agents whose absence is over, the earliest first."""
        ...

    def absent(self, agent: AgentId) -> Agent | None:
        """The absent agent, held for this transaction; None when they are another node's."""
        ...

    def saved_queries(self, agent: AgentId) -> Mapping[str, str]:
        """The agent's saved queries by their folded names."""
        ...

    def entries_about(self, keys: Collection[str]) -> tuple[AuthorEntry, ...]:
        """Entries by command in force with these keys (`authors.author_keys`), oldest first."""
        ...

    def entries(self, limit: int) -> tuple[AuthorEntry, ...]:
        """All entries by command in force, oldest first."""
        ...
