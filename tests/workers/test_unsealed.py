"""Mail for which there is no key any more: its reader hears of it, the admins do, no word leaks."""

import asyncio
from datetime import timedelta

import pytest

from gateway.config import load
from gateway.crypto.own_keys import OwnKeys
from gateway.crypto.sealer import Sealer
from gateway.mail.parse import parse
from gateway.model.account_changes import GiveRole
from gateway.model.changes import KeepSecret
from gateway.model.delivery import Delivered
from gateway.model.key_changes import PinKey, RenewPinned, UnpinKey
from gateway.model.openpgp import Fingerprint, Key
from gateway.model.outbox import GivenUp
from gateway.model.seal import Seal
from gateway.parts import build
from gateway.rulebook.defaults import init
from gateway.store.store import open_store
from gateway.workers.retrying import Retrying
from gateway.workers.seal import sealing
from tests.store.things import composed
from tests.workers.desk import DAY, DORA, NOW, Desk

FIRST = Fingerprint("A" * 40)
WORDS = ("Laptop", "Frage", "person1")


def key(**changes):
    whole = {"expires": NOW + 100 * DAY, "can_encrypt": True, "can_sign": True}
    return Key(FIRST, b"key", (f"Dora <{DORA}>",), NOW, **(whole | changes))


class KeyDesk(Desk):
    """A desk whose outgoing mail is sealed as the daemon does it."""

    def __init__(self, store, rules):
        super().__init__(store, rules)
        own = OwnKeys(rules.gpg)
        self.sealer = Sealer(rules.gpg, own, store.keys.keys_of, self.clock)
        self.dora = store.people.find("dora")
        self.applies(GiveRole(store.people.find("anna").id, admin=True))

    def deliver(self):
        """All that waits goes out, or is given up; what left, by reader."""
        left = {}

        async def keep(mail):
            left.setdefault(mail.rcpt_to, []).append(parse(mail.content))
            return Delivered()

        carry = sealing(keep, self.sealer.seal)
        retrying = Retrying(timedelta(days=5))
        while mails := self.store.outbox.claim("only", 50, self.clock() + DAY, DAY):
            for mail in mails:
                how = retrying.how(mail, asyncio.run(carry(mail)), self.clock())
                if isinstance(how, GivenUp):
                    self.pipeline.give_up(mail, how)
                else:
                    self.store.outbox.settle([(mail.id, how)], self.clock())
        return left

    def enqueues(self, kind, to, ticket=None):
        mail = composed(f"{kind}-{to}@truhe.example", to=to, kind=kind, ticket=ticket,
                        seal=Seal(encrypt_to=FIRST))  # fmt: skip
        with self.store.begin() as transaction:
            transaction.enqueue([mail], self.clock())


@pytest.fixture(scope="module")
def rules(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rules")
    init(folder, development=True)
    parts = build(load(folder / "gateway.toml"), folder)
    yield parts.rules
    parts.close()


@pytest.fixture
def desk(tmp_path, rules):
    store = open_store("sqlite:///gateway.db", tmp_path)
    store.people.ensure_agents(rules.rulebook.agents)
    yield KeyDesk(store, rules)
    store.close()


def readable(mails):
    return "\n".join(f"{mail.subject} {mail.text} {mail.html}" for mail in mails)


def test_of_a_ticket_the_agent_hears_without_content_and_the_admins_once(desk):
    desk.applies(PinKey(desk.dora.id, FIRST, key()), KeepSecret(desk.ticket))
    desk.enqueues("notification", DORA, desk.ticket)
    desk.applies(UnpinKey(desk.dora.id, FIRST))
    left = desk.deliver()
    (news,) = left[DORA]
    assert "konnte nicht verschlüsselt werden" in news.text
    assert not any(word in readable(left[DORA]) for word in WORDS)
    (told,) = left["anna@mitglieder.example"]
    assert told.subject == "Mails an Dora können nicht verschlüsselt werden"
    assert "nicht mehr hier" in told.text
    desk.enqueues("notification", DORA, desk.ticket)
    assert list(desk.deliver()) == [DORA], "the admins know"


def test_of_an_ordinary_ticket_the_agent_hears_the_number_alone(desk):
    desk.enqueues("notification", DORA, desk.ticket)
    (news,) = desk.deliver()[DORA]
    assert news.subject == "Eine Mail an dich konnte nicht verschlüsselt werden"
    assert "Es ging um Ticket #1001." in news.text
    assert not any(word in readable([news]) for word in WORDS)


def test_of_an_answer_to_commands_the_agent_hears_what_to_do(desk):
    desk.applies(PinKey(desk.dora.id, FIRST, key()))
    desk.enqueues("receipt", DORA)
    desk.applies(RenewPinned(desk.dora.id, key(expires=NOW - DAY), NOW))
    left = desk.deliver()
    (news,) = left[DORA]
    assert news.subject == "Eine Mail an dich konnte nicht verschlüsselt werden"
    assert "abgelaufen" in left["anna@mitglieder.example"][0].text


def test_news_of_it_are_never_encrypted_with_the_key_that_is_the_trouble(desk):
    desk.applies(PinKey(desk.dora.id, FIRST, key()))  # gpg cannot use what looks like a good key
    desk.enqueues("receipt", DORA)
    with desk.store.begin(write=False) as transaction:
        assert transaction.keys_of([DORA], NOW)[DORA].to_encrypt
    (mail,) = desk.store.outbox.claim("only", 50, NOW + DAY, DAY)
    desk.pipeline.give_up(mail, GivenUp("gpg cannot encrypt to the key", unsealed=True))
    left = desk.deliver()
    assert left.keys() == {DORA, "anna@mitglieder.example"}


@pytest.mark.parametrize("kind", ["response", "confirmation", "automatic-answer", "public-key"])
def test_what_was_to_go_to_the_requester_is_told_to_the_agents(desk, kind):
    desk.enqueues(kind, "person1@example.org", desk.ticket)
    left = desk.deliver()
    assert left
    assert "person1@example.org" not in left
    assert "is known no more" in readable(next(iter(left.values())))
