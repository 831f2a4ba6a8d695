"""Keys that end: the admins, and the agents whose they are, hear of it in time."""

from collections.abc import Sequence

from gateway.duties.duty import Duty, seed
from gateway.gather import World
from gateway.model.decision import Decision
from gateway.model.ticket import TicketId
from gateway.policy.facts import Fresh
from gateway.policy.key_expiry import AHEAD, Ending, announced, of_agents, ours, untold
from gateway.ports import Transaction

AT_A_TIME = 20
"""Keys that are told of in one transaction."""


class EndingKeys(Duty[int]):
    """A key of ours or of an agent's ends: told once at each stage, whatever clocks and nodes do.

    The table of what was told holds it: a second node that tells the same writes nothing.
    """

    sort = "keys"
    look_again = 600.0

    def due(self, limit: int) -> Sequence[int]:
        """So many keys are to be told of; none while the clock cannot be believed."""
        if not self.office.clock_is_right():
            return ()
        world = self.office.world()
        world.listed_keys(self.office.clock())  # gpg is asked before the transaction
        with self.office.store.begin(write=False) as transaction:
            found = self._untold(transaction, world)
        return [min(len(found), AT_A_TIME)] if found and limit else []

    def do(self, due: int) -> Decision | None:
        """The mails, and that they were sent. None: another node was faster."""
        world = self.office.world()
        with self.office.store.begin() as transaction:
            found = self._untold(transaction, world)[:due]
            if not found:
                return None
            admins = transaction.admins()
            fresh = Fresh(seed(), TicketId(0), "")
            decision = announced(found, world.organisation, admins, fresh)
            self.office.write(transaction, decision, self.office.clock())
            return decision

    def _untold(self, transaction: Transaction, world: World) -> list[Ending]:
        now = self.office.clock()
        ending = {each.agent for each in transaction.pinned_ending(now + AHEAD, now)}
        pinned, agents = transaction.pinned_to(ending, now), transaction.agents_by_id(ending)
        own = ours(world.listed_keys(now), world.organisation.addresses, now)
        found = (*own, *of_agents(pinned, agents, now))
        return untold(found, transaction.told_of_keys([each.told[:2] for each in found]))
