"""What proves that a mail is an agent's own, on both databases."""

from datetime import timedelta

import pytest

from gateway.model.account_changes import LockAccount, RemoveAccount
from gateway.model.held import Guard, HeldState, token_digest
from gateway.model.held_changes import HoldMail, SettleHeld
from gateway.model.people import AgentId
from gateway.model.proof_changes import (
    CountWrongCode,
    LockSecondFactor,
    OpenSession,
    UseCode,
    UseRecoveryCode,
)
from gateway.model.second_factor import Factor
from gateway.store.errors import Conflict
from gateway.store.second_factors import AlreadyEnrolled
from gateway.store.store import SqlStore

from .things import MINUTE, NOW, mail, message

ADDRESS = "anna@mitglieder.example"


@pytest.fixture
def anna(store: SqlStore) -> AgentId:
    agent = store.people.add_agent("anna", ADDRESS, "Anna").id
    store.second_factors.enrol(agent, b"sealed", 7, ["one", "two"], NOW)
    return agent


def write(store: SqlStore, *changes) -> None:
    with store.begin() as transaction:
        transaction.apply(changes, NOW)


def test_a_step_is_used_once_in_any_order(store: SqlStore, anna: AgentId) -> None:
    write(store, UseCode(anna, 9))
    write(store, UseCode(anna, 8))
    for step in (7, 8, 9):
        with pytest.raises(Conflict):
            write(store, CountWrongCode(anna), UseCode(anna, step))
    with store.begin() as transaction:
        assert transaction.used_codes(anna, range(6, 12)) == {7, 8, 9}
        assert transaction.wrong_codes(anna, NOW - MINUTE) == 0  # nothing of the mail happened


def test_a_recovery_code_is_used_once(store: SqlStore, anna: AgentId) -> None:
    with store.begin() as transaction:
        codes = dict(transaction.recovery_codes(anna))
    write(store, UseRecoveryCode(anna, codes["one"]))
    with pytest.raises(Conflict):
        write(store, UseRecoveryCode(anna, codes["one"]))
    with store.begin() as transaction:
        assert set(transaction.recovery_codes(anna)) == {"two"}


def test_a_session_is_of_one_address_and_ends_with_a_lock(store: SqlStore, anna: AgentId) -> None:
    until = NOW + timedelta(hours=8)
    write(store, OpenSession(anna, ADDRESS, NOW, Factor.CODE))
    write(store, OpenSession(anna, ADDRESS, until, Factor.CONFIRMATION))
    with store.begin() as transaction:
        assert transaction.session(anna, ADDRESS) == until
        assert transaction.session(anna, "anna@anders.example") is None
    write(store, CountWrongCode(anna), LockSecondFactor(anna, until))
    with store.begin() as transaction:
        assert transaction.session(anna, ADDRESS) is None
        enrolment = transaction.enrolment(anna)
        assert enrolment is not None
        assert (enrolment.sealed, enrolment.locked_until) == (b"sealed", until)
        assert transaction.wrong_codes(anna, NOW - MINUTE) == 1
        assert transaction.wrong_codes(anna, NOW) == 0


def test_a_reset_leaves_nothing_and_enrolling_twice_is_refused(
    store: SqlStore, anna: AgentId
) -> None:
    with pytest.raises(AlreadyEnrolled):
        store.second_factors.enrol(anna, b"other", 1, [], NOW)
    write(store, OpenSession(anna, ADDRESS, NOW + MINUTE, Factor.CODE))
    assert store.second_factors.reset(anna)
    assert not store.second_factors.reset(anna)
    assert store.second_factors.count() == 0
    with store.begin() as transaction:
        assert transaction.enrolment(anna) is None
        assert transaction.session(anna, ADDRESS) is None
        assert not transaction.recovery_codes(anna)


def test_a_held_mail_is_found_by_its_token_and_expires_once(store: SqlStore, anna: AgentId) -> None:
    digest = token_digest("ctoken")
    guards = frozenset({Guard.PROOF})
    held = HoldMail(anna, "r@x", "plan", guards, NOW, None, False, digest, 2, 0, "v")
    with store.begin() as transaction:
        transaction.apply([held], NOW, mail(), message())
    with store.begin() as transaction:
        found = transaction.held_by_token(token_digest("ctoken"))
        assert found is not None
        assert (found[1].needs, found[1].proved, found[1].version) == (2, 0, "v")
        assert transaction.held_by_token(token_digest("ctokem")) is None
        assert transaction.held_by_token("ctoken") is None
        assert list(transaction.expired_held(NOW - MINUTE, 5)) == []
        (over,) = transaction.expired_held(NOW, 5)
        assert transaction.take_expired(over, NOW - MINUTE) is None
        assert transaction.take_expired(over, NOW) is not None
        transaction.apply([SettleHeld(over, HeldState.EXPIRED)], NOW)
    with store.begin() as transaction:
        assert list(transaction.expired_held(NOW, 5)) == []
        assert transaction.take_expired(over, NOW) is None
        found = transaction.held_by_token(token_digest("ctoken"))
        assert found is not None
        assert found[1].state is HeldState.EXPIRED


def test_a_lock_of_the_account_ends_its_session_and_its_removal_all_of_it(
    store: SqlStore, anna: AgentId
) -> None:
    store.people.add_agent("dora", "dora@mitglieder.example", "Dora", admin=True)
    write(store, OpenSession(anna, ADDRESS, NOW + MINUTE, Factor.CODE), LockAccount(anna))
    with store.begin() as transaction:
        assert transaction.session(anna, ADDRESS) is None
        assert transaction.enrolment(anna) is not None
    write(store, CountWrongCode(anna), OpenSession(anna, ADDRESS, NOW + MINUTE, Factor.CODE))
    write(store, RemoveAccount(anna))
    with store.begin() as transaction:
        assert transaction.enrolment(anna) is None
        assert transaction.session(anna, ADDRESS) is None
        assert not transaction.recovery_codes(anna)
        assert not transaction.wrong_codes(anna, NOW - MINUTE)
        assert not transaction.used_codes(anna, [7])
