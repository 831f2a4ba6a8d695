"""Mails in tickets that could not be opened, and what becomes of them once the key is there."""

from dataclasses import dataclass

from gateway.model.envelope import QueueId
from gateway.model.ticket import EntryId, EntryKind, TicketId


@dataclass(frozen=True, slots=True)
class ClosedEntry:
    """The entry of a mail that could not be opened; `queue_id` finds the mail."""

    entry: EntryId
    ticket: TicketId
    kind: EntryKind
    queue_id: QueueId


@dataclass(frozen=True, slots=True)
class OpenEntry:
    """The entry is closed no longer: what its mail says is in an entry of its own."""

    ticket: TicketId
    entry: EntryId
