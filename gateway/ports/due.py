"""Look-ups of what is due by time."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from gateway.model.clock import Beat
from gateway.model.digest import DueDigest
from gateway.model.escalation import Mark, RuleId, Watched
from gateway.model.held import Held, HeldId
from gateway.model.people import AgentId
from gateway.model.reminder import Reminder, ReminderId
from gateway.model.rule_trouble import Trouble
from gateway.model.ticket import State, TicketId


class DueLookups(Protocol):
    """What is due now, and by which clock and rules that is said."""

    def expired_held(self, now: datetime, limit: int) -> Sequence[HeldId]:
        """The first held mails whose time to be answered is over."""
        ...

    def take_expired(self, held: HeldId, now: datetime) -> Held | None:
        """The held mail, for this transaction; None when it waits no longer or is another's."""
        ...

    def due_reminders(self, now: datetime, limit: int) -> Sequence[ReminderId]:
        """The first reminders whose time has come."""
        ...

    def reminder(self, reminder: ReminderId) -> Reminder | None:
        """The reminder, held for this transaction; None when it is gone or another node's."""
        ...

    def due_digests(self, now: datetime, too_far: datetime, limit: int) -> Sequence[AgentId]:
        """The agents of the first digests whose time has come, or stands after `too_far`."""
        ...

    def due_digest(self, agent: AgentId) -> DueDigest | None:
        """The agent's digest, held for this transaction; None when there is none to send."""
        ...

    def is_any_unlooked(self) -> bool:
        """True when some ticket has changed since escalations looked at it."""
        ...

    def unlooked(self, limit: int) -> Sequence[tuple[Watched, Mapping[RuleId, Mark]]]:
        """The first tickets that have changed since then, with their marks; no other node's."""
        ...

    def watched(self, ticket: TicketId) -> tuple[Watched, Mapping[RuleId, Mark]] | None:
        """What escalations look at of the ticket, and its marks."""
        ...

    def due_escalations(self, now: datetime, limit: int) -> Sequence[TicketId]:
        """The first tickets that are to be looked at again."""
        ...

    def look_again(self, after: TicketId, many: int, states: Collection[State]) -> TicketId | None:
        """Up to `many` tickets behind `after` are looked at anew; the last, None at the end.

        Those in the given states, and those of which something was due.
        """
        ...

    def escalation_rules(self) -> int:
        """The number of the rules by which all tickets were looked at; 0: none."""
        ...

    def set_escalation_rules(self, number: int) -> None:
        """All tickets are, or are marked to be, looked at by the rules of this number."""
        ...

    def clock(self, boot: str) -> tuple[Beat | None, datetime | None]:
        """The last beat since this start of the machine; the latest moment that was believed."""
        ...

    def rule_troubles(self) -> Sequence[Trouble]:
        """What is wrong with the rule files, on each node; held for this transaction."""
        ...
