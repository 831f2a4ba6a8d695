"""python-gnupg within bounds: time, output, memory, and status lines nobody can forge.

What is different from the library (SECURITY: its traps):

- gpg runs in a process group of its own, which is killed when the time is over or the output grows
  too big; it cannot take more memory than it may;
- what gpg logs goes nowhere, so that only status lines are on the pipe they come by;
- those lines end with LF and nothing else. The library's reader also ends them at U+0085 and other
  characters that gpg leaves as they are in a user id, behind which `[GNUPG:] GOODSIG` may follow;
- the results are the status lines themselves (`crypto.status` reads them).
"""

import copy
import logging
import os
import resource
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import gnupg

logging.getLogger("gnupg").setLevel(logging.CRITICAL + 1)  # it would log keys and texts

_PREFIX = b"[GNUPG:] "
_CHUNK = 64 * 1024
_MAX_STATUS = 1 << 20
_KINDS = "crypt delete generate addSubkey import list scan sign trust verify export".split()

# No option file is read (--no-options), so the admin's own ~/.gnupg changes nothing, and no network
# is ever used: keys come from our tables alone.
OPTIONS = (
    "--no-options",
    "--logger-file=/dev/null",
    "--no-auto-key-retrieve",
    "--no-auto-key-locate",
    "--no-auto-key-import",
    "--disable-dirmngr",
    "--no-symkey-cache",
    "--no-auto-check-trustdb",
    "--trust-model=always",
    "--require-cross-certification",
    "--allow-weak-digest-algos",  # for reading; such a signature is called weak
    "--personal-digest-preferences=SHA512 SHA384 SHA256",
    "--no-emit-version",
    "--no-comments",
    "--display-charset=utf-8",
    "--utf8-strings",
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call of gpg may take: seconds, octets of its output, octets of memory."""

    timeout: float = 30.0
    max_output: int = 64 << 20
    memory: int = 1 << 30


class Outcome:
    """What a call led to: status lines, output, return code. The bounds it broke, if any."""

    def __init__(self, gpg: "BoundedGnupg") -> None:
        self.lines: list[tuple[str, str]] = []
        self.data = b""
        self.stderr = ""  # the library tells of it when it finds no gpg
        self.returncode: int | None = None
        self.timed_out = False
        self.too_big = False
        self.process: subprocess.Popen[bytes] | None = None
        gpg.made.append(self)

    def __iter__(self) -> Iterator[Any]:
        """Nothing: the library goes through the keys it read, which it does not here."""
        return iter(())

    def has(self, keyword: str) -> bool:
        """True when a status line has this keyword."""
        return any(said == keyword for said, _ in self.lines)

    def kill(self) -> None:
        """End gpg and all that it started."""
        process = self.process
        if process is not None and process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

    def run_out(self) -> None:
        """The time is over."""
        self.timed_out = True
        self.kill()


class BoundedGnupg(gnupg.GPG):  # type: ignore[misc]  # the library has no types
    """The library's methods; ask `call` for one that may be used once."""

    result_map = dict.fromkeys(_KINDS, Outcome)

    def __init__(self, home: Path, limits: Limits) -> None:
        """Raises OSError or ValueError when there is no gpg that works."""
        self.limits = limits
        self.made: list[Outcome] = []
        path = os.environ.get("PATH", "/usr/local/bin:/usr/bin:/bin")
        env = {"PATH": path, "HOME": str(home), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        super().__init__(gnupghome=str(home), options=list(OPTIONS), env=env)

    def call(self, operation: Callable[["BoundedGnupg"], object], *options: str) -> Outcome:
        """The outcome of one operation of the library, with these options besides."""
        once = copy.copy(self)
        once.options = [*OPTIONS, *options]
        once.made = []
        try:
            operation(once)
        except OSError:  # gpg ended before it had read all, which its status explains
            if not once.made:
                raise
        outcome = once.made[-1]
        if outcome.process is not None:
            outcome.returncode = outcome.process.wait()
        return outcome

    def handle(self, args: Sequence[str], octets: bytes, passphrase: str | None) -> None:
        """An operation that the library has no method for."""
        stream = gnupg._make_memory_stream(octets)  # noqa: SLF001  (as its own methods do)
        self._handle_io(list(args), stream, Outcome(self), passphrase=passphrase, binary=True)

    def make_args(self, args: list[str], passphrase: bool) -> list[str]:
        """The command line; without a passphrase nobody is asked for one."""
        made: list[str] = super().make_args(args, passphrase)
        if not passphrase:
            made[1:1] = ["--pinentry-mode", "error"]
        return made

    def _open_subprocess(
        self,
        args: list[str],
        passphrase: bool = False,
    ) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(  # noqa: S603  (a list, no shell)
            self.make_args(args, passphrase),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self.env,
            start_new_session=True,
        )
        # Only what gpg does not set itself: it ends when a limit changes under its hands (of cores
        # it writes none anyway).
        with suppress(AttributeError, OSError, ValueError):  # no Linux, or it has ended already
            memory = self.limits.memory
            resource.prlimit(process.pid, resource.RLIMIT_AS, (memory, memory))
        return process

    def _collect_output(
        self,
        process: "subprocess.Popen[bytes]",
        result: Outcome,
        writer: threading.Thread | None = None,
        stdin: BinaryIO | None = None,
    ) -> int:
        result.process = process
        timer = threading.Timer(self.limits.timeout, result.run_out)
        timer.daemon = True
        timer.start()
        try:
            code: int = super()._collect_output(process, result, writer, stdin)
        finally:
            timer.cancel()
            if writer is not None:
                writer.join()
        return code

    def _read_data(
        self, stream: BinaryIO, result: Outcome, on_data: object = None, buffer_size: int = _CHUNK
    ) -> None:
        del on_data, buffer_size
        room, chunks = self.limits.max_output, []
        while chunk := stream.read(_CHUNK):
            room -= len(chunk)
            if room < 0:
                result.too_big = True
                result.kill()
                return
            chunks.append(chunk)
        result.data = b"".join(chunks)

    def _read_response(self, stream: Any, result: Outcome) -> None:  # noqa: ANN401
        source: BinaryIO = stream.stream  # below the reader that ends lines where gpg does not
        size = 0
        while line := source.readline(_MAX_STATUS):
            size += len(line)
            if size > _MAX_STATUS:
                result.too_big = True
                result.kill()
                return
            if line.startswith(_PREFIX):
                keyword, _, rest = line[len(_PREFIX) :].rstrip(b"\n").partition(b" ")
                said = keyword.decode("ascii", "replace"), rest.decode("utf-8", "replace")
                result.lines.append(said)

    def _decode_result(self, result: Outcome) -> Outcome:
        return result
