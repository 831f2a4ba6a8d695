"""Agents, as the operator keeps them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, insert, select, update

from gateway.model.address import Mailbox, fold
from gateway.model.history import Act, ActKind, Step
from gateway.model.people import Agent, AgentId, AgentSpec, AgentState, DepartmentId, Language
from gateway.store import forgetting, history, rows, schema
from gateway.store.engine import Database
from gateway.store.errors import Conflict, StoreError
from gateway.store.schema_work import notify_choice

_AGENT = schema.agent
_ENROLLED = schema.agent_department


_ACTIVE_ADMINS = select(_AGENT.c.id).where(_AGENT.c.admin, _AGENT.c.state == "active").limit(1)


class AgentExists(StoreError):  # noqa: N818 (reads as what it is)
    """The handle or the address belongs to an agent already."""


class NoSuchAgent(StoreError):  # noqa: N818 (reads as what it is)
    """No agent has this handle or address."""


class NoAdminLeft(StoreError):  # noqa: N818 (reads as what it is)
    """Somebody must be left who reads the mail that only admins read."""


class People:
    """The agents of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_agent(
        self,
        handle: str,
        address: str,
        name: str,
        departments: Iterable[DepartmentId] = (),
        *,
        admin: bool = False,
        language: Language = Language.GERMAN,
    ) -> Agent:
        """The new agent. Raises `AgentExists` when handle or address is taken, in any state."""
        spec = AgentSpec(handle, Mailbox(address, name), frozenset(departments), admin, language)
        with self._database.writing() as connection:
            _refuse_taken(connection, spec)
            return add(connection, spec)

    def ensure_agents(self, specs: Sequence[AgentSpec]) -> tuple[Agent, ...]:
        """Add those whose address is not known in any state, all or none; the added ones.

        Whose account was removed once is not brought back.

        Raises `AgentExists` when the handle of one of them belongs to another address.
        """
        try:
            return self._ensure(specs)
        except Conflict:  # another node started at the same moment; its agents are known now
            return self._ensure(specs)

    def _ensure(self, specs: Sequence[AgentSpec]) -> tuple[Agent, ...]:
        added = []
        with self._database.writing() as connection:
            for spec in specs:
                address = spec.mailbox.address
                removed = forgetting.was_removed(connection, address)
                if _find(connection, address) is None and not removed:
                    _refuse_taken(connection, spec)
                    added.append(add(connection, spec))
        return tuple(added)

    def import_agents(
        self, specs: Sequence[AgentSpec], *, only_try: bool = False
    ) -> tuple[tuple[AgentSpec, str], ...]:
        """Add or update the agents by their address; each with `added`, `changed` or `same`.

        All or none. Raises `AgentExists` when a handle belongs to another address. States are left
        as they are: a locked agent stays locked.
        """
        with self._database.writing() as connection, connection.begin_nested() as trial:
            done = [(spec, _import(connection, spec)) for spec in specs]
            if not connection.execute(_ACTIVE_ADMINS).first():
                raise NoAdminLeft("Nobody would be an admin any more: name one in the table.")
            if only_try:
                trial.rollback()
            else:
                changed = sum(how != "same" for _, how in done)
                step = Step("accounts imported", "", str(changed))
                act = Act(ActKind.OPERATOR, ("account",), steps=(step,))
                history.append(connection, [(datetime.now(UTC), act)])
        return tuple(done)

    def list_agents(self) -> tuple[Agent, ...]:
        """All agents in any state, by handle."""
        statement = select(*rows.AGENT_COLUMNS).order_by(_AGENT.c.handle_key)
        with self._database.reading() as connection:
            return rows.agents(connection.execute(statement).all())

    def find(self, word: str) -> Agent | None:
        """The agent with this handle or address, in any state."""
        with self._database.reading() as connection:
            return _find(connection, word)

    def set_departments(self, word: str, departments: Iterable[DepartmentId]) -> Agent:
        """The agent with just these departments. Raises `NoSuchAgent`."""
        with self._database.writing() as connection:
            agent = _known(connection, word)
            connection.execute(delete(_ENROLLED).where(_ENROLLED.c.agent_id == agent.id))
            _enrol(connection, agent.id, frozenset(departments))
            return _known(connection, word)

    def set_state(self, word: str, state: AgentState) -> Agent:
        """The agent in the new state. Raises `NoSuchAgent`."""
        return self._set(word, state=state.value)

    def set_admin(self, word: str, *, admin: bool) -> Agent:
        """The agent with or without the admin role. Raises `NoSuchAgent`."""
        return self._set(word, admin=admin)

    def _set(self, word: str, **values: object) -> Agent:
        with self._database.writing() as connection:
            agent = _known(connection, word)
            connection.execute(update(_AGENT).where(_AGENT.c.id == agent.id).values(**values))
            return _known(connection, word)


def _find(connection: Connection, word: str) -> Agent | None:
    key = fold(word)
    statement = select(*rows.AGENT_COLUMNS).where(
        (_AGENT.c.handle_key == key) | (_AGENT.c.address_key == key)
    )
    row = connection.execute(statement).first()
    return None if row is None else rows.agent(row)


def _known(connection: Connection, word: str) -> Agent:
    agent = _find(connection, word)
    if agent is None:
        raise NoSuchAgent(f"There is no agent {word!r}.")
    return agent


def _import(connection: Connection, spec: AgentSpec) -> str:
    known = _find(connection, spec.mailbox.address)
    if known is None:
        _refuse_taken(connection, spec)
        add(connection, spec)
        return "added"
    wanted = (spec.mailbox.name or known.mailbox.name, spec.departments, spec.admin, spec.language)
    if wanted == (known.mailbox.name, known.departments, known.admin, known.language):
        return "same"
    values = {"name": wanted[0], "admin": spec.admin, "language": spec.language.value}
    connection.execute(update(_AGENT).where(_AGENT.c.id == known.id).values(**values))
    connection.execute(delete(_ENROLLED).where(_ENROLLED.c.agent_id == known.id))
    _enrol(connection, known.id, spec.departments)
    return "changed"


def _refuse_taken(connection: Connection, spec: AgentSpec) -> None:
    for word in (spec.handle, spec.mailbox.address):
        agent = _find(connection, word)
        if agent is not None:
            raise AgentExists(
                f"{word} belongs to the agent {agent.handle} <{agent.mailbox.address}> "
                f"({agent.state.value}) already."
            )


def add(connection: Connection, spec: AgentSpec) -> Agent:
    """The new agent. The caller has made sure that handle and address are free."""
    statement = insert(_AGENT).returning(_AGENT.c.id)
    values = {
        "handle_key": fold(spec.handle),
        "handle": spec.handle,
        "address_key": fold(spec.mailbox.address),
        "address": spec.mailbox.address,
        "name": spec.mailbox.name,
        "admin": spec.admin,
        "language": spec.language.value,
        "state": AgentState.ACTIVE.value,
        "digest": spec.digest.value,
    }
    added = connection.execute(statement, values).scalar_one()
    _enrol(connection, added, spec.departments)
    rows = [
        {"agent_id": added, "department": department, "choice": choice.value}
        for department, choice in sorted(spec.choices)
    ]
    if rows:
        connection.execute(insert(notify_choice), rows)
    return _known(connection, spec.mailbox.address)


def _enrol(connection: Connection, agent: AgentId, departments: frozenset[DepartmentId]) -> None:
    if departments:
        enrolled = [{"agent_id": agent, "department": each} for each in sorted(departments)]
        connection.execute(insert(_ENROLLED), enrolled)
