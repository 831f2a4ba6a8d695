"""The passwords of agents who log in to send mail."""

from datetime import UTC, datetime

from sqlalchemy import delete, exists, insert, or_, select

from gateway.model.address import fold
from gateway.model.history import Act, ActKind, Step
from gateway.model.people import AgentId, AgentState
from gateway.store import history
from gateway.store.engine import Database
from gateway.store.schema import agent
from gateway.store.schema_proof import agent_password

_ACTIVE = agent.c.state == AgentState.ACTIVE.value


class Passwords:
    """The passwords of one database, as hashes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def set(self, whose: AgentId, hash_: str, now: datetime) -> None:
        """The agent has this one from now on."""
        with self._database.writing() as connection:
            connection.execute(delete(agent_password).where(agent_password.c.agent_id == whose))
            values = {"agent_id": whose, "hash": hash_, "made_at": now}
            connection.execute(insert(agent_password), values)
            history.append(connection, [(now, _act(whose, "set"))])

    def remove(self, whose: AgentId) -> bool:
        """The agent cannot log in any more; false when they could not before."""
        statement = delete(agent_password).where(agent_password.c.agent_id == whose)
        with self._database.writing() as connection:
            history.append(connection, [(datetime.now(UTC), _act(whose, "removed"))])
            return connection.execute(statement).rowcount > 0

    def are_there(self) -> bool:
        """True when an active agent has one."""
        joined = agent_password.c.agent_id == agent.c.id
        with self._database.reading() as connection:
            return bool(connection.execute(select(exists().where(joined, _ACTIVE))).scalar())

    def find(self, name: str) -> tuple[str, str] | None:
        """Folded address and hash of the active agent of this short name or address."""
        wanted = fold(name)
        statement = (
            select(agent.c.address_key, agent_password.c.hash)
            .join(agent_password, agent_password.c.agent_id == agent.c.id)
            .where(or_(agent.c.handle_key == wanted, agent.c.address_key == wanted), _ACTIVE)
        )
        with self._database.reading() as connection:
            row = connection.execute(statement).first()
        return (row.address_key, row.hash) if row is not None else None


def _act(whose: AgentId, done: str) -> Act:
    """What the operator did, for the history."""
    return Act(ActKind.OPERATOR, ("password",), steps=(Step(f"agent {whose} password", "", done),))
