"""Reminding: what was to happen at a time happens when that time has come.

The database is asked, by an index, every second. Each reminder is a transaction of its own, in
which it is also removed: it has its effect once, whatever clocks and nodes do. One that fails holds
up no other; it is tried again later.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from gateway.model.decision import Decision
from gateway.model.refusal import Refusal
from gateway.model.reminder import ReminderId
from gateway.ports import Clock

log = structlog.get_logger()

AT_A_TIME = 50
"""Reminders looked up together."""
LOOK_AGAIN = 1.0
"""Seconds between two looks."""
TRY_AGAIN = timedelta(minutes=10)
"""So long one that failed is left alone."""
MOST_FAILED = 1_000
"""Failed ones that are remembered; more are tried again at once."""


class Road(Protocol):
    """What finds reminders and lets them have their effect (`pipeline.Pipeline`)."""

    def due_reminders(self, limit: int) -> Sequence[ReminderId]:
        """The first reminders whose time has come."""
        ...

    def remind(self, reminder: ReminderId) -> Decision | None:
        """Let it have its effect and remove it; None when there is nothing to be done."""
        ...


class Timed:
    """The loop."""

    def __init__(
        self,
        road: Road,
        clock: Clock,
        on_done: Callable[[], None],
        look_again: float = LOOK_AGAIN,
    ) -> None:
        """`on_done` is told that there may be mail to deliver."""
        self._road = road
        self._clock = clock
        self._on_done = on_done
        self._look_again = look_again
        self._failed: dict[ReminderId, datetime] = {}
        self._stop = asyncio.Event()
        self._stopping = False

    async def run(self) -> None:
        """Until `stop`."""
        while not self._stopping:
            if await asyncio.to_thread(self.work_off):
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(self._look_again):
                    await self._stop.wait()

    def stop(self) -> None:
        """End after the reminder under way."""
        self._stopping = True
        self._stop.set()

    def work_off(self) -> bool:
        """Let the first reminders that are due have their effect; true when there may be more."""
        try:
            due = self._due()
            for reminder in due:
                if self._stopping:
                    return False
                self._remind(reminder)
        except Refusal as trouble:  # disk full, database away
            log.warning("reminders wait", reason=str(trouble))
            return False
        except Exception:
            log.exception("reminders cannot be looked up")
            return False
        return len(due) == AT_A_TIME

    def _due(self) -> Sequence[ReminderId]:
        now = self._clock()
        # A clock that was set back must not keep one for ever.
        self._failed = {
            each: since
            for each, since in self._failed.items()
            if timedelta(0) <= now - since < TRY_AGAIN
        }
        found = self._road.due_reminders(AT_A_TIME + len(self._failed))
        return [each for each in found if each not in self._failed][:AT_A_TIME]

    def _remind(self, reminder: ReminderId) -> None:
        try:
            decision = self._road.remind(reminder)
        except Refusal:
            raise
        except Exception:
            log.exception("a reminder failed", reminder=reminder)
            if len(self._failed) < MOST_FAILED:
                self._failed[reminder] = self._clock()
            return
        if decision is not None:
            log.info("reminded", reason=decision.reason, mails=len(decision.outgoing))
            self._on_done()
