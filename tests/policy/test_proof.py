"""How much proof the parts of an agent's mail need, and of whom it is demanded."""

from dataclasses import replace
from datetime import timedelta

import pytest
from agents_values import ANNA, DORA, facts_of, ticket
from policy_facts import NOW

from gateway.model.held import Guard
from gateway.model.held_changes import HoldMail
from gateway.model.proof_changes import LockSecondFactor, OpenSession, UseCode
from gateway.model.second_factor import CheckedCode, Demand, SecondFactor, Verdict
from gateway.model.ticket import Status
from gateway.policy.agents import agent_mail
from gateway.policy.commands.read import read
from gateway.policy.commands.words import WORDS
from gateway.policy.levels import LEVELS, highest
from gateway.policy.proof import locks, needed, proven

HERE = ticket()
SPAM = ticket(number="1002", status=Status.SPAM)
GONE = ticket(number="1003", status=Status.DELETED)
OTHERS = ticket(number="1004", requester=replace(HERE.ticket.requester, address="jo@example.org"))


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("Liebe Maria, gern.", 2), ("!notiz intern", 1), ("!zu", 1), ("!nehmen\n\n!zu", 1),
        ("!zu\n\nLiebe Maria", 2), ("!hilfe", 0), ("!liste", 1), ("!zeige", 2), ("!spam", 2),
        ("!status spam", 2), ("!status gelöscht", 3), ("!löschen", 3), ("!archiv", 2),
        ("!status archiviert", 2), ("!offen #1002", 2), ("!wieder #1002", 2), ("!offen #1003", 3),
        ("!status #1003 offen", 3), ("!verschieben freiburg", 2), ("!baustein", 1),
        ("!vereinen #1002 in #1001", 2), ("!vereinen #1004 in #1001", 3), ("!123456", 0),
    ],
)  # fmt: skip
def test_a_mail_needs_what_its_highest_part_needs(text: str, level: int) -> None:
    facts = facts_of(DORA, text, HERE, SPAM, GONE, OTHERS)
    assert facts.command_mail is not None
    assert not facts.command_mail.problems
    assert highest(facts, facts.command_mail, HERE)[0] == level


def test_the_table_has_every_word_of_the_card() -> None:
    assert {word.name for word in WORDS} < set(LEVELS)
    assert set(LEVELS.values()) == {0, 1, 2, 3}


def _with(text: str, demand: Demand, second: SecondFactor, **levels: int):
    facts = facts_of(ANNA, text, HERE)
    rules = replace(facts.organisation.security, demand=demand, levels=levels)
    return replace(facts, organisation=replace(facts.organisation, security=rules), second=second)


SESSION = SecondFactor(enrolled=True, session_until=NOW + timedelta(hours=1))
OVER = replace(SESSION, session_until=NOW)
LOCKED = replace(SESSION, locked_until=NOW + timedelta(minutes=1))


@pytest.mark.parametrize(
    ("demand", "second", "waits"),
    [
        (Demand.REQUIRED, SecondFactor(), True), (Demand.REQUIRED, SESSION, False),
        (Demand.REQUIRED, OVER, True), (Demand.REQUIRED, LOCKED, True),
        (Demand.ENROLLED, SecondFactor(), False), (Demand.ENROLLED, OVER, True),
        (Demand.OFF, OVER, False),
        # An answer's token is no proof for what else a mail says.
        (Demand.REQUIRED, SecondFactor(confirmed=True), True),
    ],
)  # fmt: skip
def test_of_whom_it_is_demanded(demand: Demand, second: SecondFactor, waits: bool) -> None:
    facts = _with("Liebe Maria, gern.", demand, second)
    decision = agent_mail(facts, ANNA, read("Liebe Maria, gern."))
    held = [each for each in decision.changes if isinstance(each, HoldMail)]
    assert bool(held) is waits
    if held:
        assert Guard.PROOF in held[0].guards
        assert held[0].token_digest
        assert held[0].token_digest not in decision.outgoing[0].route.reply_to


def test_a_level_of_the_rules_holds() -> None:
    facts = _with("!notiz intern", Demand.REQUIRED, SecondFactor(), note=2)
    assert needed(facts, read("!notiz intern"), HERE) == 2
    facts = _with("Gern.", Demand.REQUIRED, SecondFactor(), reply=1)
    assert needed(facts, read("Gern."), HERE) == 1


def test_a_right_code_is_used_up_whatever_becomes_of_the_mail() -> None:
    second = SecondFactor(enrolled=True, code=CheckedCode(Verdict.RIGHT, step=5))
    for text in ("!123456\n\nGern.", "!123456\n\n!clsoe", "!123456\n\n!zuweisen @niemand"):
        facts = _with(text, Demand.REQUIRED, second)
        assert proven(facts).level == 3
        decision = agent_mail(facts, ANNA, read(text))
        assert UseCode(ANNA.id, 5) in decision.changes
        assert any(isinstance(each, OpenSession) for each in decision.changes)


@pytest.mark.parametrize("verdict", [each for each in Verdict if each is not Verdict.RIGHT])
def test_a_code_that_does_not_count_holds_even_what_needs_none(verdict: Verdict) -> None:
    facts = _with("!123456\n\n!zu", Demand.ENROLLED, replace(SESSION, code=CheckedCode(verdict)))
    decision = agent_mail(facts, ANNA, read("!123456\n\n!zu"))
    assert any(isinstance(each, HoldMail) for each in decision.changes)


def test_how_many_wrong_codes_lock_for_how_long_is_a_setting() -> None:
    wrong = SecondFactor(enrolled=True, failures=2, code=CheckedCode(Verdict.WRONG))
    mail = replace(facts_of(ANNA, "!123456\n\n!zu", ticket()), second=wrong)
    assert not locks(mail)
    rules = replace(
        mail.organisation.security,
        most_wrong=3,
        locked_for=timedelta(hours=3),
        held_for=timedelta(1),
    )
    strict = replace(mail, organisation=replace(mail.organisation, security=rules))
    assert locks(strict)
    decision = agent_mail(strict, ANNA, read("!123456\n\n!zu"))
    until = [each.until for each in decision.changes if isinstance(each, LockSecondFactor)]
    assert until == [NOW + timedelta(hours=3)]
    held = [each.expires_at for each in decision.changes if isinstance(each, HoldMail)]
    assert held == [NOW + timedelta(days=1)]
