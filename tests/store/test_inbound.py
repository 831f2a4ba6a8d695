from datetime import timedelta
from pathlib import Path
from random import Random
from threading import Barrier, Thread

import pytest
from sqlalchemy import text

from gateway import faultpoint
from gateway.model.refusal import StorageFull, TemporaryFailure
from gateway.store.engine import connect
from gateway.store.inbound import Inbound
from gateway.store.store import open_store

from .things import MINUTE, NOW, mail, message, process

LEASE = timedelta(minutes=5)


def names(items):
    return [item.queue_id for item in items]


def test_what_was_accepted_comes_back_byte_for_byte(store):
    raw = bytes(range(256)) * 40 + b"\r\n.\r\n"
    item = mail(raw=raw)
    store.inbound.insert([item])
    [claimed] = store.inbound.claim("a", 10, NOW, LEASE)
    assert claimed == item
    assert store.inbound.raw(item.queue_id) == raw


def test_an_envelope_with_odd_characters_is_kept(store):
    item = mail(rcpt="a\udc80b\0c@truhe.example")
    store.inbound.insert([item])
    assert store.inbound.claim("a", 1, NOW, LEASE)[0].envelope == item.envelope


def test_a_batch_is_kept_whole_or_not_at_all(store):
    store.inbound.insert([mail("Q-known")])
    with pytest.raises(TemporaryFailure):
        store.inbound.insert([mail("Q-new"), mail("Q-known")])
    assert names(store.inbound.claim("a", 10, NOW, LEASE)) == ["Q-known"]
    with store.database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM raw_message")).scalar() == 1


def test_a_failure_before_the_commit_keeps_nothing(store, monkeypatch):
    monkeypatch.setattr(faultpoint, "_wanted", {("inbound-before-commit", 1): "raise"})
    monkeypatch.setattr(faultpoint, "_reached", faultpoint.Counter())
    with pytest.raises(faultpoint.InjectedFaultError):
        store.inbound.insert([mail()])
    assert store.inbound.counts() == {"queued": 0, "quarantined": 0}


def test_messages_come_in_the_order_of_their_arrival(store):
    store.inbound.insert([mail(f"A{n}") for n in range(5)])
    store.inbound.insert([mail(f"B{n}") for n in range(5)])
    first = store.inbound.claim("a", 7, NOW, LEASE)
    rest = store.inbound.claim("a", 7, NOW, LEASE)
    assert names(first) == ["A0", "A1", "A2", "A3", "A4", "B0", "B1"]
    assert names(rest) == ["B2", "B3", "B4"]


def test_the_attempt_is_counted_before_the_work(store):
    store.inbound.insert([mail("Q1")])
    assert store.inbound.claim("a", 1, NOW, LEASE)[0].attempts == 1
    store.inbound.release("a")  # as after a crash
    assert store.inbound.claim("a", 1, NOW, LEASE)[0].attempts == 2


def test_a_message_that_killed_the_process_comes_alone(store):
    store.inbound.insert([mail(f"Q{n}") for n in range(3)])
    store.inbound.claim("a", 10, NOW, LEASE)
    store.inbound.release("a")
    store.inbound.insert([mail("fresh1"), mail("fresh2")])
    claims = [names(store.inbound.claim("a", 10, NOW, LEASE)) for _ in range(5)]
    assert claims == [["Q0"], ["Q1"], ["Q2"], ["fresh1", "fresh2"], []]


def test_a_claim_brings_no_more_than_memory_allows(store):
    big = b"x" * 12_000_000
    store.inbound.insert([mail(f"Q{n}", raw=big) for n in range(4)])
    assert len(store.inbound.claim("a", 10, NOW, LEASE)) == 2


def test_a_lease_keeps_others_away_until_it_ends(store):
    store.inbound.insert([mail("Q1")])
    store.inbound.claim("a", 1, NOW, LEASE)
    assert store.inbound.claim("b", 1, NOW + LEASE - MINUTE, LEASE) == []
    assert names(store.inbound.claim("b", 1, NOW + LEASE, LEASE)) == ["Q1"]


def test_a_node_gives_back_only_what_it_held_itself(store):
    store.inbound.insert([mail("Q1"), mail("Q2")])
    store.inbound.claim("a", 1, NOW, LEASE)
    store.inbound.claim("b", 1, NOW, LEASE)
    assert store.inbound.release("a") == 1
    assert names(store.inbound.claim("c", 10, NOW, LEASE)) == ["Q1"]


def test_two_nodes_never_claim_the_same_message(store):
    store.inbound.insert([mail(f"Q{n:02}") for n in range(40)])
    claimed, together = {"a": [], "b": []}, Barrier(2)

    def node(name):
        together.wait()
        while items := store.inbound.claim(name, 3, NOW, LEASE):
            claimed[name] += names(items)

    threads = [Thread(target=node, args=(name,)) for name in claimed]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(claimed["a"] + claimed["b"]) == [f"Q{n:02}" for n in range(40)]


@pytest.mark.postgresql
def test_a_node_does_not_wait_for_rows_that_another_is_claiming(postgresql):
    store = open_store(postgresql(True), Path())
    store.inbound.insert([mail("Q1"), mail("Q2")])
    with store.database.writing() as other:
        other.execute(text("SELECT id FROM inbound WHERE queue_id = 'Q1' FOR UPDATE"))
        assert names(store.inbound.claim("b", 5, NOW, LEASE)) == ["Q2"]
    store.close()


def test_a_postponed_message_waits_for_its_time(store):
    store.inbound.insert([mail("Q1")])
    store.inbound.claim("a", 1, NOW, LEASE)
    store.inbound.postpone("Q1", NOW + 10 * MINUTE, "template is broken")
    assert store.inbound.claim("a", 1, NOW + 9 * MINUTE, LEASE) == []
    [row] = store.inbound.listing("queued", 10)
    assert (row.last_error, row.next_attempt_at) == ("template is broken", NOW + 10 * MINUTE)
    assert store.inbound.claim("a", 1, NOW + 10 * MINUTE, LEASE)[0].attempts == 2


def test_an_attempt_that_was_not_the_messages_fault_does_not_count(store):
    store.inbound.insert([mail("Q1")])
    store.inbound.claim("a", 1, NOW, LEASE)
    store.inbound.postpone("Q1", NOW, "database away", counted=False)
    assert store.inbound.claim("a", 1, NOW, LEASE)[0].attempts == 1


def test_a_quarantined_message_waits_for_a_person(store):
    store.inbound.insert([mail("Q1")])
    store.inbound.claim("a", 1, NOW, LEASE)
    store.inbound.quarantine("Q1", "third crash", NOW)
    assert store.inbound.claim("a", 1, NOW + LEASE * 9, LEASE) == []
    assert store.inbound.counts() == {"queued": 0, "quarantined": 1}
    assert store.inbound.listing("quarantined", 5)[0].reason == "third crash"
    assert store.inbound.retry("Q1")
    assert store.inbound.claim("a", 1, NOW, LEASE)[0].attempts == 1


def test_a_message_that_is_done_is_not_postponed_again(store):
    item = mail()
    store.inbound.insert([item])
    process(store, item, message())
    store.inbound.postpone(item.queue_id, NOW, "too late")
    assert store.inbound.claim("a", 1, NOW + MINUTE, LEASE) == []
    assert store.inbound.outcomes() == {"entry": 1}


def test_the_oldest_waiting_message_is_told(store):
    assert store.inbound.oldest() is None
    store.inbound.insert([mail()])
    assert store.inbound.oldest() == NOW


def test_an_unknown_name_has_no_raw_message(store):
    with pytest.raises(KeyError):
        store.inbound.raw("none")


def test_a_full_disk_is_said_and_passes(sqlite_store):
    with sqlite_store.database.writing() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar()
    raw = Random(1).randbytes(400_000)
    limit(sqlite_store, pages + 20)
    with pytest.raises(StorageFull):
        sqlite_store.inbound.insert([mail("Q1", raw=raw)])
    assert sqlite_store.inbound.counts()["queued"] == 0
    limit(sqlite_store, 1_000_000)
    sqlite_store.inbound.insert([mail("Q1", raw=raw)])
    assert sqlite_store.inbound.raw("Q1") == raw


def limit(store, pages):
    with store.database.engine.connect() as connection:  # the pool hands out the same one again
        connection.execute(text(f"PRAGMA max_page_count = {pages}"))


def test_a_database_that_is_away_is_a_temporary_failure():
    database = connect("postgresql+psycopg://nobody@/none?host=/nowhere", Path())
    with pytest.raises(TemporaryFailure):
        Inbound(database).insert([mail()])
