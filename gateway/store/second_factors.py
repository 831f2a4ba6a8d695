"""Second factors as the operator sets them up and takes them away."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import func, insert, select

from gateway.model.history import Act, ActKind, Step
from gateway.model.people import AgentId
from gateway.store import history, record_proof
from gateway.store.engine import Database
from gateway.store.errors import StoreError
from gateway.store.schema_proof import (
    recovery_code,
    second_factor,
    used_code,
)


class AlreadyEnrolled(StoreError):  # noqa: N818 (reads as what it is)
    """The agent has a second factor."""


class SecondFactors:
    """The second factors of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def count(self) -> int:
        """How many agents have one."""
        with self._database.reading() as connection:
            return connection.execute(select(func.count()).select_from(second_factor)).scalar_one()

    def one_sealed(self) -> tuple[AgentId, bytes] | None:
        """The sealed secret of anybody who has one, to see whether the key is the right one."""
        statement = select(second_factor.c.agent_id, second_factor.c.sealed).limit(1)
        with self._database.reading() as connection:
            row = connection.execute(statement).first()
            return (AgentId(row.agent_id), row.sealed) if row is not None else None

    def is_enrolled(self, agent: AgentId) -> bool:
        """True when the agent has one."""
        statement = select(second_factor.c.agent_id).where(second_factor.c.agent_id == agent)
        with self._database.reading() as connection:
            return connection.execute(statement).first() is not None

    def enrol(
        self, agent: AgentId, sealed: bytes, step: int, recovery: Sequence[str], now: datetime
    ) -> None:
        """The agent has one from now on. The code of `step` confirmed it and is used up.

        `recovery` are digests. Raises `AlreadyEnrolled`.
        """
        with self._database.writing() as connection:
            known = select(second_factor.c.agent_id).where(second_factor.c.agent_id == agent)
            if connection.execute(known).first() is not None:
                raise AlreadyEnrolled("This agent has a second factor already.")
            values = {"agent_id": agent, "sealed": sealed, "enrolled_at": now}
            connection.execute(insert(second_factor), values)
            connection.execute(insert(used_code), {"agent_id": agent, "step": step})
            connection.execute(
                insert(recovery_code), [{"agent_id": agent, "digest": each} for each in recovery]
            )
            history.append(connection, [(now, _act(agent, "set up"))])

    def reset(self, agent: AgentId) -> bool:
        """The agent has none any more, and no session; false when there was none."""
        with self._database.writing() as connection:
            history.append(connection, [(datetime.now(UTC), _act(agent, "reset"))])
            return record_proof.forget(connection, agent)


def _act(agent: AgentId, done: str) -> Act:
    """What the operator did, for the history."""
    return Act(ActKind.OPERATOR, ("otp",), steps=(Step(f"agent {agent} codes", "", done),))
