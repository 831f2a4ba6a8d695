"""Who sees the tickets of which department, who hears of them, and what the answers say of it."""

from dataclasses import replace
from typing import Any

import pytest
from agents_values import ANNA, BEN, CLARA, DORA, EMIL, EVERYBODY, does, facts_of, ticket
from policy_facts import organisation

from gateway.model.answers import TicketView
from gateway.model.changes import AddEntry, ChangeResponsible, MoveTicket, Refer
from gateway.model.decision import Decision
from gateway.model.organisation import DepartmentKind
from gateway.model.outgoing import Notification, NotificationEvent, Receipt
from gateway.model.people import Agent, DepartmentId
from gateway.policy.notify import MATRIX, audience

RULES = organisation()
LOCATIONS = [d.id for d in RULES.departments.values() if d.kind is DepartmentKind.LOCATION]
REJECTED = [d for d in RULES.departments.values() if d.kind is DepartmentKind.REJECTED]


def receipt(decision: Decision) -> Receipt:
    (found,) = [mail for mail in decision.outgoing if isinstance(mail, Receipt)]
    return found


def said(decision: Decision) -> str:
    return "\n".join(str(line.result) for line in receipt(decision).lines)


def sees(agent: Agent, department: str) -> bool:
    """Whether `!show` of a ticket there is answered with the ticket."""
    answers = receipt(does(agent, "!show #1001", None, ticket(department, rejected=False))).answers
    return any(isinstance(answer, TicketView) for answer in answers)


def told(decision: Decision) -> list[str]:
    return [mail.agent.handle for mail in decision.outgoing if isinstance(mail, Notification)]


@pytest.mark.parametrize(
    ("department", "readers"),
    [
        ("allgemein", {"dora"}),
        ("vorstand", {"dora"}),
        ("datenschutz", {"emil"}),
        ("gefahrgut", set()),
        ("berlin", {"anna", "ben"}),
        ("freiburg", {"ben"}),
        ("muenchen", {"clara"}),
        ("ueberregional", {"anna", "ben", "clara"}),
        ("abgelehnt-berlin", {"anna", "ben"}),
        ("abgelehnt-freiburg", {"ben"}),
        ("abgelehnt-muenchen", {"clara"}),
        ("abgelehnt-ueberregional", {"anna", "ben", "clara"}),
    ],
)
def test_members_read_and_others_see_nothing(department: str, readers: set[str]) -> None:
    assert {agent.handle for agent in EVERYBODY if sees(agent, department)} == readers


@pytest.mark.parametrize("text", ["!close", "!wait", "!claim", "!show", "!watch", "!refer @ben"])
def test_what_one_may_not_see_and_what_does_not_exist_are_answered_the_same(text: str) -> None:
    word, *rest = text.split()
    forbidden = does(EMIL, " ".join([word, "#1001", *rest]), None, ticket())
    missing = does(EMIL, " ".join([word, "#1001", *rest]), None)
    assert said(forbidden) == said(missing)
    assert receipt(forbidden).head == receipt(missing).head


def test_members_write_too() -> None:
    for agent in (ANNA, BEN):
        decision = does(agent, "!notiz Habe angerufen.", ticket())
        assert receipt(decision).done
        assert any(isinstance(change, AddEntry) for change in decision.changes)


@pytest.mark.parametrize(
    "about",
    [
        ticket(responsible=EMIL),
        ticket(referred_agents=frozenset({EMIL.id})),
        ticket(referred_departments=frozenset({DepartmentId("datenschutz")})),
    ],
)
def test_responsibility_and_referrals_are_access_to_read_and_write(about: Any) -> None:
    assert receipt(does(EMIL, "!notiz gesehen", about)).done
    assert receipt(does(EMIL, "!show #1001", None, about)).answers


def test_a_supraregional_ticket_is_everybody_s_of_the_locations_to_take_home() -> None:
    for agent, home in ((ANNA, "berlin"), (BEN, "freiburg"), (CLARA, "muenchen")):
        decision = does(agent, f"!nehmen\n\n!verschieben {home}", ticket("ueberregional"))
        assert receipt(decision).done, said(decision)
        assert MoveTicket(ticket().ticket.id, DepartmentId(home)) in decision.changes
        assert "You see it too." in said(decision)
        # Whoever took it stays responsible.
        owners = [each.agent for each in decision.changes if isinstance(each, ChangeResponsible)]
        assert owners == [agent.id]


def test_each_location_and_the_supraregional_department_has_its_own_rejected_one() -> None:
    mains = {department.main for department in REJECTED}
    supraregional = DepartmentId("ueberregional")
    assert mains == {*LOCATIONS, supraregional}
    assert all(department.silent for department in REJECTED)


@pytest.mark.parametrize("event", MATRIX)
def test_of_rejected_mail_nobody_hears_whatever_happens(event: NotificationEvent) -> None:
    for department in REJECTED:
        about = ticket(department.id, rejected=True, watchers=EVERYBODY, workers=EVERYBODY)
        facts = facts_of(ANNA, "x", about)
        assert audience(facts, about, event) == ()


@pytest.mark.parametrize(
    ("text", "agent", "wanted"),
    [
        (
            "!move muenchen",
            ANNA,
            (
                "The members of München see it now; who is only in Berlin does not any more."
                " You do not see it any more (next time: !move muenchen keep)."
            ),
        ),
        ("!move muenchen keep", ANNA, "You keep access by referral."),
        ("!move freiburg", BEN, "You see it too."),
        ("!move ueberregional", ANNA, "You see it too."),
    ],
)
def test_moving_says_who_keeps_and_who_loses_access(text: str, agent: Agent, wanted: str) -> None:
    decision = does(agent, text, ticket())
    assert wanted in said(decision)
    keeps = any(isinstance(change, Refer) for change in decision.changes)
    assert keeps is text.endswith("keep")


def test_the_new_department_the_new_agent_and_the_referred_hear_of_it_the_actor_does_not() -> None:
    assert told(does(ANNA, "!move muenchen", ticket())) == ["clara"]
    assert told(does(ANNA, "!assign @ben", ticket())) == ["ben"]
    assert told(does(ANNA, "!refer datenschutz", ticket())) == ["emil"]
    assert told(does(BEN, "!move freiburg", ticket())) == []


def test_a_message_goes_to_the_responsible_one_the_referred_and_the_watchers_each_once() -> None:
    about = ticket(
        responsible=ANNA,
        referred_departments=frozenset({DepartmentId("muenchen")}),
        referred_agents=frozenset({CLARA.id, EMIL.id}),
        watchers=(ANNA, BEN, CLARA),
    )
    found = audience(facts_of(DORA, "x", about), about, NotificationEvent.MESSAGE)
    assert sorted(agent.handle for agent in found) == ["anna", "ben", "clara", "emil"]


def test_without_a_responsible_agent_it_goes_to_the_department_and_else_to_the_admins() -> None:
    about = ticket(watchers=(CLARA,))  # who may not see it
    facts = facts_of(DORA, "x", about)
    message = NotificationEvent.MESSAGE
    assert [agent.handle for agent in audience(facts, about, message)] == ["anna", "ben"]
    nobody = replace(facts, members={DepartmentId(""): (DORA,)})
    assert [agent.handle for agent in audience(nobody, about, message)] == ["dora"]


def test_a_reopened_ticket_is_news_to_all_who_ever_worked_on_it_and_still_see_it() -> None:
    about = ticket(workers=(ANNA, BEN, CLARA))
    facts = facts_of(DORA, "x", about)
    found = audience(facts, about, NotificationEvent.REOPENED)
    assert [agent.handle for agent in found] == ["anna", "ben"]


def test_a_note_is_for_the_responsible_one_those_of_the_thread_and_the_watchers() -> None:
    about = ticket("ueberregional", responsible=ANNA, workers=(BEN,), watchers=(CLARA,))
    decision = does(BEN, "!notiz Wer holt ab?", about)
    assert sorted(told(decision)) == ["anna", "clara"]
