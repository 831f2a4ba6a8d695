"""A load generator: SMTP sessions that each hand over one mail after the other, no pipelining.

`python -m bench.load PORT BYTES SESSIONS SECONDS` prints one line of JSON. It runs in a process of
its own and says which part of one core it needed, so that one sees who was the bottleneck.
"""

import asyncio
import json
import sys
import time

HOST = "127.0.0.1"
LINE = b"Der Laptop startet, aber der Bildschirm bleibt dunkel; was kann das sein?\r\n"
WARM_UP = 0.3


class Session(asyncio.Protocol):
    """One connection; every reply that is complete calls for the next command."""

    def __init__(self, number: int, size: int, ended: "asyncio.Future[None]") -> None:
        self.number, self.size, self.ended = number, size, ended
        self.mails = 0
        self.rejected = ""
        self._pending = b""
        self._next = self._dialogue()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._pending += data
        last = self._pending[self._pending.rfind(b"\n", 0, -1) + 1 :]
        if not last.endswith(b"\n") or last[3:4] == b"-":
            return
        reply, self._pending = last, b""
        if reply[:1] in b"45":
            self.rejected = reply.decode(errors="replace").strip()
            self.transport.close()
            return
        self.transport.write(self._next.send(reply if self.mails else None))

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_result(None)

    def _dialogue(self):
        body = LINE * (self.size // len(LINE) + 1)
        yield b"EHLO bench.example\r\n"
        while True:
            name = f"{self.number}.{self.mails}.{time.time_ns()}"
            sender = f"r{name}@requester.example"
            yield f"MAIL FROM:<{sender}>\r\n".encode()
            yield b"RCPT TO:<info@truhe.example>\r\n"
            yield b"DATA\r\n"
            head = (
                f"From: {sender}\r\nTo: info@truhe.example\r\nSubject: Laptop {name}\r\n"
                f"Message-ID: <{name}@requester.example>\r\n"
                "Date: Mon, 02 Nov 2026 10:00:00 +0100\r\n\r\n"
            ).encode()
            yield head + body[: max(0, self.size - len(head) - 2)] + b"\r\n.\r\n"
            self.mails += 1


async def load(port: int, size: int, sessions: int, seconds: float) -> dict[str, object]:
    """Mails a second that were accepted after the warm-up, and the generator's share of a core."""
    loop = asyncio.get_running_loop()
    ended = [loop.create_future() for _ in range(sessions)]
    clients: list[Session] = []
    for number in range(sessions):
        _, client = await loop.create_connection(
            lambda n=number: Session(n, size, ended[n]), HOST, port
        )
        clients.append(client)
    await asyncio.sleep(WARM_UP)
    before, cpu, start = sum(c.mails for c in clients), time.process_time(), time.perf_counter()
    await asyncio.sleep(seconds)
    elapsed = time.perf_counter() - start
    mails = sum(c.mails for c in clients) - before
    share = (time.process_time() - cpu) / elapsed
    for client in clients:
        client.transport.close()
    await asyncio.wait(ended)
    rejected = next((c.rejected for c in clients if c.rejected), "")
    return {"rate": mails / elapsed, "share": share, "rejected": rejected}


if __name__ == "__main__":
    port_, size_, sessions_, seconds_ = sys.argv[1:]
    print(json.dumps(asyncio.run(load(int(port_), int(size_), int(sessions_), float(seconds_)))))
