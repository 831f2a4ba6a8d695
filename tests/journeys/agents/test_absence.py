"""Agents who are away, by mail: others are told, what is urgent is offered, and how it ends."""

from collections.abc import Iterator

import pytest

from tests.journeys.desk import Desk, is_back, letter

from .stories import ANNA, BEN, NOTHING, berlin
from .test_around import orders, words


@pytest.fixture(autouse=True)
def _back(desk: Desk) -> Iterator[None]:
    yield
    is_back(desk, ANNA)


def test_while_an_agent_is_away_the_department_works_on(desk: Desk) -> None:
    story = berlin(desk)
    story.does(ANNA, "!nehmen\n\n!aufgabe Anrufen @anna bis morgen")
    receipt = orders(desk, ANNA, "!abwesend bis +3d")
    assert "Du wirst nicht benachrichtigt" in words(receipt)
    assert f"anderen angeboten, weil es kaum warten kann: #{story.number}" in words(receipt)
    offer = desk.arrives(BEN)
    assert offer.subject == "Anna ist abwesend: 1 Ticket zu übernehmen"
    assert f"#{story.number} Berlin in Arbeit" in words(offer)
    assert f"tickets@truhe.example?subject=%23{story.number}&body=%21nehmen%20%23" in offer.text
    desk.nothing_arrives(ANNA)
    desk.answer(story.maria, story.confirmation, "Wie sieht es aus?")
    told = desk.arrives(BEN)
    assert "Wie sieht es aus?" in told.text
    desk.nothing_arrives(ANNA)
    desk.answer(BEN, offer, f"!nehmen #{story.number}")
    assert "zuständig ist jetzt Ben" in words(desk.arrives(BEN))
    assert story.responsible == "ben"
    orders(desk, BEN, f"!erledigt #{story.number} 1")
    ended = orders(desk, ANNA, "!abwesend ende")
    assert "Du wirst wieder benachrichtigt".lower() in words(ended).lower()
    summary = desk.soon(ANNA)
    assert summary.subject.startswith("Wieder da")
    assert "Diese Mail kommt einmal, weil du abwesend warst." in words(summary)
    desk.nothing_else_arrives()


def test_an_absence_notice_of_an_agents_mailbox_counts_as_one(desk: Desk) -> None:
    story = berlin(desk)
    story.does(ANNA, "!nehmen")
    desk.answer(story.maria, story.confirmation, "Hallo?")
    told = desk.arrives(ANNA)
    head = {"In-Reply-To": told.message_id, "Auto-Submitted": "auto-replied"}
    away = letter(
        ANNA, told.answer_to, "Abwesenheitsnotiz: Laptop", "Ich bin bis Freitag im Urlaub.", head
    )
    desk.send(away, "", told.answer_to)
    offer = desk.arrives(BEN)
    assert "Aus dem Postfach kam eine Abwesenheitsnotiz." in words(offer)
    assert story.number in offer.text
    assert any("Urlaub" in event for event in story.events)
    desk.answer(story.maria, story.confirmation, "Ist da jemand?")
    assert "Ist da jemand?" in desk.arrives(BEN).text
    desk.nothing_arrives(ANNA, story.maria)
    receipt = story.does(ANNA, "!beobachten")
    assert "Du bist wieder da" in words(receipt)
    summary = desk.soon(ANNA)
    assert "1 eigene mit Neuem" in summary.subject
    assert f"#{story.number}" in summary.text
    desk.answer(story.maria, story.confirmation, "Danke!")
    assert "Danke!" in desk.arrives(ANNA).text
    desk.forget()


def test_a_false_notice_silences_nobody(desk: Desk) -> None:
    story = berlin(desk)
    story.does(ANNA, "!nehmen")
    assert story.other is not None
    head = {"In-Reply-To": story.other.message_id, "Auto-Submitted": "auto-replied"}
    away = letter(ANNA, story.other.answer_to, "Abwesenheitsnotiz", "Ich bin im Urlaub.", head)
    desk.send(away, "", story.other.answer_to)
    desk.settle()
    anna = desk.store.people.find("anna")
    assert anna is not None
    assert anna.absence is None
    desk.forget()


def test_what_is_no_time_is_said(desk: Desk) -> None:
    assert NOTHING in orders(desk, ANNA, "!abwesend bis gestern abend").text
    assert "du bist nicht abwesend" in words(orders(desk, ANNA, "!away"))
    orders(desk, ANNA, "!away until tomorrow 18:00")
    assert "du bist bis" in words(orders(desk, ANNA, "!away"))
