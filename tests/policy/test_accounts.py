"""What admins may do with accounts, and what nobody may."""

from dataclasses import replace

import pytest
from agents_values import ANNA, BEN, DORA, EMIL, facts_of
from policy_facts import organisation

from gateway.model.account import Account
from gateway.model.account_changes import (
    AddAccount,
    Enrol,
    GiveRole,
    LockAccount,
    RemoveAccount,
    UnlockAccount,
)
from gateway.model.outgoing import AccountNews, Receipt
from gateway.model.people import AgentState, DepartmentId, Language
from gateway.policy.agents import agent_mail
from gateway.policy.commands.read import read
from gateway.policy.register import Register

LOCKED = replace(BEN, state=AgentState.LOCKED)


def _register(*agents, admins=(DORA,), work=None):
    words = {word: Account(a) for a in agents for word in (a.handle, a.mailbox.key)}
    return Register(organisation(), words, tuple(admins), work or {})


def does(text, *agents, by=DORA, admins=(DORA,), work=None):
    """The decision about an admin's mail to the command address."""
    facts = facts_of(by, text, None)
    facts = replace(facts, register=_register(*agents, admins=admins, work=work))
    return agent_mail(facts, by, read(text))


def changes(decision):
    return decision.changes


def results(decision):
    (receipt,) = [mail for mail in decision.outgoing if isinstance(mail, Receipt)]
    return " / ".join(str(line.result) for line in receipt.lines)


def told(decision):
    return [
        (mail.route.to.address.partition("@")[0], str(mail.event), mail.own)
        for mail in decision.outgoing
        if isinstance(mail, AccountNews)
    ]


def test_a_new_agent_is_welcomed_and_the_other_admins_are_told():
    decision = does(
        "!account add cleo cleo@ngo.example Cleo Wagner dept=berlin,freiburg lang=en",
        admins=(DORA, replace(ANNA, admin=True)),
    )
    assert not [c for c in changes(decision) if not isinstance(c, AddAccount)]
    spec = decision.changes[0].spec
    assert (spec.handle, spec.mailbox.name, spec.language) == (
        "cleo", "Cleo Wagner", Language.ENGLISH,
    )  # fmt: skip
    assert told(decision) == [("cleo", "added", True), ("anna", "added", False)]
    (welcome, news) = [m for m in decision.outgoing if isinstance(m, AccountNews)]
    assert welcome.route.language is Language.ENGLISH
    assert news.route.language is Language.GERMAN


REFUSED = {
    "!account add anna other@ngo.example dept=berlin": "anna belongs to Anna already",
    "!account add other anna@mitglieder.example dept=berlin": "belongs to Anna already",
    "!account add ben ben@ngo.example dept=berlin": "whose account is locked",
    "!account add cleo berlin@truhe.example dept=berlin": "an address of the gateway itself",
    "!account add cleo tickets+x@truhe.example dept=berlin": "an address of the gateway itself",
    "!account add cl.eo cleo@ngo.example dept=berlin": "cannot be a short name",
    "!account add cleo cleo@ngo dept=berlin": "Something is missing",
    "!account add cleo cleo@ngo.example dept=berln": "Did you mean berlin?",
    "!account add cleo cleo@ngo.example dept=abgelehnt-berlin": "there is no department",
    "!account add cleo cleo@ngo.example": "no department and see nothing",
    "!account lock nobody": "there is no account “nobody”",
    "!account lock dora": "dora is the last active admin",
    "!account remove dora": "dora is the last active admin",
    "!account role dora@mitglieder.example agent": "dora is the last active admin",
    "!account dept anna +nirgends": "there is no department “nirgends”",
    "!account dept anna -berlin": "no department and see nothing",
    "!account dept anna +berlin -berlin": "cannot be added and taken",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_cannot_be_is_refused_and_nothing_is_changed(text):
    decision = does(text, ANNA, LOCKED, DORA)
    assert decision.changes == ()
    assert REFUSED[text] in results(decision)
    assert told(decision) == []


@pytest.mark.parametrize(
    "text", ["!account lock anna", "!accounts", "!account add c c@x.example dept=berlin"]
)
def test_only_admins_look_after_accounts(text):
    for admins in ((DORA,), ()):
        decision = does(text, ANNA, by=BEN, admins=admins)
        assert decision.changes == ()
        assert "only admins" in results(decision)


def test_who_is_no_admin_any_more_when_it_counts_is_none():
    """Two admins take the role from each other at the same moment: one of the mails is later."""
    other = replace(ANNA, admin=True)
    decision = does("!account role anna agent", other, by=DORA, admins=(other,))
    assert decision.changes == ()


def test_two_lines_cannot_take_the_last_two_admins():
    other = replace(ANNA, admin=True)
    decision = does("!account lock dora\n\n!account lock anna", other, DORA, admins=(other, DORA))
    assert decision.changes == ()
    assert "last active admin" in results(decision) or "only admins" in results(decision)


def test_a_new_admin_in_the_same_mail_makes_room():
    decision = does("!account role dora agent\n\n!account role anna admin", ANNA, DORA)
    assert decision.changes == (GiveRole(ANNA.id, admin=True), GiveRole(DORA.id, admin=False))


def test_locking_tells_the_agent_and_says_what_becomes_of_the_tickets():
    decision = does("!konto sperren @anna", ANNA, work={ANNA.id: 7})
    assert decision.changes == (LockAccount(ANNA.id),)
    assert told(decision) == [("anna", "locked", True)]
    assert "become free: 7" in results(decision)
    (news,) = [m for m in decision.outgoing if isinstance(m, AccountNews)]
    assert news.route.reply_to == "postmaster@truhe.example"


def test_unlocking_and_removing():
    assert does("!account unlock ben", LOCKED).changes == (UnlockAccount(BEN.id),)
    assert does("!account remove ben", LOCKED).changes == (RemoveAccount(BEN.id),)
    assert does("!account unlock anna", ANNA).changes == ()


def test_departments_are_added_taken_or_replaced():
    berlin, koeln = DepartmentId("berlin"), DepartmentId("freiburg")
    added = does("!account dept anna +Freiburg", ANNA)
    assert added.changes == (Enrol(ANNA.id, frozenset({berlin, koeln})),)
    assert does("!konto abteilung ben -berlin", BEN).changes == (Enrol(BEN.id, frozenset({koeln})),)
    assert does("!account dept emil freiburg", EMIL).changes == (
        Enrol(EMIL.id, frozenset({koeln})),
    )
    assert does("!account dept anna berlin", ANNA).changes == ()
