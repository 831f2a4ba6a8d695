"""What all sessions of one server have in common: settings, limits, and the way to the acceptor."""

import asyncio
import ssl
from collections.abc import Callable
from typing import Protocol

import structlog

from gateway.config import SmtpSettings
from gateway.model.envelope import Envelope, Peer, QueueId
from gateway.model.refusal import Refusal, TemporaryFailure
from gateway.smtp.dialogue import Offer
from gateway.smtp.limits import Connections, Pending
from gateway.smtp.login import Logins

_log = structlog.get_logger()


class Acceptor(Protocol):
    """Takes what was received. The rules about recipients and the queue live behind it."""

    def check_recipient(self, address: str) -> None:
        """Raise a Refusal when the address is none of ours. Called for every RCPT: quick.

        `address` is syntactically right; `postmaster` may come without a domain.
        """
        ...

    async def accept(self, envelope: Envelope, peer: Peer, raw: bytes) -> QueueId:
        """Return after the commit. Raises a Refusal; anything else counts as temporary."""
        ...


class Hangable(Protocol):
    """A session, as seen from here. `in_message`: the content of a message is under way."""

    in_message: bool

    def hang_up(self, reply: str) -> None:
        """Say a last line and close."""
        ...


class Shared:
    """One server's common state. Belongs to one event loop."""

    def __init__(
        self,
        settings: SmtpSettings,
        acceptor: Acceptor,
        tls: ssl.SSLContext | None,
        logins: Logins | None = None,
    ) -> None:
        self.settings = settings
        self.tls = tls
        self.loop = asyncio.get_running_loop()
        self.closing = False
        self.sessions: set[Hangable] = set()
        self.tasks: set[asyncio.Task[str]] = set()
        self._ended = asyncio.Event()
        self._acceptor = acceptor
        self._connections = Connections(
            settings.max_connections, settings.max_connections_per_client
        )
        self.pending = Pending(settings.max_pending_bytes)
        self.logins = logins
        self.smtp_offer = self._offer(lmtp=False)
        self.lmtp_offer = self._offer(lmtp=True)
        self.submission_offer = self._offer(lmtp=False, submission=True)

    def _offer(self, *, lmtp: bool, submission: bool = False) -> Offer:
        return Offer(
            self.settings.hostname,
            self.settings.max_message_bytes,
            self.settings.max_recipients,
            lmtp,
            self.tls is not None and not lmtp,
            submission,
            self._acceptor.check_recipient,
            self.pending,
        )

    def enter(self, session: Hangable, ip: str) -> bool:
        """Count a new session; False when it must be turned away."""
        if self.closing or not self._connections.enter(ip):
            return False
        self.sessions.add(session)
        return True

    def leave(self, session: Hangable, ip: str) -> None:
        """Take back what `enter` counted."""
        self.sessions.discard(session)
        self._connections.leave(ip)
        self._ended.set()

    async def drained(self) -> None:
        """Return when no session and no message is left."""
        while self.sessions or self.tasks:
            self._ended.clear()
            await self._ended.wait()

    async def accept(
        self, envelope: Envelope, peer: Peer, raw: bytes, release: Callable[[], None]
    ) -> str:
        """The reply to the final dot. The work goes on to its end even if the peer is gone.

        `release` is called when the message is no longer needed here.
        """
        task = self.loop.create_task(self._accept(envelope, peer, raw, release))
        self.tasks.add(task)
        task.add_done_callback(self._done)
        return await asyncio.shield(task)

    def _done(self, task: asyncio.Task[str]) -> None:
        self.tasks.discard(task)
        self._ended.set()

    async def _accept(
        self, envelope: Envelope, peer: Peer, raw: bytes, release: Callable[[], None]
    ) -> str:
        try:
            queue_id = await self._acceptor.accept(envelope, peer, raw)
        except Refusal as refusal:
            _log.info("message refused", ip=peer.ip, reply=refusal.reply, reason=str(refusal))
            return refusal.reply
        except Exception as error:  # noqa: BLE001  (the peer keeps the mail and gets no detail)
            _log.error("message not accepted", ip=peer.ip, exc_info=error)
            return TemporaryFailure().reply
        finally:
            release()
        _log.info(
            "accepted",
            queue_id=queue_id,
            protocol=str(peer.protocol),
            size=len(raw),
            recipients=len(envelope.rcpt_to),
        )
        return f"250 2.0.0 Ok: queued as {queue_id}"
