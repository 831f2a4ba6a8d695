from datetime import timedelta

import pytest

from gateway.model.changes import AddEntry, ChangeResponsible, ChangeStatus, Refer
from gateway.model.people import AgentId, DepartmentId
from gateway.model.query import Criterion, DepartmentIs, HeldBy, Order, Scope, StatusIs, Wanted
from gateway.model.ticket import EntryKind, State, Status
from gateway.store.tickets import Filter

from .things import BERLIN, MARTA, MINUTE, NOW, open_ticket

STRANGER = AgentId(99)
MUNICH = DepartmentId("muenchen")


OPEN = Wanted(frozenset({State.OPEN}))
CLOSED = Wanted(frozenset({State.CLOSED}), ((Criterion(StatusIs(frozenset({Status.CLOSED}))),),))
WAITING = Wanted(
    OPEN.states, ((Criterion(StatusIs(frozenset({Status.ON_WAITING}))),),), Order.WAITING
)


def listed(store, wanted=OPEN, departments=(BERLIN,), agent=STRANGER, limit=50, skip=0):
    scope = Scope(frozenset(departments), agent)
    with store.begin(write=False) as transaction:
        found = transaction.list_tickets(wanted, scope, limit, skip)
    return [ticket.id for ticket in found.tickets], found.total


def held_by(agent):
    return Wanted(OPEN.states, ((Criterion(HeldBy(agent)),),))


def of_department(department):
    return Wanted(OPEN.states, ((Criterion(DepartmentIs(frozenset({department}))),),))


def record(store, *changes, at=NOW):
    with store.begin() as transaction:
        transaction.apply(changes, at)


@pytest.fixture
def anna(store):
    return store.people.add_agent("anna", "anna@mitglieder.example", "Anna", [BERLIN])


def test_only_tickets_of_readable_departments_are_listed(store):
    mine, theirs = open_ticket(store), open_ticket(store, MUNICH)
    assert listed(store) == ([mine.id], 1)
    assert listed(store, departments=[MUNICH]) == ([theirs.id], 1)
    assert listed(store, departments=[]) == ([], 0)


def test_a_responsible_agent_sees_the_ticket_wherever_it_is(store, anna):
    theirs = open_ticket(store, MUNICH)
    record(store, ChangeResponsible(theirs.id, anna.id))
    assert listed(store, agent=anna.id) == ([theirs.id], 1)
    assert listed(store, held_by(anna.id), agent=anna.id) == ([theirs.id], 1)
    assert listed(store, held_by(STRANGER)) == ([], 0)


def test_a_referral_shows_the_ticket_once(store, anna):
    theirs = open_ticket(store, MUNICH)
    record(store, Refer(theirs.id, department=BERLIN), Refer(theirs.id, agent=anna.id))
    assert listed(store, agent=anna.id) == ([theirs.id], 1)
    assert listed(store, departments=[], agent=AgentId(77)) == ([], 0)


def test_one_department_can_be_asked_for(store):
    mine, theirs = open_ticket(store), open_ticket(store, MUNICH)
    both = [BERLIN, MUNICH]
    assert listed(store, departments=both) == ([mine.id, theirs.id], 2)
    assert listed(store, of_department(MUNICH), departments=both) == ([theirs.id], 1)
    assert listed(store, of_department(MUNICH), departments=[BERLIN]) == ([], 0)


def test_the_oldest_change_comes_first_and_all_are_counted(store):
    tickets = [open_ticket(store, at=NOW - n * MINUTE) for n in range(5)]
    expected = [ticket.id for ticket in reversed(tickets)]
    assert listed(store, limit=2) == (expected[:2], 5)
    assert listed(store, limit=2, skip=2) == (expected[2:4], 5)


def test_the_waiting_list_keeps_its_order_when_a_requester_writes(store):
    first, second = open_ticket(store), open_ticket(store)
    record(store, ChangeStatus(first.id, Status.ON_WAITING, State.OPEN), at=NOW + MINUTE)
    record(store, ChangeStatus(second.id, Status.ON_WAITING, State.OPEN), at=NOW + 2 * MINUTE)
    record(store, AddEntry(first.id, EntryKind.MESSAGE, MARTA, "?"), at=NOW + timedelta(days=1))
    record(store, ChangeStatus(first.id, Status.ON_WAITING, State.OPEN), at=NOW + timedelta(days=2))
    assert listed(store, WAITING) == ([first.id, second.id], 2)


def test_closed_tickets_and_spam_are_not_open(store):
    closed, spam = open_ticket(store, status=Status.CLOSED), open_ticket(store, status=Status.SPAM)
    assert closed.id != spam.id
    assert listed(store) == ([], 0)
    assert listed(store, CLOSED) == ([closed.id], 1)


def test_the_operator_lists_and_shows_any_ticket(store):
    old, new = open_ticket(store), open_ticket(store, MUNICH, Status.CLOSED)
    assert store.tickets.list(Filter(), 10) == (new, old)
    assert store.tickets.list(Filter(department=BERLIN), 10) == (old,)
    assert store.tickets.list(Filter(statuses=[Status.CLOSED]), 10) == (new,)
    assert store.tickets.list(Filter(rejected=True), 10) == ()
    assert store.tickets.list(Filter(responsible=AgentId(5)), 10) == ()
    assert store.tickets.show(f"#{old.number}").ticket == old
    assert store.tickets.show("77") is None
