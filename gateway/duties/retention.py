"""How long things are kept: what was closed long enough is proposed or deleted, then purged."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from gateway.duties.duty import Duty, Office, seed
from gateway.model.decision import Decision, Outcome
from gateway.model.history import Act, ActKind, Step
from gateway.model.refusal import TemporaryFailure
from gateway.model.retention import AT_ONCE, Then
from gateway.model.ticket import TicketId
from gateway.policy.facts import Fresh
from gateway.policy.retention import (
    ASK_AGAIN,
    deleted_by_rule,
    is_due,
    months_before,
    proposed,
    retiring,
)
from gateway.ports import Transaction

LOOK_AGAIN = 600.0
"""Seconds between two looks: nothing of this is urgent."""
_ONE = 1
_CLEANED_AT_ONCE = 200
_WAITS = timedelta(hours=1)


def _is_trusted(office: Office, transaction: Transaction, now: datetime) -> bool:
    """Whether what the clock says may be irrevocable; the look is noted in any case."""
    steady = transaction.is_clock_trusted(now)
    return steady and office.clock_is_right()


class Deletions(Duty[TicketId]):
    """A ticket that was closed long enough is deleted, where the rules say so."""

    sort = "retention"
    look_again = LOOK_AGAIN

    def due(self, limit: int) -> Sequence[TicketId]:
        """The first tickets; none while the clock is not to be trusted."""
        now, organisation = self.office.clock(), self.office.world().organisation
        with self.office.store.begin() as transaction:
            if not _is_trusted(self.office, transaction, now):
                return []
            return transaction.retiring(retiring(Then.DELETE, organisation, now), now, now, limit)

    def do(self, due: TicketId) -> Decision | None:
        """None: somebody changed it meanwhile."""
        now, organisation = self.office.clock(), self.office.world().organisation
        with self.office.store.begin() as transaction:
            about = transaction.ticket(due, lock=True)
            if about is None or not is_due(about.ticket, Then.DELETE, organisation, now):
                return None
            decision = deleted_by_rule(about.ticket, organisation)
            self.office.write(transaction, decision, now)
            step = Step(f"ticket {due} status", about.ticket.status, "deleted")
            act = Act(ActKind.RETENTION, ("delete",), steps=(step,), tickets=(due,))
            transaction.remember_act(act, now)
            return decision


class Proposals(Duty[int]):
    """Admins are asked, in one mail a day, which of the tickets may be deleted."""

    sort = "proposal"
    look_again = LOOK_AGAIN

    def due(self, limit: int) -> Sequence[int]:  # noqa: ARG002  (there is one thing to do)
        """One, when there is something to propose."""
        now, organisation = self.office.clock(), self.office.world().organisation
        wanted = retiring(Then.PROPOSE, organisation, now)
        with self.office.store.begin() as transaction:
            if not _is_trusted(self.office, transaction, now):
                return []
            return [_ONE] if transaction.retiring(wanted, now - ASK_AGAIN, now, 1) else []

    def do(self, due: int) -> Decision | None:  # noqa: ARG002
        """None: they were asked today already, or there is no admin."""
        now, organisation = self.office.clock(), self.office.world().organisation
        wanted = retiring(Then.PROPOSE, organisation, now)
        with self.office.store.begin() as transaction:
            admins = transaction.admins()
            if not admins or not transaction.may_propose(now):
                return None
            found = transaction.retiring(wanted, now - ASK_AGAIN, now, AT_ONCE + 1)
            tickets = [transaction.ticket(each, lock=True) for each in found[:AT_ONCE]]
            decision = proposed(
                [each.ticket for each in tickets if each is not None],
                admins,
                organisation,
                Fresh(seed(), TicketId(0), ""),
                more=len(found) > AT_ONCE,
            )
            self.office.write(transaction, decision, now)
            return decision


class Purges(Duty[TicketId]):
    """A ticket that was deleted long enough ago is gone for good."""

    sort = "purge"
    look_again = LOOK_AGAIN

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self._waiting: dict[TicketId, datetime] = {}

    def due(self, limit: int) -> Sequence[TicketId]:
        """The first tickets; none while the clock is not to be trusted, and only so many a day."""
        now, organisation = self.office.clock(), self.office.world().organisation
        before = now - timedelta(days=organisation.retention.purge_days)
        waits = self._those_that_wait(now)
        with self.office.store.begin() as transaction:
            if not _is_trusted(self.office, transaction, now):
                return []
            found = transaction.purgeable(before, now, limit + len(waits))
        return [each for each in found if each not in waits][:limit]

    def do(self, due: TicketId) -> Decision | None:
        """None: mail about it is still under way."""
        now = self.office.clock()
        with self.office.store.begin() as transaction:
            purged = transaction.purge(due, now)
            if purged is None:
                self._those_that_wait(now)[due] = now
                return None
            transaction.remember_act(purged.act, now)
        numbers = ", ".join(f"#{each}" for each in purged.numbers)
        return Decision(Outcome.ENTRY, f"purged {numbers}")

    def _those_that_wait(self, now: datetime) -> dict[TicketId, datetime]:
        over = [each for each, at in self._waiting.items() if not timedelta(0) <= now - at < _WAITS]
        for each in over:
            del self._waiting[each]
        return self._waiting


class Cleaning(Duty[int]):
    """Once a day copies of mails go that no ticket needs; then the files are swept."""

    sort = "cleaning"
    look_again = LOOK_AGAIN

    def due(self, limit: int) -> Sequence[int]:  # noqa: ARG002
        """One, when there may be something to do."""
        now = self.office.clock()
        with self.office.store.begin() as transaction:
            must_clean = transaction.must_clean(now) and _is_trusted(self.office, transaction, now)
            return [_ONE] if must_clean or transaction.must_sweep() else []

    def do(self, due: int) -> Decision | None:  # noqa: ARG002
        """Some at a time, each in a transaction of its own; then the files, after purges too."""
        now, organisation = self.office.clock(), self.office.world().organisation
        rules = organisation.retention
        mails = now - timedelta(days=rules.mail_days)
        typed = months_before(now, rules.history_months, organisation.zone)
        count, more = 0, self._may_clean(now)
        while more:
            with self.office.store.begin() as transaction:
                found = transaction.clean(mails, typed, now, _CLEANED_AT_ONCE)
            count, more = count + found, found > 0
        with self.office.store.begin(write=False) as transaction:
            must_sweep = transaction.must_sweep()
        if must_sweep and not self.office.store.sweep():
            raise TemporaryFailure("somebody reads the database: what was removed is in its log")
        return Decision(Outcome.ENTRY, f"{count} copies removed") if count else None

    def _may_clean(self, now: datetime) -> bool:
        with self.office.store.begin() as transaction:
            return transaction.must_clean(now) and _is_trusted(self.office, transaction, now)
