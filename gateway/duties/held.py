"""Held mails that nobody answered."""

from collections.abc import Sequence

from gateway.duties.duty import Duty, seed
from gateway.gather import gather_expired
from gateway.model.decision import Decision
from gateway.model.held import HeldId
from gateway.policy.holding import expired


class HeldMails(Duty[HeldId]):
    """A held mail waits no longer, and its agent is told."""

    sort = "held mail"

    def due(self, limit: int) -> Sequence[HeldId]:
        """The first held mails whose time to be answered is over."""
        with self.office.store.begin(write=False) as transaction:
            return transaction.expired_held(self.office.clock(), limit)

    def do(self, due: HeldId) -> Decision | None:
        """None: it was answered after all, or another node is at it."""
        now = self.office.clock()
        with self.office.store.begin() as transaction:
            over = transaction.take_expired(due, now)
            if over is None:
                return None
            facts = gather_expired(transaction, over, self.office.world(), now, seed())
            decision = expired(facts)
            self.office.write(transaction, decision, now)
            return decision
