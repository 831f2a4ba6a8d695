"""Digests of agents."""

from collections.abc import Sequence

from gateway.duties.duty import Duty, seed
from gateway.gather import gather_digest
from gateway.model.decision import Decision
from gateway.model.people import AgentId
from gateway.policy.digest import digest, is_due, reschedule, too_far


class Digests(Duty[AgentId]):
    """A digest is sent; when the next one is due is in the same commit."""

    sort = "digest"

    def due(self, limit: int) -> Sequence[AgentId]:
        """The agents of the first digests whose time has come."""
        now = self.office.clock()
        with self.office.store.begin(write=False) as transaction:
            return transaction.due_digests(now, too_far(now), limit)

    def do(self, due: AgentId) -> Decision | None:
        """None: another node was faster, or its time has not come after all."""
        now = self.office.clock()
        with self.office.store.begin() as transaction:
            found = transaction.due_digest(due)
            if found is None or (found.at is not None and now < found.at <= too_far(now)):
                return None
            world = self.office.world()
            if not is_due(found, now):
                transaction.apply((reschedule(found, now, world.organisation),), now)
                return None
            decision = digest(gather_digest(transaction, found, world, now, seed()))
            self.office.write(transaction, decision, now)
            return decision
