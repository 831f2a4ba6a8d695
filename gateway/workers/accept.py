"""Accepting: messages of all sessions into the inbound queue, many in one commit.

While one commit is under way, the messages that arrive meanwhile gather; they share the next one.
So a single message waits for nothing but its own commit, and fifty sessions pay for one.
"""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import structlog

from gateway.model.authentication import Authentication
from gateway.model.envelope import Envelope, Peer, QueuedMessage, QueueId, arrived_at
from gateway.model.organisation import Organisation
from gateway.model.refusal import Refusal
from gateway.policy.recipients import resolve
from gateway.ports import Clock

log = structlog.get_logger()

MOST_TOGETHER = 200
"""Messages of one commit; more only make the first of them wait."""
LULL = 0.01
"""Seconds without a message after which accepting counts as idle."""

Judge = Callable[[bytes, Envelope, Peer, datetime], Awaitable[Authentication | None]]
Insert = Callable[[Sequence[QueuedMessage]], None]
Waiting = tuple[QueuedMessage, asyncio.Future[QueueId]]


class Accepting:
    """What the SMTP server hands its messages to (`smtp.Acceptor`)."""

    def __init__(
        self,
        insert: Insert,
        organisation: Callable[[], Organisation],
        clock: Clock,
        judge: Judge | None = None,
    ) -> None:
        """`judge` finds out who sent a mail; it may refuse it."""
        self._insert = insert
        self._organisation = organisation
        self._clock = clock
        self._judge = judge
        self.on_accepted: Callable[[], None] = lambda: None
        """Called after each commit."""
        self._last = -LULL
        self._waiting: list[Waiting] = []
        self._committer: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="accept")

    def check_recipient(self, address: str) -> None:
        """Raise UnknownRecipient when the address is none of ours: never an open relay."""
        resolve(address, self._organisation())

    def is_busy(self) -> bool:
        """True while messages come in one after the other. May be asked by any thread."""
        return bool(self._waiting) or time.monotonic() - self._last < LULL

    async def accept(self, envelope: Envelope, peer: Peer, raw: bytes) -> QueueId:
        """The queue id, after the commit. Raises a Refusal when the message is not kept."""
        now = self._clock()
        found = await self._judge(raw, envelope, peer, now) if self._judge else None
        item = QueuedMessage(_new_queue_id(now), envelope, peer, now, raw, 0, found)
        kept: asyncio.Future[QueueId] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, kept))
        self._last = time.monotonic()
        if self._committer is None or self._committer.done():
            self._committer = asyncio.create_task(self._commit_all())
        return await kept

    async def close(self) -> None:
        """Return when everything that was handed over is kept or refused."""
        if self._committer is not None:
            await self._committer
        self._thread.shutdown()

    async def _commit_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST_TOGETHER], self._waiting[MOST_TOGETHER:]
            if not await self._is_kept(batch):
                for each in batch:  # each alone shows whose fault it is
                    await self._is_kept([each])

    async def _is_kept(self, batch: Sequence[Waiting]) -> bool:
        """False when one of several is at fault; in all other cases each has its answer."""
        items = [item for item, _ in batch]
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._thread, self._insert, items)
        except Refusal as refusal:
            log.warning("not accepted", messages=len(batch), reason=str(refusal))
            return _refuse(batch, refusal)
        except Exception as error:  # a broken promise of ours must not stop the next batch
            log.exception("not accepted", messages=len(batch))
            return len(batch) == 1 and _refuse(batch, error)
        self._last = time.monotonic()
        for item, kept in batch:
            if not kept.done():
                kept.set_result(item.queue_id)
        self.on_accepted()
        return True


def _refuse(batch: Sequence[Waiting], error: Exception) -> bool:
    for _, kept in batch:
        if not kept.done():
            kept.set_exception(error)
    return True


def _new_queue_id(now: datetime) -> QueueId:
    """Sortable by time (microseconds in hex) and unique: `6566f0c8a1b2c-9f3a1c`."""
    return QueueId(f"{arrived_at(now)}-{secrets.token_hex(3)}")
