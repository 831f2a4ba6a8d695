"""Canned responses over real SMTP: inserted where they stand, and listed."""

from tests.journeys.desk import Desk

from .stories import ANNA, NOTHING, berlin


def test_a_canned_response_reaches_the_requester_in_its_place(desk: Desk) -> None:
    story = berlin(desk)
    receipt = story.does(ANNA, "!nehmen\n\nLiebe Maria,\n\n!baustein öffnungszeiten\n\n!zu")
    assert "eingefügt: Unsere Öffnungszeiten" in receipt.text
    arrived = desk.arrives(story.maria)
    assert "unser Lager am Standort Berlin ist samstags von 10 bis 14 Uhr" in arrived.text
    assert "!baustein" not in arrived.text
    assert story.ticket.status == "closed"


def test_a_gap_without_a_value_sends_nothing_and_says_what_to_write(desk: Desk) -> None:
    story = berlin(desk)
    receipt = story.does(ANNA, "!baustein öffnungszeitn")
    assert NOTHING in receipt.text
    assert "Meintest du !baustein oeffnungszeiten?" in receipt.text.replace("\u00a0", " ")


def test_alone_it_lists_those_that_fit(desk: Desk) -> None:
    story = berlin(desk)
    receipt = story.does(ANNA, "!baustein")
    assert "oeffnungszeiten" in receipt.text
    assert "Unsere Öffnungszeiten" in receipt.text
