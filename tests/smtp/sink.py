"""A scripted next server: says what it is told to say at each stage, and notes what it hears."""

import asyncio
import ssl
from dataclasses import dataclass, field
from typing import Self

_USUAL = {
    "STARTTLS": "220 go",
    "AUTH": "235 2.7.0 ok",
    "DATA": "354 go",
    "QUIT": "221 bye",
}


@dataclass
class Sink:
    """`script` maps a stage (banner, EHLO, AUTH, MAIL, RCPT, DATA, dot, RSET) to its reply.

    The reply `close` closes the connection without a word, `hang` says nothing at all. A list is
    used up one by one; after it, the usual reply.
    """

    script: dict[str, str | list[str]] = field(default_factory=dict)
    offers: tuple[str, ...] = ("8BITMIME", "SMTPUTF8", "SIZE 10000000")
    tls: ssl.SSLContext | None = None
    implicit_tls: bool = False
    heard: list[str] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    async def __aenter__(self) -> Self:
        context = self.tls if self.implicit_tls else None
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]
        self._writers: list[asyncio.StreamWriter] = []
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.hang_up()
        await asyncio.sleep(0.01)

    def hang_up(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    def _reply(self, stage: str, usual: str) -> str:
        wanted = self.script.get(stage, usual)
        if isinstance(wanted, list):
            return wanted.pop(0) if wanted else usual
        return wanted

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.append(writer)
        try:
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._say(writer, "banner", "220 sink")
        encrypted = self.implicit_tls
        verb = ""
        while verb != "QUIT":
            line = (await reader.readuntil(b"\r\n")).decode().rstrip("\r\n")
            self.heard.append(line)
            verb = line.partition(" ")[0].upper()
            usual = _USUAL.get(verb, "250 2.1.0 ok")
            if verb == "EHLO":
                offers = [*self.offers, *(["STARTTLS"] if self.tls and not encrypted else [])]
                usual = (
                    "250-sink\r\n" + "".join(f"250-{offer}\r\n" for offer in offers) + "250 HELP"
                )
            reply = await self._say(writer, verb, usual)
            if verb == "STARTTLS" and reply.startswith("220"):
                await self._encrypt(writer)
                encrypted = True
            if verb == "DATA" and reply.startswith("354"):
                self.mails.append(await reader.readuntil(b"\r\n.\r\n"))
                await self._say(writer, "dot", "250 2.0.0 taken")

    async def _say(self, writer: asyncio.StreamWriter, stage: str, usual: str) -> str:
        reply = self._reply(stage, usual)
        if reply == "close":
            raise ConnectionResetError
        if reply != "hang":
            writer.write(reply.encode() + b"\r\n")
            await writer.drain()
        return reply

    async def _encrypt(self, writer: asyncio.StreamWriter) -> None:
        before = writer.transport
        assert self.tls is not None
        try:
            await writer.start_tls(self.tls)
        except AttributeError:  # what asyncio makes of a peer that left during the handshake
            writer._transport = before
            raise ConnectionResetError from None
