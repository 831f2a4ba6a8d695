"""The watch over the clock: what cannot be undone waits while it cannot be believed."""

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Lock

import structlog

from gateway.model.clock import Beat, Tick, WriteBeat
from gateway.policy.clocks import TOLERANCE, drift, judged
from gateway.ports import Clock, Store

log = structlog.get_logger()

WRITTEN = timedelta(minutes=1)
"""How often the clock is written down."""
_BOOT = Path("/proc/sys/kernel/random/boot_id")


def running_time() -> timedelta:
    """How long the machine has been running, sleep included where the system counts it."""
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return timedelta(seconds=time.clock_gettime(clock))


def start_of_machine() -> str:
    """What names this start of the machine."""
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return "unknown"


class ClockWatch:
    """The clock of this machine, compared with its running time and with what nodes saw before."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        up: Callable[[], timedelta] = running_time,
        boot: Callable[[], str] = start_of_machine,
    ) -> None:
        self._store, self._clock, self._up, self._boot = store, clock, up, boot
        self._beat: Beat | None = None
        self._written: timedelta | None = None
        self._lock = Lock()

    def is_right(self) -> bool:
        """True while the clock is believed. Raises Refusal when the database is away."""
        with self._lock:
            now = Tick(self._boot(), self._clock(), self._up())
            before = self._beat
            beat = judged(now, before, None) if before is not None else None
            if beat is None or before is None or self._is_news(before, beat, now):
                beat = self._write(now, before)
            if before is None or before.is_right != beat.is_right:
                _tell(beat, now)
            self._beat = beat
            return beat.is_right

    def _is_news(self, before: Beat, beat: Beat, now: Tick) -> bool:
        """True when it has to be written down."""
        lately = self._written is not None and now.up - self._written < WRITTEN
        return not lately or before.is_right != beat.is_right

    def _write(self, now: Tick, before: Beat | None) -> Beat:
        with self._store.begin() as transaction:
            known, latest = transaction.clock(now.boot)
            beat = judged(now, before or known, latest)
            transaction.apply((WriteBeat(beat),), now.at)
        self._written = now.up
        return beat


def _tell(beat: Beat, now: Tick) -> None:
    if beat.is_right:
        log.info("the clock is believed", now=now.at.isoformat())
        return
    off = drift(beat)
    log.warning(
        "the clock jumped: escalations and the like wait until it is back, or for a day",
        now=now.at.isoformat(),
        off=str(off) if off is not None else "unknown",
        tolerated=str(TOLERANCE),
    )
