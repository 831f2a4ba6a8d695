"""A removed agent: what was theirs is gone, and in the history stands a pseudonym.

The account goes at once. Its name in the threads goes ticket by ticket, a few in a transaction: the
tickets that are still to be done are those that the agent is still known to have worked on.
"""

import json
from collections.abc import Sequence
from hashlib import sha256

from sqlalchemy import Connection, delete, func, insert, select, update

from gateway.model.address import fold
from gateway.model.people import AgentId, AgentState
from gateway.model.ticket import EntryKind, PartyRole
from gateway.store import history, schema, schema_openpgp, schema_proof, schema_work
from gateway.store.purging import remove_outgoing
from gateway.store.schema_retention import purge_run
from gateway.store.types import clean

_AGENT = schema.agent
_ENTRY = schema.entry
_OUT = schema.outbox
_REMOVED = schema.removed_agent
_WORKER = schema.ticket_worker
_TICKETS_AT_ONCE = 20
_OWN = (
    schema.agent_department,
    schema.referral,
    schema_work.notify_choice,
    schema_work.saved_query,
    schema_work.watcher,
    schema_work.work_done,
    schema_proof.second_factor,
    schema_proof.agent_password,
    schema_proof.used_code,
    schema_proof.wrong_code,
    schema_proof.recovery_code,
    schema_proof.proof_session,
    schema_openpgp.agent_key,
    schema_openpgp.used_signature,
)
"""What is an agent's alone, by `agent_id`."""


def pseudonym(agent: AgentId) -> str:
    """What a removed agent is called in the history."""
    return f"ehemals-{agent}"


def digest(address: str) -> str:
    """What is kept of the address of a removed account."""
    return sha256(fold(address).encode()).hexdigest()


def remove(connection: Connection, agent: AgentId) -> None:
    """The account without anything personal; its short name and its address may be used again."""
    row = connection.execute(select(_AGENT).where(_AGENT.c.id == agent)).one()
    connection.execute(
        insert(_REMOVED),
        {
            "agent_id": agent,
            "name": row.name or row.handle,
            "address": row.address,
            "digest": digest(row.address),
            "forgotten": False,
        },
    )
    nobody = f"*{agent}"  # no short name and no address
    connection.execute(
        update(_AGENT)
        .where(_AGENT.c.id == agent)
        .values(
            state=AgentState.DELETED.value,
            handle=pseudonym(agent),
            handle_key=nobody,
            address="",
            address_key=nobody,
            name="",
            admin=False,
            warned_at=None,
            seen_at=None,
            away_since=None,
            away_until=None,
            digest="",
            digest_at=None,
        )
    )
    for table in _OWN:
        connection.execute(delete(table).where(table.c.agent_id == agent))


def was_removed(connection: Connection, address: str) -> bool:
    """True when an account with this address was removed once."""
    found = select(_REMOVED.c.agent_id).where(_REMOVED.c.digest == digest(address)).limit(1)
    return connection.execute(found).first() is not None


def unforgotten(connection: Connection, limit: int) -> Sequence[AgentId]:
    """Removed agents whose names still stand in the history."""
    wanted = select(_REMOVED.c.agent_id).where(~_REMOVED.c.forgotten)
    rows = connection.execute(wanted.order_by(_REMOVED.c.agent_id).limit(limit))
    return [AgentId(row.agent_id) for row in rows]


def forget_name(connection: Connection, agent: AgentId) -> None:
    """The next tickets know only the pseudonym; after the last one the name itself is gone."""
    known = select(_REMOVED).where(_REMOVED.c.agent_id == agent, ~_REMOVED.c.forgotten)
    row = connection.execute(known.with_for_update()).first()
    if row is None:
        return
    worked = select(_WORKER.c.ticket_id).where(_WORKER.c.agent_id == agent)
    first = worked.order_by(_WORKER.c.ticket_id).limit(_TICKETS_AT_ONCE)
    tickets = connection.execute(first).scalars().all()
    for ticket in tickets:
        _forget_in(connection, ticket, agent, row.name, row.address)
    if len(tickets) < _TICKETS_AT_ONCE:
        _forget_mails(connection, row.address)
        history.erase_details_with(connection, row.address)
        done = update(_REMOVED).where(_REMOVED.c.agent_id == agent)
        connection.execute(done.values(name="", address="", forgotten=True))


def _forget_mails(connection: Connection, address: str) -> None:
    """Copies of the mails that were sent to the agent; what others got has its own time."""
    sent = select(_OUT.c.id).where(
        func.lower(_OUT.c.rcpt_to) == address.lower(), _OUT.c.state != "queued"
    )
    remove_outgoing(connection, list(connection.execute(sent).scalars()))
    connection.execute(update(purge_run).values(to_sweep=True))


def _forget_in(
    connection: Connection, ticket: int, agent: AgentId, name: str, address: str
) -> None:
    here = _ENTRY.c.ticket_id == ticket
    theirs = update(_ENTRY).where(here, _ENTRY.c.agent_id == agent)
    connection.execute(theirs.values(author_name=pseudonym(agent), author_address=""))
    events = select(_ENTRY.c.id, _ENTRY.c.event).where(here, _ENTRY.c.kind == EntryKind.EVENT.value)
    for row in connection.execute(events).all():
        replaced = _without_name(row.event, name, pseudonym(agent))
        if replaced != row.event:
            connection.execute(update(_ENTRY).where(_ENTRY.c.id == row.id).values(event=replaced))
    party = schema.party
    connection.execute(
        delete(party).where(
            party.c.ticket_id == ticket,
            party.c.address_key == fold(address),
            party.c.role == PartyRole.AGENT.value,
        )
    )
    connection.execute(
        delete(_WORKER).where(_WORKER.c.ticket_id == ticket, _WORKER.c.agent_id == agent)
    )


def _without_name(event: str, name: str, instead: str) -> str:
    """The event with the pseudonym wherever one of its values is just the name."""
    try:
        said = json.loads(event)
    except ValueError:
        return event
    replaced = _replaced(said, clean(name), instead)
    if replaced == said:
        return event
    return json.dumps(replaced, ensure_ascii=False, separators=(",", ":"))


def _replaced(said: object, name: str, instead: str) -> object:
    match said:
        case [msgid, dict() as values, *rest]:
            return [
                msgid,
                {key: _replaced(one, name, instead) for key, one in values.items()},
                *rest,
            ]
        case str() if said == name:
            return instead
        case _:
            return said
