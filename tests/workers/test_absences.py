"""An absence ends when its time has come, once, with a mail about what happened meanwhile."""

from datetime import timedelta

import pytest

from gateway.duties import Absences, Digests
from gateway.model.changes import ChangeResponsible
from gateway.model.notice_changes import SetAbsence, SetDigest
from gateway.model.people import Absence, AgentState, Rhythm
from tests.workers.desk import DAY, DORA, NOW, Desk, open_desk


class AbsentDesk(Desk):
    """Dora goes away, for two days."""

    duty = Absences

    def __init__(self, store, rules):
        super().__init__(store, rules)
        self.dora = store.people.find("dora")
        self.sets(Absence(NOW + timedelta(seconds=1), NOW + 2 * DAY))

    def sets(self, absence):
        self.applies(SetAbsence(self.dora.id, absence))

    def writes(self, number):
        """Somebody writes to the department of the admins; who is told."""
        self.take(number)
        return [reader for reader, _ in self.drain() if reader.endswith("mitglieder.example")]


@pytest.fixture
def desk(tmp_path, store_url):
    with open_desk(AbsentDesk, tmp_path, store_url) as found:
        yield found


def test_it_ends_at_its_time_with_the_news_and_once(desk):
    desk.clock.now = NOW + DAY
    assert desk.writes(2) == [DORA]  # the only admin: never nobody
    assert desk.at(NOW + 2 * DAY - timedelta(seconds=1)) == []
    ((reader, mail),) = desk.at(NOW + 2 * DAY)
    assert reader == DORA
    assert mail.subject == "Wieder da: 1 neu"
    assert "Du wirst wieder benachrichtigt." in mail.text
    assert "#1002" in mail.text
    assert desk.store.people.find("dora").absence is None
    assert desk.at(NOW + 3 * DAY) == []
    assert desk.woken == 1


def test_a_clock_that_is_set_back_sends_nothing_twice(desk):
    assert len(desk.at(NOW + 5 * DAY)) == 1
    assert desk.at(NOW) == []
    assert desk.at(NOW + 5 * DAY) == []


def test_who_prolonged_it_comes_back_later(desk):
    desk.clock.now = NOW + 2 * DAY
    absences = Absences(desk.office)
    (due,) = absences.due(10)
    desk.sets(Absence(NOW, NOW + 4 * DAY))
    assert absences.do(due) is None
    assert desk.at(NOW + 3 * DAY) == []
    assert len(desk.at(NOW + 4 * DAY)) == 1


def test_with_nothing_to_tell_they_are_told_that(desk):
    desk.sets(Absence(NOW + DAY, NOW + 2 * DAY))
    desk.applies(ChangeResponsible(desk.ticket, desk.store.people.find("anna").id))
    ((_, mail),) = desk.at(NOW + 2 * DAY)
    assert mail.subject == "Wieder da"
    assert "Es ist nichts passiert" in mail.text


def test_an_account_that_was_locked_meanwhile_gets_nothing(desk):
    desk.store.people.set_state("dora", AgentState.LOCKED)
    assert desk.at(NOW + 2 * DAY) == []
    assert desk.store.people.find("dora").absence is None


def test_no_digest_comes_in_the_meantime(desk):
    desk.applies(SetDigest(desk.dora.id, Rhythm.DAILY, NOW + DAY, NOW))
    desk.clock.now = NOW + DAY
    desk.timed(Digests).work_off()
    assert desk.drain() == []
    with desk.store.begin() as transaction:
        assert transaction.due_digest(desk.dora.id).at > NOW + DAY
