"""Delivering: the outbox to the smarthost or into Maildirs, with retries.

At least once: the attempt is counted before anybody dials, and the result is written after the
answer. Only a crash between the smarthost's 250 and that commit sends a mail twice, with the same
Message-ID. A host that is down is left alone for a while, without touching the waiting mails.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import assert_never

import structlog

from gateway.faultpoint import reach
from gateway.mail.backoff import next_delivery, pause
from gateway.model.delivery import Deferred, Delivered, DeliveryOutcome, Failed
from gateway.model.outbox import GivenUp, OutboxMail, Sent, Settled, TryAgain
from gateway.ports import Clock, OutboxQueue

log = structlog.get_logger()

AT_A_TIME = 50
"""Most mails under way; answers that come in together share one commit."""
LEASE = timedelta(minutes=30)
LOOK_AGAIN = 1.0
"""Seconds after which the outbox is looked at even when nobody said that there is work."""

Deliver = Callable[[OutboxMail], Awaitable[DeliveryOutcome]]
GiveUp = Callable[[OutboxMail, str], None]


class Delivering:
    """The loop. `give_up` records that a mail will never arrive (`pipeline.Pipeline.give_up`)."""

    def __init__(
        self,
        outbox: OutboxQueue,
        deliver: Deliver,
        give_up: GiveUp,
        node: str,
        clock: Clock,
        give_up_after: timedelta,
    ) -> None:
        self._outbox = outbox
        self._deliver = deliver
        self._give_up = give_up
        self._node = node
        self._clock = clock
        self._give_up_after = give_up_after
        self._work = asyncio.Event()
        self._stopping = False
        self._under_way: set[asyncio.Task[None]] = set()
        self._answered: list[tuple[OutboxMail, DeliveryOutcome]] = []
        self._failures = 0
        self._paused_until: datetime | None = None

    def wake(self) -> None:
        """There may be work. Call it in the event loop's thread."""
        self._work.set()

    def stop(self) -> None:
        """Let `run` return after the mails under way."""
        self._stopping = True
        self._work.set()

    async def run(self) -> None:
        """Deliver until `stop`, then until the mails under way have their answer."""
        may_be_more = True
        while not (self._stopping and not self._under_way and not self._answered):
            self._work.clear()
            if self._answered:
                await self._write_answers()
            if may_be_more and not self._stopping and not self._is_paused():
                may_be_more = await self._claim()
            elif not self._answered:
                may_be_more = await self._look_again()

    async def _look_again(self) -> bool:
        """Wait until something happens; true when new work may be there."""
        try:
            async with asyncio.timeout(LOOK_AGAIN):
                await self._work.wait()
        except TimeoutError:
            return True
        return not self._answered or len(self._under_way) < AT_A_TIME // 2

    def _is_paused(self) -> bool:
        return self._paused_until is not None and self._clock() < self._paused_until

    async def _claim(self) -> bool:
        """Begin what can be claimed now; true when there may be more at once."""
        room = AT_A_TIME - len(self._under_way)
        if room <= 0:
            return False
        now = self._clock()
        try:
            mails = await asyncio.to_thread(self._outbox.claim, self._node, room, now, LEASE)
        except Exception:  # the database is away: mail waits, the loop goes on
            log.exception("the outbox cannot be read")
            return False
        if mails:
            reach("outbox-claimed")
        for mail in mails:
            task = asyncio.create_task(self._carry(mail))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        return len(mails) == room

    async def _carry(self, mail: OutboxMail) -> None:
        """One mail to its next hop; a slow one keeps no other waiting."""
        outcome = await self._attempt(mail)
        self._answered.append((mail, outcome))
        self._work.set()

    async def _attempt(self, mail: OutboxMail) -> DeliveryOutcome:
        try:
            return await self._deliver(mail)
        except Exception as error:
            log.exception("delivery failed", message_id=mail.message_id)
            return Deferred(f"{type(error).__name__}: {error}")

    async def _write_answers(self) -> None:
        """All answers that came in since the last time, in one commit."""
        results, self._answered = self._answered, []
        self._note_host([outcome for _, outcome in results])
        try:
            settled = [(mail.id, await self._settled(mail, outcome)) for mail, outcome in results]
            await asyncio.to_thread(self._outbox.settle, settled, self._clock())
        except Exception:  # the mails come back when their lease ends, with the same Message-ID
            log.exception("the outbox cannot be written", mails=len(results))
            await asyncio.sleep(LOOK_AGAIN)

    async def _settled(self, mail: OutboxMail, outcome: DeliveryOutcome) -> Settled:
        _log(mail, outcome)
        settled = self._how(mail, outcome)
        if isinstance(settled, GivenUp):
            await asyncio.to_thread(self._give_up, mail, settled.error)
        return settled

    def _how(self, mail: OutboxMail, outcome: DeliveryOutcome) -> Settled:
        """What to write."""
        now = self._clock()
        match outcome:
            case Delivered():
                return Sent()
            case Failed(reason, _):
                return GivenUp(reason)
            case Deferred(reason) if now - mail.created_at > self._give_up_after:
                return GivenUp(f"given up after {self._give_up_after}: {reason}")
            case Deferred(reason, host_down=True):
                return TryAgain(self._paused_until or now, reason)
            case Deferred(reason):
                return TryAgain(next_delivery(mail.attempts, now), reason)
            case _:
                assert_never(outcome)

    def _note_host(self, outcomes: list[DeliveryOutcome]) -> None:
        """One success means that the host is up; else every further failure doubles the pause."""
        down = [o for o in outcomes if isinstance(o, Deferred) and o.host_down]
        if len(down) < len(outcomes):
            self._failures, self._paused_until = 0, None
            return
        self._failures += 1
        self._paused_until = self._clock() + pause(self._failures)
        log.warning("smarthost down", until=self._paused_until.isoformat(), reason=down[0].reason)


def _log(mail: OutboxMail, outcome: DeliveryOutcome) -> None:
    match outcome:
        case Delivered(reply):
            log.info("delivered", message_id=mail.message_id, kind=mail.kind, reply=reply)
        case Deferred(reason):
            log.warning("deferred", message_id=mail.message_id, kind=mail.kind, reason=reason)
        case Failed(reason, status):
            log.error(
                "failed", message_id=mail.message_id, kind=mail.kind, status=status, reason=reason
            )
