"""Absences of agents, and what is due while they are away."""

from datetime import date, timedelta

import pytest

from gateway.model.around_changes import WriteTask
from gateway.model.changes import ChangeResponsible, ChangeStatus
from gateway.model.notice_changes import SetAbsence
from gateway.model.people import Absence
from gateway.model.ticket import State, Status, Task, TicketId

from .things import BERLIN, NOW, open_ticket

DAY = timedelta(days=1)
AWAY = Absence(NOW - DAY, NOW + DAY, by_notice=True)


def record(store, *changes):
    with store.begin() as transaction:
        transaction.apply(changes, NOW)


@pytest.fixture
def anna(store):
    return store.people.add_agent("anna", "anna@mitglieder.example", "Anna", [BERLIN])


def over(store, now):
    with store.begin(write=False) as transaction:
        return list(transaction.absences_over(now, 10))


def test_an_absence_comes_back_as_it_was_written(store, anna):
    assert store.people.find("anna").absence is None
    record(store, SetAbsence(anna.id, AWAY))
    assert store.people.find("anna").absence == AWAY
    assert over(store, NOW) == []
    assert over(store, AWAY.until) == [anna.id]
    record(store, SetAbsence(anna.id, None))
    assert store.people.find("anna").absence is None
    assert over(store, NOW + 9 * DAY) == []


def test_it_is_seen_at_once_by_what_is_decided_in_the_same_transaction(store, anna):
    with store.begin() as transaction:
        assert transaction.agent_by_address(anna.mailbox.address).absence is None
        transaction.apply([SetAbsence(anna.id, AWAY)], NOW)
        assert transaction.agent_by_address(anna.mailbox.address).absence == AWAY
        assert transaction.members([BERLIN])[BERLIN][0].absence == AWAY


def test_only_who_is_absent_is_held(store, anna):
    with store.begin() as transaction:
        assert transaction.absent(anna.id) is None
    record(store, SetAbsence(anna.id, AWAY))
    with store.begin() as transaction:
        assert transaction.absent(anna.id).absence == AWAY


def test_tickets_are_found_by_what_the_agent_has_to_do(store, anna):
    ben = store.people.add_agent("ben", "ben@mitglieder.example", "Ben", [BERLIN])
    for number, task in {
        1: Task(1, "in time", anna.id, date(2026, 3, 5)),
        2: Task(1, "too late", anna.id, date(2026, 3, 6)),
        3: Task(1, "no day", anna.id),
        4: Task(1, "done", anna.id, date(2026, 3, 5), done=True),
        5: Task(1, "Ben's", ben.id, date(2026, 3, 5)),
        6: Task(1, "anybody's in Anna's ticket", None, date(2026, 3, 5)),
        7: Task(1, "anybody's in Ben's ticket", None, date(2026, 3, 5)),
        8: Task(1, "closed", anna.id, date(2026, 3, 5)),
    }.items():
        assert open_ticket(store).id == number
        record(store, WriteTask(TicketId(number), task))
    record(store, *(ChangeResponsible(TicketId(each), anna.id) for each in (1, 2, 6)))
    record(store, ChangeResponsible(TicketId(7), ben.id))
    record(store, ChangeStatus(TicketId(8), Status.CLOSED, State.CLOSED))
    with store.begin(write=False) as transaction:
        found = transaction.tickets_with_tasks(anna.id, date(2026, 3, 5), 10)
        assert [each.id for each in found] == [1, 6]
        assert len(transaction.tickets_with_tasks(anna.id, date(2026, 3, 5), 1)) == 1
