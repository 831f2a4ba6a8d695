"""Connections to the next servers, kept and used again."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import aiosmtplib

from gateway.config import DeliverySettings, Security

_MAX_IDLE = 60.0
"""Seconds a connection is kept unused: less than servers and firewalls wait."""
_GOODBYE = 2.0


@dataclass(frozen=True, slots=True)
class Target:
    """A server to deliver to. `relayed`: a next hop of a relay address, not the smarthost."""

    host: str
    port: int
    relayed: bool = False


@dataclass(slots=True)
class _Lane:
    """The connections to one target: how many more may be opened, and the idle ones."""

    free: asyncio.Semaphore
    idle: list[tuple[float, aiosmtplib.SMTP]] = field(default_factory=list)


@dataclass(slots=True)
class Slot:
    """The right to one connection. `kept`: it was used before and may be dead by now."""

    connector: "Connector"
    target: Target
    client: aiosmtplib.SMTP | None = None
    kept: bool = False

    async def connect(self) -> aiosmtplib.SMTP:
        """A new connection: greeted, encrypted and logged in as the settings want it."""
        self.client = await self.connector.connect(self.target)
        return self.client

    def discard(self) -> None:
        """Close the connection: what state it is in is not known."""
        if self.client is not None:
            self.client.close()
        self.client = None


class Connector:
    """Opens connections."""

    def __init__(self, settings: DeliverySettings, hostname: str) -> None:
        """Raises OSError when the password or the authority's file cannot be read."""
        self._settings = settings
        self._hostname = hostname
        self.password = ""
        if settings.user and settings.password_file is not None:
            self.password = settings.password_file.read_text().rstrip("\r\n")
        self._verified = ssl.create_default_context(
            cafile=None if settings.ca_file is None else str(settings.ca_file)
        )
        self._opportunistic = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._opportunistic.check_hostname = False
        self._opportunistic.verify_mode = ssl.CERT_NONE

    async def connect(self, target: Target) -> aiosmtplib.SMTP:
        """A connection ready for MAIL. Raises what aiosmtplib raises."""
        if not target.relayed:
            return await self._open(self.to_smarthost())
        try:
            return await self._open(self._to_relay(target, start_tls=None))
        except aiosmtplib.SMTPConnectError:
            raise
        except (ssl.SSLError, aiosmtplib.SMTPException):
            # Better in clear than not at all: there was no promise of TLS (RFC 7435 section 3).
            return await self._open(self._to_relay(target, start_tls=False))

    async def _open(self, client: aiosmtplib.SMTP) -> aiosmtplib.SMTP:
        await client.connect()
        try:
            if client.is_ehlo_or_helo_needed:
                await client.ehlo()
        except BaseException:
            client.close()
            raise
        return client

    def to_smarthost(self) -> aiosmtplib.SMTP:
        """The smarthost, not yet connected to."""
        settings = self._settings
        return aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            username=settings.user or None,
            password=self.password if settings.user else None,
            local_hostname=self._hostname,
            timeout=settings.timeout,
            use_tls=settings.security is Security.TLS,
            start_tls=settings.security is Security.STARTTLS,
            tls_context=self._verified,
        )

    def _to_relay(self, target: Target, *, start_tls: bool | None) -> aiosmtplib.SMTP:
        return aiosmtplib.SMTP(
            hostname=target.host,
            port=target.port,
            local_hostname=self._hostname,
            timeout=self._settings.timeout,
            start_tls=start_tls,
            tls_context=self._opportunistic,
        )


class Pool:
    """At most `connections` to each target at a time; more attempts wait for their turn."""

    def __init__(self, connector: Connector, connections: int) -> None:
        self._connector = connector
        self._connections = connections
        self._lanes: dict[Target, _Lane] = {}

    @asynccontextmanager
    async def slot(self, target: Target) -> AsyncIterator[Slot]:
        """A connection for one attempt, kept afterwards unless it was discarded."""
        lane = self._lanes.get(target)
        if lane is None:
            lane = self._lanes[target] = _Lane(asyncio.Semaphore(self._connections))
        async with lane.free:
            client = _take(lane)
            slot = Slot(self._connector, target, client, kept=client is not None)
            try:
                yield slot
            finally:
                if slot.client is not None and slot.client.is_connected:
                    lane.idle.append((_now(), slot.client))

    async def close(self) -> None:
        """Say QUIT on all idle connections."""
        idle = [client for lane in self._lanes.values() for _, client in lane.idle]
        self._lanes.clear()
        await asyncio.gather(*(_quit(client) for client in idle))


def _take(lane: _Lane) -> aiosmtplib.SMTP | None:
    """The connection used last, or None; those that are closed or too old are dropped."""
    while lane.idle:
        since, client = lane.idle.pop()
        if client.is_connected and _now() - since < _MAX_IDLE:
            return client
        client.close()
    return None


def _now() -> float:
    return asyncio.get_running_loop().time()


async def _quit(client: aiosmtplib.SMTP) -> None:
    with suppress(aiosmtplib.SMTPException, OSError):
        await client.quit(timeout=_GOODBYE)
    client.close()
