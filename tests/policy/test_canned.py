"""Canned responses: what is filled in, and what holds the mail."""

import pytest
from agents_values import ANNA, CLARA, does, ticket
from policy_facts import organisation

from gateway.model.answers import CannedList
from gateway.model.decision import Decision
from gateway.model.outgoing import Receipt, Response


def response(decision: Decision) -> Response:
    (found,) = [each for each in decision.outgoing if isinstance(each, Response)]
    return found


def receipt(decision: Decision) -> Receipt:
    (found,) = [each for each in decision.outgoing if isinstance(each, Receipt)]
    return found


def test_a_canned_response_stands_where_its_line_stood() -> None:
    decision = does(ANNA, "Liebe Maria,\n\n!baustein oeffnungszeiten\n\nBis bald!\n\n!zu", ticket())
    text = response(decision).text
    assert text.startswith("Liebe Maria,\n\nGuten Tag Maria,\n\nunser Lager am Standort Berlin ist")
    assert text.endswith("Freundliche Grüße\nAnna\n\nBis bald!")
    assert response(decision).closes


def test_alone_it_is_the_whole_answer() -> None:
    decision = does(ANNA, "!canned öffnungszeiten tag=Freitag", ticket())
    assert "ist Freitag von 10" in response(decision).text


def test_a_value_may_have_several_words() -> None:
    decision = does(
        ANNA, '!canned oeffnungszeiten name="Frau Dr. Muster" tag=jeden Freitag', ticket()
    )
    assert response(decision).text.startswith("Guten Tag Frau Dr. Muster,")
    assert "ist jeden Freitag von" in response(decision).text


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("!canned oefnungszeiten", "Did you mean !canned oeffnungszeiten?"),
        ("!canned xyz", "The list of all: !canned"),
    ],
)
def test_an_unknown_one_sends_nothing_and_names_what_may_be_meant(line: str, says: str) -> None:
    decision = does(ANNA, f"Hallo\n\n{line}", ticket())
    assert not receipt(decision).done
    assert says in str(receipt(decision).lines[0].result)
    assert not [each for each in decision.outgoing if isinstance(each, Response)]


def test_one_for_other_departments_sends_nothing() -> None:
    decision = does(ANNA, "!canned oeffnungszeiten", ticket("vorstand", responsible=ANNA))
    assert "is not meant for this ticket" in str(receipt(decision).lines[0].result)


def test_alone_it_lists_those_that_fit_the_ticket() -> None:
    here = receipt(does(CLARA, "!baustein", ticket("muenchen"))).answers[0]
    assert isinstance(here, CannedList)
    assert "oeffnungszeiten" in [line.name for line in here.lines]
    there = receipt(does(ANNA, "!baustein", ticket("vorstand", responsible=ANNA))).answers[0]
    assert isinstance(there, CannedList)
    assert "oeffnungszeiten" not in [line.name for line in there.lines]


def test_it_goes_to_the_agents_when_it_stands_in_a_note() -> None:
    decision = does(ANNA, "!notiz Als Erinnerung:\n\n!baustein oeffnungszeiten", ticket())
    assert not [each for each in decision.outgoing if isinstance(each, Response)]
    assert "unser Lager" in str(decision.changes)


def test_every_shipped_one_can_be_filled_in() -> None:
    for name in organisation().canned:
        assert receipt(does(ANNA, f"!canned {name}", ticket())).done, name
