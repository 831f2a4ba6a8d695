"""Told to stop, to read the rules again, to sleep and to wake up."""

import signal
import smtplib
import socket
import sqlite3
import struct
import subprocess
import sys
import time

import pytest

from . import oracle
from .daemon import settled, two_nodes
from .load import Load, drain
from .test_storage import send, thread


@pytest.mark.torture
def test_sigterm_under_load_loses_nothing_and_ends_with_status_0(daemon, opened):
    daemon.start()
    store = opened(daemon)
    with Load(lambda: daemon.port, [daemon.maildirs]) as load:
        for turn in range(2):
            load.begin(*range(9 * turn, 9 * turn + 9))
            settled(lambda least=9 * turn: len(load.accepted) > least, "mail under way")
            begin = time.monotonic()
            assert daemon.stop() == 0, daemon.log
            assert time.monotonic() - begin < 30
            assert "Traceback" not in daemon.log
            held = store.inbound.listing("queued", 100)
            assert [row.node for row in held if row.node is not None] == []
            daemon.start()
        drain(load, store)
    oracle.check(load, store)
    oracle.check_maildirs(store, [daemon.maildirs])


@pytest.mark.torture
def test_sigterm_ends_in_time_even_while_the_database_is_locked(daemon):
    with daemon:
        other = sqlite3.connect(daemon.folder / "gateway.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        client = socket.create_connection(("127.0.0.1", daemon.port))
        client.sendall(
            b"EHLO x\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<info@truhe.example>\r\nDATA\r\n"
        )
        client.sendall(b"Subject: x\r\n\r\nx\r\n.\r\n")
        time.sleep(1)
        begin = time.monotonic()
        assert daemon.stop() == 0, daemon.log
        assert time.monotonic() - begin < 30
        other.close()
        client.close()


def test_a_client_that_leaves_right_after_the_dot_and_comes_back_is_filed_once(daemon, opened):
    with daemon:
        store = opened(daemon)
        for number in range(20):
            _leave_after_the_dot(daemon.port, f"left{number}", wait=0.001 * (number % 10))
        settled(lambda: not store.inbound.counts()["queued"], "all processed")
        for number in range(20):
            assert send(daemon, f"left{number}") == 250
        settled(lambda: not store.inbound.counts()["queued"], "all processed")
        entries = [len(thread(store, f"left{number}").entries) for number in range(20)]
        assert entries == [1] * 20
        assert "Traceback" not in daemon.log
        assert daemon.stop() == 0


def _leave_after_the_dot(port: int, name: str, wait: float) -> None:
    """Send the mail of `send` and reset the connection instead of reading the reply."""
    mail = (
        f"From: {name}@example.org\r\nTo: info@truhe.example\r\nSubject: {name}\r\n"
        f"Message-ID: <{name}@example.org>\r\n"
        'Content-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: 7bit\r\n'
        "MIME-Version: 1.0\r\n\r\nGuten Tag\r\n"
    )
    smtp = smtplib.SMTP("127.0.0.1", port, timeout=60)
    smtp.ehlo()
    smtp.mail(f"{name}@example.org")
    smtp.rcpt("info@truhe.example")
    smtp.docmd("DATA")
    smtp.sock.sendall(f"{mail}.\r\n".encode())
    time.sleep(wait)
    smtp.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    smtp.close()


@pytest.mark.postgresql
@pytest.mark.torture
def test_a_node_that_slept_through_its_lease_repeats_nothing(tmp_path, postgresql, opened):
    with (
        two_nodes(tmp_path, postgresql(True), lease=0.5) as (one, two),
        Load(lambda: two.port, [one.maildirs]) as load,
    ):
        store = opened(one)
        for turn in range(2):
            load.begin(*range(9 * turn, 9 * turn + 9))
            settled(lambda least=9 * turn: len(load.accepted) > least, "mail under way")
            one.signal(signal.SIGSTOP)
            time.sleep(0.8)  # longer than the lease
            one.signal(signal.SIGCONT)
        drain(load, store)
        oracle.check(load, store)
        oracle.check_maildirs(store, [one.maildirs])
        assert (one.stop(), two.stop()) == (0, 0)


def test_a_broken_rule_file_stops_the_start_and_says_what_is_wrong(daemon):
    file = daemon.folder / "rules" / "departments.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "\n  krumm: [\n", encoding="utf-8")
    assert daemon.launch().wait(60) == 1
    assert "departments.yaml" in daemon.log
    assert "Traceback" not in daemon.log


def test_sighup_with_a_broken_rule_file_keeps_the_old_rules(daemon, opened):
    file = daemon.folder / "rules" / "organisation.yaml"
    good = file.read_text(encoding="utf-8")
    with daemon:
        store = opened(daemon)
        file.write_text(good.replace("info: allgemein", "info: nirgends"), encoding="utf-8")
        daemon.signal(signal.SIGHUP)
        settled(lambda: "not reloaded" in daemon.log, "the warning")
        assert "organisation.yaml" in daemon.log
        assert send(daemon, "before") == 250
        settled(lambda: thread(store, "before"), "the ticket")
        new = good.replace("info: allgemein", "info: datenschutz")
        new = new.replace("datenschutz: datenschutz", "datenschutz: allgemein")
        file.write_text(new, encoding="utf-8")
        daemon.signal(signal.SIGHUP)
        settled(lambda: "rules reloaded" in daemon.log, "the new rules")
        assert send(daemon, "after") == 250
        settled(lambda: thread(store, "after"), "the ticket")
        departments = [thread(store, name).ticket.department for name in ("before", "after")]
        assert departments == ["allgemein", "datenschutz"]
        assert daemon.stop() == 0


_POISON = """
import gateway.gather.unsealed as reading
from gateway.mail.parse import parse
def poisoned(raw):
    if b"GIFT" in raw:
        raise RecursionError("too deep")
    return parse(raw)
reading.parse = poisoned
"""


def test_a_poisonous_message_is_put_aside_after_three_tries_and_others_go_on(daemon, opened):
    daemon.patch = _POISON
    with daemon, Load(lambda: daemon.port, [daemon.maildirs]) as load:
        store = opened(daemon)
        assert send(daemon, "poison", "GIFT") == 250
        load.begin(*range(6))
        settled(lambda: store.inbound.counts()["quarantined"] == 1, "it is put aside")
        drain(load, store)
        [row] = store.inbound.listing("quarantined", 5)
        assert (row.attempts, row.reason) == (3, "RecursionError: too deep")
        command = [sys.executable, "-m", "gateway", "queue", "list", "--config", daemon.config]
        shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        assert "quarantined" in shown
        assert row.queue_id in shown
        assert daemon.stop() == 0
