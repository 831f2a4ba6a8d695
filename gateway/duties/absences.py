"""Absences of agents."""

from collections.abc import Sequence

from gateway.duties.duty import Duty, seed
from gateway.gather import gather_digest
from gateway.model.decision import Decision
from gateway.model.digest import DueDigest
from gateway.model.people import AgentId
from gateway.policy.absence import returned


class Absences(Duty[AgentId]):
    """An absence ends, and the agent is told what happened meanwhile."""

    sort = "absence"

    def due(self, limit: int) -> Sequence[AgentId]:
        """The first agents whose absence is over."""
        with self.office.store.begin(write=False) as transaction:
            return transaction.absences_over(self.office.clock(), limit)

    def do(self, due: AgentId) -> Decision | None:
        """None: another node was faster, or it was prolonged."""
        now = self.office.clock()
        with self.office.store.begin() as transaction:
            agent = transaction.absent(due)
            if agent is None or agent.absence is None or agent.is_away(now):
                return None
            meanwhile = DueDigest(agent, now, agent.absence.since)
            world = self.office.world()
            facts = gather_digest(transaction, meanwhile, world, now, seed(), back=True)
            decision = returned(facts)
            self.office.write(transaction, decision, now)
            return decision
