"""THE ROAD: one message, top to bottom.

    understand   bytes to a Message                       (mail/parse; never fails)
    open         what is encrypted or signed, by gpg      (opener; before the transaction)
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
from typing import TypeVar

import structlog

from gateway.faultpoint import reach
from gateway.gather import (
    NotOpened,
    OpenedMails,
    World,
    as_it_may_leave,
    gather,
    gather_given_up,
    gather_unsealed,
    read,
)
from gateway.mail.opened import OpenedMail, told
from gateway.model.address import fold
from gateway.model.composed import Composed
from gateway.model.decision import Decision
from gateway.model.envelope import QueuedMessage
from gateway.model.message import Message
from gateway.model.outbox import GivenUp, OutboxMail
from gateway.policy import history
from gateway.policy.bounces import bounce
from gateway.policy.confidential import Protected
from gateway.policy.decide import decide
from gateway.policy.facts import Facts
from gateway.policy.past import as_then
from gateway.policy.rules.beginning import case_of
from gateway.policy.rules.run import Step, traced
from gateway.policy.unsealed import unsealed
from gateway.policy.unverified import waits_for_proof
from gateway.ports import Clock, Composer, Opener, Store, Transaction

log = structlog.get_logger()

Result = TypeVar("Result")

_AHEAD = 4
"""So many messages are looked at for what gpg can begin with."""


class NotJudgedYet(Exception):  # noqa: N818  (nobody's mistake)
    """DNS did not say who sent the mail, and it matters: it waits for another look."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What would happen to a message: the facts, the decision, the mails as they would leave."""

    facts: Facts
    decision: Decision
    composed: tuple[Composed, ...]
    steps: tuple[Step, ...] = ()
    """The rules of routing.yaml in their order, with what their conditions came to (`explain`)."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What would have been decided: the facts, the decision, its mails as they might leave."""

    facts: Facts
    decision: Decision
    outgoing: Protected


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The road with its parts. `world` is asked for each message, so that rules can change.

    Without an `opener` a mail with OpenPGP in it is read as it came.
    """

    store: Store
    composer: Composer
    world: Callable[[], World]
    clock: Clock
    opener: Opener | None = None

    def process(self, item: QueuedMessage) -> Decision:
        """Take one queued message all the way to its recorded decision."""
        return self._opening(item, lambda opened: self._process(item, opened)).decision

    def try_out(self, item: QueuedMessage) -> Explanation:
        """`process`, with all that led to it: where the store is one to be thrown away."""
        return self._opening(item, lambda opened: self._process(item, opened))

    def process_together(
        self, items: Sequence[QueuedMessage], go_on: Callable[[], bool]
    ) -> list[Decision]:
        """Take messages down the road in one transaction, so that they share its commit.

        Returns the decisions of the first of `items`: at least one, and as many as there are while
        `go_on` says so. What has to be opened goes alone: no transaction waits for gpg. Raises what
        the first failing message raises; then none is recorded.
        """
        try:
            decisions = self._together(items, go_on)
        except NotOpened:  # one says yes to a held mail that has to be opened; it goes alone
            decisions = []
        if decisions:
            return decisions
        self._expect(items)
        return [self.process(items[0])]

    def _together(
        self, items: Sequence[QueuedMessage], go_on: Callable[[], bool]
    ) -> list[Decision]:
        """The decisions of the first ones, up to one that has to be opened."""
        decisions: list[Decision] = []
        with self.store.begin() as transaction:
            for item in items:
                try:
                    found = read(item, {})
                except NotOpened:
                    break
                decisions.append(self._record(transaction, *found, {}).decision)
                if not go_on():
                    break
        return decisions

    def _expect(self, items: Sequence[QueuedMessage]) -> None:
        """Gpg works on other cores while the first of these is recorded."""
        closed: list[tuple[bytes, Message]] = []
        for item in items[:_AHEAD]:
            try:
                read(item, {})
            except NotOpened as found:
                closed.append((found.raw, found.outside))
        if self.opener is not None:
            self.opener.expect(closed)

    def _process(self, item: QueuedMessage, opened: OpenedMails) -> Explanation:
        item, message = read(item, opened)
        with self.store.begin() as transaction:
            return self._record(transaction, item, message, opened)

    def _opening(
        self, item: QueuedMessage, step: Callable[[OpenedMails], Result], *, logged: bool = True
    ) -> Result:
        """What `step` leads to once all that it reads is opened."""
        opened: dict[bytes, OpenedMail] = {}
        while True:
            try:
                return step(opened)
            except NotOpened as closed:
                opened[closed.raw] = self._open(item, closed, logged=logged)

    def _open(self, item: QueuedMessage, closed: NotOpened, *, logged: bool) -> OpenedMail:
        if self.opener is None:
            return OpenedMail(closed.raw, closed.outside)
        found = self.opener.open(closed.raw, closed.outside)
        reach("opened")
        if logged:
            log.info("opened", queue_id=item.queue_id, **told(found.message.openpgp))
        return found

    def _record(
        self,
        transaction: Transaction,
        item: QueuedMessage,
        message: Message,
        opened: OpenedMails,
    ) -> Explanation:
        now, world = self.clock(), self.world()
        found = gather(transaction, item, message, world, now, _seed(), opened=opened)
        if found.facts.trust.is_open and waits_for_proof(found.facts, now - item.accepted_at):
            raise NotJudgedYet(found.facts.trust.reason)
        decision = decide(found.facts)
        reach("decided")
        transaction.apply(decision.changes, now, found.item, found.message)
        outgoing = as_it_may_leave(transaction, decision.outgoing, world, now)
        composed = self.composer.compose(outgoing, found.item.raw, now, found.item.content)
        transaction.enqueue(composed, now)
        act = history.of_mail(found.facts, decision, item, found.item)
        if act is not None:
            transaction.remember_act(act, now)
        transaction.finish(item, message, decision, now)
        return Explanation(found.facts, decision, composed)

    def explain(self, item: QueuedMessage) -> Explanation:
        """What `process` would do now, without doing it."""
        return self._opening(item, lambda opened: self._explain(item, opened), logged=False)

    def _explain(self, item: QueuedMessage, opened: OpenedMails) -> Explanation:
        item, message = read(item, opened)
        now, world = self.clock(), self.world()
        with self.store.begin(write=False) as transaction:
            found = gather(
                transaction, item, message, world, now, _seed(), reserve=False, opened=opened
            )
            decision = decide(found.facts)
            outgoing = as_it_may_leave(transaction, decision.outgoing, world, now)
            composed = self.composer.compose(outgoing, found.item.raw, now, found.item.content)
        return Explanation(found.facts, decision, composed, self.steps(found.facts))

    def steps(self, facts: Facts) -> tuple[Step, ...]:
        """Every rule of routing.yaml with the outcome of its conditions."""
        case = case_of(facts)
        if case is None:
            return ()
        return traced(self.world().rules, case, facts.organisation.topics)[1]

    def tried(self, item: QueuedMessage, worlds: Sequence[World]) -> tuple[Tried, ...]:
        """What each of these rules decides of a message of the past, at the time of its arrival.

        Nothing is done. All see the same snapshot; what the message itself did is left out of it.
        """
        return self._opening(item, lambda opened: self._tried(item, worlds, opened), logged=False)

    def _tried(
        self, item: QueuedMessage, worlds: Sequence[World], opened: OpenedMails
    ) -> tuple[Tried, ...]:
        item, message = read(item, opened)
        now, seed = item.accepted_at, _seed()
        found: list[Tried] = []
        with self.store.begin(write=False) as transaction:
            own = transaction.references([message.message_id]).get(message.message_id)
            for world in worlds:
                gathered = gather(
                    transaction, item, message, world, now, seed, reserve=False, opened=opened
                )
                facts = as_then(gathered.facts, own.ticket if own else None)
                decision = decide(facts)
                outgoing = as_it_may_leave(transaction, decision.outgoing, world, now)
                found.append(Tried(facts, decision, outgoing))
        return tuple(found)

    def give_up(self, mail: OutboxMail, how: GivenUp) -> None:
        """An outgoing mail will never arrive: its ticket says so, and its agents are told.

        Where it could not be encrypted, its reader is told without any content. The end of the mail
        is in the same commit, so that they are told once.
        """
        now, world = self.clock(), self.world()
        with self.store.begin() as transaction:
            if not transaction.give_up(mail.id, how.error, now):
                return
            facts = gather_given_up(transaction, mail, how.error, world, now, _seed())
            decision = bounce(facts)
            if how.unsealed:
                reader = gather_unsealed(transaction, mail, now)
                decision = unsealed(facts, decision, reader)
            transaction.apply(decision.changes, now)
            # What could not be encrypted to somebody is told to them without any key.
            keyless = frozenset({fold(mail.rcpt_to)} if how.unsealed else ())
            outgoing = as_it_may_leave(transaction, decision.outgoing, world, now, keyless)
            transaction.enqueue(self.composer.compose(outgoing, mail.content, now), now)


def _seed() -> bytes:
    return secrets.token_bytes(32)
