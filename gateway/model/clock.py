"""What is known of the clock of a machine."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Tick:
    """A moment as the clock shows it, and how long the machine has been running since `boot`.

    Nobody sets the running time: it tells a clock that was set from time that went by.
    """

    boot: str
    at: datetime
    up: timedelta


@dataclass(frozen=True, slots=True)
class Beat:
    """The last tick that was looked at, and what to think of the clock.

    `right` is a tick from when the clock was last believed, None when that is not known since the
    machine was started. `suspect_since` is the running time at which it was no longer.
    """

    last: Tick
    right: Tick | None
    suspect_since: timedelta | None = None

    @property
    def is_right(self) -> bool:
        """True while the clock is believed."""
        return self.suspect_since is None


@dataclass(frozen=True, slots=True)
class WriteBeat:
    """What is known of the clock now."""

    beat: Beat
