"""Keys of agents and of authors, and signatures that were used, on both databases."""

from datetime import timedelta

import pytest

from gateway.model.account_changes import RemoveAccount
from gateway.model.key_changes import (
    ForgetAuthorKey,
    KeepAuthorKey,
    PinKey,
    RenewPinned,
    SeeAuthorKey,
    UnpinKey,
    UseAuthorKey,
    UseSignature,
)
from gateway.model.keys import MOST_KEYS, FoundKey, Keys, KeySource, KeyState
from gateway.model.openpgp import Fingerprint, Key
from gateway.model.people import AgentId
from gateway.store.errors import Conflict
from gateway.store.store import SqlStore

from .things import MINUTE, NOW

ANNA = "anna@mitglieder.example"
MARIA = "maria@example.org"


def key(sign: str, *, days: int | None = None, encrypts: bool = True) -> Key:
    return Key(
        Fingerprint(sign * 40),
        b"key " + sign.encode(),
        (f"Someone {sign} <{MARIA}>", "Ünïcode"),
        NOW,
        NOW + timedelta(days=days) if days is not None else None,
        can_encrypt=encrypts,
        can_sign=True,
        algorithm="ed25519",
    )


def found(one: Key, *, prefers: bool = False) -> FoundKey:
    return FoundKey(one, KeySource.AUTOCRYPT, prefers)


@pytest.fixture
def anna(store: SqlStore) -> AgentId:
    return store.people.add_agent("anna", ANNA, "Anna", admin=True).id


def write(store: SqlStore, *changes, now=NOW) -> None:
    with store.begin() as transaction:
        transaction.apply(changes, now)


def keys(store: SqlStore, *addresses: str, now=NOW):
    with store.begin(write=False) as transaction:
        inside = transaction.keys_of(addresses, now)
    assert store.keys.keys_of(addresses, now) == inside
    return inside


def test_a_pinned_key_comes_back_as_it_was_and_in_any_case_of_the_address(store, anna):
    write(store, PinKey(anna, key("A").fingerprint, key("A"), "boss"))
    assert keys(store, "ANNA@Mitglieder.example", MARIA) == {ANNA: Keys(pinned=(key("A"),))}
    with store.begin(write=False) as transaction:
        (pinned,) = transaction.pinned_to([anna], NOW)[anna]
        assert transaction.pinned_as([pinned.fingerprint], NOW) == {pinned.fingerprint: pinned}
    assert (pinned.by, pinned.key, pinned.pinned_at) == ("boss", key("A"), NOW)


def test_a_fingerprint_is_pinned_before_its_key_comes(store, anna):
    write(store, PinKey(anna, key("A").fingerprint, None))
    assert keys(store, ANNA) == {}
    write(store, RenewPinned(anna, key("A"), NOW), RenewPinned(anna, key("B"), NOW))
    assert keys(store, ANNA)[ANNA].pinned == (key("A"),)  # the other one is not pinned


def test_a_fingerprint_is_one_agents_alone(store, anna):
    ben = store.people.add_agent("ben", "ben@mitglieder.example", "Ben").id
    write(store, PinKey(anna, key("A").fingerprint, key("A")))
    with pytest.raises(Conflict):
        write(store, PinKey(ben, key("A").fingerprint, key("A")))
    write(store, UnpinKey(ben, key("A").fingerprint))  # of somebody else: nothing
    assert keys(store, ANNA)
    write(store, UnpinKey(anna, key("A").fingerprint), PinKey(ben, key("A").fingerprint, key("A")))
    assert list(keys(store, ANNA, "ben@mitglieder.example")) == ["ben@mitglieder.example"]


def test_the_key_pinned_last_that_can_encrypt_is_written_to(store, anna):
    write(store, PinKey(anna, key("A").fingerprint, key("A")))
    write(store, PinKey(anna, key("B").fingerprint, key("B", encrypts=False)), now=NOW + MINUTE)
    theirs = keys(store, ANNA)[ANNA]
    assert [each.fingerprint[0] for each in theirs.pinned] == ["B", "A"]
    assert theirs.to_encrypt == key("A")


def test_a_removed_agent_leaves_no_key(store, anna):
    store.people.add_agent("boss", "boss@mitglieder.example", "Boss", admin=True)
    write(store, PinKey(anna, key("A").fingerprint, key("A")), UseSignature(anna, "d1", "Q1"))
    write(store, RemoveAccount(anna))
    assert keys(store, ANNA) == {}
    assert store.keys.pinned(NOW) == ()


def test_the_first_key_of_an_author_is_used_and_others_wait(store):
    write(
        store,
        KeepAuthorKey(MARIA, found(key("A"), prefers=True), KeyState.USED, NOW),
        KeepAuthorKey(MARIA, found(key("B")), KeyState.WAITING, NOW + MINUTE),
    )
    theirs = keys(store, MARIA)[MARIA]
    assert theirs == Keys((), key("A"), (key("B"),), prefer_encrypt=True)
    assert theirs.to_encrypt == key("A")
    write(store, UseAuthorKey(MARIA, key("B").fingerprint))
    assert keys(store, MARIA)[MARIA] == Keys((), key("B"), (), prefer_encrypt=False)


def test_a_key_that_comes_again_is_renewed_only_for_that_author(store):
    other = "other@example.org"
    for address in (MARIA, other):
        write(store, KeepAuthorKey(address, found(key("A", days=1)), KeyState.USED, NOW))
    longer = key("A", days=300)
    seen = SeeAuthorKey(MARIA, longer.fingerprint, True, NOW + MINUTE, longer)
    write(store, seen)
    assert keys(store, MARIA)[MARIA] == Keys((), longer, (), prefer_encrypt=True)
    assert keys(store, other)[other].known == key("A", days=1)
    with store.begin(write=False) as transaction:
        (kept,) = transaction.author_keys(MARIA, NOW)
    assert (kept.first_seen, kept.last_seen) == (NOW, NOW + MINUTE)


def test_a_key_expires_while_it_lies_here(store):
    write(store, KeepAuthorKey(MARIA, found(key("A", days=1)), KeyState.USED, NOW))
    assert keys(store, MARIA)[MARIA].to_encrypt
    later = keys(store, MARIA, now=NOW + timedelta(days=2))[MARIA]
    assert (later.known.expired, later.to_encrypt) == (True, None)


def test_a_flood_of_keys_in_somebodys_name_leaves_the_used_one_and_a_few(store):
    write(store, KeepAuthorKey(MARIA, found(key("A")), KeyState.USED, NOW))
    for number, sign in enumerate("BCDEF0123456789"):
        at = NOW + number * MINUTE
        write(store, KeepAuthorKey(MARIA, found(key(sign)), KeyState.WAITING, at))
    theirs = keys(store, MARIA)[MARIA]
    assert theirs.known == key("A")
    assert [each.fingerprint[0] for each in theirs.waiting] == ["9", "8", "7"]
    assert len(theirs.to_verify) + len(theirs.doubtful) == MOST_KEYS
    assert theirs.to_verify == (key("A"),)


def test_keys_that_nothing_proves_are_apart_and_the_first_used_one_ends_them(store):
    write(
        store,
        KeepAuthorKey(MARIA, found(key("A"), prefers=True), KeyState.UNPROVED, NOW),
        KeepAuthorKey(MARIA, found(key("B")), KeyState.UNPROVED, NOW + MINUTE),
    )
    theirs = keys(store, MARIA)[MARIA]
    prefers = frozenset({key("A").fingerprint})
    assert theirs == Keys(unproved=(key("B"), key("A")), prefers=prefers)
    assert (theirs.to_verify, theirs.doubtful) == ((), theirs.unproved)
    write(store, ForgetAuthorKey(MARIA, key("B").fingerprint))
    assert keys(store, MARIA)[MARIA].unproved == (key("A"),)
    write(
        store,
        KeepAuthorKey(MARIA, found(key("C")), KeyState.WAITING, NOW),
        UseAuthorKey(MARIA, key("C").fingerprint),
    )
    assert keys(store, MARIA)[MARIA] == Keys(known=key("C"))


def test_a_signature_counts_once_and_for_the_mail_it_was_in(store, anna):
    write(store, UseSignature(anna, "d1", "Q1"))
    with store.begin(write=False) as transaction:
        assert transaction.signature_used_for("d1") == "Q1"
        assert transaction.signature_used_for("d2") is None
    with pytest.raises(Conflict):
        write(store, PinKey(anna, key("A").fingerprint, None), UseSignature(anna, "d1", "Q2"))
    assert store.keys.pinned(NOW) == ()  # nothing of that mail happened


def test_used_signatures_are_remembered_far_longer_than_they_count(store, anna):
    write(store, UseSignature(anna, "d1", "Q1"))
    for days, kept in ((300, True), (500, False)):
        write(store, UseSignature(anna, f"d{days}", "Q2"), now=NOW + timedelta(days=days))
        with store.begin(write=False) as transaction:
            assert (transaction.signature_used_for("d1") is not None) is kept


def test_no_address_has_no_keys(store):
    assert keys(store) == {}
    assert keys(store, "", MARIA) == {}
