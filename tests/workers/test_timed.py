"""Reminders have their effect when their time has come, each of them once."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from gateway.config import load
from gateway.daemon import _Composing, build
from gateway.model.around_changes import Remind
from gateway.model.refusal import TemporaryFailure
from gateway.model.reminder import ReminderKind
from gateway.pipeline import Pipeline
from gateway.rulebook.defaults import init
from gateway.store.store import open_store
from gateway.workers.timed import Timed
from tests.workers.test_together import item

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


class Clock:
    """A clock that stands where it is put."""

    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


class Desk:
    """A store with one ticket, a road, and the clock."""

    def __init__(self, store, rules):
        self.store, self.clock, self.woken = store, Clock(), 0
        self.pipeline = Pipeline(store, _Composing(rules), rules.world, self.clock)
        store.inbound.insert([item(1)])
        (message,) = store.inbound.claim("only", 1, NOW, DAY)
        self.ticket = self.pipeline.process(message).ticket
        self.drain()

    def drain(self):
        """What is to be delivered, as (reader, subject); it counts as sent."""
        mails = self.store.outbox.claim("only", 1000, self.clock() + 400 * DAY, DAY)
        with self.store.database.writing() as connection:
            connection.exec_driver_sql("DELETE FROM outbox")
        return [(mail.rcpt_to, mail.content) for mail in mails]

    def remind(self, at, kind=ReminderKind.REMIND, text="Anruf", agent=None):
        with self.store.begin() as transaction:
            transaction.apply([Remind(self.ticket, kind, at, text, agent)], self.clock())

    def timed(self, road=None):
        road = road or self.pipeline
        return Timed("reminder", road.due_reminders, road.remind, self.clock, self._wake)

    def _wake(self):
        self.woken += 1


@pytest.fixture
def desk(tmp_path, store_url):
    init(tmp_path, development=True)
    config = load(tmp_path / "gateway.toml")
    parts = build(config, tmp_path)
    store = open_store(store_url, tmp_path)
    store.people.ensure_agents(parts.rules.rulebook.agents)
    yield Desk(store, parts.rules)
    store.close()
    parts.store.close()


def test_nothing_happens_before_its_time_and_once_after_it(desk):
    desk.remind(NOW + DAY)
    timed = desk.timed()
    assert timed.work_off() is False
    assert desk.drain() == []
    desk.clock.now = NOW + 2 * DAY
    timed.work_off()
    ((reader, content),) = desk.drain()
    assert reader == "dora@mitglieder.example"  # the ticket is the admins'
    assert "Erinnerung" in content.decode()
    assert desk.woken == 1
    timed.work_off()
    assert desk.drain() == []


def test_a_clock_that_is_set_back_sends_nothing_twice(desk):
    desk.remind(NOW + DAY)
    timed = desk.timed()
    desk.clock.now = NOW + 2 * DAY
    timed.work_off()
    assert len(desk.drain()) == 1
    for moment in (NOW, NOW + DAY, NOW + 3 * DAY):
        desk.clock.now = moment
        timed.work_off()
    assert desk.drain() == []


def test_a_clock_that_jumps_ahead_sends_each_once(desk):
    for days in (1, 2, 300):
        desk.remind(NOW + days * DAY)
    desk.clock.now = NOW + 365 * DAY
    timed = desk.timed()
    timed.work_off()
    timed.work_off()
    assert len(desk.drain()) == 3


def test_a_reminder_that_fails_holds_up_no_other(desk):
    desk.remind(NOW, text="eins")
    desk.remind(NOW, text="zwei")
    with desk.store.begin(write=False) as transaction:
        first, _ = transaction.due_reminders(NOW, 10)

    class Broken:
        due_reminders = staticmethod(desk.pipeline.due_reminders)
        tried = 0

        def remind(self, reminder):
            if reminder == first:
                self.tried += 1
                raise ValueError("broken")
            return desk.pipeline.remind(reminder)

    road = Broken()
    timed = desk.timed(road)
    timed.work_off()
    timed.work_off()
    assert len(desk.drain()) == 1
    assert road.tried == 1
    desk.clock.now = NOW + timedelta(minutes=11)
    timed.work_off()
    assert road.tried == 2
    desk.clock.now = NOW - DAY  # set back: it is not forgotten for a day
    desk.clock.now = NOW + timedelta(minutes=12)
    timed.work_off()
    assert desk.timed().work_off() is False
    assert len(desk.drain()) == 1


def test_without_the_database_reminders_wait(desk):
    desk.remind(NOW)

    class Away:
        due_reminders = staticmethod(desk.pipeline.due_reminders)

        def remind(self, _):
            raise TemporaryFailure("away")

    assert desk.timed(Away()).work_off() is False
    assert desk.drain() == []
    desk.timed().work_off()
    assert len(desk.drain()) == 1


def test_many_are_worked_off_in_batches(desk):
    for _ in range(120):
        desk.remind(NOW)
    timed = desk.timed()
    rounds = 1
    while timed.work_off():
        rounds += 1
    assert rounds == 3
    assert len(desk.drain()) == 120


def test_two_nodes_send_each_once(desk):
    for number in range(20):
        desk.remind(NOW, text=f"Nummer {number}")

    async def both():
        one, other = desk.timed(), desk.timed()
        await asyncio.gather(asyncio.to_thread(one.work_off), asyncio.to_thread(other.work_off))

    asyncio.run(both())
    desk.timed().work_off()
    assert len(desk.drain()) == 20


def test_the_loop_ends_when_it_is_told_to(desk):
    async def story():
        desk.remind(NOW)
        sent, here = asyncio.Event(), asyncio.get_running_loop()
        timed = Timed(
            "reminder",
            desk.pipeline.due_reminders,
            desk.pipeline.remind,
            desk.clock,
            lambda: here.call_soon_threadsafe(sent.set),
            look_again=60,
        )
        loop = asyncio.create_task(timed.run())
        await sent.wait()
        timed.stop()
        await asyncio.wait_for(loop, 10)

    asyncio.run(story())
    assert len(desk.drain()) == 1
