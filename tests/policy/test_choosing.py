"""`!notify`: what an agent chooses to be told."""

from dataclasses import replace
from typing import Any

import pytest
from agents_values import ANNA, BEN, DORA, EMIL, does, facts_of

from gateway.model.answers import NewsChoices
from gateway.model.decision import Decision
from gateway.model.held import NewsBefore, Undoable, WorkId
from gateway.model.held_changes import RememberWork, TakeBack
from gateway.model.notice_changes import ChooseNews, SetDigest
from gateway.model.outgoing import Receipt
from gateway.model.people import Agent, DepartmentId, NotifyChoice, Rhythm
from gateway.policy.agents import agent_mail
from gateway.policy.commands.plan import printed
from gateway.policy.commands.read import read

C, R = NotifyChoice, Rhythm
BERLIN, FREIBURG, SUPRA = map(DepartmentId, ("berlin", "freiburg", "ueberregional"))


def of(decision: Decision, *kinds: type) -> list[Any]:
    return [each for each in (*decision.changes, *decision.outgoing) if isinstance(each, kinds)]


def said(decision: Decision) -> str:
    (receipt,) = of(decision, Receipt)
    return "\n".join(str(line.result) for line in receipt.lines)


def shown(decision: Decision) -> dict[str, str]:
    (receipt,) = of(decision, Receipt)
    (answer,) = [each for each in receipt.answers if isinstance(each, NewsChoices)]
    return {name: str(choice) for name, choice in answer.lines} | {"": str(answer.rhythm)}


def chosen(agent: Agent, text: str) -> dict[str, str]:
    decision = does(agent, text)
    return {str(c.department): c.choice.value for c in of(decision, ChooseNews)}


def test_alone_it_shows_what_holds() -> None:
    decision = does(ANNA, "!notify")
    assert shown(decision) == {"Berlin": "all", "Überregionale Anfragen": "all", "": "never"}
    assert not of(decision, ChooseNews, SetDigest, RememberWork)


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("!notify berlin mine", "mine"),
        ("!notify mine berlin", "mine"),
        ("!benachrichtigen Berlin meine", "mine"),
        ("!Benachrichtigen berlin Nichts", "none"),
        ("!notify berlin none", "none"),
        ("!notify berlin: nothing", "none"),
        ("!benachrichtigen berlin sammelmail", "digest"),
    ],
)
def test_a_choice_for_one_department(text: str, choice: str) -> None:
    assert chosen(BEN, text) == {"berlin": choice}


def test_without_a_name_all_departments_of_ones_own_are_meant() -> None:
    assert chosen(BEN, "!notify mine") == dict.fromkeys(
        ("berlin", "freiburg", "ueberregional"), "mine"
    )
    assert chosen(DORA, "!notify digest").keys() >= {"vorstand"}
    assert not any("abgelehnt" in name for name in chosen(DORA, "!notify none"))


def test_a_digest_of_a_department_switches_the_digest_on() -> None:
    (digest,) = of(does(ANNA, "!notify berlin digest"), SetDigest)
    assert digest.rhythm is R.DAILY
    assert f"{digest.at:%Y-%m-%d %H:%M}" == "2026-11-25 06:00"  # 7:00 in Berlin
    (digest,) = of(does(ANNA, "!benachrichtigen berlin sammelmail wöchentlich"), SetDigest)
    assert (digest.rhythm, f"{digest.at:%a %H:%M}") == (R.WEEKLY, "Mon 06:00")


@pytest.mark.parametrize(
    "text", ["!notify digest weekly", "!notify weekly", "!benachrichtigen sammelmail wöchentlich"]
)
def test_how_often_it_comes_is_no_choice_of_a_department(text: str) -> None:
    decision = does(ANNA, text)
    assert not of(decision, ChooseNews)
    (digest,) = of(decision, SetDigest)
    assert digest.rhythm is R.WEEKLY


def test_a_digest_that_is_needed_cannot_be_switched_off() -> None:
    anna = replace(ANNA, choices=frozenset({(BERLIN, C.DIGEST)}), digest=R.DAILY)
    decision = does(anna, "!notify digest never")
    assert not of(decision, SetDigest)
    assert "Berlin" in said(decision)
    both = does(anna, "!notify berlin all\n\n!notify digest never")
    assert [each.rhythm for each in of(both, SetDigest)] == [R.OFF]
    assert shown(both)[""] == "never"


def test_several_lines_are_one_choice_and_shown_once() -> None:
    decision = does(BEN, "!notify berlin mine\n\n!notify freiburg digest\n\n!notify digest weekly")
    assert {c.department: c.choice for c in of(decision, ChooseNews)} == {
        BERLIN: C.MINE,
        FREIBURG: C.DIGEST,
    }
    assert shown(decision) == {
        "Berlin": "mine",
        "Freiburg": "digest",
        "Überregionale Anfragen": "all",
        "": "weekly",
    }


def test_two_choices_for_one_department_contradict() -> None:
    decision = does(ANNA, "!notify berlin mine\n\n!notify berlin all")
    assert not of(decision, ChooseNews)
    assert "choices of what you are told" in said(decision)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("!notify muenchen mine", "Yours are: berlin, ueberregional"),
        ("!notify abgelehnt-berlin mine", "Yours are"),
        ("!notify berlni mine", "berlin"),
        ("!notify hamburg mine", "hamburg"),
        ("!notify berlin", "all, mine, digest or none"),
        ("!notify berlin mine weekly", "on a line of its own"),
    ],
)
def test_what_cannot_be_chosen_is_told_with_what_can(text: str, named: str) -> None:
    decision = does(ANNA, text)
    assert not of(decision, ChooseNews, SetDigest)
    assert named in said(decision)


def test_who_belongs_to_one_department_chooses_for_that() -> None:
    assert chosen(EMIL, "!notify none") == {"datenschutz": "none"}


@pytest.mark.parametrize(
    "line",
    [
        "!notify",
        "!notify mine",
        "!notify berlin digest weekly",
        "!notify digest weekly",
        "!notify digest never",
        '!notify "ueberregionale anfragen" none',
    ],
)
def test_the_canonical_line_is_read_as_the_same_again(line: str) -> None:
    (command,) = read(line).commands
    assert printed(command) == line


# --- taking it back -------------------------------------------------------------------------------

AFTER = replace(ANNA, choices=frozenset({(BERLIN, C.DIGEST)}), digest=R.DAILY)


def undone(agent: Agent, news: NewsBefore) -> Decision:
    done = Undoable(WorkId(1), agent.id, facts_of(agent, "!undo", None).now, (), news=news)
    facts = replace(facts_of(agent, "!undo", None), undo=done)
    return agent_mail(facts, agent, read("!undo"))


def test_a_choice_is_remembered_and_taken_back() -> None:
    (work,) = of(does(ANNA, "!notify berlin digest"), RememberWork)
    assert work.news == NewsBefore((ANNA.choices, AFTER.choices), (R.OFF, R.DAILY))
    back = undone(AFTER, work.news)
    assert of(back, ChooseNews) == [ChooseNews(ANNA.id, BERLIN, C.ALL)]
    assert of(back, SetDigest) == [SetDigest(ANNA.id, R.OFF, None, None)]
    assert of(back, TakeBack)
    assert "the same as before" in said(back)


def test_a_choice_that_was_changed_since_is_not_taken_back() -> None:
    news = NewsBefore((ANNA.choices, AFTER.choices), (R.OFF, R.DAILY))
    now = replace(AFTER, digest=R.WEEKLY)
    back = undone(now, news)
    assert not of(back, ChooseNews, SetDigest, TakeBack)
