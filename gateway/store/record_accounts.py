"""Accounts into rows. Whatever was decided before: the last active admin stays."""

from collections.abc import Mapping, Sequence
from typing import Any, assert_never

from sqlalchemy import Connection, case, delete, insert, literal, select, update
from sqlalchemy.sql.elements import ColumnElement

from gateway.model.account_changes import (
    AccountChange,
    AddAccount,
    AnnounceStep,
    CountFromNow,
    Enrol,
    ForgetName,
    GiveRole,
    LockAccount,
    NarrowAccount,
    RemoveAccount,
    SeeAgent,
    UnlockAccount,
)
from gateway.model.people import AgentId, AgentState, DepartmentId
from gateway.store import forgetting, people, record_proof, schema
from gateway.store.errors import Conflict
from gateway.store.occasion import Occasion
from gateway.store.types import Moment

_AGENT = schema.agent
_ENROLLED = schema.agent_department
_ADMINS = (
    select(_AGENT.c.id).where(_AGENT.c.admin, _AGENT.c.state == "active").order_by(_AGENT.c.id)
)
_HELD_ADMINS = _ADMINS.with_for_update()


def write(connection: Connection, changes: Sequence[Any], occasion: Occasion) -> None:
    """Write the changes, which are all of one kind. `Conflict` when no admin would be left."""
    for change in changes:
        takes = _takes_an_admin(change)
        if takes:  # two nodes that take one each must see each other
            connection.execute(_HELD_ADMINS)
        _write(connection, change, occasion)
        if takes and connection.execute(_ADMINS).first() is None:
            raise Conflict("no admin would be left")


def _takes_an_admin(change: AccountChange) -> bool:
    match change:
        case LockAccount() | RemoveAccount():
            return True
        case GiveRole() | NarrowAccount():
            return not change.admin
        case _:
            return False


def _write(connection: Connection, change: AccountChange, occasion: Occasion) -> None:
    match change:
        case AddAccount(spec):
            _set(connection, people.add(connection, spec).id, {"counts_from": occasion.now})
        case RemoveAccount(agent):
            forgetting.remove(connection, agent)
        case ForgetName(agent):
            forgetting.forget_name(connection, agent)
        case CountFromNow(agent):
            _count_from_now(connection, agent, occasion)
        case Enrol() | NarrowAccount() | GiveRole():
            _membership(connection, change, occasion)
        case LockAccount() | UnlockAccount() | AnnounceStep() | SeeAgent():
            _set(connection, change.agent, _times(change, occasion))
            if isinstance(change, LockAccount):
                record_proof.end_session(connection, change.agent)
        case _:
            assert_never(change)


def _times(
    change: LockAccount | UnlockAccount | AnnounceStep | SeeAgent, occasion: Occasion
) -> Mapping[str, Any]:
    now = occasion.now
    match change:
        case LockAccount():
            return {"state": AgentState.LOCKED.value, "locked_at": now, "warned_at": None}
        case UnlockAccount():
            gone = dict.fromkeys(("locked_at", "narrowed_at", "warned_at"))
            return {"state": AgentState.ACTIVE.value, "counts_from": now} | gone
        case AnnounceStep():
            return {"warned_at": now}
        case SeeAgent():
            return {"seen_at": now}
        case _:
            assert_never(change)


def _membership(
    connection: Connection, change: Enrol | NarrowAccount | GiveRole, occasion: Occasion
) -> None:
    now = occasion.now
    if not isinstance(change, GiveRole):
        _enrol(connection, change.agent, change.departments)
    match change:
        case Enrol(agent):
            was_narrowed = _AGENT.c.narrowed_at.is_not(None)
            counts_from = case((was_narrowed, literal(now, Moment())), else_=_AGENT.c.counts_from)
            _set(connection, agent, {"counts_from": counts_from, "narrowed_at": None})
        case NarrowAccount(agent, _, admin):
            _set(connection, agent, {"admin": admin, "narrowed_at": now, "warned_at": None})
        case GiveRole(agent, admin):
            _set(connection, agent, {"admin": admin})
        case _:
            assert_never(change)


def _count_from_now(connection: Connection, agent: AgentId, occasion: Occasion) -> None:
    """Times that lie in the future were written by a clock that was wrong."""
    now = occasion.now

    def not_later(name: str) -> ColumnElement[Any]:
        column = _AGENT.c[name]
        return case((column > now, None), else_=column)

    is_locked = _AGENT.c.state == AgentState.LOCKED.value
    _set(
        connection,
        agent,
        {
            "counts_from": now,
            "seen_at": not_later("seen_at"),
            "warned_at": not_later("warned_at"),
            "narrowed_at": not_later("narrowed_at"),
            "locked_at": case((is_locked, literal(now, Moment())), else_=_AGENT.c.locked_at),
        },
    )


def _set(connection: Connection, agent: AgentId, values: Mapping[str, Any]) -> None:
    connection.execute(update(_AGENT).where(_AGENT.c.id == agent).values(values))


def _enrol(connection: Connection, agent: AgentId, departments: frozenset[DepartmentId]) -> None:
    connection.execute(delete(_ENROLLED).where(_ENROLLED.c.agent_id == agent))
    if departments:
        enrolled = [{"agent_id": agent, "department": each} for each in sorted(departments)]
        connection.execute(insert(_ENROLLED), enrolled)
