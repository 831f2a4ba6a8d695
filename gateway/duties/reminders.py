"""Reminders of tickets."""

from collections.abc import Sequence

from gateway.duties.duty import Duty, seed
from gateway.gather import gather_reminder
from gateway.model.decision import Decision
from gateway.model.reminder import ReminderId
from gateway.policy.timed import when_due


class Reminders(Duty[ReminderId]):
    """A reminder has its effect, and is gone in the same commit."""

    sort = "reminder"

    def due(self, limit: int) -> Sequence[ReminderId]:
        """The first reminders whose time has come."""
        with self.office.store.begin(write=False) as transaction:
            return transaction.due_reminders(self.office.clock(), limit)

    def do(self, due: ReminderId) -> Decision | None:
        """None: it is gone already, or its time has not come after all."""
        now = self.office.clock()
        with self.office.store.begin() as transaction:
            reminder = transaction.reminder(due)
            if reminder is None or reminder.at > now:
                return None
            facts = gather_reminder(transaction, reminder, self.office.world(), now, seed())
            decision = when_due(facts, reminder)
            self.office.write(transaction, decision, now)
            return decision
