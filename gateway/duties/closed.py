"""Mails that could not be opened, tried again when the operator says that the key is there."""

from dataclasses import replace

from gateway.duties.duty import Office, seed
from gateway.gather import as_it_may_leave
from gateway.gather.closed import gather_opened
from gateway.mail.opened import OpenedMail
from gateway.mail.parse import parse
from gateway.model.closed import ClosedEntry
from gateway.model.decision import Decision
from gateway.model.envelope import QueuedMessage
from gateway.model.openpgp import Problem
from gateway.model.ticket import EntryId
from gateway.policy.closed import opened_after_all
from gateway.ports import Opener

_AT_A_TIME = 100


class ClosedMails:
    """What waits for a key."""

    def __init__(self, office: Office, opener: Opener) -> None:
        self.office = office
        self.opener = opener

    def waiting(self, after: EntryId = EntryId(0)) -> tuple[ClosedEntry, ...]:  # noqa: B008
        """The first ones behind `after`."""
        with self.office.store.begin(write=False) as transaction:
            return transaction.closed_entries(after, _AT_A_TIME)

    def open(self, closed: ClosedEntry) -> Decision | Problem | None:
        """What became of it, or why it stays closed; None: its mail or its ticket is gone."""
        with self.office.store.begin(write=False) as transaction:
            item = transaction.message(closed.queue_id)
        if item is None:
            return None
        found = self.opener.open(item.raw, parse(item.raw))  # gpg, outside of any transaction
        problem = found.message.openpgp.problem
        return self._record(closed, item, found) if problem is Problem.NONE else problem

    def _record(
        self, closed: ClosedEntry, item: QueuedMessage, found: OpenedMail
    ) -> Decision | None:
        now, office = self.office.clock(), self.office
        item = replace(item, opened=found.content)
        with office.store.begin() as transaction:
            if not transaction.is_closed(closed.entry):
                return None
            world = office.world()
            facts = gather_opened(transaction, closed, item, found.message, world, now, seed())
            if facts is None:
                return None
            decision = opened_after_all(facts, closed)
            transaction.apply(decision.changes, now, item, found.message)
            outgoing = as_it_may_leave(transaction, decision.outgoing, world, now)
            composed = office.composer.compose(outgoing, item.raw, now, item.content)
            transaction.enqueue(composed, now)
            return decision
