"""Digests are sent when they are due, each of them once, whatever clocks and nodes do."""

import asyncio
from datetime import timedelta

import pytest

from gateway.duties import Digests
from gateway.model.notice_changes import ChooseNews, SetDigest
from gateway.model.people import DepartmentId, NotifyChoice, Rhythm
from tests.workers.desk import DAY, DORA, NOW, Desk, open_desk

HOUR = timedelta(hours=1)
# 9:00 UTC is 10:00 in Berlin: the next digest is 21 hours away.
MORNING = NOW + 21 * HOUR


class DigestDesk(Desk):
    """Dora reads a digest; the ticket is in a department of hers."""

    duty = Digests

    def __init__(self, store, rules):
        super().__init__(store, rules)
        self.dora = store.people.find("dora")
        self.sets(Rhythm.DAILY, MORNING, NOW - HOUR)

    def sets(self, rhythm, at, since):
        self.applies(
            ChooseNews(self.dora.id, DepartmentId("allgemein"), NotifyChoice.DIGEST),
            SetDigest(self.dora.id, rhythm, at, since),
        )

    @property
    def due(self):
        with self.store.begin() as transaction:
            return transaction.due_digest(self.dora.id)


@pytest.fixture
def desk(tmp_path, store_url):
    with open_desk(DigestDesk, tmp_path, store_url) as found:
        yield found


def test_it_comes_at_its_hour_and_tells_what_is_new(desk):
    assert desk.at(MORNING - HOUR) == []
    ((reader, mail),) = desk.at(MORNING)
    assert reader == DORA
    assert mail.subject == "Sammelmail: 1 neu"
    assert "#1001 Allgemeine Anfragen offen" in mail.text
    assert desk.woken == 1
    assert desk.at(MORNING + 23 * HOUR) == []
    assert desk.due.at == MORNING + DAY


def test_its_lines_can_be_answered(desk):
    ((_, mail),) = desk.at(MORNING)
    with desk.store.begin(write=False) as transaction:
        assert transaction.listed([mail.message_id], desk.dora.id) == {1: "1001"}
        assert transaction.listed([mail.message_id], desk.store.people.find("anna").id) == {}


def test_after_a_week_without_the_gateway_one_comes_and_not_seven(desk):
    ((_, mail),) = desk.at(MORNING + 7 * DAY + HOUR)
    assert "neu" in mail.subject  # all that is new since the last one
    assert desk.at(MORNING + 7 * DAY + 2 * HOUR) == []
    assert desk.due.at == MORNING + 8 * DAY


def test_a_clock_that_jumps_does_no_harm(desk):
    far = MORNING + 400 * DAY
    assert len(desk.at(far)) == 1
    assert desk.at(NOW) == []  # set right again: the next one is tomorrow, not in a year
    assert desk.due.at == MORNING
    assert desk.at(MORNING - HOUR) == []
    assert len(desk.at(MORNING)) == 1
    assert desk.at(MORNING) == []
    assert desk.due.at == MORNING + DAY


def test_with_nothing_to_tell_none_comes_and_the_next_is_due_all_the_same(desk):
    with desk.store.begin() as transaction:
        transaction.apply(
            [ChooseNews(desk.dora.id, DepartmentId("allgemein"), NotifyChoice.NONE)], NOW
        )
    assert desk.at(MORNING) == []
    assert desk.due.at == MORNING + DAY


def test_a_first_time_that_nobody_has_written_is_written(desk):
    desk.sets(Rhythm.WEEKLY, None, None)
    assert desk.at(NOW) == []
    assert f"{desk.due.at:%a %H:%M}" == "Mon 06:00"


def test_a_digest_that_fails_is_sent_later_and_once(desk):
    class Broken(Digests):
        def do(self, due):
            raise ValueError("broken")

    desk.clock.now = MORNING
    desk.timed(Broken).work_off()
    assert desk.drain() == []
    assert desk.due.at == MORNING
    assert len(desk.at(MORNING + HOUR)) == 1
    assert desk.at(MORNING + HOUR) == []


def test_two_nodes_send_it_once(desk):
    desk.clock.now = MORNING

    async def both():
        one, other = desk.timed(), desk.timed()
        await asyncio.gather(asyncio.to_thread(one.work_off), asyncio.to_thread(other.work_off))

    asyncio.run(both())
    desk.timed().work_off()
    assert len(desk.drain()) == 1
