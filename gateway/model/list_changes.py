"""Changes of what an agent lists: the lines of a list that was sent, saved queries."""

from dataclasses import dataclass

from gateway.model.people import AgentId
from gateway.model.ticket import TicketId


@dataclass(frozen=True, slots=True)
class ListLines:
    """A mail to the agent has these tickets as its lines, numbered from 1."""

    message_id: str
    agent: AgentId
    tickets: tuple[TicketId, ...]


@dataclass(frozen=True, slots=True)
class SaveQuery:
    """The agent's query under this folded name from now on; empty: it is forgotten."""

    agent: AgentId
    name: str
    query: str


ListChange = ListLines | SaveQuery
