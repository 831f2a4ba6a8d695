"""What is to happen at a time, happens when that time has come (`duties`).

The database is asked, by an index, every second. Each one is a transaction of its own, in which it
is also removed or put off to its next time: it has its effect once, whatever clocks and nodes do.
One that fails holds up no other; it is tried again later.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Generic

import structlog

from gateway.duties.duty import DueT, Duty
from gateway.model.refusal import Refusal
from gateway.ports import Clock

log = structlog.get_logger()

AT_A_TIME = 50
"""So many are looked up together."""
TRY_AGAIN = timedelta(minutes=10)
"""So long one that failed is left alone."""
MOST_FAILED = 1_000
"""Failed ones that are remembered; more are tried again at once."""


class Timed(Generic[DueT]):
    """The loop of one duty."""

    def __init__(self, duty: Duty[DueT], clock: Clock, on_done: Callable[[], None]) -> None:
        """`on_done` is told that there may be mail to deliver."""
        self._duty = duty
        self._clock = clock
        self._on_done = on_done
        self._failed: dict[DueT, datetime] = {}
        self._stop = asyncio.Event()
        self._stopping = False

    async def run(self) -> None:
        """Until `stop`."""
        while not self._stopping:
            if await asyncio.to_thread(self.work_off):
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(self._duty.look_again):
                    await self._stop.wait()

    def stop(self) -> None:
        """End after the one under way."""
        self._stopping = True
        self._stop.set()

    def work_off(self) -> bool:
        """Let the first that are due have their effect; true when there may be more."""
        try:
            due = self._due()
            for each in due:
                if self._stopping:
                    return False
                self._one(each)
        except Refusal as trouble:  # disk full, database away
            log.warning("what is due waits", sort=self._duty.sort, reason=str(trouble))
            return False
        except Exception:
            log.exception("what is due cannot be looked up", sort=self._duty.sort)
            return False
        return len(due) == AT_A_TIME

    def _due(self) -> Sequence[DueT]:
        now = self._clock()
        # A clock that was set back must not keep one for ever.
        self._failed = {
            each: since
            for each, since in self._failed.items()
            if timedelta(0) <= now - since < TRY_AGAIN
        }
        found = self._duty.due(AT_A_TIME + len(self._failed))
        return [each for each in found if each not in self._failed][:AT_A_TIME]

    def _one(self, due: DueT) -> None:
        try:
            decision = self._duty.do(due)
        except Refusal:
            raise
        except Exception:
            log.exception("what was due failed", sort=self._duty.sort, id=due)
            if len(self._failed) < MOST_FAILED:
                self._failed[due] = self._clock()
            return
        if decision is not None:
            log.info("done when due", sort=self._duty.sort, id=due, mails=len(decision.outgoing))
            log.debug("done because", sort=self._duty.sort, id=due, reason=decision.reason)
            self._on_done()
