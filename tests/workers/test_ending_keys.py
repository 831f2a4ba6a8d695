"""Keys that end: told a month before, a week before, and when it has happened, once each."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.config import load
from gateway.duties.keys import EndingKeys
from gateway.gather import World
from gateway.model.key_changes import PinKey, RenewPinned
from gateway.model.openpgp import Fingerprint, Key
from gateway.parts import build
from gateway.rulebook.defaults import init
from gateway.store.store import open_store
from tests.workers.desk import DAY, NOW, Desk

END = NOW + 40 * DAY
BEN = "ben@mitglieder.example"


def key(digit, *addresses, expires=END):
    names = tuple(f"X <{each}>" for each in addresses)
    return Key(Fingerprint(digit * 40), b"key", names, NOW - 400 * DAY, expires,
               can_encrypt=True, can_sign=True)  # fmt: skip


class KeyDesk(Desk):
    """A desk with keys of its own, as gpg would list them."""

    duty = EndingKeys
    own = ()

    def __init__(self, store, rules):
        super().__init__(store, rules)
        world = self.office.world
        self.office = replace(self.office, world=lambda: self._with_keys(world()))

    def _with_keys(self, world: World) -> World:
        return replace(world, listed_keys=lambda _: self.own)

    def subjects(self, days):
        """Who is told what, that many days before the end of the first key."""
        return {(reader, mail.subject) for reader, mail in self.at(END - timedelta(days=days))}

    def pin(self, digit, **of_key):
        agent = self.store.people.find("ben")
        self.applies(PinKey(agent.id, Fingerprint(digit * 40), key(digit, BEN, **of_key)))
        return agent.id


@pytest.fixture(scope="module")
def rules(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rules")
    init(folder, development=True)
    parts = build(load(folder / "gateway.toml"), folder)
    yield parts.rules
    parts.close()


@pytest.fixture
def desk(tmp_path, store_url, rules):
    store = open_store(store_url, tmp_path)
    store.people.ensure_agents(rules.rulebook.agents)
    yield KeyDesk(store, rules)
    store.close()


def test_the_admins_hear_of_our_key_at_each_stage_once(desk):
    desk.own = (key("A", "info@truhe.example"),)
    told = [desk.subjects(days) for days in (31, 30, 20, 7, 3, 0, -100)]
    admins = {each.mailbox.address for each in _admins(desk)}
    near = {(each, "Unser OpenPGP-Schlüssel für info@truhe.example läuft am 10.04.2026 ab")
            for each in admins}  # fmt: skip
    over = {(each, "Unser OpenPGP-Schlüssel für info@truhe.example ist abgelaufen")
            for each in admins}  # fmt: skip
    assert told == [set(), near, set(), near, set(), over, set()]


def _admins(desk):
    with desk.store.begin(write=False) as transaction:
        return transaction.admins()


def test_what_to_do_stands_in_the_mail(desk):
    desk.own = (key("A", "info@truhe.example"),)
    _, mail = desk.at(END - DAY)[0]
    assert f"gateway keys expiry {'A' * 40} 2y" in mail.text
    assert "gateway keys wkd" in mail.text
    assert mail.automatic.is_auto_generated


def test_an_agent_hears_of_their_own_key_and_the_admins_too(desk):
    agent = desk.pin("B")
    told = desk.subjects(6)
    assert (BEN, "Dein OpenPGP-Schlüssel läuft am 10.04.2026 ab") in told
    others = {subject for reader, subject in told if reader != BEN}
    assert others == {"Der OpenPGP-Schlüssel von Ben läuft am 10.04.2026 ab"}
    desk.applies(RenewPinned(agent, key("B", BEN, expires=END + 700 * DAY), NOW))
    assert desk.subjects(0) == set()


def test_a_key_with_an_heir_and_one_of_nobodys_address_end_without_a_word(desk):
    heir = key("C", "info@truhe.example", expires=None)
    desk.own = (key("A", "info@truhe.example"), heir, key("D", "old@elsewhere.example"))
    desk.pin("B")
    desk.pin("E", expires=END + 700 * DAY)
    assert desk.subjects(0) == set()


def test_of_two_nodes_one_tells(desk):
    desk.own = (key("A", "info@truhe.example"),)
    desk.clock.now = END
    first, second = EndingKeys(desk.office), EndingKeys(desk.office)
    (due,) = first.due(50)
    assert second.due(50) == [due]
    assert first.do(due) is not None
    assert second.do(due) is None


def test_a_clock_that_jumped_tells_nothing_and_nothing_twice(desk):
    desk.own = (key("A", "info@truhe.example"),)
    desk.office = replace(desk.office, clock_is_right=lambda: False)
    assert desk.subjects(-3000) == set()
    desk.office = replace(desk.office, clock_is_right=lambda: True)
    assert desk.subjects(20)
    assert desk.subjects(29) == set()
