"""`ports.retention` on a connection."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from gateway.model.history import Act, PastAct
from gateway.model.retention import Purged, Retiring
from gateway.model.ticket import TicketId
from gateway.store import (
    cleaning,
    history,
    purging,
)
from gateway.store.transaction.part import Part


class SqlRetention(Part):
    """The history of acts, and the end of tickets and of copies of mails."""

    def __init__(self, connection: Connection, *, write: bool) -> None:
        super().__init__(connection, write=write)
        self._acts: list[tuple[datetime, Act]] = []

    def close(self) -> None:
        """Write what was put off to the end, because others wait for it: the history."""
        history.append(self._connection, self._acts)
        self._acts = []

    def remember_act(self, act: Act, now: datetime) -> None:
        """Add an act to the history, as the last thing of the transaction."""
        self._acts.append((now, act))

    def acts_about(self, ticket: TicketId, most: int) -> Sequence[PastAct]:
        """The last acts about the ticket, oldest first."""
        return history.of_ticket(self._connection, ticket, most)

    def is_clock_trusted(self, now: datetime) -> bool:
        """Whether the clock has gone on steadily, so that what it says may be irrevocable."""
        return purging.is_trusted(self._connection, now)

    def retiring(
        self, wanted: Retiring, asked_before: datetime, now: datetime, limit: int
    ) -> Sequence[TicketId]:
        """The first tickets that were closed long enough and that nothing keeps."""
        return purging.retiring(self._connection, wanted, asked_before, now, limit)

    def may_propose(self, now: datetime) -> bool:
        """True once a day; then it is noted."""
        return purging.once_a_day(self._connection, "proposed", now)

    def purgeable(self, before: datetime, now: datetime, limit: int) -> Sequence[TicketId]:
        """The first tickets that were deleted before then, and that may be purged today."""
        most = min(limit, purging.left_today(self._connection, now))
        return purging.due(self._connection, before, now, most) if most > 0 else []

    def purge(self, ticket: TicketId, now: datetime) -> Purged | None:
        """Remove all of a ticket; None when mail about it is still under way, or it is kept."""
        return purging.purge(self._connection, ticket, now)

    def must_clean(self, now: datetime) -> bool:
        """True when copies of mails were not cleaned today."""
        return purging.is_first_today(self._connection, "cleaned", now)

    def clean(self, mails: datetime, typed: datetime, now: datetime, most: int) -> int:
        """Remove up to `most` of each sort; 0 ends today's cleaning."""
        count = cleaning.clean(self._connection, mails, typed, now, most)
        if not count:
            purging.once_a_day(self._connection, "cleaned", now)
        return count

    def must_sweep(self) -> bool:
        """True when the files may still hold what was removed."""
        return purging.must_sweep(self._connection)
