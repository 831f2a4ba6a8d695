"""What asyncio and aiosmtpd do not give: to look ahead, to put back, the IP of the peer."""

import asyncio


def has_line(reader: asyncio.StreamReader) -> bool:
    """True when a whole line waits in the buffer."""
    return b"\n" in _buffer(reader)


def put_back(reader: asyncio.StreamReader, data: bytes) -> None:
    """Make `data` the next bytes that are read."""
    if data:
        _buffer(reader)[:0] = data


def _buffer(reader: asyncio.StreamReader) -> bytearray:
    # Not public, but unchanged in every asyncio; aiosmtpd reaches for it in the same way.
    buffer: bytearray = reader._buffer  # type: ignore[attr-defined] # noqa: SLF001
    return buffer


def peer_ip(transport: asyncio.BaseTransport) -> str:
    """The peer's IP address, `""` for a unix socket. IPv4 looks the same on a socket of IPv6."""
    peer = transport.get_extra_info("peername")
    if not isinstance(peer, tuple) or not peer:
        return ""
    return str(peer[0]).removeprefix("::ffff:")


class _NoHooks:
    """The handler object that aiosmtpd wants, of which nothing is used."""

    def __dir__(self) -> tuple[str, ...]:
        return ()


NO_HOOKS = _NoHooks()
