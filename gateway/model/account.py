"""Accounts as admins see them: agents, and how long nothing has come from them."""

from dataclasses import dataclass
from datetime import datetime

from gateway.model.people import Agent, DepartmentId


@dataclass(frozen=True, slots=True)
class Account:
    """An agent with the times that decide about the account.

    `counts_from`: without proved mail, inactivity counts from here (creation, unlocking).
    `warned_at`: when the next step was announced. `narrowed_at`: when departments were taken.
    """

    agent: Agent
    counts_from: datetime | None = None
    warned_at: datetime | None = None
    locked_at: datetime | None = None
    narrowed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AccountRules:
    """How long accounts are kept without any mail. Months; 0 means for ever."""

    lock_after_months: int = 6
    delete_after_months: int = 6
    warn_days: int = 14
    exempt: frozenset[DepartmentId] = frozenset()
    """Their members are not locked, but lose all other departments."""


DEFAULT_ACCOUNT_RULES = AccountRules()
"""The rules without a file."""
