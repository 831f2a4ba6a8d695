"""THE ROAD: one message, top to bottom.

    understand   bytes to a Message                       (mail/parse; never fails)
    gather       everything that reads the world          (gather, one transaction's snapshot)
    decide       facts to a Decision                      (policy/decide; pure)
    record       changes, outgoing mail, "done"           (store, the same transaction)

Nothing is sent here. Mail leaves from the outbox, after the commit (`workers`). If anything fails
before the commit, nothing has happened and the message waits in the queue for its next attempt.
`explain` walks the same road and writes nothing.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.faultpoint import reach
from gateway.gather import (
    World,
    gather,
    gather_digest,
    gather_expired,
    gather_given_up,
    gather_reminder,
)
from gateway.gather.accounts import read_register
from gateway.gather.keeping import gather_keeping, taken, work_of
from gateway.mail.parse import parse
from gateway.model.decision import Decision
from gateway.model.digest import DueDigest
from gateway.model.envelope import QueuedMessage
from gateway.model.held import HeldId
from gateway.model.message import Message
from gateway.model.outbox import OutboxMail
from gateway.model.outgoing import Composed
from gateway.model.people import AgentId
from gateway.model.reminder import ReminderId
from gateway.model.text import Text
from gateway.model.ticket import TicketId
from gateway.policy.absence import returned
from gateway.policy.account_due import clear_up, when_inactive
from gateway.policy.account_news import by_operator
from gateway.policy.accounts import AccountCommand, Settled, words_of
from gateway.policy.bounces import bounce
from gateway.policy.decide import decide
from gateway.policy.digest import digest, is_due, reschedule, too_far
from gateway.policy.facts import Facts, Fresh
from gateway.policy.holding import expired
from gateway.policy.inactivity import due, next_step
from gateway.policy.timed import when_due
from gateway.ports import Clock, Composer, Store, Transaction


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
        decision = decide(found.facts)
        reach("decided")
        transaction.apply(decision.changes, now, found.item, found.message)
        composed = self.composer.compose(decision.outgoing, found.item.raw, now)
        transaction.enqueue(composed, now)
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

    def due_reminders(self, limit: int) -> Sequence[ReminderId]:
        """The first reminders whose time has come."""
        with self.store.begin(write=False) as transaction:
            return transaction.due_reminders(self.clock(), limit)

    def remind(self, reminder: ReminderId) -> Decision | None:
        """A reminder has its effect, and is gone in the same commit: it has it once.

        None: it is gone already, or another node is at it, or its time has not come after all.
        """
        now = self.clock()
        with self.store.begin() as transaction:
            due = transaction.reminder(reminder)
            if due is None or due.at > now:
                return None
            facts = gather_reminder(transaction, due, self.world(), now, _seed())
            decision = when_due(facts, due)
            transaction.apply(decision.changes, now)
            transaction.enqueue(self.composer.compose(decision.outgoing, b"", now), now)
            return decision

    def due_digests(self, limit: int) -> Sequence[AgentId]:
        """The agents of the first digests whose time has come."""
        now = self.clock()
        with self.store.begin(write=False) as transaction:
            return transaction.due_digests(now, too_far(now), limit)

    def digest(self, agent: AgentId) -> Decision | None:
        """A digest is sent, and when the next one is due is in the same commit: it is sent once.

        None: another node was faster, or its time has not come after all.
        """
        now = self.clock()
        with self.store.begin() as transaction:
            due = transaction.due_digest(agent)
            if due is None or (due.at is not None and now < due.at <= too_far(now)):
                return None
            world = self.world()
            if not is_due(due, now):
                transaction.apply((reschedule(due, now, world.organisation),), now)
                return None
            decision = digest(gather_digest(transaction, due, world, now, _seed()))
            transaction.apply(decision.changes, now)
            transaction.enqueue(self.composer.compose(decision.outgoing, b"", now), now)
            return decision

    def absences_over(self, limit: int) -> Sequence[AgentId]:
        """The first agents whose absence is over."""
        with self.store.begin(write=False) as transaction:
            return transaction.absences_over(self.clock(), limit)

    def come_back(self, agent: AgentId) -> Decision | None:
        """An absence ends, and the agent is told what happened meanwhile, in the same commit.

        None: another node was faster, or it was prolonged.
        """
        now = self.clock()
        with self.store.begin() as transaction:
            absent = transaction.absent(agent)
            if absent is None or absent.absence is None or absent.is_away(now):
                return None
            due = DueDigest(absent, now, absent.absence.since)
            facts = gather_digest(transaction, due, self.world(), now, _seed(), back=True)
            decision = returned(facts)
            transaction.apply(decision.changes, now)
            transaction.enqueue(self.composer.compose(decision.outgoing, b"", now), now)
            return decision

    def due_accounts(self, limit: int) -> Sequence[AgentId]:
        """Accounts of which the next step of inactivity has come."""
        now = self.clock()
        with self.store.begin(write=False) as transaction:
            found = due(transaction.accounts(), self.world().organisation, now)
            return [account.agent.id for account in found[:limit]]

    def keep_account(self, agent: AgentId) -> Decision | None:
        """The step, told in the same commit: it is done once. None: it is not due after all."""
        now, world = self.clock(), self.world()
        with self.store.begin() as transaction:
            admins = transaction.hold_admins()
            account = transaction.account(agent)
            if account is None:
                return None
            last_admin = [admin.id for admin in admins] == [agent]
            step = next_step(account, world.organisation, now, last_admin=last_admin)
            if step is None:
                return None
            tickets = taken(transaction, step, world.organisation)
            facts = gather_keeping(transaction, account, tickets, world, now, _seed())
            decision = when_inactive(facts, account, step, admins)
            self._write(transaction, decision, now)
            return decision

    def left_work(self, limit: int) -> Sequence[AgentId]:
        """Agents who are gone and still have tickets, or their names in the history."""
        with self.store.begin(write=False) as transaction:
            return transaction.left_work(limit)

    def clear_up(self, agent: AgentId) -> Decision | None:
        """The next tickets of an agent who is gone are free; then the history forgets the name."""
        now = self.clock()
        with self.store.begin() as transaction:
            account = transaction.account(agent)
            if account is None:
                return None
            tickets = work_of(transaction, agent)
            facts = gather_keeping(transaction, account, tickets, self.world(), now, _seed())
            decision = clear_up(facts, account.agent)
            if decision is not None:
                self._write(transaction, decision, now)
            return decision

    def administer(self, commands: Sequence[AccountCommand]) -> Sequence[Settled] | Text:
        """What the operator wants of accounts: all of it, told by mail, or why nothing is done."""
        now, organisation = self.clock(), self.world().organisation
        with self.store.begin() as transaction:
            register = read_register(transaction, words_of(commands), organisation)
            done = by_operator(commands, register, Fresh(_seed(), TicketId(0), ""))
            if isinstance(done, Text):
                return done
            settled, decision = done
            self._write(transaction, decision, now)
            return settled

    def _write(self, transaction: Transaction, decision: Decision, now: datetime) -> None:
        """Changes and outgoing mail of a decision that no message led to."""
        transaction.apply(decision.changes, now)
        transaction.enqueue(self.composer.compose(decision.outgoing, b"", now), now)

    def expired_held(self, limit: int) -> Sequence[HeldId]:
        """The first held mails whose time to be answered is over."""
        with self.store.begin(write=False) as transaction:
            return transaction.expired_held(self.clock(), limit)

    def expire(self, held: HeldId) -> Decision | None:
        """A held mail waits no longer, and its agent is told in the same commit: once.

        None: it was answered after all, or another node is at it.
        """
        now = self.clock()
        with self.store.begin() as transaction:
            over = transaction.take_expired(held, now)
            if over is None:
                return None
            facts = gather_expired(transaction, over, self.world(), now, _seed())
            decision = expired(facts)
            transaction.apply(decision.changes, now)
            transaction.enqueue(self.composer.compose(decision.outgoing, b"", now), now)
            return decision


def _seed() -> bytes:
    return secrets.token_bytes(32)
