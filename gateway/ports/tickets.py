"""Look-ups of tickets: one, or lists of them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from gateway.model.closed import ClosedEntry
from gateway.model.fit import Fit, FitsWanted
from gateway.model.people import AgentId, DepartmentId
from gateway.model.query import Scope, Wanted
from gateway.model.statistics import Figures
from gateway.model.ticket import EntryId, FieldId, Ticket, TicketId, TopicId
from gateway.policy.facts import Listing, TicketFacts


class TicketLookups(Protocol):
    """Tickets, their fields and figures."""

    def ticket_ids(self, numbers: Collection[str]) -> Mapping[str, TicketId]:
        """Ids of the tickets with these numbers; missing ones are left out."""
        ...

    def ticket(self, ticket: TicketId, *, lock: bool, entries: int = 0) -> TicketFacts | None:
        """The ticket and what surrounds it; with its last `entries` thread entries, oldest first.

        `lock` keeps other nodes from changing it until the end of the transaction.
        """
        ...

    def list_tickets(self, wanted: Wanted, scope: Scope, limit: int, skip: int = 0) -> Listing:
        """`limit` tickets after the first `skip`; the total is exact as far as it is counted."""
        ...

    def fields_of(
        self, tickets: Collection[TicketId]
    ) -> Mapping[TicketId, Mapping[FieldId, tuple[str, ...]]]:
        """The filled in fields of these tickets."""
        ...

    def listed(self, message_ids: Collection[str], agent: AgentId) -> Mapping[int, str]:
        """The ticket numbers of a list that was sent to the agent, by the places of its lines."""
        ...

    def tickets_with_tasks(self, agent: AgentId, by: date, limit: int) -> tuple[Ticket, ...]:
        """Open tickets with something that the agent has to do by that day."""
        ...

    def fits(self, wanted: FitsWanted) -> Sequence[Fit]:
        """Offers or requests, the oldest first."""
        ...

    def partners(
        self, tickets: Collection[TicketId]
    ) -> Mapping[TicketId, Mapping[TicketId, TopicId]]:
        """The open tickets that each of these is linked with, and their topics."""
        ...

    def figures(self, departments: Collection[DepartmentId], since: datetime) -> Figures:
        """What was counted in the departments since that week, and what stands now."""
        ...

    def reserved(
        self, values: Collection[tuple[FieldId, str]]
    ) -> Mapping[tuple[FieldId, str], TicketId]:
        """Which open tickets hold these values of unique fields; free ones are left out."""
        ...

    def closed_entries(self, after: EntryId, limit: int) -> tuple[ClosedEntry, ...]:
        """The first entries behind `after` whose mail could not be opened."""
        ...

    def is_closed(self, entry: EntryId) -> bool:
        """True while nobody has opened the mail of this entry; others wait."""
        ...

    def next_ticket(self) -> tuple[TicketId, int]:
        """The next ticket's id and number of the sequence (from 1), held for this transaction.

        The `OpenTicket` that takes it uses it up; until then the same is returned again.
        """
        ...

    def peek_ticket(self) -> tuple[TicketId, int]:
        """What `next_ticket` would return, without holding it."""
        ...
