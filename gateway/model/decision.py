"""What is to be done about one message: changes, outgoing mail, and the reason.

A `Decision` is complete: the store writes it, the composer renders it, and `gateway explain`
prints it without doing either.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from gateway.model.changes import Change
from gateway.model.outgoing import Outgoing
from gateway.model.ticket import TicketId


class Outcome(StrEnum):
    """How a message ended; every message ends in exactly one of these."""

    ENTRY = "entry"  # a thread entry of a new or a known ticket
    COMMAND = "command"  # an agent's mail: done, or answered with what is wrong
    REJECTED = "rejected"  # direct mail to an internal address and other mail that is not let in
    RELAYED = "relayed"
    DUPLICATE = "duplicate"  # had its effect already
    QUARANTINED = "quarantined"  # could not be processed; kept for the operator


@dataclass(frozen=True, slots=True)
class Decision:
    """All that is to be done about one message, and why. `reason` is for logs and `explain`."""

    outcome: Outcome
    reason: str
    changes: tuple[Change, ...] = ()
    outgoing: tuple[Outgoing, ...] = ()
    ticket: TicketId | None = None
    trace: tuple[str, ...] = field(default=())
    """What was looked at on the way, one short English line each, for `explain`."""
