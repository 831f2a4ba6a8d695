"""What agents chose to be told, and when their digests are due."""

from datetime import timedelta

import pytest

from gateway.model.address import Mailbox
from gateway.model.changes import AddEntry, ChangeResponsible
from gateway.model.held import NewsBefore
from gateway.model.held_changes import RememberWork
from gateway.model.notice_changes import ChooseNews, SetDigest
from gateway.model.people import AgentSpec, AgentState, DepartmentId, NotifyChoice, Rhythm
from gateway.model.query import (
    ChangedSince,
    CreatedSince,
    Criterion,
    HeldBy,
    Order,
    Scope,
    Wanted,
)
from gateway.model.ticket import EntryKind, State

from .things import BERLIN, MARTA, NOW, open_ticket

C, R = NotifyChoice, Rhythm
DAY = timedelta(days=1)
FREIBURG = DepartmentId("freiburg")


def record(store, *changes, at=NOW):
    with store.begin() as transaction:
        transaction.apply(changes, at)


@pytest.fixture
def anna(store):
    return store.people.add_agent("anna", "anna@mitglieder.example", "Anna", [BERLIN])


def due(store, now=NOW):
    with store.begin(write=False) as transaction:
        return list(transaction.due_digests(now, now + 8 * DAY, 10))


def test_a_choice_is_kept_for_each_department_and_can_be_changed(store, anna):
    record(store, ChooseNews(anna.id, BERLIN, C.MINE), ChooseNews(anna.id, FREIBURG, C.NONE))
    assert store.people.find("anna").choices == {(BERLIN, C.MINE), (FREIBURG, C.NONE)}
    record(store, ChooseNews(anna.id, BERLIN, C.DIGEST), ChooseNews(anna.id, FREIBURG, C.ALL))
    found = store.people.find("anna")
    assert found.choices == {(BERLIN, C.DIGEST)}
    assert found.choice(FREIBURG) is C.ALL


def test_it_is_seen_at_once_by_what_is_decided_in_the_same_transaction(store, anna):
    with store.begin() as transaction:
        assert transaction.members([BERLIN])[BERLIN][0].choice(BERLIN) is C.ALL
        transaction.apply([ChooseNews(anna.id, BERLIN, C.NONE)], NOW)
        assert transaction.members([BERLIN])[BERLIN][0].choice(BERLIN) is C.NONE
        assert transaction.agent_by_address(anna.mailbox.address).choice(BERLIN) is C.NONE


def test_what_is_rolled_back_was_never_chosen(store, anna):
    def fails():
        with store.begin() as transaction:
            transaction.apply([ChooseNews(anna.id, BERLIN, C.NONE)], NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert store.people.find("anna").choices == frozenset()


def test_the_first_agents_bring_their_choices(store):
    spec = AgentSpec(
        "ben",
        Mailbox("ben@mitglieder.example", "Ben"),
        frozenset({BERLIN}),
        choices=frozenset({(BERLIN, C.DIGEST)}),
        digest=R.WEEKLY,
    )
    store.people.ensure_agents([spec])
    ben = store.people.find("ben")
    assert (ben.choices, ben.digest) == ({(BERLIN, C.DIGEST)}, R.WEEKLY)
    assert due(store) == [ben.id]  # its first time is still to be written
    store.people.ensure_agents([spec])
    assert store.people.find("ben") == ben


def test_a_digest_is_due_when_its_time_has_come_or_cannot_be_right(store, anna):
    assert due(store) == []
    record(store, SetDigest(anna.id, R.DAILY, NOW + DAY, NOW))
    assert due(store) == []
    assert due(store, NOW + DAY) == [anna.id]
    assert due(store, NOW - 30 * DAY) == [anna.id]  # the clock was set back
    record(store, SetDigest(anna.id, R.OFF, None, None))
    assert due(store, NOW + DAY) == []


def test_a_locked_agent_gets_none(store, anna):
    record(store, SetDigest(anna.id, R.DAILY, NOW, NOW))
    store.people.set_state("anna", AgentState.LOCKED)
    assert due(store) == []
    with store.begin() as transaction:
        assert transaction.due_digest(anna.id) is None


def test_it_is_held_with_its_times(store, anna):
    record(store, SetDigest(anna.id, R.WEEKLY, NOW, NOW - DAY))
    with store.begin() as transaction:
        held = transaction.due_digest(anna.id)
    assert (held.agent.handle, held.at, held.since) == ("anna", NOW, NOW - DAY)
    assert held.agent.digest is R.WEEKLY


def test_what_was_chosen_before_is_remembered_for_taking_it_back(store, anna):
    news = NewsBefore((frozenset(), frozenset({(BERLIN, C.MINE)})), (R.OFF, R.DAILY))
    record(store, RememberWork(anna.id, "receipt@x", (), news=news))
    with store.begin() as transaction:
        ((_, done),) = transaction.undoable(anna.id, NOW - DAY)
    assert done.news == news


def test_new_tickets_and_changed_ones_are_found(store, anna):
    old, stale, new = (
        open_ticket(store, at=NOW - 9 * DAY),
        open_ticket(store, at=NOW - 9 * DAY),
        open_ticket(store, at=NOW),
    )
    record(store, AddEntry(old.id, EntryKind.MESSAGE, MARTA, "Und?"), at=NOW)
    held = open_ticket(store, at=NOW - 9 * DAY)
    record(store, ChangeResponsible(held.id, anna.id), at=NOW)

    def found(*criteria):
        wanted = Wanted(
            frozenset({State.OPEN}), tuple((each,) for each in criteria), Order.CHANGED_FIRST
        )
        with store.begin(write=False) as transaction:
            listing = transaction.list_tickets(wanted, Scope(frozenset({BERLIN}), anna.id), 10)
        return [ticket.id for ticket in listing.tickets]

    since = NOW - DAY
    assert found(Criterion(ChangedSince(since)), Criterion(CreatedSince(since))) == [new.id]
    assert found(
        Criterion(ChangedSince(since)),
        Criterion(HeldBy(None)),
        Criterion(CreatedSince(since), negated=True),
    ) == [old.id]
    assert stale.id in found()
