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
from gateway.smtp.session import Session
from gateway.smtp.shared import Acceptor, Shared

__all__ = ["Acceptor", "Server"]

_BACKLOG = 1024
_CLOSING = "421 4.3.2 Service is shutting down"


class Server:
    """A running receiver: `await Server.start(...)`, at last `await server.close(grace)`."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._listeners: list[asyncio.Server] = []
        self._lmtp_socket: Path | None = None

    @classmethod
    async def start(
        cls, settings: SmtpSettings, acceptor: Acceptor, sockets: Sequence[socket.socket] = ()
    ) -> Self:
        """Listen where the settings say; `sockets` (bound already) replace the same kind of them.

        A unix socket speaks LMTP, any other SMTP. Raises OSError when an address is taken or the
        certificate cannot be read.
        """
        server = cls(Shared(settings, acceptor, _tls(settings)))
        try:
            await server._listen(sockets)
        except BaseException:
            await server.close(0)
            raise
        return server

    @property
    def addresses(self) -> tuple[tuple[str, int], ...]:
        """Host and port of every SMTP socket, as bound."""
        return tuple(
            bound.getsockname()[:2]
            for listener in self._listeners
            for bound in listener.sockets
            if bound.family != socket.AF_UNIX
        )

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
        for listener in self._listeners:
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
        if all(each.family == socket.AF_UNIX for each in given):
            for address in self._shared.settings.listen:
                host, port = _host_port(address)
                await self._add(host, port)
        path = self._shared.settings.lmtp_socket
        if path is not None and all(each.family != socket.AF_UNIX for each in given):
            given.append(_bind_unix(path))
            self._lmtp_socket = path
        for each in given:
            await self._add_socket(each)

    async def _add(self, host: str, port: int) -> None:
        shared = self._shared
        self._listeners.append(
            await shared.loop.create_server(
                lambda: Session(shared, lmtp=False), host, port, backlog=_BACKLOG
            )
        )

    async def _add_socket(self, bound: socket.socket) -> None:
        shared, lmtp = self._shared, bound.family == socket.AF_UNIX
        create = shared.loop.create_unix_server if lmtp else shared.loop.create_server
        self._listeners.append(
            await create(lambda: Session(shared, lmtp=lmtp), sock=bound, backlog=_BACKLOG)
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
