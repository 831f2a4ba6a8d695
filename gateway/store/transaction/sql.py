"""One transaction of the road: `ports.Transaction` on a connection."""

from collections.abc import Sequence
from datetime import datetime

from gateway.model.account_changes import AccountChange
from gateway.model.changes import Change
from gateway.model.composed import Composed
from gateway.model.decision import Decision, Outcome
from gateway.model.envelope import QueuedMessage
from gateway.model.message import Message
from gateway.model.notice_changes import NoticeChange
from gateway.model.outbox import OutboxId
from gateway.store import finishing, recording
from gateway.store.occasion import Occasion
from gateway.store.transaction.due import SqlDueLookups
from gateway.store.transaction.mails import SqlMailLookups
from gateway.store.transaction.people import SqlPeopleLookups
from gateway.store.transaction.proofs import SqlProofLookups
from gateway.store.transaction.retention import SqlRetention
from gateway.store.transaction.tickets import SqlTicketLookups


class SqlTransaction(
    SqlMailLookups,
    SqlPeopleLookups,
    SqlTicketLookups,
    SqlProofLookups,
    SqlDueLookups,
    SqlRetention,
):
    """What is read is current as of the locks taken, what is written is written whole or not.

    On PostgreSQL the look-ups see what other nodes commit meanwhile (READ COMMITTED), so that a
    locked ticket is read as it is now; everything about one ticket is read after its lock.
    """

    def apply(
        self,
        changes: Sequence[Change],
        now: datetime,
        item: QueuedMessage | None = None,
        message: Message | None = None,
    ) -> None:
        """Write the changes in their order."""
        occasion = Occasion(
            now,
            queue_id=item.queue_id if item else None,
            message_id=message.message_id if message else None,
        )
        recording.apply(self._connection, changes, occasion)
        if any(isinstance(change, NoticeChange | AccountChange) for change in changes):
            self._forget_accounts()

    def give_up(self, mail: OutboxId, error: str, now: datetime) -> bool:
        """Mark a mail that will never arrive; false when its end was recorded before."""
        return finishing.give_up(self._connection, mail, error, now)

    def enqueue(self, composed: Sequence[Composed], now: datetime) -> None:
        """Put outgoing mail into the outbox. Equal `tail`s of one call are stored once."""
        finishing.enqueue(self._connection, composed, now)

    def finish(
        self, item: QueuedMessage, message: Message, decision: Decision, now: datetime
    ) -> None:
        """Mark the inbound entry done; `Conflict` when another node was faster."""
        finishing.finish(self._connection, item, message, decision, now)
        if decision.outcome is Outcome.QUARANTINED:
            return  # it has had no effect: once it is released it will
        earlier = self._earlier.get((message.message_id, message.digest))
        finishing.know(self._connection, item, message, decision, earlier)
