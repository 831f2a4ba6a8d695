"""Reminders have their effect when their time has come, each of them once."""

import asyncio
from datetime import timedelta

import pytest

from gateway.duties import Reminders
from gateway.model.refusal import TemporaryFailure
from gateway.workers.timed import Timed
from tests.workers.desk import DAY, NOW, Desk, open_desk


class RemindingDesk(Desk):
    duty = Reminders


@pytest.fixture
def desk(tmp_path, store_url):
    with open_desk(RemindingDesk, tmp_path, store_url) as found:
        yield found


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

    tried = []

    class Broken(Reminders):
        def do(self, due):
            if due == first:
                tried.append(due)
                raise ValueError("broken")
            return super().do(due)

    timed = desk.timed(Broken)
    timed.work_off()
    timed.work_off()
    assert len(desk.drain()) == 1
    assert len(tried) == 1
    desk.clock.now = NOW + timedelta(minutes=11)
    timed.work_off()
    assert len(tried) == 2
    desk.clock.now = NOW - DAY  # set back: it is not forgotten for a day
    desk.clock.now = NOW + timedelta(minutes=12)
    timed.work_off()
    assert desk.timed().work_off() is False
    assert len(desk.drain()) == 1


def test_without_the_database_reminders_wait(desk):
    desk.remind(NOW)

    class Away(Reminders):
        def do(self, due):
            raise TemporaryFailure("away")

    assert desk.timed(Away).work_off() is False
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
    class Slow(Reminders):
        look_again = 60.0

    async def story():
        desk.remind(NOW)
        sent, here = asyncio.Event(), asyncio.get_running_loop()
        timed = Timed(Slow(desk.office), desk.clock, lambda: here.call_soon_threadsafe(sent.set))
        loop = asyncio.create_task(timed.run())
        await sent.wait()
        timed.stop()
        await asyncio.wait_for(loop, 10)

    asyncio.run(story())
    assert len(desk.drain()) == 1
