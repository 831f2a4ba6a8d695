"""Tickets, as the command line shows them: for the operator, who may see all."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from gateway.model.people import AgentId, DepartmentId
from gateway.model.ticket import EntryId, StatusId, Ticket
from gateway.policy.facts import TicketFacts
from gateway.store import rows, schema
from gateway.store.engine import Database
from gateway.store.packing import unpack
from gateway.store.ticketfacts import ticket_facts

_TICKET = schema.ticket
_ID = select(_TICKET.c.id).where(_TICKET.c.number == bindparam("wanted"))


@dataclass(frozen=True, slots=True)
class Filter:
    """Which tickets to list; empty fields take all."""

    statuses: Collection[StatusId] = ()
    department: DepartmentId | None = None
    responsible: AgentId | None = None
    rejected: bool | None = None


class Tickets:
    """The tickets of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self, wanted: Filter, limit: int) -> tuple[Ticket, ...]:
        """The newest `limit` tickets that fit, newest first."""
        statement = select(*rows.TICKET_COLUMNS).order_by(_TICKET.c.id.desc()).limit(limit)
        if wanted.statuses:
            statement = statement.where(_TICKET.c.status.in_(list(wanted.statuses)))
        if wanted.department is not None:
            statement = statement.where(_TICKET.c.department == wanted.department)
        if wanted.responsible is not None:
            statement = statement.where(_TICKET.c.responsible == wanted.responsible)
        if wanted.rejected is not None:
            statement = statement.where(_TICKET.c.rejected == wanted.rejected)
        with self._database.reading() as connection:
            return tuple(rows.ticket(row) for row in connection.execute(statement))

    def show(self, number: str, entries: int = 1000) -> TicketFacts | None:
        """The ticket with its last `entries` entries, or None when there is no such number."""
        with self._database.reading() as connection:
            ticket = connection.execute(_ID, {"wanted": number.removeprefix("#")}).scalar()
            if ticket is None:
                return None
            return ticket_facts(connection, ticket, lock=False, entries=entries)

    def source(self, entry: EntryId) -> bytes | None:
        """The raw message that an entry was made from; None when it was made from none."""
        raw = schema.raw_message
        statement = (
            select(raw.c.codec, raw.c.data)
            .join(schema.entry, schema.entry.c.raw_id == raw.c.id)
            .where(schema.entry.c.id == entry)
        )
        with self._database.reading() as connection:
            row = connection.execute(statement).first()
        return None if row is None else unpack(row.codec, row.data)
