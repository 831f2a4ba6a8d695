"""What a decision changes around tickets: tasks, links, watchers, referrals, reminders."""

from dataclasses import dataclass
from datetime import datetime

from gateway.model.people import AgentId, DepartmentId
from gateway.model.reminder import ReminderId, ReminderKind
from gateway.model.ticket import EntryId, LinkKind, Task, TicketId


@dataclass(frozen=True, slots=True)
class Unrefer:
    """The end of a referral; exactly one of department and agent is set."""

    ticket: TicketId
    department: DepartmentId | None = None
    agent: AgentId | None = None


@dataclass(frozen=True, slots=True)
class WriteTask:
    """A new task, or an old one as it is from now on; its number tells which."""

    ticket: TicketId
    task: Task


@dataclass(frozen=True, slots=True)
class Watch:
    """An agent hears of the ticket, or with `on` false no longer."""

    ticket: TicketId
    agent: AgentId
    on: bool = True


@dataclass(frozen=True, slots=True)
class LinkTickets:
    """Two tickets have to do with each other: `kind` is what `other` is to `ticket`."""

    ticket: TicketId
    other: TicketId
    kind: LinkKind
    back: LinkKind
    """What `ticket` is to `other`."""


@dataclass(frozen=True, slots=True)
class UnlinkTickets:
    """Two tickets have nothing to do with each other any more."""

    ticket: TicketId
    other: TicketId


@dataclass(frozen=True, slots=True)
class MergeTicket:
    """Later mail to `ticket` belongs to `into`, and so do those who watch it or worked on it.

    Reminders that agents set for themselves go along; its waiting and its tasks end.
    """

    ticket: TicketId
    into: TicketId


@dataclass(frozen=True, slots=True)
class CopyEntry:
    """An entry with its source stands in `into` too, and answers to its message belong there."""

    entry: EntryId
    into: TicketId


@dataclass(frozen=True, slots=True)
class Remind:
    """Something is to happen at a time (`model.reminder`). A ticket waits for one moment only."""

    ticket: TicketId
    kind: ReminderKind
    at: datetime
    text: str = ""
    agent: AgentId | None = None


@dataclass(frozen=True, slots=True)
class ForgetReminders:
    """The ticket's reminders of a kind are gone; with `text` only those with that text."""

    ticket: TicketId
    kind: ReminderKind
    text: str | None = None


@dataclass(frozen=True, slots=True)
class DropReminder:
    """One reminder has had its time."""

    ticket: TicketId
    reminder: ReminderId


@dataclass(frozen=True, slots=True)
class DropParty:
    """Somebody (by folded address) takes no part in the ticket any more."""

    ticket: TicketId
    address: str


AroundChange = (
    DropParty
    | Unrefer
    | WriteTask
    | Watch
    | LinkTickets
    | UnlinkTickets
    | MergeTicket
    | CopyEntry
    | Remind
    | ForgetReminders
    | DropReminder
)
