"""The fields of a topic by mail: what a form fills in, what closing asks for, what is reserved."""

import pytest

from tests.journeys.agents.stories import ANNA, BEN, CLARA, Story
from tests.journeys.agents.test_links import link, opened
from tests.journeys.desk import Desk, fresh

FORM = """\
Name: Maria Muster
E-Mail: {maria}
Standort: {location}
Thema: Spendennachfrage
Geräte: Laptop, Bildschirm
Nachricht: Für die Ausbildung.
"""


def request(desk: Desk, location: str = "Berlin", agent: str = ANNA) -> Story:
    """A request for devices that came by the form; `notice` is the agent's."""
    maria = fresh()
    form = FORM.format(maria=maria, location=location)
    desk.write("website@truhe.example", "kontaktformular@truhe.example", "Anfrage", form)
    number = desk.only_ticket(maria).ticket.number
    other = desk.arrives(BEN) if location == "Berlin" and agent == ANNA else None
    story = Story(desk, maria, number, desk.arrives(agent), desk.arrives(maria), other)
    desk.forget()
    return story


def test_the_form_fills_in_the_fields_of_its_topic(desk: Desk) -> None:
    story = request(desk)
    assert "Hilfethema: Spendennachfrage" in story.notice.text
    assert "Laptop: ja" in story.notice.text
    assert "Bildschirm: ja" in story.notice.text
    shown = story.does(ANNA, "!zeige")
    assert "Laptop: ja" in shown.text


def test_closing_asks_for_what_is_missing_and_goes_on_when_it_is_filled_in(desk: Desk) -> None:
    story = request(desk)
    asked = story.does(ANNA, "Liebe Maria, ohne Nachweis geht es leider nicht.\n\n!zu")
    assert asked.subject == f"Bitte ausfüllen: #{story.number}"
    assert "NICHTS geändert" in asked.text
    assert "Berechtigungsnachweis: (Ja / Nein, dahinter nach einem Komma" in asked.text
    assert story.ticket.status == "open"
    desk.nothing_arrives(story.maria)
    reason = "Nein, auch am Telefon ließ sich heute leider\nkein Bescheid finden"
    done = story.does(ANNA, f"Berechtigungsnachweis: {reason}", asked)
    assert done.subject == f"Erledigt: #{story.number}"
    assert "heute leider kein Bescheid finden" in done.text
    assert story.ticket.status == "closed"
    answer = desk.arrives(story.maria)
    assert "ohne Nachweis" in answer.text
    assert "Bescheid" not in answer.everything
    desk.nothing_else_arrives()


def test_the_button_brings_the_lines_to_be_filled_in(desk: Desk) -> None:
    story = request(desk)
    asked = story.does(ANNA, "!zu")
    prepared = opened(link(asked, "Ausfüllen"))
    assert prepared["to"] == asked.answer_to
    assert prepared["body"] == "Berechtigungsnachweis: "
    desk.write(ANNA, prepared["to"], prepared["subject"], f"{prepared['body']}Ja\n")
    assert desk.arrives(ANNA).subject == f"Erledigt: #{story.number}"
    assert story.ticket.status == "closed"


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("Berechtigungsnachweis: vielleicht", "geht für Berechtigungsnachweis nicht"),
        ("Berechtigungsnachweis:", "fehlt"),
        ("Berechtigungsnachweis: Ja\n\nViele Grüße\nAnna", "nur mit den ausgefüllten Zeilen"),
        ("!ja", "Noch auszufüllen"),
    ],
)
def test_what_does_not_fill_it_in_changes_nothing(desk: Desk, answer: str, says: str) -> None:
    story = request(desk)
    asked = story.does(ANNA, "Liebe Maria, alles Gute.\n\n!zu")
    again = story.does(ANNA, answer, asked)
    assert says.casefold() in again.text.casefold()
    assert story.ticket.status == "open"
    desk.nothing_arrives(story.maria)


def test_a_wrong_value_is_asked_for_again(desk: Desk) -> None:
    story = request(desk)
    asked = story.does(ANNA, "!zu", None)
    again = story.does(ANNA, "Nachweis: vielleicht", asked)
    assert again.subject == asked.subject
    story.does(ANNA, "Nachweis: Ja", again)
    assert story.ticket.status == "closed"


def test_elsewhere_such_a_line_is_text(desk: Desk) -> None:
    story = request(desk)
    story.does(ANNA, "!zu")
    story.does(ANNA, "Liebe Maria,\n\nBerechtigungsnachweis: Ja, bitte mitbringen.\n\nAnna")
    assert "Berechtigungsnachweis: Ja, bitte mitbringen." in desk.arrives(story.maria).text
    assert story.ticket.status == "in-progress"


def test_a_device_is_reserved_once(desk: Desk) -> None:
    first, second = request(desk), request(desk, "München", CLARA)
    first.does(ANNA, "!feld Reservierung = MR-20231112-2, AL-20231129-13")
    refused = second.does(CLARA, "!feld Reservierung = mr-20231112-2")
    assert "MR-20231112-2 ist schon reserviert, in einem anderen Ticket." in refused.text
    assert first.number not in refused.text
    first.does(ANNA, "!feld Nachweis = Ja\n\n!zu still")
    free = second.does(CLARA, "!feld Reservierung = mr-20231112-2")
    assert free.subject == f"Erledigt: #{second.number}"


def test_wrong_numbers_and_other_topics_are_explained(desk: Desk) -> None:
    story = request(desk)
    wrong = story.does(ANNA, "!feld Reservierung = 12345")
    assert "MR-20231112-2" in wrong.text
    story.does(ANNA, "!hilfethema Spendenangebot")
    gone = story.does(ANNA, "!feld Reservierung = MR-20231112-9")
    assert "Spendennachfrage" in gone.text
    assert story.does(ANNA, "!zu still").subject == f"Erledigt: #{story.number}"
