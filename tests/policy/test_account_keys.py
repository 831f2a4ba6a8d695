"""Keys that admins pin to agents by mail, and take away again."""

from dataclasses import replace

import pytest
from agents_values import ANNA, BEN, DORA, facts_of
from policy_facts import NOW, organisation

from gateway.model.account import Account
from gateway.model.key_changes import PinKey, RenewPinned, UnpinKey
from gateway.model.keys import PinnedKey
from gateway.model.openpgp import Fingerprint, Key
from gateway.model.outgoing import AccountNews, Receipt
from gateway.policy.agents import agent_mail
from gateway.policy.commands.read import read
from gateway.policy.register import Register

FIRST = Fingerprint("A" * 40)
OTHER = Fingerprint("B" * 40)


def key(name: Fingerprint = FIRST, **what) -> Key:
    return Key(name, b"blob", ("Anna <anna@mitglieder.example>",), can_encrypt=True, **what)


def pin(agent, name: Fingerprint = FIRST) -> PinnedKey:
    return PinnedKey(agent.id, name, None, NOW)


def does(text, *, pinned=(), brought=(), by=DORA):
    facts = facts_of(by, text, None)
    words = {word: Account(a) for a in (ANNA, BEN, DORA) for word in (a.handle, a.mailbox.key)}
    named = {
        name for command in read(text).commands if (name := getattr(command, "fingerprint", None))
    }
    register = Register(
        organisation(),
        words,
        (DORA,),
        {},
        {each.fingerprint: each for each in pinned},
        {each.fingerprint: each for each in brought},
        frozenset(named),
        by.handle,
        NOW,
    )
    return agent_mail(replace(facts, register=register), by, read(text))


def results(decision):
    (receipt,) = [mail for mail in decision.outgoing if isinstance(mail, Receipt)]
    return " / ".join(str(line.result) for line in receipt.lines)


def keys(decision):
    kinds = (PinKey, UnpinKey, RenewPinned)
    return [change for change in decision.changes if isinstance(change, kinds)]


def test_a_key_in_the_mail_is_pinned_and_the_agent_is_told():
    decision = does(f"!account key-add anna {FIRST}", brought=[key()])
    assert keys(decision) == [PinKey(ANNA.id, FIRST, key(), "dora")]
    (news,) = [mail for mail in decision.outgoing if isinstance(mail, AccountNews)]
    assert (news.own, news.fingerprint, str(news.event)) == (True, FIRST, "key-added")
    assert "needs no one-time code" in results(decision)


def test_a_fingerprint_is_pinned_before_its_key_has_come():
    decision = does(f"!account key-add anna {FIRST}")
    assert keys(decision) == [PinKey(ANNA.id, FIRST, None, "dora")]
    assert "not here yet" in results(decision)


def test_another_key_in_the_mail_than_the_one_named_is_a_mistake():
    decision = does(f"!account key-add anna {FIRST}", brought=[key(OTHER)])
    assert keys(decision) == []
    assert "BBBB BBBB" in results(decision)


def test_of_several_keys_in_a_mail_the_named_ones_are_taken():
    both = f"!account key-add anna {FIRST}\n\n!account key-add ben {OTHER}"
    decision = does(both, brought=[key(), key(OTHER)])
    assert keys(decision) == [
        PinKey(ANNA.id, FIRST, key(), "dora"),
        PinKey(BEN.id, OTHER, key(OTHER), "dora"),
    ]


@pytest.mark.parametrize(("what", "why"), [("revoked", "revoked"), ("expired", "expired")])
def test_a_dead_key_is_not_pinned(what, why):
    decision = does(f"!account key-add anna {FIRST}", brought=[key(**{what: True})])
    assert keys(decision) == []
    assert why in results(decision)


def test_a_key_is_one_agents_alone():
    decision = does(f"!account key-add anna {FIRST}", pinned=[pin(BEN)], brought=[key()])
    assert keys(decision) == []
    assert "another agent" in results(decision)
    twice = f"!account key-add anna {FIRST}\n\n!account key-add ben {FIRST}"
    assert keys(does(twice, brought=[key()])) == []


def test_a_pinned_key_that_comes_again_is_renewed():
    text = f"!account key-add anna {FIRST}"
    assert keys(does(text, pinned=[pin(ANNA)], brought=[key()])) == [
        RenewPinned(ANNA.id, key(), NOW)
    ]
    again = does(text, pinned=[pin(ANNA)])
    assert (keys(again), "already" in results(again)) == ([], True)


def test_an_agent_has_only_a_few_keys():
    many = [pin(ANNA, Fingerprint(sign * 40)) for sign in "12345"]
    decision = does(f"!account key-add anna {FIRST}", pinned=many)
    assert (keys(decision), "5 keys already" in results(decision)) == ([], True)


def test_a_key_is_taken_away_and_replaced_in_one_mail():
    text = f"!account key-add anna {FIRST}\n\n!account key-del anna {OTHER}"
    decision = does(text, pinned=[pin(ANNA, OTHER)], brought=[key()])
    assert keys(decision) == [
        UnpinKey(ANNA.id, OTHER),
        PinKey(ANNA.id, FIRST, key(), "dora"),
    ]


def test_what_is_not_theirs_is_not_taken_away():
    decision = does(f"!account key-del anna {FIRST}", pinned=[pin(ANNA, OTHER), pin(BEN)])
    assert keys(decision) == []
    assert "BBBB BBBB" in results(decision)
    assert "has no key." in results(does(f"!account key-del anna {FIRST}"))


def test_only_admins_pin_keys():
    decision = does(f"!account key-add ben {FIRST}", by=BEN, brought=[key()])
    assert (keys(decision), "only admins" in results(decision)) == ([], True)
