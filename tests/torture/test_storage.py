"""The storage fails: the peer is told to wait, nothing is lost, work resumes by itself."""

import os
import smtplib
import sqlite3
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path

import pytest

from gateway.policy.facts import TicketFacts
from gateway.store.tickets import Filter

from . import oracle
from .daemon import Daemon, settled
from .load import Load, drain
from .server import Server


def send(daemon: Daemon, name: str, text: str = "Guten Tag") -> int:
    """The reply code to one mail of `name`."""
    mail = EmailMessage()
    mail["From"], mail["To"] = f"{name}@example.org", "info@truhe.example"
    mail["Subject"], mail["Message-ID"] = name, f"<{name}@example.org>"
    mail.set_content(text)
    with smtplib.SMTP("127.0.0.1", daemon.port, timeout=60) as smtp:
        try:
            smtp.send_message(mail)
        except smtplib.SMTPDataError as refused:
            return refused.smtp_code
    return 250


def thread(store, name: str) -> TicketFacts | None:
    """The ticket with this subject."""
    for ticket in store.tickets.list(Filter(), 1000):
        if ticket.subject == name:
            return store.tickets.show(ticket.number)
    return None


@pytest.fixture
def small_disk():
    """A folder on a disk of 40 MiB."""
    folder = Path(tempfile.mkdtemp(prefix="disk", dir="/tmp"))
    words = ["mount", "-t", "tmpfs", "-o", "size=40m", "gateway-test", str(folder)]
    try:
        done = os.geteuid() == 0 and subprocess.run(words, check=False, capture_output=True)
        if not done or done.returncode:
            pytest.skip("a small disk can only be mounted by root")
        yield folder
    finally:
        if done and not done.returncode:
            subprocess.run(["umount", str(folder)], check=True)
        folder.rmdir()


def _fill(file: Path, size: int) -> None:
    """Write a file of `size` bytes, or as much of it as there is space for."""
    with file.open("wb", buffering=0) as ballast, suppress(OSError):
        for _ in range(0, size, 65_536):
            ballast.write(bytes(65_536))


def test_a_full_disk_is_told_with_452_and_mail_comes_in_again_when_there_is_space(
    tmp_path, small_disk, opened
):
    def is_worked_off() -> bool:
        return not (store.inbound.counts()["queued"] or store.outbox.counts()["queued"])

    _fill(small_disk / "half", 14_000_000)
    with Daemon(tmp_path, f"sqlite:///{small_disk}/gateway.db") as daemon:
        store = opened(daemon)
        codes = []
        while 452 not in codes:
            codes.append(send(daemon, f"m{len(codes)}", os.urandom(400_000).hex()))
        kept = [f"m{number}" for number, code in enumerate(codes) if code == 250]
        assert set(codes) == {250, 452}
        settled(is_worked_off, "what was accepted is worked off all the same")

        _fill(small_disk / "rest", 40_000_000)
        assert send(daemon, "full") == 452
        assert daemon.is_running

        (small_disk / "half").unlink()
        (small_disk / "rest").unlink()
        assert send(daemon, "after") == 250
        settled(is_worked_off, "all processed and delivered")
        assert all(thread(store, name) for name in [*kept, "after"])
        assert thread(store, "full") is None
        assert store.inbound.counts()["quarantined"] == 0
        assert daemon.stop() == 0


def test_a_disk_that_fills_up_under_accepted_mail_only_delays_it(tmp_path, small_disk, opened):
    with Daemon(tmp_path, f"sqlite:///{small_disk}/gateway.db") as daemon:
        store = opened(daemon)
        with Load(lambda: daemon.port, [daemon.maildirs]) as load:
            load.begin(*range(9))
            for _ in range(3):
                _fill(small_disk / "rest", 40_000_000)
                load.begin(max(load.letters)[0] + 1)
                time.sleep(0.3)  # the loops meet the full disk
                (small_disk / "rest").unlink()
            drain(load, store)
        oracle.check(load, store)
        oracle.check_maildirs(store, [daemon.maildirs])
        assert daemon.stop() == 0


def test_a_locked_database_makes_mail_wait_and_nothing_more(daemon, opened):
    with daemon:
        store = opened(daemon)
        other = sqlite3.connect(daemon.folder / "gateway.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with ThreadPoolExecutor(1) as pool:
            reply = pool.submit(send, daemon, "locked")
            time.sleep(0.7)  # the other process is at work, longer than any look-again
            assert not reply.done()
            other.execute("ROLLBACK")
            assert reply.result() == 250
        other.close()
        assert settled(lambda: thread(store, "locked"), "the ticket")


@pytest.mark.torture
def test_a_database_locked_for_longer_than_anybody_waits_is_told_with_451(daemon, opened):
    with daemon:
        store = opened(daemon)
        other = sqlite3.connect(daemon.folder / "gateway.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        assert send(daemon, "locked") == 451
        other.execute("ROLLBACK")
        other.close()
        assert send(daemon, "locked") == 250
        assert settled(lambda: thread(store, "locked"), "the ticket")
        assert len(thread(store, "locked").entries) == 1


@pytest.mark.torture
@pytest.mark.postgresql
def test_postgresql_may_be_stopped_and_started_while_mail_comes_in(tmp_path, opened):
    server = Server().start()
    try:
        url = server.database("stopped")
        with (
            Daemon(tmp_path, url) as daemon,
            Load(lambda: daemon.port, [daemon.maildirs]) as load,
        ):
            store = opened(daemon)
            load.begin(*range(6))
            settled(lambda: len(load.accepted) > 3, "some mail")
            server.stop()
            load.begin(*range(6, 12))
            assert send(daemon, "away") == 451
            server.start()
            drain(load, store)
            assert daemon.is_running
            oracle.check(load, store)
            oracle.check_maildirs(store, [daemon.maildirs])
            assert daemon.stop() == 0
    finally:
        server.remove()


def test_a_second_daemon_on_the_same_file_says_so_in_one_sentence(daemon):
    with daemon:
        first = daemon.process
        second = daemon.launch()
        try:
            assert second.wait(60) not in (0, None)
            [line] = daemon.log.splitlines()
            assert line.startswith("Another gateway is running on ")
            assert first.poll() is None
        finally:
            daemon.process = first
