"""The end of a ticket: put away by admins, brought back, and what a late mail does then."""

import re

import pytest

from tests.journeys.agents.stories import ANNA, BEN, DORA, TICKETS, Story, berlin
from tests.journeys.desk import Arrived, Desk


def closed(desk: Desk) -> tuple[Story, Arrived]:
    """A closed ticket of Anna's, and the mail that told Maria so."""
    story = berlin(desk)
    story.does(ANNA, "!nehmen\n\n!zu")
    return story, desk.arrives(story.maria)


def admin_does(desk: Desk, text: str) -> str:
    desk.write(DORA, TICKETS, "x", text)
    return desk.arrives(DORA).text


@pytest.mark.parametrize("word", ["!löschen", "!archiv"])
def test_a_late_mail_to_a_ticket_put_away_opens_a_new_one(desk: Desk, word: str) -> None:
    story, notice = closed(desk)
    assert "✓" in admin_does(desk, f"{word} #{story.number}")
    listed = story.does(ANNA, "!liste alle\n\n!suche Laptop")
    assert f"#{story.number} " not in listed.text
    desk.answer(story.maria, notice, "Noch eine Frage: was ist mit dem Netzteil?")
    told = desk.arrives(ANNA)
    assert desk.arrives(BEN).subject == told.subject
    new = re.search(r"#(\d+)", told.subject)[1]
    assert new != story.number
    assert "Netzteil" in told.text
    assert f"#{story.number}" in story.does(ANNA, f"!zeige #{new}").text
    assert f"[#{new}]" in desk.arrives(story.maria).subject
    assert desk.ticket(new).ticket.department == story.ticket.department
    desk.nothing_else_arrives()


def test_what_was_deleted_by_mistake_comes_back(desk: Desk) -> None:
    story, notice = closed(desk)
    admin_does(desk, f"!löschen #{story.number}")
    refused = story.does(ANNA, "!zurückholen")
    assert "nur Administrator*innen" in refused.text
    assert "✓" in admin_does(desk, f"!zurückholen #{story.number}")
    assert story.ticket.status == "open"
    desk.answer(story.maria, notice, "Danke!")
    assert f"#{story.number}" in desk.arrives(ANNA).subject
