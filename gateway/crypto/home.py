"""The folder where gpg keeps its keys, and the agent that guards the secret ones.

An agent that does not answer is killed, whoever started it; gpg starts a new one by itself.
"""

import os
import signal
import socket
import tempfile
from contextlib import suppress
from pathlib import Path

_MAX_PATH = 80  # a unix socket's path has at most 107 octets, and the names of the sockets in it
_ANSWERS_WITHIN = 3.0

# Nobody is ever asked for a passphrase, no card is looked for. The keys are encrypted with a
# passphrase that no one could guess (or with one of the admin's): deriving it slowly gains nothing.
_AGENT = """\
allow-loopback-pinentry
disable-scdaemon
auto-expand-secmem
s2k-count 65536
"""


def prepared(home: Path) -> Path:
    """The folder, made when it is missing, only for its owner; a short path to it.

    Raises OSError.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if home.stat().st_mode & 0o077:
        home.chmod(0o700)
    agent = home / "gpg-agent.conf"
    if not agent.exists():
        agent.write_text(_AGENT, encoding="ascii")
    if len(os.fsencode(home)) <= _MAX_PATH:
        return home
    short = Path(tempfile.mkdtemp(prefix="gw-", dir="/tmp")) / "h"
    short.symlink_to(home.absolute())
    return short


def agent_answers(home: Path) -> bool:
    """False when an agent is there and does not answer in time; then it is killed."""
    with _connected(home) as agent:
        if agent is None:
            return True
        try:
            if agent.recv(100).startswith(b"OK"):
                return True
        except OSError:
            pass
        _kill(home)
    return False


def has_agent(home: Path) -> bool:
    """True when an agent is there, whoever started it."""
    with _connected(home) as agent:
        return agent is not None


def stop_agent(home: Path) -> None:
    """End the agent, if there is one."""
    with _connected(home) as agent:
        if agent is None:
            return
        try:
            agent.recv(100)
            agent.sendall(b"KILLAGENT\n")
            agent.recv(100)
        except OSError:
            _kill(home)


class _connected:  # noqa: N801  (reads as a word)
    """A connection to the agent of a folder; None when there is no agent."""

    def __init__(self, home: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._path = str(home / "S.gpg-agent")

    def __enter__(self) -> socket.socket | None:
        self._socket.settimeout(_ANSWERS_WITHIN)
        try:
            self._socket.connect(self._path)
        except OSError:
            return None
        return self._socket

    def __exit__(self, *_: object) -> None:
        self._socket.close()


def _kill(home: Path) -> None:
    """End the agents of a folder. The socket does not say whose it is: it outlives a fork."""
    for process in agents(home):
        with suppress(OSError):
            os.kill(process, signal.SIGKILL)


def agents(home: Path) -> list[int]:
    """The process ids of the agents that were started for a folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().split(b"\0")
        except OSError:  # it has ended
            continue
        if b"--homedir" in words and Path(os.fsdecode(words[0])).name == "gpg-agent":
            of = Path(os.fsdecode(words[words.index(b"--homedir") + 1]))
            if os.path.realpath(of) == os.path.realpath(home):
                found.append(int(entry.parent.name))
    return found
