"""What is counted as things happen."""

from dataclasses import replace
from datetime import timedelta

from gateway.model.changes import AddEntry, ChangeStatus, MoveTicket, OpenTicket
from gateway.model.people import DepartmentId
from gateway.model.statistics import Tally, week_of
from gateway.model.ticket import EntryKind, State, Status

from .things import BERLIN, MARTA, NOW, open_ticket, ticket

MUNICH = DepartmentId("muenchen")


def record(store, *changes, at=NOW):
    with store.begin() as transaction:
        transaction.apply(changes, at)


def counted(store, *departments, since=NOW):
    with store.begin(write=False) as transaction:
        found = transaction.figures(departments, since)
    return {(each.week, each.department, each.what): each.count for each in found.counted}


def test_a_ticket_is_counted_where_and_when_it_is_opened_answered_and_closed(store):
    new = open_ticket(store)
    later = NOW + timedelta(days=8)
    record(store, AddEntry(new.id, EntryKind.RESPONSE, MARTA, "Ja"), at=NOW + timedelta(hours=2))
    record(store, AddEntry(new.id, EntryKind.RESPONSE, MARTA, "Ja"), at=later)
    record(store, MoveTicket(new.id, MUNICH), at=later)
    record(store, ChangeStatus(new.id, Status.CLOSED, State.CLOSED), at=later)
    record(store, ChangeStatus(new.id, Status.CLOSED, State.CLOSED), at=later)
    assert counted(store, BERLIN, MUNICH) == {
        (week_of(NOW), BERLIN, Tally.OPENED): 1,
        (week_of(NOW), BERLIN, Tally.WITHIN_FOUR_HOURS): 1,
        (week_of(later), MUNICH, Tally.CLOSED): 1,
    }
    assert counted(store, MUNICH, since=later) == {(week_of(later), MUNICH, Tally.CLOSED): 1}


def test_two_tickets_count_two_and_rejected_mail_apart(store):
    open_ticket(store)
    open_ticket(store)
    with store.begin() as transaction:
        _, number = transaction.next_ticket()
        refused = replace(ticket(number, status=Status.CLOSED), rejected=True)
        transaction.apply([OpenTicket(refused)], NOW)
    assert counted(store, BERLIN) == {
        (week_of(NOW), BERLIN, Tally.OPENED): 2,
        (week_of(NOW), BERLIN, Tally.REJECTED): 1,
    }


def test_what_stands_is_open_free_and_waiting(store):
    first, second = open_ticket(store), open_ticket(store, at=NOW + timedelta(days=2))
    record(store, ChangeStatus(second.id, Status.ON_WAITING, State.OPEN))
    open_ticket(store, status=Status.CLOSED)
    with store.begin(write=False) as transaction:
        (standing,) = transaction.figures([BERLIN], NOW).standing
    assert (standing.open, standing.free, standing.waiting) == (2, 1, 1)
    assert standing.oldest == first.created_at
    assert standing.mean_created == NOW + timedelta(days=1)
