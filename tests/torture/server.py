"""A PostgreSQL server of its own, that can be stopped and started. It promises what a real one
does: what was committed is on disk."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from databases import _connect, _programs, _url, _wait


class Server:
    """Listens on a unix socket in `folder`, and nowhere else."""

    def __init__(self) -> None:
        self._programs = _programs()
        self.folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
        self._user = "nobody" if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(self.folder, self._user)
        self._process: subprocess.Popen[bytes] | None = None
        self._run("initdb", "-D", "data", "-U", "gateway", "-A", "trust", "-E", "UTF8",
                  "--locale=C", "--no-sync", "--no-instructions")  # fmt: skip

    def _run(self, program: str, *words: str) -> None:
        subprocess.run([self._programs / program, *words], check=True, user=self._user,
                       cwd=self.folder, stdout=subprocess.DEVNULL)  # fmt: skip

    def start(self) -> "Server":
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", "data", "-k", str(self.folder),
                 "-c", "listen_addresses=", "-c", "shared_buffers=16MB"],
                user=self._user, cwd=self.folder, stdout=log, stderr=log,
            )  # fmt: skip
        _wait(self._process, self.folder)
        return self

    def stop(self) -> None:
        """Cut everybody off and end."""
        if self._process is not None:
            self._process.send_signal(2)
            self._process.wait()
            self._process = None

    def database(self, name: str) -> str:
        """The URL of a new database."""
        with _connect(self.folder, autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {name}")
        return _url(self.folder, name)

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)
