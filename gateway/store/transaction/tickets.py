"""`ports.tickets` on a connection."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select

from gateway.model.closed import ClosedEntry
from gateway.model.fit import Fit, FitsWanted
from gateway.model.people import AgentId, DepartmentId
from gateway.model.query import Scope, Wanted
from gateway.model.statistics import Figures
from gateway.model.ticket import EntryId, FieldId, Ticket, TicketId, TopicId
from gateway.policy.facts import Listing, TicketFacts
from gateway.store import (
    absences,
    around,
    closed,
    fitting,
    listing,
    lookups,
    record_authors,
    record_fields,
    record_lists,
    record_tally,
    schema,
    ticketfacts,
)
from gateway.store.statements import TICKET_COUNTER
from gateway.store.transaction.part import Part

_PEEK = select(schema.counter.c.value).where(schema.counter.c.name == TICKET_COUNTER)
_LOCKED_PEEK = _PEEK.with_for_update()


class SqlTicketLookups(Part):
    """Tickets, their fields and figures."""

    def ticket_ids(self, numbers: Collection[str]) -> Mapping[str, TicketId]:
        """Ids of the tickets with these numbers; missing ones are left out."""
        return lookups.ticket_ids(self._connection, numbers)

    def ticket(self, ticket: TicketId, *, lock: bool, entries: int = 0) -> TicketFacts | None:
        """The ticket and what surrounds it; with its last `entries` thread entries."""
        return ticketfacts.ticket_facts(
            self._connection, ticket, lock=lock and self._write, entries=entries
        )

    def list_tickets(self, wanted: Wanted, scope: Scope, limit: int, skip: int = 0) -> Listing:
        """`limit` tickets after the first `skip`; the total is exact as far as it is counted."""
        return listing.list_tickets(self._connection, wanted, scope, limit, skip)

    def fields_of(
        self, tickets: Collection[TicketId]
    ) -> Mapping[TicketId, Mapping[FieldId, tuple[str, ...]]]:
        """The filled in fields of these tickets."""
        return around.fields_of(self._connection, tickets)

    def listed(self, message_ids: Collection[str], agent: AgentId) -> Mapping[int, str]:
        """The ticket numbers of a list that was sent to the agent, by the places of its lines."""
        return record_lists.listed(self._connection, message_ids, agent)

    def tickets_with_tasks(self, agent: AgentId, by: date, limit: int) -> tuple[Ticket, ...]:
        """Open tickets with something that the agent has to do by that day."""
        return absences.with_tasks(self._connection, agent, by, limit)

    def fits(self, wanted: FitsWanted) -> Sequence[Fit]:
        """Offers or requests, the oldest first."""
        return fitting.fits(self._connection, wanted)

    def partners(
        self, tickets: Collection[TicketId]
    ) -> Mapping[TicketId, Mapping[TicketId, TopicId]]:
        """The open tickets that each of these is linked with, and their topics."""
        return fitting.partners(self._connection, tickets)

    def figures(self, departments: Collection[DepartmentId], since: datetime) -> Figures:
        """What was counted in the departments since that week, and what stands now."""
        found = record_tally.figures(self._connection, departments, since)
        rejected = record_authors.rejections(self._connection, departments, since)
        return replace(found, rejections=rejected)

    def reserved(
        self, values: Collection[tuple[FieldId, str]]
    ) -> Mapping[tuple[FieldId, str], TicketId]:
        """Which open tickets hold these values of unique fields; free ones are left out."""
        return record_fields.holders(self._connection, values)

    def closed_entries(self, after: EntryId, limit: int) -> tuple[ClosedEntry, ...]:
        """The first entries behind `after` whose mail could not be opened."""
        return closed.entries(self._connection, after, limit)

    def is_closed(self, entry: EntryId) -> bool:
        """True while nobody has opened the mail of this entry."""
        return closed.is_closed(self._connection, entry)

    def next_ticket(self) -> tuple[TicketId, int]:
        """The next ticket's id and number, held for this transaction.

        It is used up only by the `OpenTicket` that takes it: numbers have no gaps. Until then the
        same is returned again.
        """
        number = self._connection.execute(_LOCKED_PEEK).scalar_one() + 1
        return TicketId(number), number

    def peek_ticket(self) -> tuple[TicketId, int]:
        """What `next_ticket` would return, without holding it."""
        number = self._connection.execute(_PEEK).scalar_one() + 1
        return TicketId(number), number
