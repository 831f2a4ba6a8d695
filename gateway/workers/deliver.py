"""Delivering: the outbox to the smarthost or into Maildirs, with retries.

At least once: the attempt is counted before anybody dials, and the result is written after the
answer; what cannot be written yet is kept and written later. Only a crash between the smarthost's
250 and that commit sends a mail twice, with the same Message-ID. A host that is down is left
alone for a while, without touching the waiting mails, and then tried with one mail.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from gateway.faultpoint import reach
from gateway.mail.nameless import nameless
from gateway.model.delivery import Deferred, Delivered, DeliveryOutcome, Failed
from gateway.model.outbox import GivenUp, OutboxId, OutboxMail, Settled
from gateway.model.refusal import Refusal
from gateway.ports import Clock, OutboxQueue
from gateway.workers.retrying import Retrying

log = structlog.get_logger()

AT_A_TIME = 50
"""Most mails under way; answers that come in together share one commit."""
LEASE = timedelta(minutes=2)
"""After this time without a sign another node takes over what this one claimed."""
RENEW = LEASE / 4
LOOK_AGAIN = 1.0
"""Seconds after which the outbox is looked at even when nobody said that there is work."""

Deliver = Callable[[OutboxMail], Awaitable[DeliveryOutcome]]
GiveUp = Callable[[OutboxMail, GivenUp], None]


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
        self._retrying = Retrying(give_up_after)
        self._work = asyncio.Event()
        self._stopping = False
        self._may_be_more = True
        self._under_way: dict[OutboxId, asyncio.Task[None]] = {}
        self._answered: dict[OutboxId, tuple[OutboxMail, DeliveryOutcome]] = {}

    def wake(self) -> None:
        """There may be work. Call it in the event loop's thread."""
        self._work.set()

    def stop(self) -> None:
        """Let `run` return after the mails under way."""
        self._stopping = True
        self._work.set()

    async def run(self) -> None:
        """Deliver until `stop`, then until the answers of the mails under way are written."""
        keeping = asyncio.create_task(self._keep_leases())
        try:
            while not (self._stopping and not self._under_way and not self._answered):
                self._work.clear()
                await self._safely(self._next_step())
        finally:
            for task in (keeping, *self._under_way.values()):
                task.cancel()

    async def _next_step(self) -> None:
        if self._answered:
            await self._write_answers()
        if self._may_be_more and not self._stopping and not self._retrying.is_paused(self._clock()):
            await self._claim()
        elif not self._answered:
            await self._look_again()

    async def _safely(self, step: Awaitable[None]) -> None:
        """Whatever fails, mail waits and the loop goes on."""
        try:
            await step
        except Refusal as trouble:
            log.warning("the outbox cannot be used", reason=str(trouble))
        except Exception:
            log.exception("the outbox cannot be worked off")
        else:
            return
        await asyncio.sleep(LOOK_AGAIN)

    async def _look_again(self) -> None:
        """Wait until something happens, and note whether new work may be there."""
        try:
            async with asyncio.timeout(LOOK_AGAIN):
                await self._work.wait()
        except TimeoutError:
            self._may_be_more = True
        else:
            room = AT_A_TIME - len(self._under_way)
            self._may_be_more = not self._answered or room > AT_A_TIME // 2

    async def _claim(self) -> None:
        """Begin what can be claimed now; a host that was down gets one mail first."""
        most = self._retrying.most(AT_A_TIME)
        room = most - len(self._under_way) - len(self._answered)
        self._may_be_more = False
        if room <= 0:
            return
        mails = await asyncio.to_thread(self._outbox.claim, self._node, room, self._clock(), LEASE)
        self._may_be_more = len(mails) == room
        # First of all they are begun: a claimed mail that nobody carries waits for its lease.
        for mail in mails:
            if mail.id not in self._under_way and mail.id not in self._answered:
                self._begin(mail)
        if mails:
            reach("outbox-claimed")

    def _begin(self, mail: OutboxMail) -> None:
        task = asyncio.create_task(self._carry(mail))
        self._under_way[mail.id] = task
        task.add_done_callback(lambda _: self._under_way.pop(mail.id, None))

    async def _carry(self, mail: OutboxMail) -> None:
        """One mail to its next hop; a slow one keeps no other waiting."""
        outcome = await self._attempt(mail)
        _log(mail, outcome)
        self._retrying.note(mail, outcome, self._clock())
        self._answered[mail.id] = (mail, outcome)
        self._work.set()

    async def _attempt(self, mail: OutboxMail) -> DeliveryOutcome:
        try:
            return await self._deliver(mail)
        except Exception as error:
            log.exception("delivery failed", outbox_id=mail.id)
            return Deferred(f"{type(error).__name__}: {error}")

    async def _write_answers(self) -> None:
        """All answers that came in since the last time, in one commit."""
        answered, settled = dict(self._answered), []
        for mail, outcome in answered.values():
            how = self._retrying.how(mail, outcome, self._clock())
            if not (isinstance(how, GivenUp) and await self._is_told(mail, how)):
                settled.append((mail.id, how))
        await asyncio.to_thread(self._settle, settled)
        for mail_id in answered:
            del self._answered[mail_id]

    def _settle(self, settled: list[tuple[OutboxId, Settled]]) -> None:
        self._outbox.settle(settled, self._clock(), node=self._node)

    async def _is_told(self, mail: OutboxMail, how: GivenUp) -> bool:
        """True when the end of the mail and the news of it are recorded, in one transaction.

        False when the news cannot be made: then at least the mail is marked, for the operator.
        """
        try:
            await asyncio.to_thread(self._give_up, mail, how)
        except Refusal:  # the database is away: nothing is recorded yet
            raise
        except Exception:
            log.exception("nobody was told of a failed mail", outbox_id=mail.id)
            return False
        return True

    async def _keep_leases(self) -> None:
        """Renew the lease of all mails under way; let go of those that another node took."""
        while True:
            await asyncio.sleep(RENEW.total_seconds())
            before = dict(self._under_way)
            if before:
                await self._safely(self._renew(before))

    async def _renew(self, before: dict[OutboxId, asyncio.Task[None]]) -> None:
        held = await asyncio.to_thread(self._outbox.renew, self._node, self._clock(), LEASE)
        for mail_id, task in before.items():
            if mail_id not in held and task.cancel():
                log.warning("another node took over a mail", outbox_id=mail_id)


def _log(mail: OutboxMail, outcome: DeliveryOutcome) -> None:
    """What servers say names people, and the Message-ID of passed on mail is its author's."""
    about = {"outbox_id": mail.id, "kind": mail.kind}
    if mail.kind != "relay":
        about["message_id"] = mail.message_id
    match outcome:
        case Delivered(reply):
            log.info("delivered", **about, reply=_nameless(mail, reply))
        case Deferred(reason):
            log.warning("deferred", **about, reason=_nameless(mail, reason))
        case Failed(reason, status):
            log.error("failed", **about, status=status, reason=_nameless(mail, reason))


def _nameless(mail: OutboxMail, said: str) -> str:
    return nameless(said, mail.rcpt_to, mail.mail_from or "")
