"""What proves that a mail is an agent's own, into and out of rows."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, assert_never

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from gateway.model.people import AgentId
from gateway.model.proof_changes import (
    CountWrongCode,
    ForgetSecondFactor,
    LockSecondFactor,
    OpenSession,
    ProofChange,
    SetUpCodes,
    UseCode,
    UseRecoveryCode,
)
from gateway.model.second_factor import Enrolment
from gateway.store.errors import Conflict
from gateway.store.occasion import Occasion
from gateway.store.schema_proof import (
    proof_session,
    recovery_code,
    second_factor,
    used_code,
    wrong_code,
)

_ENROLMENT = select(second_factor).where(second_factor.c.agent_id == bindparam("agent"))
_LOCKED_ENROLMENT = _ENROLMENT.with_for_update()
_SESSION = select(proof_session.c.until).where(
    proof_session.c.agent_id == bindparam("agent"),
    proof_session.c.address_key == bindparam("address"),
)
_WRONG = (
    select(func.count())
    .select_from(wrong_code)
    .where(wrong_code.c.agent_id == bindparam("agent"), wrong_code.c.at > bindparam("since"))
)
_USED = select(used_code.c.step).where(
    used_code.c.agent_id == bindparam("agent"),
    used_code.c.step.in_(bindparam("steps", expanding=True)),
)
_RECOVERY = select(recovery_code.c.digest, recovery_code.c.id).where(
    recovery_code.c.agent_id == bindparam("agent"), recovery_code.c.used_at.is_(None)
)
_USE_RECOVERY = (
    update(recovery_code)
    .where(
        recovery_code.c.id == bindparam("which"),
        recovery_code.c.agent_id == bindparam("agent"),
        recovery_code.c.used_at.is_(None),
    )
    .values(used_at=bindparam("now"))
)
_LOCK = (
    update(second_factor)
    .where(second_factor.c.agent_id == bindparam("agent"))
    .values(locked_until=bindparam("until"))
)
_END_SESSION = delete(proof_session).where(proof_session.c.agent_id == bindparam("agent"))
_OPEN_SESSION = {
    name: (new := dialect.insert(proof_session)).on_conflict_do_update(
        index_elements=[proof_session.c.agent_id],
        set_={each: new.excluded[each] for each in ("address_key", "until", "factor")},
    )
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}


def write(connection: Connection, changes: Sequence[Any], occasion: Occasion) -> None:
    """Write the changes, which are all of one kind."""
    for change in changes:
        _write(connection, change, occasion.now)


def _write(connection: Connection, change: ProofChange, now: datetime) -> None:
    match change:
        case UseCode(agent, step):
            # The primary key holds it: a second use, on whatever node, records nothing at all.
            connection.execute(insert(used_code), {"agent_id": agent, "step": step})
        case UseRecoveryCode(agent, which):
            values = {"agent": agent, "which": which, "now": now}
            if connection.execute(_USE_RECOVERY, values).rowcount != 1:
                raise Conflict("a recovery code was used elsewhere")
        case OpenSession(agent, address, until, factor):
            values = {"agent_id": agent, "address_key": address, "until": until}
            statement = _OPEN_SESSION[connection.dialect.name]
            connection.execute(statement, values | {"factor": factor.value})
        case CountWrongCode(agent):
            connection.execute(insert(wrong_code), {"agent_id": agent, "at": now})
        case LockSecondFactor(agent, until):
            connection.execute(_LOCK, {"agent": agent, "until": until})
            end_session(connection, agent)
        case ForgetSecondFactor(agent):
            forget(connection, agent)
        case SetUpCodes(agent, sealed):
            forget(connection, agent)
            values = {"agent_id": agent, "sealed": sealed, "enrolled_at": now}
            connection.execute(insert(second_factor), values)
        case _:
            assert_never(change)


def enrolment(connection: Connection, agent: AgentId, *, lock: bool) -> Enrolment | None:
    """The agent's second factor; `lock` keeps other nodes from judging codes at the same time."""
    statement = _LOCKED_ENROLMENT if lock else _ENROLMENT
    row = connection.execute(statement, {"agent": agent}).first()
    return None if row is None else Enrolment(bytes(row.sealed), row.locked_until)


def forget(connection: Connection, agent: AgentId) -> bool:
    """The agent has no second factor and no session any more; false when there was none."""
    gone = connection.execute(delete(second_factor).where(second_factor.c.agent_id == agent))
    for table in (used_code, wrong_code, recovery_code, proof_session):
        connection.execute(delete(table).where(table.c.agent_id == agent))
    return bool(gone.rowcount)


def end_session(connection: Connection, agent: AgentId) -> None:
    """From now on the agent's mail needs a second factor again."""
    connection.execute(_END_SESSION, {"agent": agent})


def session(connection: Connection, agent: AgentId, address: str) -> datetime | None:
    """Until when mail from this address needs no further second factor."""
    values = {"agent": agent, "address": address}
    found: datetime | None = connection.execute(_SESSION, values).scalar()
    return found


def wrong_codes(connection: Connection, agent: AgentId, since: datetime) -> int:
    """How many wrong codes there were since."""
    return connection.execute(_WRONG, {"agent": agent, "since": since}).scalar_one()


def used_codes(connection: Connection, agent: AgentId, steps: Collection[int]) -> frozenset[int]:
    """Those of these time steps whose code had its effect."""
    if not steps:
        return frozenset()
    values = {"agent": agent, "steps": list(steps)}
    return frozenset(connection.execute(_USED, values).scalars())


def recovery_codes(connection: Connection, agent: AgentId) -> Mapping[str, int]:
    """Ids of the recovery codes that are left, by their digests."""
    return {row.digest: row.id for row in connection.execute(_RECOVERY, {"agent": agent})}
