"""A next server that notes every mail it has said 250 for, and fails as it is told."""

import socket
import socketserver
import threading
import time
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default


@dataclass(frozen=True)
class Taken:
    """A mail for which 250 was said at `at` (monotonic seconds)."""

    at: float
    rcpt_to: str
    message_id: str
    raw: bytes


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False


@dataclass
class Recorder:
    """`refuses` maps a recipient to the reply to RCPT. `open` and `shut` may be repeated."""

    port: int = 0
    refuses: dict[str, str] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)
    connections: int = 0
    _server: _Server | None = None
    _sockets: set[socket.socket] = field(default_factory=set)

    def open(self) -> "Recorder":
        """Listen, on the same port as before."""
        recorder = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                recorder.connections += 1
                recorder._sockets.add(self.request)
                try:
                    recorder._talk(self)
                except OSError:
                    pass
                finally:
                    recorder._sockets.discard(self.request)

        self._server = _Server(("127.0.0.1", self.port), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def shut(self) -> None:
        """Refuse connections and cut those that there are."""
        if self._server is None:
            return
        self._server.shutdown()
        self._server.server_close()
        self._server = None
        for each in list(self._sockets):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def _talk(self, handler: socketserver.StreamRequestHandler) -> None:
        def say(reply: str) -> None:
            handler.wfile.write(f"{reply}\r\n".encode())

        say("220 smarthost ESMTP")
        rcpt_to = ""
        while line := handler.rfile.readline().decode().strip():
            verb = line.partition(" ")[0].upper()
            if verb == "EHLO":
                say("250-smarthost\r\n250-8BITMIME\r\n250 SMTPUTF8")
            elif verb == "RCPT":
                rcpt_to = line.partition("<")[2].partition(">")[0]
                say(self.refuses.get(rcpt_to, "250 2.1.5 ok"))
            elif verb == "DATA":
                say("354 go")
                raw = b"".join(iter(handler.rfile.readline, b".\r\n"))
                message_id = str(message_from_bytes(raw, policy=default)["Message-ID"])
                self.taken.append(Taken(time.monotonic(), rcpt_to, message_id.strip("<>"), raw))
                say("250 2.0.0 taken")
            elif verb == "QUIT":
                say("221 2.0.0 bye")
                return
            else:
                say("250 2.0.0 ok")


def edits(recorder: Recorder) -> dict[str, str]:
    """What a configuration says to send there."""
    return {
        'mode = "maildir"': 'mode = "smarthost"',
        'host = "localhost"\n': 'host = "127.0.0.1"\n',
        "port = 25\n": f"port = {recorder.port}\n",
        'security = "starttls"': 'security = "none"',
    }
