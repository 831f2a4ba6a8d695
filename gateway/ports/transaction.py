"""Transactions: what is read in one is one snapshot, what is written is written whole or not."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from gateway.model.changes import Change
from gateway.model.composed import Composed
from gateway.model.decision import Decision
from gateway.model.envelope import QueuedMessage
from gateway.model.message import Message
from gateway.model.outbox import OutboxId
from gateway.ports.due import DueLookups
from gateway.ports.mails import MailLookups
from gateway.ports.people import PeopleLookups
from gateway.ports.proofs import ProofLookups
from gateway.ports.retention import Retention
from gateway.ports.tickets import TicketLookups


class Transaction(
    MailLookups,
    PeopleLookups,
    TicketLookups,
    ProofLookups,
    DueLookups,
    Retention,
    Protocol,
):
    """One transaction: what is read is one snapshot, what is written is written whole or not.

    Every look-up goes through an index; none depends on the number of tickets, agents or mails.
    """

    def apply(
        self,
        changes: Sequence[Change],
        now: datetime,
        item: QueuedMessage | None = None,
        message: Message | None = None,
    ) -> None:
        """Write the changes in their order.

        `item` and `message` are the message being decided; None when the gateway itself acts
        (an outgoing mail was given up).
        """
        ...

    def give_up(self, mail: OutboxId, error: str, now: datetime) -> bool:
        """Mark a mail that will never arrive; false when its end was recorded before."""
        ...

    def enqueue(self, composed: Sequence[Composed], now: datetime) -> None:
        """Put outgoing mail into the outbox. Equal `tail`s of one call are stored once."""
        ...

    def finish(
        self, item: QueuedMessage, message: Message, decision: Decision, now: datetime
    ) -> None:
        """Mark the inbound entry done, with outcome, reason, ticket, Message-ID and digest."""
        ...


class Store(Protocol):
    """Where transactions come from."""

    def begin(self, *, write: bool = True) -> AbstractContextManager[Transaction]:
        """A transaction: committed at the end of the block, rolled back on an exception.

        With `write` false nothing is ever written (`gateway explain`).
        """
        ...

    def sweep(self, *, thorough: bool = False) -> bool:
        """Take what was removed out of the files too; false when it has to be tried again."""
        ...
