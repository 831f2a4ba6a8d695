"""Judging: who sent a mail, found out where the gateway is the MX. Each mail has its own thread.

A mail is judged before its 250, so that a forged one can be refused, and so that the verdict is
kept in the same commit. What DNS takes its time for holds up nobody else. Where DNS gave no answer
the mail is accepted all the same; if the proof matters it waits in the queue, and is judged again.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Protocol

import structlog

from gateway.mail.parse import parse
from gateway.model.authentication import Authentication, DmarcPolicy
from gateway.model.envelope import Envelope, Peer, QueuedMessage, QueueId
from gateway.model.refusal import Forged, NotTheirAddress, TemporaryFailure
from gateway.policy.authenticated import is_forged
from gateway.policy.trust import TrustPolicy, is_to_be_judged

log = structlog.get_logger()

SPARE = 10.0
"""Seconds beyond those of DNS: for a thread, and for the signatures of a large mail."""


class Evaluate(Protocol):
    """What finds it out (`authentication.evaluate`). Never raises for any mail."""

    def __call__(self, raw: bytes, envelope: Envelope, peer: Peer, at: datetime) -> Authentication:
        """All that is found about a mail that was accepted `at` that time."""
        ...


class Judging:
    """Judges mails when they are accepted, and those again that wait for DNS."""

    def __init__(
        self,
        evaluate: Evaluate | None,
        policy: TrustPolicy,
        keep: Callable[[QueueId, Authentication], bool],
        *,
        seconds: float,
        at_a_time: int,
        refuse_forged: bool,
    ) -> None:
        """`evaluate` is None where the gateway does not look itself.

        `keep` stores what was found of a mail that waits; `seconds` is what DNS may take.
        """
        self._evaluate = evaluate
        self._policy = policy
        self._keep = keep
        self._patience = seconds + SPARE
        self._refuse_forged = refuse_forged
        self._threads = ThreadPoolExecutor(at_a_time, thread_name_prefix="judge")
        self._again = ThreadPoolExecutor(2, thread_name_prefix="judge-again")
        self.on_judged: Callable[[], None] = lambda: None
        """Called when a mail that waited was judged; by any thread."""

    async def judged(
        self, raw: bytes, envelope: Envelope, peer: Peer, now: datetime
    ) -> Authentication | None:
        """What is found; None where it is not the gateway's to look.

        Raises Forged, NotTheirAddress, or TemporaryFailure when it takes too long.
        """
        if peer.login:
            _check_login(raw, peer)
        if self._evaluate is None or not is_to_be_judged(peer, self._policy):
            return None
        loop = asyncio.get_running_loop()
        work = loop.run_in_executor(self._threads, self._evaluate, raw, envelope, peer, now)
        try:
            async with asyncio.timeout(self._patience):
                found = await work
        except TimeoutError:
            raise TemporaryFailure("too many mails are judged at a time") from None
        wants_refusal = found.dmarc.policy is DmarcPolicy.REJECT and is_forged(found)
        if self._refuse_forged and wants_refusal:
            raise Forged(f"in the name of {found.domain}")
        return found

    def again(self, item: QueuedMessage) -> None:
        """Judge a mail that waits, some time soon."""
        if self._evaluate is not None:
            self._again.submit(self._judge_again, self._evaluate, item)

    def close(self) -> None:
        """Begin nothing new."""
        for threads in (self._threads, self._again):
            threads.shutdown(wait=False, cancel_futures=True)

    def _judge_again(self, evaluate: Evaluate, item: QueuedMessage) -> None:
        try:
            found = evaluate(item.raw, item.envelope, item.peer, item.accepted_at)
            log.info("judged again", queue_id=item.queue_id, is_open=found.is_open)
            if not found.is_open and self._keep(item.queue_id, found):
                self.on_judged()
        except Exception:  # the mail is taken again by itself
            log.exception("not judged", queue_id=item.queue_id)


def _check_login(raw: bytes, peer: Peer) -> None:
    author = parse(raw).author
    if author is None or author.key != peer.login:
        raise NotTheirAddress(f"login of {peer.login}")
