"""The clock, and what turns decided mail into bytes."""

from datetime import datetime
from typing import Protocol

from gateway.model.composed import Composed
from gateway.policy.confidential import Protected


class Clock(Protocol):
    """Now, as timezone-aware UTC."""

    def __call__(self) -> datetime:
        """The present moment."""
        ...


class Composer(Protocol):
    """Turns decided outgoing mail into bytes."""

    def compose(
        self,
        outgoing: Protected,
        raw: bytes,
        now: datetime,
        content: bytes | None = None,
    ) -> tuple[Composed, ...]:
        """One `Composed` for each outgoing mail, in order.

        `raw` is the message being decided; attachments are read out of `content`, which is the
        same opened (None: it is `raw`). Raises when a template is broken; then nothing is recorded
        and the message waits.
        """
        ...
