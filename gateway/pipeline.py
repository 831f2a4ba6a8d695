"""THE ROAD: one message, top to bottom.

    understand   bytes to a Message                       (mail/parse; never fails)
    gather       everything that reads the world          (gather, one transaction's snapshot)
    decide       facts to a Decision                      (policy/decide; pure)
    record       changes, outgoing mail, "done"           (store, the same transaction)

What DNS and signatures say about the sender came with the message (`authentication`). Where DNS
gave no answer and it matters, the message waits for another look.

Nothing is sent here. Mail leaves from the outbox, after the commit (`workers`). If anything fails
before the commit, nothing has happened and the message waits in the queue for its next attempt.
`explain` walks the same road and writes nothing. What is due by time, without a message, is in
`duties`.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gateway.faultpoint import reach
from gateway.gather import World, gather, gather_given_up
from gateway.mail.parse import parse
from gateway.model.composed import Composed
from gateway.model.decision import Decision
from gateway.model.envelope import QueuedMessage
from gateway.model.message import Message
from gateway.model.outbox import OutboxMail
from gateway.policy import history
from gateway.policy.bounces import bounce
from gateway.policy.decide import decide
from gateway.policy.facts import Facts
from gateway.policy.unverified import waits_for_proof
from gateway.ports import Clock, Composer, Store, Transaction


class NotJudgedYet(Exception):  # noqa: N818  (nobody's mistake)
    """DNS did not say who sent the mail, and it matters: it waits for another look."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What would happen to a message: the facts, the decision, the mails as they would leave."""

    facts: Facts
    decision: Decision
    composed: tuple[Composed, ...]


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The road with its parts. `world` is asked for each message, so that rules can change."""

    store: Store
    composer: Composer
    world: Callable[[], World]
    clock: Clock

    def process(self, item: QueuedMessage) -> Decision:
        """Take one queued message all the way to its recorded decision."""
        message = parse(item.raw)
        with self.store.begin() as transaction:
            return self._record(transaction, item, message)

    def process_together(
        self, items: Sequence[QueuedMessage], go_on: Callable[[], bool]
    ) -> list[Decision]:
        """Take messages down the road in one transaction, so that they share its commit.

        Returns the decisions of the first of `items`: at least one, and as many as there are while
        `go_on` says so. Raises what the first failing message raises; then none is recorded.
        """
        decisions = []
        with self.store.begin() as transaction:
            for item in items:
                decisions.append(self._record(transaction, item, parse(item.raw)))
                if not go_on():
                    break
        return decisions

    def _record(self, transaction: Transaction, item: QueuedMessage, message: Message) -> Decision:
        now = self.clock()
        found = gather(transaction, item, message, self.world(), now, _seed())
        if found.facts.trust.is_open and waits_for_proof(found.facts, now - item.accepted_at):
            raise NotJudgedYet(found.facts.trust.reason)
        decision = decide(found.facts)
        reach("decided")
        transaction.apply(decision.changes, now, found.item, found.message)
        composed = self.composer.compose(decision.outgoing, found.item.raw, now)
        transaction.enqueue(composed, now)
        act = history.of_mail(found.facts, decision, item, found.item)
        if act is not None:
            transaction.remember_act(act, now)
        transaction.finish(item, message, decision, now)
        return decision

    def explain(self, item: QueuedMessage) -> Explanation:
        """What `process` would do now, without doing it."""
        message = parse(item.raw)
        now = self.clock()
        with self.store.begin(write=False) as transaction:
            found = gather(transaction, item, message, self.world(), now, _seed(), reserve=False)
            decision = decide(found.facts)
            composed = self.composer.compose(decision.outgoing, found.item.raw, now)
        return Explanation(found.facts, decision, composed)

    def give_up(self, mail: OutboxMail, reason: str) -> None:
        """An outgoing mail will never arrive: its ticket says so, and its agents are told.

        The end of the mail is in the same commit, so that they are told once.
        """
        now = self.clock()
        with self.store.begin() as transaction:
            if not transaction.give_up(mail.id, reason, now):
                return
            facts = gather_given_up(transaction, mail, reason, self.world(), now, _seed())
            decision = bounce(facts)
            transaction.apply(decision.changes, now)
            transaction.enqueue(self.composer.compose(decision.outgoing, mail.content, now), now)


def _seed() -> bytes:
    return secrets.token_bytes(32)
