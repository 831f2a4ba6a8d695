"""Two things that asyncio's StreamReader cannot do: look, and take back what was read too far."""

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
