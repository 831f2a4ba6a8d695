"""`ports.due` on a connection."""

from collections.abc import Collection, Sequence
from datetime import datetime

from gateway.model.clock import Beat
from gateway.model.digest import DueDigest
from gateway.model.held import Held, HeldId
from gateway.model.people import AgentId
from gateway.model.reminder import Reminder, ReminderId
from gateway.model.rule_trouble import Trouble
from gateway.model.ticket import State, TicketId
from gateway.store import (
    clock,
    digests,
    escalations,
    record_held,
    reminders,
    rule_files,
)
from gateway.store.transaction.part import Part


class SqlDueLookups(Part):
    """What is due now, and by which clock and rules that is said."""

    def expired_held(self, now: datetime, limit: int) -> Sequence[HeldId]:
        """The first held mails whose time to be answered is over."""
        return record_held.expired(self._connection, now, limit)

    def take_expired(self, held: HeldId, now: datetime) -> Held | None:
        """The held mail, for this transaction; None when it waits no longer or is another's."""
        return record_held.take_expired(self._connection, held, now)

    def due_reminders(self, now: datetime, limit: int) -> Sequence[ReminderId]:
        """The first reminders whose time has come."""
        return reminders.due(self._connection, now, limit)

    def reminder(self, reminder: ReminderId) -> Reminder | None:
        """The reminder, held for this transaction; None when it is gone or another node's."""
        return reminders.hold(self._connection, reminder)

    def due_digests(self, now: datetime, too_far: datetime, limit: int) -> Sequence[AgentId]:
        """The agents of the first digests whose time has come, or stands after `too_far`."""
        return digests.due(self._connection, now, too_far, limit)

    def due_digest(self, agent: AgentId) -> DueDigest | None:
        """The agent's digest, held for this transaction; None when there is none to send."""
        return digests.hold(self._connection, agent)

    def is_any_unlooked(self) -> bool:
        """True when some ticket has changed since escalations looked at it."""
        return escalations.is_any_unlooked(self._connection)

    def unlooked(self, limit: int) -> Sequence[escalations.Found]:
        """The first tickets that have changed since then, with their marks; held."""
        return escalations.unlooked(self._connection, limit)

    def watched(self, ticket: TicketId) -> escalations.Found | None:
        """What escalations look at of the ticket, and its marks."""
        return escalations.one(self._connection, ticket)

    def due_escalations(self, now: datetime, limit: int) -> Sequence[TicketId]:
        """The first tickets that are to be looked at again."""
        return escalations.due(self._connection, now, limit)

    def look_again(self, after: TicketId, many: int, states: Collection[State]) -> TicketId | None:
        """Up to `many` tickets behind `after` are looked at anew; the last, None at the end."""
        return escalations.look_again(self._connection, after, many, states)

    def escalation_rules(self) -> int:
        """The number of the rules by which all tickets were looked at."""
        return escalations.rules(self._connection)

    def set_escalation_rules(self, number: int) -> None:
        """All tickets are, or are marked to be, looked at by the rules of this number."""
        escalations.set_rules(self._connection, number)

    def clock(self, boot: str) -> tuple[Beat | None, datetime | None]:
        """The last beat since this start of the machine; the latest moment that was believed."""
        return clock.read(self._connection, boot)

    def rule_troubles(self) -> Sequence[Trouble]:
        """What is wrong with the rule files, on each node; held."""
        return rule_files.troubles(self._connection, lock=self._write)
