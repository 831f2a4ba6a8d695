"""Mails that wait for an agent's word, and work that can be taken back."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, assert_never

from pydantic import TypeAdapter
from pydantic.dataclasses import dataclass
from sqlalchemy import Connection, bindparam, insert, select, update

from gateway.model.held import (
    Before,
    Guard,
    Held,
    HeldId,
    HeldState,
    NewsBefore,
    Undoable,
    WorkId,
)
from gateway.model.held_changes import HeldChange, HoldMail, RememberWork, SettleHeld, TakeBack
from gateway.model.people import AgentId
from gateway.model.ticket import TicketId
from gateway.store import schema
from gateway.store.occasion import Occasion
from gateway.store.rows import AnyRow
from gateway.store.schema import QUEUED
from gateway.store.schema_work import held, work_done
from gateway.store.types import Moment, key

_OUT = schema.outbox
_MOST = 20

_HOLD = insert(held)
_SETTLE = (
    update(held)
    .where(held.c.id == bindparam("which"), held.c.state == "held")
    .values(state=bindparam("becomes"))
)
_WAITING = (
    select(held)
    .where(
        held.c.agent_id == bindparam("agent"),
        held.c.state == "held",
        held.c.expires_at > bindparam("now"),
    )
    .order_by(held.c.id.desc())
    .limit(_MOST)
    .with_for_update()
)
_BY_TOKEN = select(held).where(held.c.token_digest == bindparam("digest")).with_for_update()
_EXPIRED = (
    select(held.c.id)
    .where(held.c.state == "held", held.c.expires_at <= bindparam("now", type_=Moment))
    .order_by(held.c.expires_at, held.c.id)
    .limit(bindparam("most"))
)
_TAKE_EXPIRED = (
    select(held)
    .where(
        held.c.id == bindparam("one"),
        held.c.state == "held",
        held.c.expires_at <= bindparam("now", type_=Moment),
    )
    .with_for_update(skip_locked=True)
)
_REMEMBER = insert(work_done)
_DONE = (
    select(work_done)
    .where(
        work_done.c.agent_id == bindparam("agent"),
        work_done.c.done_at > bindparam("since"),
        ~work_done.c.undone,
    )
    .order_by(work_done.c.done_at.desc(), work_done.c.id.desc())
    .limit(_MOST)
    .with_for_update()
)
_UNDO = (
    update(work_done)
    .where(work_done.c.id == bindparam("which"), ~work_done.c.undone)
    .values(undone=True)
)
_STAYING = (
    select(_OUT.c.message_id)
    .where(
        _OUT.c.message_key.in_(bindparam("ids", expanding=True)),
        _OUT.c.state == QUEUED,
        _OUT.c.lease_until.is_(None),
        _OUT.c.attempts == 0,
        _OUT.c.next_attempt_at > bindparam("now"),
    )
    .with_for_update()
)
_STOP = (
    update(_OUT)
    .where(_OUT.c.message_key.in_(bindparam("ids", expanding=True)), _OUT.c.state == QUEUED)
    .values(state="cancelled", finished_at=bindparam("now"))
)


@dataclass(frozen=True)
class _Data:
    """What a row of `work_done` holds."""

    tickets: tuple[Before, ...]
    mails: tuple[str, ...]
    opened: str = ""
    news: NewsBefore | None = None
    entered: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()


_DATA = TypeAdapter(_Data)


def write(connection: Connection, run: list[Any], occasion: Occasion) -> None:
    """Write changes that are all of one kind; the message being decided is what is held."""
    first: HeldChange = run[0]
    match first:
        case HoldMail():
            _hold(connection, run, occasion.queue_id, occasion.now)
        case SettleHeld():
            for each in run:
                connection.execute(_SETTLE, {"which": each.held, "becomes": each.state.value})
        case RememberWork():
            _remember(connection, run, occasion.now)
        case TakeBack():
            _take_back(connection, run, occasion.now)
        case _:
            assert_never(first)


def _hold(
    connection: Connection, changes: Sequence[HoldMail], queue_id: str | None, now: datetime
) -> None:
    connection.execute(
        _HOLD,
        [
            {
                "agent_id": each.agent,
                "ticket_id": each.ticket,
                "queue_id": queue_id,
                "receipt_key": each.receipt_id,
                "plan": each.plan,
                "guards": tuple(sorted(each.guards)),
                "reply_only": each.reply_only,
                "state": "held",
                "held_at": now,
                "expires_at": each.expires_at,
                "token_digest": each.token_digest or None,
                "needs": each.needs,
                "proved": each.proved,
                "version": each.version,
            }
            for each in changes
        ],
    )


def _remember(connection: Connection, changes: Sequence[RememberWork], now: datetime) -> None:
    connection.execute(
        _REMEMBER,
        [
            {
                "agent_id": each.agent,
                "ticket_id": each.ticket,
                "receipt_key": each.receipt_id,
                "done_at": now,
                "data": _DATA.dump_json(
                    _Data(
                        each.tickets, each.mails, each.opened, each.news, each.entered, each.ended
                    )
                ).decode(),
                "undone": False,
            }
            for each in changes
        ],
    )


def _take_back(connection: Connection, changes: Sequence[TakeBack], now: datetime) -> None:
    for each in changes:
        connection.execute(_UNDO, {"which": each.work})
        if each.mails:
            connection.execute(_STOP, {"ids": [key(mail) for mail in each.mails], "now": now})


def waiting(connection: Connection, agent: AgentId, now: datetime) -> tuple[tuple[str, Held], ...]:
    """The agent's held mails by the key of their receipt, the last one first; at most 20."""
    found = connection.execute(_WAITING, {"agent": agent, "now": now})
    return tuple((row.receipt_key, _held(row)) for row in found)


def by_token(connection: Connection, digest: str) -> tuple[str, Held] | None:
    """The mail, in any state, whose question has this token; with the key of its receipt."""
    row = connection.execute(_BY_TOKEN, {"digest": digest}).first()
    return None if row is None else (row.receipt_key, _held(row))


def expired(connection: Connection, now: datetime, limit: int) -> Sequence[HeldId]:
    """The first mails whose time to be answered is over, in the order of those times."""
    found = connection.execute(_EXPIRED, {"now": now, "most": limit})
    return [HeldId(row.id) for row in found]


def take_expired(connection: Connection, wanted: HeldId, now: datetime) -> Held | None:
    """The mail, locked to the end of the transaction; None when it was answered or is locked."""
    row = connection.execute(_TAKE_EXPIRED, {"one": wanted, "now": now}).first()
    return None if row is None else _held(row)


def done(
    connection: Connection, agent: AgentId, since: datetime
) -> tuple[tuple[str, Undoable], ...]:
    """The agent's work since then that can be taken back, by the key of its receipt; last first."""
    found = connection.execute(_DONE, {"agent": agent, "since": since})
    return tuple((row.receipt_key, _undoable(row)) for row in found)


def staying(connection: Connection, message_ids: Collection[str], now: datetime) -> frozenset[str]:
    """Those of these mails that have not begun to leave."""
    if not message_ids:
        return frozenset()
    values = {"ids": [key(each) for each in message_ids], "now": now}
    return frozenset(connection.execute(_STAYING, values).scalars())


def _held(row: AnyRow) -> Held:
    return Held(
        HeldId(row.id),
        AgentId(row.agent_id),
        row.queue_id,
        row.plan,
        frozenset(map(Guard, row.guards)),
        row.expires_at,
        TicketId(row.ticket_id) if row.ticket_id else None,
        bool(row.reply_only),
        row.needs,
        row.proved,
        row.version,
        HeldState(row.state),
    )


def _undoable(row: AnyRow) -> Undoable:
    data = _DATA.validate_json(row.data)
    return Undoable(
        WorkId(row.id),
        AgentId(row.agent_id),
        row.done_at,
        data.tickets,
        data.mails,
        TicketId(row.ticket_id) if row.ticket_id else None,
        data.opened,
        data.news,
        data.entered,
        data.ended,
    )
