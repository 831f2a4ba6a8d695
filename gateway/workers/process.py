"""Processing: the inbound queue down the road, in arrival order, in its own thread.

Messages that wait together share a commit; if one of them fails, the rest of them are taken one by
one, so that it takes no other with it. While mail comes in one after the other, accepting goes
first and processing works in slices: the peers get their 250 quickly, and nothing waits for long.

The thread is the only one of its node that claims. So whatever the queue says that this node
holds while it holds nothing is left over from a trouble, and is given back before the next claim.
"""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from gateway.faultpoint import reach
from gateway.mail.backoff import PROCESSING_ATTEMPTS, next_processing
from gateway.model.decision import Decision
from gateway.model.envelope import QueuedMessage
from gateway.model.refusal import Refusal
from gateway.pipeline import NotJudgedYet
from gateway.ports import Clock, InboundQueue
from gateway.store.errors import Conflict
from gateway.workers.slices import Slices

log = structlog.get_logger()

AT_A_TIME = 50
"""Messages claimed together."""
LEASE = timedelta(minutes=2)
"""After this time without a sign another node takes over what this one claimed."""
RENEW = LEASE / 4
"""A long batch gives a sign between its messages after this time."""
PATIENCE = timedelta(hours=1)
"""So long after its arrival a message that the store cannot record is no longer forgiven."""
JUDGE_AGAIN = timedelta(minutes=3)
"""After this time a mail whose sender DNS did not tell is taken again, if not before."""
LOOK_AGAIN = 1.0
"""Seconds after which the queue is looked at even when nobody said that there is work."""


class Road(Protocol):
    """What takes a message to its recorded decision (`pipeline.Pipeline`)."""

    def process(self, item: QueuedMessage) -> Decision:
        """Take one queued message all the way to its recorded decision."""
        ...

    def process_together(
        self, items: Sequence[QueuedMessage], go_on: Callable[[], bool]
    ) -> list[Decision]:
        """Take the first of `items`, as many as `go_on` allows, in one transaction."""
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
        is_busy: Callable[[], bool] = lambda: False,
        judge: Callable[[QueuedMessage], None] | None = None,
    ) -> None:
        """`is_busy` says whether mail is coming in right now, which goes first.

        `judge` looks again, in its own time, who sent a mail.
        """
        self._queue = queue
        self._road = road
        self._node = node
        self._clock = clock
        self._on_done = on_done
        self._slices = Slices(is_busy)
        self._judge = judge
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
        slice_goes_on = self._slices.next()
        self._holding, self._renewed = True, self._clock()
        items = self._queue.claim(self._node, AT_A_TIME, self._renewed, LEASE)
        if items:
            reach("claimed")
        if not self._take(items, slice_goes_on):
            return False
        self._holding = False
        return bool(items)

    def _take(self, items: Sequence[QueuedMessage], slice_goes_on: Callable[[], bool]) -> bool:
        """Take all of them down the road; false when it is better to stop here."""
        alone = False
        while items:
            if not slice_goes_on():
                slice_goes_on = self._slices.next()
            if self._stopping or not self._is_held(items[0]):
                return False
            done = 0 if alone else self._together(items, slice_goes_on)
            if not done:
                alone = True
                if not self._process(items[0]):
                    return False
                done = 1
            items = items[done:]
        return True

    def _together(self, items: Sequence[QueuedMessage], slice_goes_on: Callable[[], bool]) -> int:
        """How many of the first messages were recorded in one transaction; 0 when that failed."""
        if len(items) < 2:
            return 0
        try:
            decisions = self._road.process_together(
                items, lambda: not self._stopping and slice_goes_on()
            )
        except Exception as error:  # noqa: BLE001  (each alone shows whose fault it is)
            log.info("taken one by one", messages=len(items), reason=str(error))
            return 0
        for item, decision in zip(items, decisions, strict=False):
            _log(item, decision)
        self._on_done()
        return len(decisions)

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
        if item.attempts > PROCESSING_ATTEMPTS:
            self._quarantine(item, "the gateway ended each time while it was processed")
            return True
        try:
            decision = self._road.process(item)
        except NotJudgedYet as waits:
            until = self._clock() + JUDGE_AGAIN
            self._queue.postpone(item.queue_id, until, str(waits), counted=False)
            if self._judge is not None:
                self._judge(item)
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
        self._quarantine(item, error)

    def _quarantine(self, item: QueuedMessage, reason: str) -> None:
        log.error("quarantined", queue_id=item.queue_id, reason=reason)
        self._queue.quarantine(item.queue_id, reason, self._clock())

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
        mails=len(decision.outgoing),
    )
    log.debug("processed because", queue_id=item.queue_id, reason=decision.reason)
