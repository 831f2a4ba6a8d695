"""Digests whose time has come. Two nodes never hold the same one."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, or_, select

from gateway.model.digest import DueDigest
from gateway.model.people import AgentId
from gateway.store import schema
from gateway.store.lookups import agents_by_id

_AGENT = schema.agent
_MOMENT = _AGENT.c.digest_at.type
# One that is due too far away was written by a clock that went wrong: it is looked at too.
_DUE = (
    select(_AGENT.c.id)
    .where(
        _AGENT.c.digest != "",
        _AGENT.c.state == "active",
        or_(
            _AGENT.c.digest_at.is_(None),
            _AGENT.c.digest_at <= bindparam("now", type_=_MOMENT),
            _AGENT.c.digest_at > bindparam("too_far", type_=_MOMENT),
        ),
    )
    .order_by(_AGENT.c.digest_at, _AGENT.c.id)
    .limit(bindparam("most"))
)
_HOLD = (
    select(_AGENT.c.id, _AGENT.c.digest_at, _AGENT.c.digest_since)
    .where(_AGENT.c.id == bindparam("one"), _AGENT.c.digest != "", _AGENT.c.state == "active")
    .with_for_update(skip_locked=True)
)


def due(connection: Connection, now: datetime, too_far: datetime, limit: int) -> Sequence[AgentId]:
    """The agents of the first of them."""
    found = connection.execute(_DUE, {"now": now, "too_far": too_far, "most": limit})
    return [AgentId(row.id) for row in found]


def hold(connection: Connection, agent: AgentId) -> DueDigest | None:
    """The agent's digest, locked to the end of the transaction; None when there is none to send."""
    row = connection.execute(_HOLD, {"one": agent}).first()
    if row is None:
        return None
    return DueDigest(agents_by_id(connection, [agent])[agent], row.digest_at, row.digest_since)
