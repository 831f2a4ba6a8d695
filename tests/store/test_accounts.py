"""Accounts in the database: what is written, and that the last admin stays whoever writes."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from gateway.model.account_changes import (
    AddAccount,
    AnnounceStep,
    CountFromNow,
    Enrol,
    ForgetName,
    GiveRole,
    LockAccount,
    NarrowAccount,
    RemoveAccount,
    SeeAgent,
    UnlockAccount,
)
from gateway.model.address import Mailbox
from gateway.model.people import AgentSpec, AgentState, DepartmentId, Language
from gateway.store.errors import Conflict

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
BERLIN, MUNICH = DepartmentId("berlin"), DepartmentId("muenchen")
SPEC = AgentSpec("cleo", Mailbox("cleo@ngo.example", "Cleo"), frozenset({BERLIN}), True)


@pytest.fixture
def anna(store):
    return store.people.add_agent("anna", "anna@mitglieder.example", "Anna", [BERLIN], admin=True)


def write(store, *changes, now=NOW):
    with store.begin() as transaction:
        transaction.apply(changes, now)


def account(store, word):
    with store.begin(write=False) as transaction:
        return transaction.accounts_by_word([word]).get(word)


def test_an_account_is_added_with_the_moment_it_counts_from(store):
    write(store, AddAccount(SPEC))
    found = account(store, "cleo")
    assert found.counts_from == NOW
    assert found.agent.departments == {BERLIN}
    assert found.agent.language is Language.GERMAN
    with pytest.raises(Conflict):
        write(store, AddAccount(SPEC))


def test_times_are_kept(store, anna):
    write(store, AddAccount(SPEC))
    write(store, SeeAgent(anna.id), AnnounceStep(anna.id))
    assert (account(store, "anna").agent.seen_at, account(store, "anna").warned_at) == (NOW, NOW)
    write(store, LockAccount(anna.id))
    locked = account(store, "anna")
    assert (locked.agent.state, locked.locked_at, locked.warned_at) == (
        AgentState.LOCKED, NOW, None,
    )  # fmt: skip
    later = NOW + timedelta(days=1)
    write(store, UnlockAccount(anna.id), now=later)
    active = account(store, "anna")
    assert (active.agent.state, active.locked_at, active.counts_from) == (
        AgentState.ACTIVE, None, later,
    )  # fmt: skip


def test_after_departments_were_taken_new_ones_begin_the_count_anew(store, anna):
    write(store, AddAccount(SPEC), now=NOW - timedelta(days=99))
    cleo = account(store, "cleo").agent
    write(store, Enrol(cleo.id, frozenset({MUNICH})))
    assert account(store, "cleo").counts_from == NOW - timedelta(days=99)
    write(store, NarrowAccount(cleo.id, frozenset({BERLIN}), admin=False))
    narrowed = account(store, "cleo")
    assert (narrowed.agent.departments, narrowed.agent.admin) == ({BERLIN}, False)
    assert narrowed.narrowed_at == NOW
    write(store, Enrol(cleo.id, frozenset({MUNICH, BERLIN})))
    again = account(store, "cleo")
    assert (again.counts_from, again.narrowed_at) == (NOW, None)


def test_times_of_a_wrong_clock_are_forgotten(store, anna):
    future = NOW + timedelta(days=999)
    write(store, SeeAgent(anna.id), AnnounceStep(anna.id), now=future)
    write(store, CountFromNow(anna.id))
    found = account(store, "anna")
    assert (found.agent.seen_at, found.warned_at, found.counts_from) == (None, None, NOW)


@pytest.mark.parametrize("change", [
    LockAccount,
    RemoveAccount,
    lambda agent: GiveRole(agent, admin=False),
    lambda agent: NarrowAccount(agent, frozenset(), admin=False),
])  # fmt: skip
def test_no_change_takes_the_last_admin(store, anna, change):
    with pytest.raises(Conflict, match="no admin would be left"):
        write(store, change(anna.id))
    assert account(store, "anna").agent == anna


def test_two_at_once_do_not_take_the_last_two_admins(store, anna):
    dora = store.people.add_agent("dora", "dora@mitglieder.example", "Dora", admin=True)
    ready, refused = threading.Barrier(2, timeout=20), []

    def lock(agent):
        ready.wait()
        try:
            with store.begin() as transaction:
                transaction.apply([SeeAgent(agent)], NOW)
                transaction.apply([LockAccount(agent)], NOW)
        except Exception as error:  # noqa: BLE001  (a conflict, or a deadlock that was broken)
            refused.append(error)

    threads = [threading.Thread(target=lock, args=(each.id,)) for each in (anna, dora)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.begin(write=False) as transaction:
        assert len(transaction.admins()) == 1
    assert len(refused) == 1


def test_a_removed_account_leaves_nothing_personal_and_may_be_made_again(store, anna):
    store.people.add_agent("dora", "dora@mitglieder.example", "Dora", admin=True)
    write(store, RemoveAccount(anna.id))
    assert account(store, "anna") is None
    assert store.people.find("anna@mitglieder.example") is None
    spec = AgentSpec("anna", Mailbox("anna@mitglieder.example", "Anna"), frozenset({BERLIN}))
    assert store.people.ensure_agents([spec]) == ()  # the rule files do not bring her back
    write(store, AddAccount(spec))
    assert account(store, "anna").agent.id != anna.id
    with store.begin(write=False) as transaction:
        gone = transaction.agents_by_id([anna.id])[anna.id]
    assert (gone.name, gone.mailbox.address, gone.state) == (
        f"ehemals-{anna.id}", "", AgentState.DELETED,
    )  # fmt: skip
    write(store, RemoveAccount(account(store, "anna").agent.id))
    for number in (anna.id, anna.id + 2):
        write(store, ForgetName(number))
    with store.database.reading() as connection:
        rows = connection.execute(text("SELECT name, address FROM removed_agent")).all()
    assert set(map(tuple, rows)) == {("", "")}
