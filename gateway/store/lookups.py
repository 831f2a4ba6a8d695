"""Look-ups of single things: messages, parties, agents, counts. Each goes through an index."""

from collections.abc import Collection, Mapping
from datetime import datetime
from itertools import islice

from sqlalchemy import Connection, bindparam, exists, func, select

from gateway.model.address import fold, mailbox_of
from gateway.model.envelope import QueueId
from gateway.model.people import Agent, AgentId, DepartmentId
from gateway.model.ticket import Party, TicketId
from gateway.policy.facts import Duplicate, Reference, SentMail
from gateway.store import rows, schema
from gateway.store.rows import AGENT_COLUMNS
from gateway.store.types import hidden, key

_SEEN = schema.seen_message
_REF = schema.message_ref
_OUT = schema.outbox
_AGENT = schema.agent
_ENROLLED = schema.agent_department
_MOST_REFERENCES = 100

_DUPLICATE = select(_SEEN).where(
    _SEEN.c.message_key.in_([bindparam("message"), bindparam("hidden")]),
    _SEEN.c.digest == bindparam("content"),
    _SEEN.c.queue_id != bindparam("itself"),
)
_LOCKED_DUPLICATE = _DUPLICATE.with_for_update()
_ID_SEEN = select(
    exists().where(
        _SEEN.c.message_key.in_([bindparam("message"), bindparam("hidden")]),
        _SEEN.c.queue_id != bindparam("itself"),
    )
)
_REFERENCES = select(_REF).where(_REF.c.message_key.in_(bindparam("ids", expanding=True)))
_PARTY = select(schema.party).where(schema.party.c.token == bindparam("secret"))
_SENT_COLUMNS = tuple(
    _OUT.c[name] for name in ("message_id", "rcpt_to", "kind", "ticket_id", "created_at")
)
_SENT_BY_TOKEN = (
    select(*_SENT_COLUMNS)
    .where(_OUT.c.return_token == bindparam("secret"), _OUT.c.return_token.is_not(None))
    .limit(1)
)
_SENT_BY_ID = (
    select(*_SENT_COLUMNS)
    .where(_OUT.c.message_key == bindparam("message"))
    .order_by(_OUT.c.id)
    .limit(1)
)
_NUMBERS = select(schema.ticket.c.number, schema.ticket.c.id).where(
    schema.ticket.c.number.in_(bindparam("numbers", expanding=True))
)
_ACTIVE = select(*AGENT_COLUMNS).where(_AGENT.c.state == "active")
_BY_ADDRESS = select(*AGENT_COLUMNS).where(_AGENT.c.address_key == bindparam("address"))
_BY_HANDLE = _ACTIVE.where(
    _AGENT.c.handle_key.in_(bindparam("words", expanding=True))
    | _AGENT.c.address_key.in_(bindparam("words", expanding=True))
)
_BY_ID = select(*AGENT_COLUMNS).where(_AGENT.c.id.in_(bindparam("ids", expanding=True)))
_MEMBERS = (
    _ACTIVE.add_columns(_ENROLLED.c.department)
    .join(_ENROLLED, _ENROLLED.c.agent_id == _AGENT.c.id)
    .where(_ENROLLED.c.department.in_(bindparam("names", expanding=True)))
    .order_by(_AGENT.c.handle_key)
)
_ADMINS = _ACTIVE.where(_AGENT.c.admin).order_by(_AGENT.c.handle_key)
_AUTOMATIC = (
    select(func.count())
    .select_from(schema.automatic_mail)
    .where(
        schema.automatic_mail.c.address == bindparam("address"),
        schema.automatic_mail.c.sent_at >= bindparam("since"),
    )
)
_AUTOMATIC_OF_KIND = _AUTOMATIC.where(schema.automatic_mail.c.kind == bindparam("kind"))


def duplicate_of(
    connection: Connection, message_id: str, digest: str, queue_id: QueueId, *, lock: bool
) -> Duplicate | None:
    """The earlier message with this id and digest."""
    statement = _LOCKED_DUPLICATE if lock else _DUPLICATE
    values = {"message": message_id, "content": digest, "itself": queue_id}
    values["hidden"] = hidden(message_id)
    row = connection.execute(statement, values).first()
    if row is None:
        return None
    return Duplicate(QueueId(row.queue_id), row.ticket_id, frozenset(row.rcpt_to))


def message_id_seen(connection: Connection, message_id: str, queue_id: QueueId) -> bool:
    """True when another processed message carried this Message-ID."""
    values = {"message": message_id, "hidden": hidden(message_id), "itself": queue_id}
    return bool(connection.execute(_ID_SEEN, values).scalar())


def references(connection: Connection, message_ids: Collection[str]) -> dict[str, Reference]:
    """The known ones of the first 100 of these Message-IDs."""
    by_key = {key(each): each for each in islice(message_ids, _MOST_REFERENCES)}
    if not by_key:
        return {}
    found = connection.execute(_REFERENCES, {"ids": list(by_key)})
    return {
        by_key[row.message_key]: Reference(
            by_key[row.message_key], TicketId(row.ticket_id), row.party, row.sent
        )
        for row in found
    }


def party_by_token(connection: Connection, token: str) -> Party | None:
    """Whose reply address carries this token."""
    row = connection.execute(_PARTY, {"secret": token}).first() if token else None
    return None if row is None else rows.party(row)


def sent_mail(connection: Connection, return_token: str, message_id: str) -> SentMail | None:
    """The outgoing mail with this token in its return path, or else with this Message-ID."""
    row = None
    if return_token:
        row = connection.execute(_SENT_BY_TOKEN, {"secret": return_token}).first()
    if row is None and message_id:
        row = connection.execute(_SENT_BY_ID, {"message": message_id}).first()
    return None if row is None else SentMail(*row)


def ticket_ids(connection: Connection, numbers: Collection[str]) -> dict[str, TicketId]:
    """Ids of the tickets with these numbers."""
    if not numbers:
        return {}
    found = connection.execute(_NUMBERS, {"numbers": list(numbers)})
    return {row.number: TicketId(row.id) for row in found}


def agent_by_address(connection: Connection, address: str) -> Agent | None:
    """The agent with this address, in any state."""
    row = connection.execute(_BY_ADDRESS, {"address": fold(address)}).first()
    return None if row is None else rows.agent(row)


def agents_by_handle(connection: Connection, handles: Collection[str]) -> dict[str, Agent]:
    """Active agents by folded handle or address."""
    words = {fold(handle) for handle in handles}
    if not words:
        return {}
    found: dict[str, Agent] = {}
    for row in connection.execute(_BY_HANDLE, {"words": list(words)}):
        for word in {row.handle_key, row.address_key} & words:
            found[word] = rows.agent(row)
    return found


def agents_by_id(connection: Connection, agents: Collection[AgentId]) -> dict[AgentId, Agent]:
    """Agents in any state."""
    if not agents:
        return {}
    found = rows.agents(connection.execute(_BY_ID, {"ids": list(agents)}).all())
    return {agent.id: agent for agent in found}


def members(
    connection: Connection, departments: Collection[DepartmentId]
) -> Mapping[DepartmentId, tuple[Agent, ...]]:
    """Active agents of each department, by handle; every department asked for has its key."""
    found: dict[DepartmentId, list[Agent]] = {department: [] for department in departments}
    if found:
        for row in connection.execute(_MEMBERS, {"names": list(found)}):
            found[DepartmentId(row.department)].append(rows.agent(row))
    return {department: tuple(agents) for department, agents in found.items()}


def admins(connection: Connection) -> tuple[Agent, ...]:
    """Active agents with the admin role, by handle."""
    return rows.agents(connection.execute(_ADMINS).all())


def automatic_mails(connection: Connection, address: str, kind: str | None, since: datetime) -> int:
    """How many automatic mails went to the address since, whatever plus part it has."""
    values: dict[str, object] = {"address": mailbox_of(address), "since": since}
    if kind is None:
        return connection.execute(_AUTOMATIC, values).scalar_one()
    return connection.execute(_AUTOMATIC_OF_KIND, values | {"kind": kind}).scalar_one()
