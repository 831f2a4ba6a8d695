"""The servers that mail is handed to, each as a process of its own, ended by process id."""

import re
import subprocess
import sys
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
def null_handler(_: Path) -> Iterator[int]:
    """aiosmtpd, which forgets every mail."""
    with _announced(sys.executable, "-m", "bench.null") as port:
        yield port


@contextmanager
def gateway(folder: Path) -> Iterator[int]:
    """The whole gateway with the shipped rules: it decides about the mails while more arrive."""
    config = folder / "gateway.toml"
    config.write_text(f'rules = "{RULES}"\n' + SETTINGS)
    command = [sys.executable, "-m", "gateway", "serve", "--config", str(config)]
    with _announced(*command) as port:
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
def _announced(*command: str) -> Iterator[int]:
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1
    )
    try:
        yield _port(process)
    finally:
        process.terminate()
        process.communicate()


def _port(process: "subprocess.Popen[str]") -> int:
    said = []
    for line in process.stdout:
        said.append(line)
        if ready := re.search(r"ready: smtp \S+:(\d+)", line):
            return int(ready[1])
    raise RuntimeError("".join(said))
