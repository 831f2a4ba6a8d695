"""A raw SMTP client, an acceptor in memory, and a server around a story."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from gateway.config import SmtpSettings
from gateway.model.envelope import Envelope, Peer, QueueId
from gateway.model.refusal import UnknownRecipient
from gateway.smtp.server import Server

OURS = {"info@truhe.example", "anna@truhe.example", "grüße@truhe.example", "postmaster"}


@dataclass
class Queue:
    """An acceptor that keeps everything in memory; `before` runs before the commit."""

    before: Callable[[], Awaitable[None]] | None = None
    kept: list[tuple[Envelope, Peer, bytes]] = field(default_factory=list)
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    def check_recipient(self, address: str) -> None:
        if address.lower() not in OURS:
            raise UnknownRecipient(address)

    async def accept(self, envelope: Envelope, peer: Peer, raw: bytes) -> QueueId:
        self.begun.set()
        if self.before is not None:
            await self.before()
        self.kept.append((envelope, peer, raw))
        return QueueId(f"q{len(self.kept)}")


_writers: list[asyncio.StreamWriter] = []


async def close_all() -> None:
    """Close every client that a story opened."""
    for writer in _writers:
        writer.transport.abort()
    _writers.clear()
    await asyncio.sleep(0)


async def until(true: Callable[[], bool]) -> None:
    """Return when it is true."""
    for _ in range(2000):
        if true():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it never came true")


async def no_connections(server: Server) -> None:
    """Return when the server has noticed that its clients are gone."""
    await until(lambda: not server.connections)


class Wire:
    """A raw client: bytes out, whole replies in."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _writers.append(writer)
        self.reader = reader
        self.writer = writer

    @classmethod
    async def open(cls, server: Server, *, hello: str = "EHLO client.example") -> "Wire":
        wire = cls(*await asyncio.open_connection(*server.addresses[0]))
        assert (await wire.reply()).startswith("220 ")
        if hello:
            assert (await wire.say(hello)).startswith("250")
        return wire

    async def reply(self) -> str:
        lines = []
        while True:
            line = (await asyncio.wait_for(self.reader.readline(), 10)).decode()
            lines.append(line)
            if line[3:4] != "-":
                return "".join(lines).rstrip("\r\n")

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def say(self, line: str) -> str:
        await self.send(line.encode() + b"\r\n")
        return await self.reply()

    async def envelope(self, rcpt: str = "info@truhe.example") -> None:
        assert (await self.say("MAIL FROM:<a@b.example>")).startswith("250")
        assert (await self.say(f"RCPT TO:<{rcpt}>")).startswith("250")

    async def data(self, content: bytes) -> str:
        """Everything from MAIL on; `content` ends with its own end mark."""
        await self.envelope()
        assert (await self.say("DATA")).startswith("354")
        await self.send(content)
        return await self.reply()

    async def closed(self) -> bool:
        try:
            return await asyncio.wait_for(self.reader.read(), 10) == b""
        except ConnectionError:
            return True

    def close(self) -> None:
        self.writer.close()


Story = Callable[[Server, Queue], Coroutine[Any, Any, None]]


def play(story: Story, queue: Queue | None = None, **settings: Any) -> Queue:
    """Run a story against a running server, and return what was accepted."""

    async def run() -> Queue:
        acceptor = queue or Queue()
        server = await Server.start(
            SmtpSettings(listen=("127.0.0.1:0",), hostname="mx.truhe.example", **settings), acceptor
        )
        try:
            await story(server, acceptor)
        finally:
            await close_all()
            await server.close(1)
        return acceptor

    return asyncio.run(run())
