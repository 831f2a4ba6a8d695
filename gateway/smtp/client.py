"""Handing mail over to the next SMTP server, with a definite outcome for each attempt.

4xx and anything that goes wrong with the connection is `Deferred`, 5xx about this mail is
`Failed` (RFC 5321 section 4.2.1). An attempt has a wall clock of its own: a server that answers a
byte a minute cannot hold a worker.
"""

import asyncio
import re

import aiosmtplib

from gateway.config import DeliverySettings
from gateway.model.delivery import Deferred, Delivered, DeliveryOutcome, Failed
from gateway.smtp.pool import Connector, Pool, Slot, Target

_LINE_END = re.compile(rb"\r\n|\r|\n")
_STATUS = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})\b")
_ADDRESS = re.compile(r'(?:[^\s<>"@,;:\\()\[\]]+|"(?:[^"\\\r\n]|\\[ -~])*")@[^\s<>"@,;:\\()]+')
_MAX_REASON = 300
_REPLIES = 4  # an attempt may take as long as so many replies, and the time for its content
_SLOWEST = 65_536  # octets a second that a connection must carry
_OURS_TO_MEND = frozenset({421, 530, 534, 535, 538})
"""Replies that are about us or the host, not about this mail: closing, TLS or login wanted."""


class Smarthost:
    """Delivers through the configured server, or through the next hop of a relay address."""

    def __init__(self, settings: DeliverySettings, *, hostname: str = "localhost") -> None:
        """`hostname` is said in EHLO. Raises OSError when a file of the settings is unreadable."""
        self._timeout = settings.timeout
        self._pool = Pool(Connector(settings, hostname), settings.connections)
        self._home = Target(settings.host, settings.port)

    async def deliver(
        self, mail_from: str | None, rcpt_to: str, content: bytes, *, next_hop: str = ""
    ) -> DeliveryOutcome:
        """The outcome of one attempt to hand over one mail to one recipient.

        `next_hop` is `host` or `host:port` and replaces the smarthost: no login there, and TLS
        if the server has it, without verification (RFC 7435). Waiting for a free connection does
        not count towards the time of the attempt.
        """
        for address in (rcpt_to,) if mail_from is None else (mail_from, rcpt_to):
            if not (_ADDRESS.fullmatch(address) and address.isprintable()):
                return Failed("address cannot be sent over SMTP", "5.1.3")
        try:
            target = _target(next_hop) if next_hop else self._home
        except ValueError:
            return Deferred(_short(f"{next_hop}: not a host and port"))
        async with self._pool.slot(target) as slot:
            attempt = _Attempt(slot, mail_from or "", rcpt_to, wire_form(content), self._timeout)
            return await attempt.run()

    async def close(self) -> None:
        """Say QUIT on all kept connections."""
        await self._pool.close()


def wire_form(content: bytes) -> bytes:
    """`content` with CRLF line ends and no other CR or LF: the raw material of smuggling."""
    pairs = content.count(b"\r\n")
    if content.count(b"\r") == pairs == content.count(b"\n"):
        return content
    return _LINE_END.sub(b"\r\n", content)


class _Attempt:
    """One attempt; `_stage` is the command that is not answered yet."""

    def __init__(
        self, slot: Slot, mail_from: str, rcpt_to: str, content: bytes, timeout: float
    ) -> None:
        self._slot = slot
        self._mail_from = mail_from
        self._rcpt_to = rcpt_to
        self._content = content
        self._timeout = timeout
        self._content_time = timeout + len(content) / _SLOWEST
        self._stage = "connect"

    async def run(self) -> DeliveryOutcome:
        """The outcome, within the wall clock."""
        try:
            async with asyncio.timeout(_REPLIES * self._timeout + self._content_time):
                return await self._try_kept_then_new()
        except TimeoutError:
            return self._broken("timeout")
        except BaseException:
            self._slot.discard()
            raise

    async def _try_kept_then_new(self) -> DeliveryOutcome:
        kept = self._slot.kept
        outcome = await self._try()
        # A kept connection that died meanwhile, or that the server closes for idleness, says so
        # at MAIL; nothing was sent through it.
        if kept and self._stage == "MAIL" and isinstance(outcome, Deferred) and outcome.host_down:
            self._stage = "connect"
            return await self._try()
        return outcome

    async def _try(self) -> DeliveryOutcome:
        try:
            return await self._converse(self._slot.client or await self._slot.connect())
        except aiosmtplib.SMTPResponseException as error:
            return await self._answered(error)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            return self._broken(str(error) or type(error).__name__)

    async def _converse(self, client: aiosmtplib.SMTP) -> DeliveryOutcome:
        """MAIL, RCPT, DATA. Raises what aiosmtplib raises."""
        self._stage = "MAIL"
        utf8 = not (self._mail_from.isascii() and self._rcpt_to.isascii())
        if utf8 and not client.supports_extension("SMTPUTF8"):
            return Failed("the next server takes no non-ASCII addresses", "5.6.7")
        eight_bit = not self._content.isascii()
        if eight_bit and not client.supports_extension("8BITMIME"):
            return Failed("the next server takes no 8-bit mail", "5.6.3")
        options = []
        if client.supports_extension("SIZE"):
            options.append(f"SIZE={len(self._content)}")
        if eight_bit:
            options.append("BODY=8BITMIME")
        if utf8:
            options.append("SMTPUTF8")
        encoding = "utf-8" if utf8 else "ascii"
        await client.mail(self._mail_from, options=options, encoding=encoding)
        self._stage = "RCPT"
        await client.rcpt(self._rcpt_to, encoding=encoding)
        self._stage = "DATA"
        response = await client.data(self._content, timeout=self._content_time)
        return Delivered(_short(response.message))

    async def _answered(self, error: aiosmtplib.SMTPResponseException) -> DeliveryOutcome:
        """The outcome of a reply that is no success."""
        reason = _short(f"{self._where()} said: {error.code} {error.message}")
        if self._stage == "connect" or error.code in _OURS_TO_MEND:
            self._slot.discard()
            return Deferred(reason, host_down=True)
        if 500 <= error.code <= 599 and error.code != 503:
            await self._reset()
            return Failed(reason, _status(error.message))
        if 400 <= error.code <= 499:
            await self._reset()
        else:
            self._slot.discard()  # out of step, or no SMTP at all
        return Deferred(reason)

    async def _reset(self) -> None:
        """Make the connection fit for the next mail, or close it."""
        client = self._slot.client
        if client is None:
            return
        try:
            await client.rset()
        except (aiosmtplib.SMTPException, OSError):
            self._slot.discard()

    def _broken(self, reason: str) -> Deferred:
        """No answer. Until MAIL is answered the host is to blame; after DATA, who knows."""
        self._slot.discard()
        return Deferred(
            _short(f"{self._where()}: {reason}"),
            host_down=self._stage in {"connect", "MAIL"},
            unknown=self._stage == "DATA",
        )

    def _where(self) -> str:
        return f"{self._slot.target.host}:{self._slot.target.port} ({self._stage})"


def _target(next_hop: str) -> Target:
    """`host`, `host:port`, `[::1]` or `[::1]:25` as a target. Raises ValueError."""
    match = re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[^\s:\[\]]+)(?::(\d{1,5}))?", next_hop)
    if match is None:
        raise ValueError(next_hop)
    return Target(match[1].strip("[]"), int(match[2] or 25), relayed=True)


def _status(message: str) -> str:
    """The enhanced status code at the begin of a 5xx reply (RFC 2034)."""
    match = _STATUS.match(message)
    return match[1] if match and match[1].startswith("5") else "5.0.0"


def _short(reason: str) -> str:
    """One printable line, not too long: replies are other people's text."""
    line = " ".join(reason.split())
    return "".join(sign if sign.isprintable() else "?" for sign in line)[:_MAX_REASON]
