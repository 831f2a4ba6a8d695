"""What is remembered of proved forms."""

from dataclasses import dataclass

from gateway.model.ticket import TicketId


@dataclass(frozen=True, slots=True)
class SeeForm:
    """A form with this signature (hex) has had its effect, in this ticket."""

    ticket: TicketId
    signature: str


FormChange = SeeForm
