"""What power loss would show: the order of system calls. "250" is written after the fsync."""

import re
import shutil
import subprocess

import pytest

from .daemon import settled
from .test_storage import send

_SYNCED = re.compile(r"f(?:data)?sync\((\d+)[^)]*\)\s+= 0|<\.\.\. f(?:data)?sync resumed>.*= 0")


def test_250_is_written_only_after_the_log_of_the_database_is_on_disk(daemon, tmp_path):
    if shutil.which("strace") is None:
        pytest.skip("strace shows the order of system calls (Debian: strace); it is not installed")
    with daemon:
        trace = tmp_path / "trace"
        words = ["strace", "-f", "-y", "-o", trace, "-p", str(daemon.process.pid), "-s", "60"]
        calls = "fsync,fdatasync,sendto,write,pwrite64"
        watcher = subprocess.Popen(
            [*words, "-e", f"trace={calls}"], stderr=subprocess.PIPE, text=True
        )
        try:
            told = watcher.stderr.readline()
            if "attached" not in told:
                pytest.skip(f"strace may not look at processes here: {told.strip()}")
            assert send(daemon, "synced") == 250
            settled(lambda: "250 2.0.0 Ok: queued" in trace.read_text(), "the reply is traced")
        finally:
            watcher.terminate()
            watcher.wait()
            watcher.stderr.close()
        lines = trace.read_text(encoding="utf-8").splitlines()
    reply = next(n for n, line in enumerate(lines) if "250 2.0.0 Ok: queued" in line)
    before = lines[:reply]
    begun = next(n for n, line in enumerate(before) if "354 End data" in line)
    after_data = before[begun:]
    # A loop that looks for what is due may write beside it: each thread is looked at alone.
    threads: dict[str, list[str]] = {}
    for line in after_data:
        threads.setdefault(line.split(maxsplit=1)[0], []).append(line)
    assert any(map(_synced_what_it_wrote, threads.values())), after_data


def _synced_what_it_wrote(lines: list[str]) -> bool:
    written = [n for n, line in enumerate(lines) if "pwrite64" in line and "-wal>" in line]
    synced = [n for n, line in enumerate(lines) if _SYNCED.search(line)]
    return bool(written and synced) and written[-1] < synced[-1]
