"""The smarthost fails: mail waits without any hurry, and what can flow flows."""

import time

import pytest

from . import oracle
from .daemon import Daemon, settled
from .load import Load, drain, person
from .smarthost import Recorder, edits


@pytest.fixture
def smarthost():
    recorder = Recorder().open()
    yield recorder
    recorder.shut()


@pytest.mark.torture
def test_mail_waits_for_a_smarthost_that_is_down_and_leaves_when_it_is_back(
    tmp_path, smarthost, opened
):
    with (
        Daemon(tmp_path, edits=edits(smarthost)) as daemon,
        Load(lambda: daemon.port, [], taken=smarthost.taken) as load,
    ):
        smarthost.shut()
        store = opened(daemon)
        load.begin(*range(12))
        settled(lambda: len(load.accepted) == 12, "all mail is accepted meanwhile")
        settled(lambda: store.outbox.counts()["queued"] > 12, "the answers wait")
        settled(lambda: "smarthost down" in daemon.log, "the pause is told")
        pauses, used = daemon.log.count("smarthost down"), daemon.cpu_seconds()
        time.sleep(1)  # two pauses of half a second
        assert daemon.log.count("smarthost down") - pauses <= 3
        assert daemon.cpu_seconds() - used < 0.5
        waiting = store.outbox.listing("queued", 100)
        assert sum(row.attempts for row in waiting) < 2 * len(waiting) + 10
        smarthost.open()
        drain(load, store)
        assert daemon.stop() == 0
    oracle.check(load, store)
    sent = [mail.message_id for mail in smarthost.taken]
    assert sorted(sent) == sorted(oracle.written(store))


def test_one_recipient_that_is_refused_delays_nobody_else(tmp_path, smarthost, opened):
    smarthost.refuses |= {
        person(2): "550 5.1.1 nobody here",
        person(5): "451 4.7.1 not now",
    }
    with (
        Daemon(tmp_path, edits=edits(smarthost)) as daemon,
        Load(lambda: daemon.port, [], taken=smarthost.taken) as load,
    ):
        store = opened(daemon)
        load.begin(*range(9))
        settled(load.is_through, "all others")
        settled(lambda: store.outbox.counts()["failed"] == 1, "the refused one")
        [failed] = store.outbox.listing("failed", 5)
        assert (failed.rcpt_to, "nobody here" in failed.last_error) == (person(2), True)
        settled(lambda: _waiting(store) == {person(5)}, "only the deferred one waits")
        smarthost.refuses.clear()
        drain(load, store)
        assert person(5) in {mail.rcpt_to for mail in smarthost.taken}
        assert daemon.stop() == 0


def _waiting(store):
    """Who does not have their mail yet; the news of the refused one goes to the agents."""
    return {row.rcpt_to for row in store.outbox.listing("queued", 50)}


@pytest.mark.torture
def test_a_smarthost_that_cuts_every_connection_gets_every_mail_in_the_end(
    tmp_path, smarthost, opened
):
    with (
        Daemon(tmp_path, edits=edits(smarthost)) as daemon,
        Load(lambda: daemon.port, [], taken=smarthost.taken) as load,
    ):
        store = opened(daemon)
        load.begin(*range(9))
        for _ in range(5):
            count = len(smarthost.taken)
            settled(lambda before=count: len(smarthost.taken) > before or load.is_through(), "mail")
            smarthost.shut()
            smarthost.open()
        drain(load, store)
        assert daemon.stop() == 0
    oracle.check(load, store)
    assert {mail.message_id for mail in smarthost.taken} == oracle.written(store)


@pytest.mark.parametrize(
    "point",
    ["delivered-before-commit", pytest.param("delivered-after-commit", marks=pytest.mark.torture)],
)
def test_only_a_death_between_250_and_the_commit_sends_twice(tmp_path, smarthost, opened, point):
    with Load(lambda: daemon.port, [], taken=smarthost.taken) as load:
        daemon = Daemon(tmp_path, edits=edits(smarthost))
        daemon.start(f"{point}:kill")
        load.begin(2)
        daemon.dies()
        with daemon:
            store = opened(daemon)
            drain(load, store)
            assert daemon.stop() == 0
    contents = [mail.raw for mail in smarthost.taken]
    assert len(contents) == (2 if point == "delivered-before-commit" else 1)
    assert len(set(contents)) == 1
