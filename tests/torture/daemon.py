"""The daemon as a process of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from gateway.rulebook.defaults import init

PATIENCE = 60.0
"""Seconds until a step that does not happen is a failure; nothing depends on the number."""

_LAUNCH = """
from datetime import timedelta
import gateway.mail.backoff as backoff
backoff._PROCESSING_SECONDS = (0.2, 0.4)
backoff._DELIVERY_MINUTES = (0.01,)
backoff.PROCESSING_ATTEMPTS = {attempts}
from gateway.workers import deliver, process, retrying
retrying.pause = lambda failures: timedelta(seconds=0.5)
deliver.LEASE = process.LEASE = timedelta(seconds={lease})
deliver.RENEW = process.RENEW = deliver.LEASE / 4
deliver.LOOK_AGAIN = process.LOOK_AGAIN = 0.2
{patch}
from gateway.__main__ import main
main()
"""
"""Waiting times are made short, so that a test sees in a second what takes minutes."""


def settled(condition, what: str | Callable[[], str], patience: float = PATIENCE):
    """Return what `condition` returns as soon as that is true; else fail, saying `what` is not."""
    end = time.monotonic() + patience
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < end, f"never came: {what() if callable(what) else what}"
        time.sleep(0.02)


@dataclass
class Daemon:
    """One node. `folder` holds its configuration and rules; `url` names its database."""

    folder: Path
    url: str = "sqlite:///gateway.db"
    lease: float = 120.0
    attempts: int = 3
    patch: str = ""
    edits: Mapping[str, str] = field(default_factory=dict)
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0

    def __post_init__(self) -> None:
        init(self.folder, development=True)
        rules = self.folder / "rules" / "organisation.yaml"
        rules.write_text(rules.read_text().replace("send_delay: 60", "send_delay: 0"))
        self.edit({"127.0.0.1:8025": "127.0.0.1:0", "sqlite:///gateway.db": self.url})
        self.edit(self.edits)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        if self.is_running:
            self.kill()

    @property
    def config(self) -> Path:
        return self.folder / "gateway.toml"

    @property
    def maildirs(self) -> Path:
        return self.folder / "mail"

    @property
    def log(self) -> str:
        """What it has said since its last start."""
        return (self.folder / f"log.{self.starts}").read_text(encoding="utf-8", errors="replace")

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def edit(self, edits: Mapping[str, str]) -> None:
        text = self.config.read_text(encoding="utf-8")
        for old, new in edits.items():
            assert old in text, old
            text = text.replace(old, new)
        self.config.write_text(text, encoding="utf-8")

    def launch(self, fault: str = "") -> subprocess.Popen[bytes]:
        """Start it and do not wait."""
        code = _LAUNCH.format(lease=self.lease, attempts=self.attempts, patch=self.patch)
        command = [sys.executable, "-c", code, "serve", "--config", str(self.config)]
        self.starts += 1
        with (self.folder / f"log.{self.starts}").open("wb") as log:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=os.environ | {"GATEWAY_FAULT": fault},
            )
        return self.process

    def start(self, fault: str = "") -> "Daemon":
        """Start it and wait until it listens; with a `fault` it may die before."""
        process = self.launch(fault)
        self.port = 0
        settled(lambda: self._listens() or process.poll() is not None, "the daemon listens")
        assert fault or self.port, self.log
        return self

    def _listens(self) -> bool:
        for line in self.log.splitlines(keepends=True):
            if line.startswith("ready: smtp ") and line.endswith("\n"):
                self.port = int(line.rpartition(":")[2])
        return self.port != 0

    def kill(self) -> None:
        """SIGKILL, and wait for the end."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def dies(self) -> None:
        """Wait until a fault point has killed it."""
        assert self.process is not None
        status = settled(self.process.poll, f"the fault kills it\n{self.log}")
        assert status == -signal.SIGKILL, self.log

    def stop(self) -> int:
        """SIGTERM; the exit status."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(PATIENCE)

    def signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def cpu_seconds(self) -> float:
        """Processor time it has used."""
        assert self.process is not None
        words = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").split()
        return (int(words[13]) + int(words[14])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def two_nodes(folder: Path, url: str, **settings) -> Iterator[tuple[Daemon, Daemon]]:
    """Two nodes on one database that deliver into the same Maildirs."""
    shared = {'maildir = "mail"': f'maildir = "{folder / "one" / "mail"}"'}
    for name in ("one", "two"):
        (folder / name).mkdir()
    with (
        Daemon(folder / "one", url, edits=shared, **settings) as one,
        Daemon(folder / "two", url, edits=shared, **settings) as two,
    ):
        yield one, two
