"""Lists, searches and saved queries by mail, and answers to the lines of a list."""

import csv
import io
import re
import secrets
from dataclasses import dataclass

import pytest

from tests.journeys.desk import Arrived, Desk, reply

from .stories import ANNA, BEN, CLARA, DORA, NOTHING, TICKETS, Story, at_location, berlin


def word() -> str:
    """A word that no other test uses."""
    return "wort" + secrets.token_hex(5).translate(str.maketrans("0123456789", "ghijklmnop"))


def asks(desk: Desk, agent: str, text: str) -> Arrived:
    """The answer to a command mail of its own."""
    desk.write(agent, TICKETS, "Liste", text)
    return desk.arrives(agent)


@dataclass(frozen=True)
class Listed:
    """Tickets with a word of their own, and the list of them."""

    desk: Desk
    word: str
    stories: list[Story]
    mail: Arrived

    def answer(self, text: str, agent: str = ANNA) -> Arrived:
        """The receipt for an answer to the list."""
        self.desk.answer(agent, self.mail, text)
        return self.desk.arrives(agent)

    @property
    def statuses(self) -> list[str]:
        return [str(story.ticket.status) for story in self.stories]

    @property
    def holders(self) -> list[str]:
        return [story.responsible for story in self.stories]


def listed(desk: Desk, count: int = 3, agent: str = ANNA) -> Listed:
    name = word()
    stories = [berlin(desk, f"Ich suche {name}.") for _ in range(count)]
    mail = asks(desk, agent, f"!suche {name} sortiert:alt")
    desk.forget()
    return Listed(desk, name, stories, mail)


def test_the_lines_of_a_list_are_numbered_and_it_says_how_to_answer(desk: Desk) -> None:
    found = listed(desk)
    lines = [line for line in found.mail.text.splitlines() if re.match(r"\d+ #", line)]
    assert [line.split()[:3] for line in lines] == [
        [str(place), f"#{story.number}", "Berlin"] for place, story in enumerate(found.stories, 1)
    ]
    assert "„1 !nehmen“, oder für mehrere „1-3 !zu still“" in found.mail.text.replace("\xa0", " ")


@pytest.mark.parametrize(
    ("answer", "holders"),
    [
        ("2 !nehmen", ["", "anna", ""]),
        ("1, 3 !zuweisen @ben", ["ben", "", "ben"]),
        ("1 und 3: !zuweisen @ben", ["ben", "", "ben"]),
        ("1-3 !claim", ["anna", "anna", "anna"]),
        ("3–2 !claim", ["", "anna", "anna"]),
        ("1 bis 2 !claim", ["anna", "anna", ""]),
        ("1. !nehmen\n2) !zuweisen @ben", ["anna", "ben", ""]),
        ("alle !nehmen", ["anna", "anna", "anna"]),
        ("- 2 !nehmen", ["", "anna", ""]),
    ],
)
def test_an_answer_acts_on_the_tickets_of_its_lines(
    desk: Desk, answer: str, holders: list[str]
) -> None:
    found = listed(desk)
    receipt = found.answer(answer)
    assert receipt.subject == "Erledigt: deine Mail"
    assert found.holders == holders
    for story, holder in zip(found.stories, holders, strict=True):
        assert (f"#{story.number}: " in receipt.text) == bool(holder)


def test_several_commands_go_to_several_lines_and_ticket_numbers_still_work(desk: Desk) -> None:
    found = listed(desk)
    third = found.stories[2].number
    found.answer(f"1 !nehmen\n2 !zu still\n\n!zuweisen #{third} @ben")
    assert found.statuses == ["in-progress", "closed", "in-progress"]
    assert found.holders == ["anna", "", "ben"]
    desk.nothing_arrives(*(story.maria for story in found.stories))


def test_a_wrong_line_leaves_all_of_them_as_they_are(desk: Desk) -> None:
    found = listed(desk, 2)
    receipt = found.answer("1 !nehmen\n\n3 !zu")
    assert NOTHING in receipt.text
    assert "hat keine Zeile 3; ihre Zeilen sind 1 bis 2" in receipt.text
    assert found.holders == ["", ""]


def test_a_line_whose_ticket_has_left_the_agents_rights_is_like_a_missing_one(desk: Desk) -> None:
    found = listed(desk, 2)
    moved = found.stories[1]
    moved.does(BEN, "!verschieben muenchen", to=moved.other)
    desk.forget()
    receipt = found.answer("1-2 !nehmen")
    assert NOTHING in receipt.text
    assert f"es gibt kein Ticket #{moved.number}, das du sehen darfst" in receipt.text
    assert found.holders == ["", ""]


def test_the_list_of_somebody_else_means_nothing_in_an_agents_answer(desk: Desk) -> None:
    found = listed(desk, 1)
    receipt = found.answer("1 !nehmen", CLARA)
    assert NOTHING in receipt.text
    assert "gelten nur in der Antwort auf eine Liste" in receipt.text
    assert found.holders == [""]


def test_numbers_in_front_mean_nothing_in_an_answer_to_another_mail(desk: Desk) -> None:
    story = berlin(desk)
    for text in ("1 !nehmen", "1-4 !zu", "1 3 5 !zuweisen @ben", f"#{story.number} !nehmen"):
        receipt = story.does(ANNA, text)
        assert NOTHING in receipt.text
        assert "gelten nur in der Antwort auf eine Liste" in receipt.text
    desk.nothing_arrives(story.maria)
    assert story.responsible == ""


def test_nothing_of_the_quoted_list_is_carried_out(desk: Desk) -> None:
    name = word()
    story = berlin(desk, f"{name} 1 !zu")
    mail = asks(desk, ANNA, f"!suche {name}")
    quoted = "\n".join(f"> {line}" for line in ["1 !zu", *mail.text.splitlines(), "> 1 !zu"])
    answer = reply(ANNA, mail, f"1 !nehmen\n\n> 1 !zu\n{quoted}")
    desk.send(answer)
    desk.arrives(ANNA)
    assert (story.responsible, story.ticket.status) == ("anna", "in-progress")


def test_a_number_behind_the_command_is_asked_for_in_front(desk: Desk) -> None:
    found = listed(desk, 1)
    receipt = found.answer("!nehmen 1")
    assert NOTHING in receipt.text
    assert "Die Nummer einer Zeile steht davor: 1 !nehmen" in receipt.text.replace("\xa0", " ")


def test_a_command_without_a_number_says_what_is_missing(desk: Desk) -> None:
    found = listed(desk, 1)
    for text in ("!nehmen", "Bitte übernehmen."):
        receipt = found.answer(text)
        assert NOTHING in receipt.text
        assert "setz die Nummer der Zeile davor" in receipt.text


def test_a_program_that_loses_the_thread_still_answers_the_list(desk: Desk) -> None:
    found = listed(desk, 2)
    answer = reply(ANNA, found.mail, "2 !nehmen", {"In-Reply-To": "", "References": ""})
    desk.send(answer)
    desk.arrives(ANNA)
    assert found.holders == ["", "anna"]


def test_two_lists_in_one_mail_are_numbered_through(desk: Desk) -> None:
    one, two = word(), word()
    stories = [berlin(desk, f"Ich suche {name}.") for name in (one, two)]
    mail = asks(desk, ANNA, f"!suche {one}\n\n!suche {two}")
    desk.answer(ANNA, mail, "2 !nehmen")
    desk.arrives(ANNA)
    assert [story.responsible for story in stories] == ["", "anna"]


def test_a_misspelt_answer_waits_and_a_yes_carries_it_out(desk: Desk) -> None:
    found = listed(desk, 2)
    asked = found.answer("2 !nehmn")
    assert "Gemeint" in asked.text or "Meintest du" in asked.text
    desk.answer(ANNA, asked, "!ja")
    desk.arrives(ANNA)
    assert found.holders == ["", "anna"]


def test_a_list_asked_for_in_a_thread_is_answered_there(desk: Desk) -> None:
    name = word()
    story, other = berlin(desk, "Etwas anderes."), berlin(desk, f"Ich suche {name}.")
    mail = story.does(ANNA, f"!suche {name}")
    desk.answer(ANNA, mail, "1 !nehmen")
    desk.arrives(ANNA)
    assert (story.responsible, other.responsible) == ("", "anna")


# --- searching -----------------------------------------------------------------------------------


def test_a_search_finds_words_of_the_thread_and_only_what_the_agent_may_see(desk: Desk) -> None:
    name = word()
    mine = berlin(desk, f"Die {name.title()}straße ist weit.")
    theirs = at_location(desk, "München", f"Die {name}strasse ist nah.", CLARA)
    text = asks(desk, ANNA, f"!suche {name}STRASSE").text
    assert f"#{mine.number}" in text
    assert f"#{theirs.number}" not in text
    assert "ein Ticket" in text
    assert f"#{theirs.number}" in asks(desk, CLARA, f"!suche {name}strasse").text
    assert "0 Tickets" in asks(desk, DORA, f"!suche {name}strasse").text


def test_a_search_takes_conditions_in_both_languages(desk: Desk) -> None:
    name = word()
    open_one, closed = berlin(desk, name), berlin(desk, name)
    closed.does(ANNA, "!zu still")
    both = [
        (f"!suche {name} status:geschlossen", closed),
        (f"!search {name} status:closed", closed),
        (f"!suche {name} nicht status:geschlossen", open_one),
        (f"!search {name} from:{open_one.maria}", open_one),
        (f"!suche {name} von:{closed.maria}", closed),
        (f"!liste geschlossen von:{closed.maria}", closed),
    ]
    for query, wanted in both:
        found = re.findall(r"^\d+ #(\S+)", asks(desk, ANNA, query).text, re.MULTILINE)
        assert found == [wanted.number], query


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("!liste wartennd", "wartend"),
        ("!liste abteilung berlim", "berlin"),
        ("!suche laptopp:ja", "laptop:"),
        ("!suche älter:bald", "ist kein Alter"),
        ("!suche seit:gestern1", "ist kein Tag"),
        ("!suche !!!", "hat keine Buchstaben"),
    ],
)
def test_a_query_with_a_mistake_says_what_would_be_right(desk: Desk, query: str, said: str) -> None:
    receipt = asks(desk, ANNA, query)
    assert NOTHING in receipt.text
    assert said in receipt.text


# --- saved queries -------------------------------------------------------------------------------


def test_a_query_is_saved_used_changed_and_forgotten(desk: Desk) -> None:
    name, label = word(), word()
    story = berlin(desk, f"Ich suche {name}.")
    saved = asks(desk, ANNA, f"!suche {name} als {label}")
    assert f"„!liste {label}“ findet sie wieder" in saved.text
    assert f"#{story.number}" in asks(desk, ANNA, f"!liste {label}").text
    assert f"#{story.number}" in asks(desk, ANNA, f"!liste {label} berlin").text
    assert f"{label}: search {name}" in asks(desk, ANNA, "!suche").text
    assert NOTHING in asks(desk, BEN, f"!liste {label}").text, "it is Anna's"
    asks(desk, ANNA, f"!liste geschlossen als {label}")
    assert f"#{story.number}" not in asks(desk, ANNA, f"!liste {label}").text
    assert f"{label}: list geschlossen" in asks(desk, ANNA, "!liste gespeichert").text
    asks(desk, ANNA, f"!suche vergiss {label}")
    assert NOTHING in asks(desk, ANNA, f"!liste {label}").text
    assert label not in asks(desk, ANNA, "!suche").text


def test_a_name_that_means_something_already_is_not_taken(desk: Desk) -> None:
    for name in ("offen", "berlin", "laptop", "csv"):
        receipt = asks(desk, ANNA, f"!suche haus als {name}")
        assert NOTHING in receipt.text
        assert "bedeutet in Listen schon etwas" in receipt.text


# --- tables --------------------------------------------------------------------------------------


def table_of(mail: Arrived, separator: str) -> list[dict[str, str]]:
    ((name, content),) = mail.attachments.items()
    assert re.fullmatch(r"tickets-\d{4}-\d\d-\d\d\.csv", name)
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=separator))


def test_a_table_has_the_fields_and_no_formula(desk: Desk) -> None:
    name = word()
    story = berlin(desk, f"Ich suche {name}.")
    story.does(ANNA, f'!hilfethema spendenangebot\n\n!betreff =HYPERLINK("http://x","{name}")')
    mail = asks(desk, ANNA, f"!suche {name} csv")
    (line,) = table_of(mail, ";")
    assert line["Nummer"] == story.number
    assert line["Betreff"] == f'\'=HYPERLINK("http://x","{name}")'
    assert line["Adresse"] == story.maria
    assert line["Hilfethema"] == "Spendenangebot"
    assert "Laptop" in line
    assert "die angehängte Tabelle hat alle" in mail.text
