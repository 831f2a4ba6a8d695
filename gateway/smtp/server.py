"""The SMTP and LMTP receiver: listening sockets, and the end of all of it.

`250` is said when, and only when, `Acceptor.accept` has returned. Sessions run in the caller's
event loop; see `session` for one connection, `dialogue` for what is said before DATA, `data` for
what comes after it, `limits` for what one server will bear.
"""

import asyncio
import errno
import socket
import ssl
import stat
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

from gateway.config import SmtpSettings
from gateway.smtp.dialogue import Offer
from gateway.smtp.login import Logins
from gateway.smtp.session import Session
from gateway.smtp.shared import Acceptor, Shared

__all__ = ["Acceptor", "Server"]

SUBMISSION = 587
"""The port on which agents log in (RFC 6409), where systemd holds it."""
_BACKLOG = 1024
_CLOSING = "421 4.3.2 Service is shutting down"


class Server:
    """A running receiver: `await Server.start(...)`, at last `await server.close(grace)`."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._listeners: list[asyncio.Server] = []
        self._for_agents: list[asyncio.Server] = []
        self._lmtp_socket: Path | None = None

    @classmethod
    async def start(
        cls,
        settings: SmtpSettings,
        acceptor: Acceptor,
        sockets: Sequence[socket.socket] = (),
        logins: Logins | None = None,
    ) -> Self:
        """Listen where the settings say; `sockets` (bound already) replace the same kind of them.

        A unix socket speaks LMTP, one on port 587 is for agents who log in, any other SMTP. Raises
        OSError when an address is taken or the certificate cannot be read, and ValueError when
        agents are to log in without one.
        """
        if settings.submission_listen and settings.tls_certificate is None:
            raise ValueError("smtp.submission_listen needs smtp.tls_certificate")
        server = cls(Shared(settings, acceptor, _tls(settings), logins))
        try:
            await server._listen(sockets)
        except BaseException:
            await server.close(0)
            raise
        return server

    @property
    def addresses(self) -> tuple[tuple[str, int], ...]:
        """Host and port of every SMTP socket, as bound."""
        return _addresses(self._listeners)

    @property
    def submission_addresses(self) -> tuple[tuple[str, int], ...]:
        """Host and port of every socket for agents who log in, as bound."""
        return _addresses(self._for_agents)

    @property
    def connections(self) -> int:
        """How many sessions there are now."""
        return len(self._shared.sessions)

    def reload_certificate(self) -> None:
        """Use the certificate files as they are now, for new connections. Raises OSError."""
        if self._shared.tls is not None:
            _load(self._shared.tls, self._shared.settings)

    async def close(self, grace: float) -> None:
        """Stop listening, let messages under way end within `grace` seconds, then cut.

        A message that the acceptor works on is waited for; after `grace` it is given up, which
        means that the peer gets no 250 and will send it again.
        """
        self._shared.closing = True
        for listener in (*self._listeners, *self._for_agents):
            listener.close()
        for session in tuple(self._shared.sessions):
            if not session.in_message:
                session.hang_up(_CLOSING)
        with suppress(TimeoutError):
            async with asyncio.timeout(grace):
                await self._shared.drained()
        await self._cut()
        if self._lmtp_socket is not None:
            self._lmtp_socket.unlink(missing_ok=True)

    async def _cut(self) -> None:
        for session in tuple(self._shared.sessions):
            session.hang_up(_CLOSING)
        tasks = tuple(self._shared.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _listen(self, sockets: Sequence[socket.socket]) -> None:
        given = list(sockets)
        shared, settings = self._shared, self._shared.settings
        if all(each.family == socket.AF_UNIX for each in given):
            for address in settings.listen:
                await self._add(address, shared.smtp_offer, self._listeners)
        if not any(_is_for_agents(each) for each in given):
            for address in settings.submission_listen:
                await self._add(address, shared.submission_offer, self._for_agents)
        path = settings.lmtp_socket
        if path is not None and all(each.family != socket.AF_UNIX for each in given):
            given.append(_bind_unix(path))
            self._lmtp_socket = path
        for each in given:
            await self._add_socket(each)

    async def _add(self, address: str, offer: Offer, listeners: list[asyncio.Server]) -> None:
        shared = self._shared
        host, port = _host_port(address)
        listeners.append(
            await shared.loop.create_server(
                lambda: Session(shared, offer), host, port, backlog=_BACKLOG
            )
        )

    async def _add_socket(self, bound: socket.socket) -> None:
        shared, lmtp = self._shared, bound.family == socket.AF_UNIX
        offer, listeners = shared.smtp_offer, self._listeners
        if lmtp:
            offer = shared.lmtp_offer
        elif _is_for_agents(bound):
            offer, listeners = shared.submission_offer, self._for_agents
        create = shared.loop.create_unix_server if lmtp else shared.loop.create_server
        listeners.append(await create(lambda: Session(shared, offer), sock=bound, backlog=_BACKLOG))


def _is_for_agents(bound: socket.socket) -> bool:
    return bound.family != socket.AF_UNIX and bound.getsockname()[1] == SUBMISSION


def _addresses(listeners: Sequence[asyncio.Server]) -> tuple[tuple[str, int], ...]:
    return tuple(
        bound.getsockname()[:2]
        for listener in listeners
        for bound in listener.sockets
        if bound.family != socket.AF_UNIX
    )


def _host_port(address: str) -> tuple[str, int]:
    """`[::1]:25` and `127.0.0.1:25` as host and port. Raises ValueError."""
    host, _, port = address.rpartition(":")
    return host.removeprefix("[").removesuffix("]"), int(port)


def _tls(settings: SmtpSettings) -> ssl.SSLContext | None:
    if settings.tls_certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _load(context, settings)
    return context


def _load(context: ssl.SSLContext, settings: SmtpSettings) -> None:
    if settings.tls_certificate is not None:
        context.load_cert_chain(settings.tls_certificate, settings.tls_key)


def _bind_unix(path: Path) -> socket.socket:
    """A bound unix socket that owner and group may use; one left by a dead server is replaced.

    Raises OSError (EADDRINUSE) when a living server listens there.
    """
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        if path.exists() and stat.S_ISSOCK(path.stat().st_mode):
            _remove_stale(path)
        bound.bind(str(path))
        # Nobody can connect before the first listen().
        path.chmod(0o660)
    except BaseException:
        bound.close()
        raise
    return bound


def _remove_stale(path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
    raise OSError(errno.EADDRINUSE, "another server listens on this socket", str(path))
