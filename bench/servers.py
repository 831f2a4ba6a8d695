"""The servers that mail is handed to, each as a process of its own, ended by process id."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.journeys.postfix import missing, postfix

RULES = Path(__file__).parent.parent / "rules"
SETTINGS = """
[smtp]
listen = ["127.0.0.1:0"]
max_connections_per_client = 100

[store]
url = "sqlite:///gateway.db"

[delivery]
mode = "maildir"
"""


@contextmanager
def null_handler(folder: Path) -> Iterator[int]:
    """aiosmtpd, which forgets every mail."""
    with _announced(folder, sys.executable, "-m", "bench.null") as port:
        yield port


@contextmanager
def gateway(folder: Path) -> Iterator[int]:
    """The whole gateway with the shipped rules: it decides about the mails while more arrive."""
    config = folder / "gateway.toml"
    config.write_text(f'rules = "{RULES}"\n' + SETTINGS)
    command = [sys.executable, "-m", "gateway", "serve", "--config", str(config)]
    with _announced(folder, *command) as port:
        yield port


@contextmanager
def discarding_postfix(folder: Path) -> Iterator[int]:
    """Postfix with a queue of its own, whose delivery is to throw away."""
    settings = "relay_domains = static:all\nrelay_transport = discard:\n"
    with postfix(folder / "postfix", "postfix.example", settings) as server:
        yield server.port


def contenders() -> dict[str, object]:
    """Name and starter of every server that can run here; the gateway comes last."""
    servers = {"aiosmtpd": null_handler}
    if missing():
        print(f"without Postfix: {missing()}")
    else:
        servers["Postfix"] = discarding_postfix
    return servers | {"gateway": gateway}


@contextmanager
def _announced(folder: Path, *command: str) -> Iterator[int]:
    """The port that the process says it listens on; its log goes into a file, as a service's."""
    log = folder / "log"
    with log.open("w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        while not (ready := re.search(r"^ready: smtp \S+:(\d+)$", log.read_text(), re.MULTILINE)):
            if process.poll() is not None:
                raise RuntimeError(log.read_text())
            time.sleep(0.05)
        yield int(ready[1])
    finally:
        process.terminate()
        process.wait()
