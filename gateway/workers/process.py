"""Processing: the inbound queue down the road, one message after the other, in its own thread.

The thread is the only one of its node that claims. So whatever the queue says that this node
holds while it holds nothing is left over from a trouble, and is given back before the next claim.
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from gateway.faultpoint import reach
from gateway.mail.backoff import PROCESSING_ATTEMPTS, next_processing
from gateway.model.decision import Decision
from gateway.model.envelope import QueuedMessage
from gateway.model.refusal import Refusal
from gateway.ports import Clock, InboundQueue
from gateway.store.errors import Conflict

log = structlog.get_logger()

AT_A_TIME = 20
"""Messages claimed together."""
LEASE = timedelta(minutes=2)
"""After this time without a sign another node takes over what this one claimed."""
RENEW = LEASE / 4
"""A long batch gives a sign between its messages after this time."""
PATIENCE = timedelta(hours=1)
"""So long after its arrival a message that the store cannot record is no longer forgiven."""
LOOK_AGAIN = 1.0
"""Seconds after which the queue is looked at even when nobody said that there is work."""


class Road(Protocol):
    """What takes a message to its recorded decision (`pipeline.Pipeline`)."""

    def process(self, item: QueuedMessage) -> Decision:
        """Take one queued message all the way to its recorded decision."""
        ...


class Processing:
    """The thread. `wake` it when a message was accepted."""

    def __init__(
        self,
        queue: InboundQueue,
        road: Road,
        node: str,
        clock: Clock,
        on_done: Callable[[], None],
    ) -> None:
        self._queue = queue
        self._road = road
        self._node = node
        self._clock = clock
        self._on_done = on_done
        self._work = threading.Event()
        self._stopping = False
        self._holding = False
        self._renewed = clock()
        self._thread = threading.Thread(target=self._run, name="process", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """There may be work."""
        self._work.set()

    def stop(self) -> None:
        """Let the thread end after the message under way; `is_alive` tells when it has."""
        self._stopping = True
        self._work.set()

    @property
    def is_alive(self) -> bool:
        """False when the thread ended, which it must not before `stop`."""
        return self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopping:
            self._work.clear()
            if not self._safely(self._work_off):
                self._work.wait(LOOK_AGAIN)
        self._safely(self._give_back)

    def _work_off(self) -> bool:
        """Process what can be claimed now; false when it is better to wait a moment."""
        self._give_back()
        self._holding, self._renewed = True, self._clock()
        items = self._queue.claim(self._node, AT_A_TIME, self._renewed, LEASE)
        if items:
            reach("claimed")
        for item in items:
            if self._stopping or not (self._is_held(item) and self._process(item)):
                return False
        self._holding = False
        return bool(items)

    def _give_back(self) -> None:
        """Free what was claimed and not begun, without counting it as an attempt."""
        if self._holding:
            self._queue.release(self._node, counted=False)
            self._holding = False

    def _is_held(self, item: QueuedMessage) -> bool:
        """True while the message is this node's; the lease is renewed in good time.

        A process that slept longer than its lease finds its messages taken by another node.
        """
        now = self._clock()
        if now - self._renewed < RENEW:
            return True
        self._renewed = now
        return item.queue_id in self._queue.renew(self._node, now, LEASE)

    def _process(self, item: QueuedMessage) -> bool:
        """Take one message down the road; false when the store is in trouble."""
        try:
            decision = self._road.process(item)
        except Conflict as conflict:  # the next attempt sees what the other node did
            self._failed(item, str(conflict))
        except Refusal as trouble:  # disk full, database away
            log.warning("waits", queue_id=item.queue_id, reason=str(trouble))
            if self._clock() - item.accepted_at < PATIENCE:
                self._later(item, str(trouble), counted=False)
            else:
                self._failed(item, str(trouble))
            return False
        except Exception as error:
            log.exception("processing failed", queue_id=item.queue_id, attempts=item.attempts)
            self._failed(item, f"{type(error).__name__}: {error}")
        else:
            _log(item, decision)
            self._on_done()
        return True

    def _failed(self, item: QueuedMessage, error: str) -> None:
        if item.attempts < PROCESSING_ATTEMPTS:
            self._later(item, error, counted=True)
            return
        log.error("quarantined", queue_id=item.queue_id, reason=error)
        self._queue.quarantine(item.queue_id, error, self._clock())

    def _later(self, item: QueuedMessage, error: str, *, counted: bool) -> None:
        until: datetime = next_processing(item.attempts, self._clock())
        self._queue.postpone(item.queue_id, until, error, counted=counted)

    def _safely(self, step: Callable[[], bool | None]) -> bool:
        """What `step` says; false when it failed: mail waits, the loop goes on."""
        try:
            return bool(step())
        except Refusal as trouble:
            log.warning("the inbound queue cannot be used", reason=str(trouble))
        except Exception:
            log.exception("the inbound queue cannot be worked off")
        return False


def _log(item: QueuedMessage, decision: Decision) -> None:
    log.info(
        "processed",
        queue_id=item.queue_id,
        outcome=str(decision.outcome),
        ticket=decision.ticket,
        reason=decision.reason,
        mails=len(decision.outgoing),
    )
