"""Processing: the inbound queue down the road, one message after the other, in its own thread."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Protocol

import structlog

from gateway.faultpoint import reach
from gateway.mail.backoff import PROCESSING_ATTEMPTS, next_processing
from gateway.model.decision import Decision
from gateway.model.envelope import QueuedMessage, QueueId
from gateway.model.refusal import Refusal
from gateway.ports import Clock, InboundQueue

log = structlog.get_logger()

AT_A_TIME = 20
"""Messages claimed together."""
LEASE = timedelta(minutes=10)
"""After this time without a sign another node takes over what this one claimed."""
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
        self._thread = threading.Thread(target=self._run, name="process", daemon=True)

    def start(self) -> None:
        """Begin; what this node held when it died is free again."""
        self._thread.start()

    def wake(self) -> None:
        """There may be work."""
        self._work.set()

    def stop(self) -> None:
        """Return when the message under way is done."""
        self._stopping = True
        self._work.set()
        self._thread.join()

    @property
    def is_alive(self) -> bool:
        """False when the thread ended, which it must not."""
        return self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopping:
            self._work.clear()
            if not self._work_off():
                self._work.wait(LOOK_AGAIN)

    def _work_off(self) -> bool:
        """Process what can be claimed now; false when there was nothing."""
        try:
            items = self._queue.claim(self._node, AT_A_TIME, self._clock(), LEASE)
        except Exception:  # the database is away: mail waits, the loop goes on
            log.exception("the inbound queue cannot be read")
            return False
        if items:
            reach("claimed")
        for place, item in enumerate(items):
            if self._stopping:
                self._give_back(items[place:])
                break
            self._process(item)
        return bool(items)

    def _process(self, item: QueuedMessage) -> None:
        try:
            decision = self._road.process(item)
        except Refusal as trouble:  # disk full, database away, another node was faster
            log.warning("waits", queue_id=item.queue_id, reason=str(trouble))
            self._later(item, f"{trouble}", counted=False)
        except Exception as error:
            log.exception("processing failed", queue_id=item.queue_id, attempts=item.attempts)
            self._failed(item, f"{type(error).__name__}: {error}")
        else:
            log.info(
                "processed",
                queue_id=item.queue_id,
                outcome=str(decision.outcome),
                ticket=decision.ticket,
                reason=decision.reason,
                mails=len(decision.outgoing),
            )
            self._on_done()

    def _failed(self, item: QueuedMessage, error: str) -> None:
        if item.attempts < PROCESSING_ATTEMPTS:
            self._later(item, error, counted=True)
            return
        log.error("quarantined", queue_id=item.queue_id, reason=error)
        self._safely(lambda: self._queue.quarantine(item.queue_id, error, self._clock()))

    def _later(self, item: QueuedMessage, error: str, *, counted: bool) -> None:
        until = next_processing(item.attempts, self._clock())
        self._safely(lambda: self._queue.postpone(item.queue_id, until, error, counted=counted))

    def _give_back(self, items: list[QueuedMessage]) -> None:
        for item in items:
            queue_id: QueueId = item.queue_id
            now = self._clock()
            self._safely(
                lambda q=queue_id, n=now: self._queue.postpone(q, n, "shutdown", counted=False)  # type: ignore[misc]
            )

    def _safely(self, write: Callable[[], None]) -> None:
        """Where even this cannot be written, the lease ends and the message comes back."""
        try:
            write()
        except Exception:
            log.exception("the inbound queue cannot be written")
