"""The history, and what is removed after its time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from gateway.model.history import Act, PastAct
from gateway.model.retention import Purged, Retiring
from gateway.model.ticket import TicketId


class Retention(Protocol):
    """The history of acts, and the end of tickets and of copies of mails."""

    def remember_act(self, act: Act, now: datetime) -> None:
        """Add an act to the history, at the end of the transaction."""
        ...

    def acts_about(self, ticket: TicketId, most: int) -> Sequence[PastAct]:
        """The last acts about the ticket, oldest first."""
        ...

    def is_clock_trusted(self, now: datetime) -> bool:
        """Whether the clock has gone on steadily, so that what it says may be irrevocable."""
        ...

    def retiring(
        self, wanted: Retiring, asked_before: datetime, now: datetime, limit: int
    ) -> Sequence[TicketId]:
        """The first tickets that were closed long enough and that nothing keeps."""
        ...

    def may_propose(self, now: datetime) -> bool:
        """True once a day; then it is noted."""
        ...

    def purgeable(self, before: datetime, now: datetime, limit: int) -> Sequence[TicketId]:
        """The first tickets that were deleted before then, and that may be purged today."""
        ...

    def purge(self, ticket: TicketId, now: datetime) -> Purged | None:
        """Remove all of a ticket; None when mail about it is still under way, or it is kept."""
        ...

    def must_clean(self, now: datetime) -> bool:
        """True when copies of mails were not cleaned today."""
        ...

    def clean(self, mails: datetime, typed: datetime, now: datetime, most: int) -> int:
        """Remove up to `most` copies of mails that ended before then, and what was typed before.

        Returns how many there were. 0: nothing is left, today's cleaning is over.
        """
        ...

    def must_sweep(self) -> bool:
        """True when the files may still hold what was removed."""
        ...
