"""What is to happen to a ticket at a time."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from gateway.model.people import AgentId
from gateway.model.ticket import TicketId

ReminderId = NewType("ReminderId", int)


class ReminderKind(StrEnum):
    """Who is reminded, of what."""

    REMIND = "remind"  # an agent, of what they wrote down for themselves
    WAIT = "wait"  # the department, that a ticket has waited long enough
    TASK = "task"  # a task's agent, on the day when it is to be done


@dataclass(frozen=True, slots=True)
class Reminder:
    """One reminder. `agent` None: whoever has to do with the ticket then.

    `text` is what the agent wrote; for a task its number.
    """

    id: ReminderId
    ticket: TicketId
    kind: ReminderKind
    at: datetime
    text: str = ""
    agent: AgentId | None = None
