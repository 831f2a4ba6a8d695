"""Accounts from which nothing comes: announced, locked, removed. One step at a time.

Whole days count, by the clocks of the organisation: a step comes at the midnight after the day
that lies so many months after the last proved mail (or the creation, the unlocking). Each step is
announced first, and comes no sooner than the announced days later: a clock that jumps ahead leads
to a mail too many, not to a locked account. Times in the future are a clock's mistake; they begin
anew.
"""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import assert_never

from gateway.model.account import Account, AccountRules
from gateway.model.account_changes import (
    AccountChange,
    AnnounceStep,
    CountFromNow,
    LockAccount,
    NarrowAccount,
    RemoveAccount,
)
from gateway.model.organisation import Organisation
from gateway.model.outgoing import AccountEvent
from gateway.model.people import Agent, AgentState, DepartmentId

TOLERANCE = timedelta(days=1)
"""So far ahead a time may lie that another node wrote."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done with an account now.

    `agent` is as they are told about; `event` None: nobody is told. `until`: when the next comes.
    """

    change: AccountChange
    agent: Agent
    event: AccountEvent | None = None
    until: datetime | None = None


def next_step(
    account: Account, organisation: Organisation, now: datetime, *, last_admin: bool
) -> Step | None:
    """The step whose time has come, None when there is none."""
    agent = account.agent
    match agent.state:
        case AgentState.ACTIVE:
            return _of_active(account, organisation, now, last_admin=last_admin)
        case AgentState.LOCKED:
            return _of_locked(account, organisation, now)
        case AgentState.DELETED:
            return None
        case _:
            assert_never(agent.state)


def due(
    accounts: Iterable[Account], organisation: Organisation, now: datetime
) -> tuple[Account, ...]:
    """The accounts with a step whose time has come."""
    known = tuple(accounts)
    active = [a.agent for a in known if a.agent.admin and a.agent.state is AgentState.ACTIVE]
    return tuple(
        account
        for account in known
        if next_step(account, organisation, now, last_admin=active == [account.agent])
    )


def _of_active(
    account: Account, organisation: Organisation, now: datetime, *, last_admin: bool
) -> Step | None:
    agent, rules = account.agent, organisation.accounts
    times = [moment for moment in (agent.seen_at, account.counts_from) if moment is not None]
    if not times or _is_wrong(now, *times, account.narrowed_at):
        return Step(CountFromNow(agent.id), agent)
    since = max(times)
    left = _left(agent, rules, last_admin=last_admin)
    if not rules.lock_after_months or _stays(account, left, since, last_admin=last_admin):
        return None
    at = _midnight_after(since, rules.lock_after_months, organisation.zone)
    warned = _announced(account, since, now)
    if warned is None:
        event = AccountEvent.NARROWING if left.departments else AccountEvent.WARNED
        told = left if left.departments else agent
        return _announcement(replace(account, agent=told), event, at, rules, now)
    if now < max(at, warned + timedelta(days=rules.warn_days)):
        return None
    if left.departments:
        narrowed = NarrowAccount(agent.id, left.departments, left.admin)
        return Step(narrowed, left, AccountEvent.NARROWED)
    return Step(LockAccount(agent.id), replace(agent, state=AgentState.LOCKED), AccountEvent.LOCKED)


def _of_locked(account: Account, organisation: Organisation, now: datetime) -> Step | None:
    agent, rules, locked = account.agent, organisation.accounts, account.locked_at
    if locked is None or _is_wrong(now, locked):
        return Step(CountFromNow(agent.id), agent)
    if not rules.delete_after_months:
        return None
    at = _midnight_after(locked, rules.delete_after_months, organisation.zone)
    warned = _announced(account, locked, now)
    if warned is None:
        return _announcement(account, AccountEvent.EXPIRING, at, rules, now)
    if now < max(at, warned + timedelta(days=rules.warn_days)):
        return None
    gone = replace(agent, state=AgentState.DELETED)
    return Step(RemoveAccount(agent.id), gone, AccountEvent.REMOVED)


def _left(agent: Agent, rules: AccountRules, *, last_admin: bool) -> Agent:
    """The agent with what inactivity leaves to members of exempt departments."""
    departments: frozenset[DepartmentId] = agent.departments & rules.exempt
    return replace(agent, departments=departments, admin=agent.admin and last_admin)


def _stays(account: Account, left: Agent, since: datetime, *, last_admin: bool) -> bool:
    """True for whom inactivity takes nothing."""
    agent = account.agent
    if not left.departments:
        return last_admin
    is_done = account.narrowed_at is not None and account.narrowed_at >= since
    return is_done or (left.departments, left.admin) == (agent.departments, agent.admin)


def _announcement(
    account: Account, event: AccountEvent, at: datetime, rules: AccountRules, now: datetime
) -> Step | None:
    if now < at - timedelta(days=rules.warn_days):
        return None
    until = max(at, now + timedelta(days=rules.warn_days))
    return Step(AnnounceStep(account.agent.id), account.agent, event, until)


def _announced(account: Account, since: datetime, now: datetime) -> datetime | None:
    """When this step was announced; None when it was not, or for what has passed since."""
    warned = account.warned_at
    if warned is None or warned < since or _is_wrong(now, warned):
        return None
    return warned


def _is_wrong(now: datetime, *moments: datetime | None) -> bool:
    return any(moment is not None and moment > now + TOLERANCE for moment in moments)


def _midnight_after(since: datetime, months: int, zone: tzinfo) -> datetime:
    """The end of the day so many months later; of a shorter month, its last day."""
    day = since.astimezone(zone).date()
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    last = monthrange(year, month + 1)[1]
    then = day.replace(year=year, month=month + 1, day=min(day.day, last)) + timedelta(days=1)
    return datetime.combine(then, time(), zone).astimezone(UTC)
