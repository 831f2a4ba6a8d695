"""How accepting and processing share one machine: accepting first, processing in slices.

Both want the one interpreter and, with SQLite, the one write lock. A peer that waits for its 250 is
somebody who waits; a message that is already kept can wait a moment. So processing runs in lulls,
and in a long rush it gets a slice of the time all the same.
"""

import time
from collections.abc import Callable

LONGEST_WAIT = 0.5
"""Seconds that processing waits for a lull at the most."""
SLICE = 0.05
"""Seconds that it then works whatever comes in."""
LONGEST_RUN = 5.0
"""Seconds after which messages that are taken together are committed in any case."""
_LOOK = 0.003


class Slices:
    """The turns of processing. `is_busy` says whether mail is coming in right now."""

    def __init__(self, is_busy: Callable[[], bool]) -> None:
        self._is_busy = is_busy

    def next(self) -> Callable[[], bool]:
        """Wait for the next turn; the result says, when asked, whether it still lasts."""
        begin = time.monotonic()
        while self._is_busy():
            if time.monotonic() - begin > LONGEST_WAIT:
                return self._until(SLICE, in_rush=True)
            time.sleep(_LOOK)
        return self._until(LONGEST_RUN, in_rush=False)

    def _until(self, seconds: float, *, in_rush: bool) -> Callable[[], bool]:
        end = time.monotonic() + seconds
        return lambda: time.monotonic() < end and (in_rush or not self._is_busy())
