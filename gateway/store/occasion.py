"""When and from which message changes are written."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Occasion:
    """When a change is written, and the message it comes from (None: the gateway itself acts)."""

    now: datetime
    queue_id: str | None = None
    message_id: str | None = None
