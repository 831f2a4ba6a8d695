"""Lines of sent lists and saved queries: into rows and back."""

from collections.abc import Collection
from typing import Any, assert_never

from sqlalchemy import Connection, bindparam, delete, insert, select

from gateway.model.list_changes import ListChange, ListLines, SaveQuery
from gateway.model.people import AgentId
from gateway.store import schema
from gateway.store.occasion import Occasion
from gateway.store.schema_work import listed as _listed
from gateway.store.schema_work import saved_query as _saved
from gateway.store.types import key

_FORGET = delete(_saved).where(
    _saved.c.agent_id == bindparam("agent"), _saved.c.name == bindparam("called")
)
_SAVED = select(_saved.c.name, _saved.c.query).where(_saved.c.agent_id == bindparam("agent"))
_LINES = (
    select(_listed.c.place, schema.ticket.c.number)
    .join(schema.ticket, schema.ticket.c.id == _listed.c.ticket_id)
    .where(_listed.c.message_key == bindparam("message"), _listed.c.agent_id == bindparam("agent"))
)
_MOST_IDS = 20


def write(connection: Connection, run: list[Any], _: Occasion) -> None:
    """Write changes that are all of one kind."""
    for change in run:
        _write(connection, change)


def _write(connection: Connection, change: ListChange) -> None:
    match change:
        case ListLines():
            rows = [
                {
                    "message_key": change.message_id,
                    "place": place,
                    "ticket_id": ticket,
                    "agent_id": change.agent,
                }
                for place, ticket in enumerate(change.tickets, 1)
            ]
            connection.execute(insert(_listed), rows)
        case SaveQuery():
            connection.execute(_FORGET, {"agent": change.agent, "called": change.name})
            if change.query:
                row = {"agent_id": change.agent, "name": change.name, "query": change.query}
                connection.execute(insert(_saved), row)
        case _:
            assert_never(change)


def saved_queries(connection: Connection, agent: AgentId) -> dict[str, str]:
    """The agent's saved queries by their folded names."""
    return {row.name: row.query for row in connection.execute(_SAVED, {"agent": agent})}


def listed(connection: Connection, message_ids: Collection[str], agent: AgentId) -> dict[int, str]:
    """The lines of the first of these mails that was a list sent to the agent."""
    for message in list(message_ids)[:_MOST_IDS]:
        values = {"message": key(message), "agent": agent}
        found = connection.execute(_LINES, values).all()
        if found:
            return {row.place: row.number for row in found}
    return {}
