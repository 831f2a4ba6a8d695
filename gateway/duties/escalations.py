"""Escalations: what happens to tickets because time goes by (`rules/escalations.yaml`).

Tickets that have changed are looked at, many at a time: which rules are they under, and when is
something due? Only those of which the time has come are gathered and decided one by one. When the
rules themselves have changed, every ticket that they may be about is looked at anew.
"""

from collections.abc import Sequence

from gateway.duties.duty import Duty, Office, seed
from gateway.gather import gather_escalation
from gateway.model.decision import Decision
from gateway.model.escalation import Escalations as Rules
from gateway.model.ticket import State, TicketId
from gateway.policy.escalating import escalate
from gateway.policy.watching import fingerprint, look, states

_TOGETHER = 200
"""Tickets that are looked at in one transaction."""
_AT_ONCE = 20
"""Transactions of one look; the next second goes on."""
_ANEW = 5_000
"""Tickets that are marked in one transaction when the rules have changed."""


class Escalations(Duty[TicketId]):
    """A step has its effect, and what is done of its rule is in the same commit."""

    sort = "escalation"

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self._rules: int | None = None
        self._anew: TicketId | None = None
        self._told: bool = True

    def due(self, limit: int) -> Sequence[TicketId]:
        """The first tickets to be looked at again; none while the clock cannot be believed."""
        if not self.office.clock_is_right():
            self._told = False
            return ()
        organisation = self.office.world().organisation
        self._notice(organisation.escalations)
        self._look()
        with self.office.store.begin(write=False) as transaction:
            return transaction.due_escalations(self.office.clock(), limit)

    def do(self, due: TicketId) -> Decision | None:
        """None: another node was faster, or the ticket has moved on."""
        now, world = self.office.clock(), self.office.world()
        with self.office.store.begin() as transaction:
            found = gather_escalation(transaction, due, world, now, seed())
            if found is None:
                return None
            facts, under = found
            decision = escalate(facts, under)
            if decision is None:
                organisation = world.organisation
                rules, zone = organisation.escalations, organisation.zone
                write = look(rules, under.seen, under.marks, now, zone)
                transaction.apply((write,), now)
                return None
            self.office.write(transaction, decision, now)
            return decision

    def _notice(self, rules: Rules) -> None:
        """Other rules, or a clock that is right again: what was written before is looked at anew.

        How far that is, is known here alone; a node that ends meanwhile begins again at its start.
        """
        is_new = fingerprint(rules)
        if is_new != self._rules or not self._told:
            with self.office.store.begin(write=False) as transaction:
                known = transaction.escalation_rules()
            self._anew = TicketId(0) if known != is_new or not self._told else None
            self._rules, self._told = is_new, True
        concerned = states(rules, self.office.world().organisation.workflow) | {State.OPEN}
        for _ in range(_AT_ONCE):
            if self._anew is None:
                return
            with self.office.store.begin() as transaction:
                self._anew = transaction.look_again(self._anew, _ANEW, concerned)
                if self._anew is None:
                    transaction.set_escalation_rules(is_new)

    def _look(self) -> None:
        organisation = self.office.world().organisation
        rules, zone = organisation.escalations, organisation.zone
        if not rules.rules:
            return
        with self.office.store.begin(write=False) as transaction:
            if not transaction.is_any_unlooked():
                return
        for _ in range(_AT_ONCE):
            with self.office.store.begin() as transaction:
                now = self.office.clock()
                found = transaction.unlooked(_TOGETHER)
                changes = [look(rules, seen, marks, now, zone) for seen, marks in found]
                transaction.apply(changes, now)
            if len(found) < _TOGETHER:
                return
