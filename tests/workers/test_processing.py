"""The thread that processes, on a real queue; the road is a function."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from store.things import mail

from gateway.model.decision import Decision, Outcome
from gateway.model.refusal import TemporaryFailure
from gateway.store.errors import Conflict
from gateway.workers import process
from gateway.workers.process import Processing

DONE = Decision(Outcome.ENTRY, "because")


class Road:
    """Does for each name what it is told, a list of errors before it works; notes all attempts."""

    def __init__(self, store, **errors) -> None:
        self._store, self._errors = store, errors
        self.seen: list[str] = []

    def process(self, item):
        self.seen.append(item.queue_id)
        if self._errors.get(item.queue_id):
            raise self._errors[item.queue_id].pop(0)
        self._store.inbound.quarantine(item.queue_id, "done", item.accepted_at)
        return DONE

    def process_together(self, items, go_on):
        raise LookupError("one by one")


@pytest.fixture
def work(sqlite_store, monkeypatch):
    """Processes the named messages until none is queued, with these errors; the road afterwards."""
    monkeypatch.setattr(process, "LOOK_AGAIN", 0.02)
    monkeypatch.setattr(process, "next_processing", lambda *_: datetime.now(UTC))

    def run(*names: str, accepted_at: datetime | None = None, **errors) -> Road:
        road = Road(sqlite_store, **errors)
        moment = accepted_at or datetime.now(UTC)
        items = [mail(name) for name in names]
        sqlite_store.inbound.insert([_at(item, moment) for item in items])
        processing = Processing(
            sqlite_store.inbound, road, "here", lambda: datetime.now(UTC), lambda: None
        )
        processing.start()
        end = time.monotonic() + 20
        while sqlite_store.inbound.counts()["queued"]:
            assert processing.is_alive
            assert time.monotonic() < end
            time.sleep(0.005)
        processing.stop()
        while processing.is_alive:
            time.sleep(0.001)
        return road

    return run


def _at(item, moment):
    return replace(item, accepted_at=moment)


def reasons(store) -> dict[str, str]:
    return {row.queue_id: row.reason for row in store.inbound.listing("quarantined", 99)}


def test_a_database_that_is_away_is_never_the_fault_of_a_message(work, sqlite_store):
    road = work("A", "B", A=[TemporaryFailure("away") for _ in range(9)])
    assert road.seen.count("A") == 10
    assert reasons(sqlite_store) == {"A": "done", "B": "done"}


def test_after_an_hour_of_trouble_with_one_message_its_tries_count(work, sqlite_store):
    trouble = [TemporaryFailure("its own") for _ in range(9)]
    work("A", "B", A=trouble, accepted_at=datetime.now(UTC) - timedelta(hours=2))
    assert reasons(sqlite_store) == {"A": "its own", "B": "done"}
    assert len(trouble) == 6


def test_a_message_that_never_can_be_recorded_is_put_aside(work, sqlite_store):
    work("A", "B", A=[Conflict("taken") for _ in range(9)])
    assert reasons(sqlite_store) == {"A": "taken", "B": "done"}


def test_a_conflict_with_another_node_is_over_after_the_next_try(work, sqlite_store):
    work("A", A=[Conflict("taken")])
    assert reasons(sqlite_store) == {"A": "done"}


def test_after_a_trouble_the_rest_keeps_its_order(work):
    road = work("A", "B", "C", A=[TemporaryFailure("away")])
    order = road.seen[1:]
    assert [name for name in order if name != "A"] == ["B", "C"]


def test_what_was_claimed_and_not_begun_is_given_back_at_the_end_uncounted(sqlite_store):
    store = sqlite_store
    store.inbound.insert([mail("A"), mail("B"), mail("C")])

    class Stopping(Road):
        def process(self, item):
            processing.stop()
            return super().process(item)

    road = Stopping(store)
    processing = Processing(store.inbound, road, "here", lambda: datetime.now(UTC), lambda: None)
    processing.start()
    while processing.is_alive:
        time.sleep(0.001)
    rows = store.inbound.listing("queued", 9)
    assert [(row.queue_id, row.attempts, row.node) for row in rows] == [
        ("B", 0, None),
        ("C", 0, None),
    ]


def test_a_batch_that_outlived_its_lease_leaves_to_others_what_they_took(sqlite_store, monkeypatch):
    monkeypatch.setattr(process, "LEASE", timedelta(0))
    monkeypatch.setattr(process, "RENEW", timedelta(0))
    store = sqlite_store
    store.inbound.insert([mail("A"), mail("B")])

    class Slow(Road):
        def process(self, item):
            for _ in range(2):  # what was tried before comes alone
                store.inbound.claim("there", 9, datetime.now(UTC), timedelta(days=1))
            return super().process(item)

    road = Slow(store)
    processing = Processing(store.inbound, road, "here", lambda: datetime.now(UTC), lambda: None)
    processing.start()
    while processing._holding or not road.seen:
        time.sleep(0.001)
    processing.stop()
    while processing.is_alive:
        time.sleep(0.001)
    [row] = store.inbound.listing("queued", 9)
    assert (road.seen, row.queue_id, row.node) == (["A"], "B", "there")
