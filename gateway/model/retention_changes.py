"""Changes of what may be deleted, and when."""

from dataclasses import dataclass
from datetime import datetime

from gateway.model.ticket import TicketId


@dataclass(frozen=True, slots=True)
class KeepTicket:
    """Nothing deletes the ticket, for ever or until that moment."""

    ticket: TicketId
    reason: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeepNoLonger:
    """The rules of retention hold for the ticket again."""

    ticket: TicketId


@dataclass(frozen=True, slots=True)
class ProposeTicket:
    """Admins were asked whether the ticket may be deleted."""

    ticket: TicketId


RetentionChange = KeepTicket | KeepNoLonger | ProposeTicket
