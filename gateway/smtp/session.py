"""One connection: lines in, replies out, and the message handed to the acceptor.

aiosmtpd carries the connection (streams, STARTTLS, its end). Its command loop, DATA reader and
timers are replaced: they keep an object for every line of a message, tell the peer the text of
exceptions, and arm a timer for every command.
"""

import asyncio
import logging
import ssl
from contextlib import suppress
from typing import cast

import structlog
from aiosmtpd.smtp import SMTP, TLSSetupException

from gateway.model.envelope import Envelope
from gateway.model.refusal import Busy, MessageTooBig, Refusal, TemporaryFailure
from gateway.smtp import limits
from gateway.smtp.data import Collector
from gateway.smtp.dialogue import BadArgument, Dialogue, Offer
from gateway.smtp.line import LineTooLong, split
from gateway.smtp.login import BadResponse, credentials
from gateway.smtp.shared import Shared
from gateway.smtp.stream import NO_HOOKS, has_line, peer_ip, put_back

_log = structlog.get_logger()

# At lower levels aiosmtpd logs envelopes and contents.
logging.getLogger("mail.log").setLevel(logging.WARNING)

_CLOSING = "421 4.3.2 Service is shutting down"


class Session(SMTP):
    """One connection. Ends by itself; `hang_up` ends it from outside."""

    line_length_limit = limits.STREAM_BUFFER

    def __init__(self, shared: Shared, offer: Offer) -> None:
        settings = shared.settings
        super().__init__(
            NO_HOOKS, hostname=settings.hostname, tls_context=shared.tls, loop=shared.loop
        )
        self._shared = shared
        self._offer = offer
        self._dialogue = Dialogue(self._offer, tls=False)
        self._ip = ""
        self._entered = False
        self._replies: list[str] = []
        self._started = self._active = shared.loop.time()
        self._accepting = False
        self._said_quit = self._said_last = False
        self.in_message = False
        self._forgive()

    def __dir__(self) -> tuple[str, ...]:
        """Nothing: aiosmtpd looks through all names for hooks, a third of a short session."""
        return ()

    # --- the connection's life, called by asyncio -----------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin the session, or turn it away when there are too many."""
        if self._original_transport is not None:  # the same connection, encrypted from now on
            super().connection_made(transport)
            return
        self._ip = peer_ip(transport)
        if not self._shared.enter(self, self._ip):
            wire = cast("asyncio.WriteTransport", transport)
            wire.write(f"{Busy().reply}\r\n".encode())
            wire.close()
            return
        self._entered = True
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """End the session; what was handed to the acceptor goes on by itself."""
        if self._entered:
            self._entered = False
            self._shared.leave(self, self._ip)
            super().connection_lost(error)

    def eof_received(self) -> bool:
        """Go on with what was sent before the end: a peer may close its side early."""
        if not self._entered:
            return False
        super(SMTP, self).eof_received()
        return self._tls_protocol is None

    def _reset_timeout(self, duration: float | None = None) -> None:  # noqa: ARG002
        """Arm the session's one timer at its begin; later on activity is only noted."""
        if self._timeout_handle is None:
            self._timeout_handle = self.loop.call_later(self._patience(), self._timeout_cb)

    def _patience(self) -> float:
        """Seconds that are left before the session is too silent or too old."""
        settings = self._shared.settings
        idle_end = self._active + settings.idle_timeout
        return min(idle_end, self._started + settings.session_timeout) - self.loop.time()

    def _timeout_cb(self) -> None:
        """Close when it is time; look again later when it is not, or the acceptor is at work."""
        left = max(self._patience(), 1.0) if self._accepting else self._patience()
        if left <= 0:
            self.hang_up("421 4.4.2 Timeout, closing connection")
        else:
            self._timeout_handle = self.loop.call_later(left, self._timeout_cb)

    def hang_up(self, reply: str) -> None:
        """Say a last line and close."""
        if self.transport is not None and not self.transport.is_closing():
            if not self._said_last:
                self._say(reply)
                self._write()
            self.transport.close()

    # --- lines in, replies out ------------------------------------------------------------------

    async def _handle_client(self) -> None:
        """Serve the connection until its end."""
        try:
            self._say(f"220 {self._offer.hostname} {'LMTP' if self._offer.lmtp else 'ESMTP'}")
            while await self._serve_line():
                pass
            await self._flush()
            if not (self._said_quit or self._shared.closing):
                await self._hear_out()
        except (ConnectionError, ssl.SSLError) as error:
            _log.debug("connection lost", ip=self._ip, reason=type(error).__name__)
        except TLSSetupException as error:
            _log.info("TLS handshake failed", ip=self._ip, reason=repr(error.__cause__))
            self.connection_lost(error)
        finally:
            self._writer.close()

    async def _hear_out(self) -> None:
        """Throw away what the peer still sends, for a moment.

        Closing over unread input resets the connection, and the peer would not read why.
        """
        self._said_last = True
        if self._writer.can_write_eof():
            self._writer.write_eof()
        with suppress(TimeoutError):
            async with asyncio.timeout(limits.GOODBYE):
                for _ in range(limits.GOODBYE_CHUNKS):
                    if not await self._reader.read(limits.CHUNK):
                        return

    async def _serve_line(self) -> bool:
        """Read and answer one command; False at the end of the session."""
        if self._replies and not has_line(self._reader):
            await self._flush()
        try:
            line = await self._reader.readuntil(b"\n")
        except asyncio.IncompleteReadError:
            return False
        except asyncio.LimitOverrunError:
            self._say(LineTooLong().reply)
            return False
        self._active = self.loop.time()
        try:
            return await self._serve(*split(line)) and self._has_budget()
        except Refusal as refusal:
            return self._refuse(refusal)
        except (ConnectionError, TLSSetupException, ssl.SSLError):
            raise
        except Exception as error:  # noqa: BLE001  (the peer must get 451 and no detail)
            _log.error("command failed", ip=self._ip, exc_info=error)
            return self._refuse(TemporaryFailure())

    async def _serve(self, verb: str, argument: str) -> bool:
        """Answer one command; False when it was the last one."""
        match verb:
            case "DATA":
                return await self._data(argument)
            case "AUTH":
                return await self._log_in(argument)
            case "EHLO" if self._offer.submission and self._shared.logins is not None:
                self._dialogue.may_log_in = await self._shared.logins.are_possible()
                self._say(self._dialogue.answer(verb, argument))
                return True
            case "STARTTLS" if self._dialogue.may_starttls:
                return await self._starttls(argument)
            case "QUIT":
                self._said_quit = True
                self._say("221 2.0.0 Bye")
                return False
            case _:
                self._say(self._dialogue.answer(verb, argument))
                return True

    def _has_budget(self) -> bool:
        self._commands_left -= 1
        if self._commands_left > 0:
            return True
        self._say("421 4.7.0 Too many commands")
        return False

    def _refuse(self, refusal: Refusal) -> bool:
        """Answer a refused command; False when there were too many."""
        _log.debug("command refused", ip=self._ip, reply=refusal.reply, reason=str(refusal))
        self._say(refusal.reply)
        self._errors_left -= 1
        if self._errors_left > 0:
            return True
        _log.info("too many errors", ip=self._ip, last=refusal.reply)
        self._say("421 4.7.0 Too many errors")
        return False

    def _forgive(self) -> None:
        """A message went well, or the session begins: the peer has its whole budget."""
        self._commands_left = limits.IDLE_COMMANDS + self._offer.max_recipients
        self._errors_left = limits.ERRORS

    def _say(self, reply: str) -> None:
        self._replies.append(reply)

    def _write(self) -> None:
        """All replies in one write: a pipelined group is one packet (RFC 2920 section 3.2)."""
        self._replies.append("")
        self._writer.write("\r\n".join(self._replies).encode())
        self._replies.clear()

    async def _flush(self) -> None:
        if self._replies:
            self._write()
            await self._writer.drain()

    async def push(self, status: str) -> None:  # type: ignore[override]  # only str is pushed
        """Write a reply of aiosmtpd's own (STARTTLS); nothing is awaited before the handshake."""
        self._say(status)
        self._write()

    # --- AUTH, DATA and STARTTLS ----------------------------------------------------------------

    async def _starttls(self, argument: str) -> bool:
        """Encrypt. What was sent ahead in clear is thrown away (RFC 3207 section 4.2)."""
        if argument:
            raise BadArgument("STARTTLS")
        await self.smtp_STARTTLS("")
        self._dialogue = Dialogue(self._offer, tls=True)
        return True

    async def _log_in(self, argument: str) -> bool:
        """Let an agent log in (RFC 4954)."""
        self._dialogue.check_may_log_in()
        if self._shared.logins is None:
            raise TemporaryFailure("AUTH")
        name, password = await credentials(argument, self._ask)
        self._dialogue.login = await self._shared.logins.check(name, password, self._ip)
        self._say("235 2.7.0 Authentication successful")
        return True

    async def _ask(self, challenge: str) -> str:
        self._say(f"334 {challenge}")
        await self._flush()
        line = await self._reader.readuntil(b"\n")
        self._active = self.loop.time()
        if len(line) > limits.COMMAND_LINE or not line.isascii():
            raise BadResponse("line")
        return line.decode("ascii").rstrip("\r\n")

    async def _data(self, argument: str) -> bool:
        """Receive one message and have it accepted; False when the connection must end."""
        if argument:
            raise BadArgument("DATA")
        envelope = self._dialogue.envelope()
        self._say("354 End data with <CR><LF>.<CR><LF>")
        await self._flush()
        self.in_message = True
        try:
            reply = await self._receive(envelope)
        finally:
            self.in_message = False
        if reply is None:
            return False
        self._dialogue.reset()
        # LMTP answers for each recipient (RFC 2033 section 4.2); one commit holds for all.
        for _ in envelope.rcpt_to if self._offer.lmtp else (None,):
            self._say(reply)
        if reply.startswith("250"):
            self._forgive()
        if self._shared.closing:
            self._say(_CLOSING)
        return not self._shared.closing

    async def _receive(self, envelope: Envelope) -> str | None:
        """The reply to the content; None when the peer is gone or was cut off."""
        offer = self._offer
        collector = Collector(offer.max_bytes, offer.pending, normalise=offer.lmtp)
        try:
            if not await self._collect(collector):
                collector.release()
                return None
            put_back(self._reader, collector.rest)
            raw = collector.take()
        except Refusal as refusal:
            collector.release()
            _log.info("message refused", ip=self._ip, reply=refusal.reply, reason=str(refusal))
            return refusal.reply
        except BaseException:
            collector.release()
            raise
        self._accepting = True
        try:
            peer = self._dialogue.peer(self._ip)
            return await self._shared.accept(envelope, peer, raw, collector.release)
        finally:
            self._accepting = False
            self._active = self.loop.time()

    async def _collect(self, collector: Collector) -> bool:
        """Read to the end of the content; False when it does not come."""
        while True:
            chunk = await self._reader.read(limits.CHUNK)
            if not chunk:
                return False
            self._active = self.loop.time()
            if collector.feed(chunk):
                return True
            if collector.overrun:
                self._say(MessageTooBig().reply)
                return False
