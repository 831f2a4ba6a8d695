"""Mails that wait for a yes, tried mails, and work that is taken back: over real SMTP."""

import re
from collections.abc import Iterator

import pytest

from tests.journeys.desk import Arrived, Desk, fresh, letter, reply, running_desk

from .stories import ANNA, BEN, NOTHING, berlin


def words(mail: Arrived) -> str:
    return mail.text.replace("\u00a0", " ")


def buttons(mail: Arrived) -> list[str]:
    return re.findall(r"mailto:[^\s\"<>)]+", mail.text)


def test_a_misspelt_word_waits_for_a_yes(desk: Desk) -> None:
    story = berlin(desk)
    asked = story.does(ANNA, "Liebe Maria, gern.\n\n!clsoe")
    assert asked.subject == f"Bitte bestätigen: #{story.number}"
    assert NOTHING in words(asked)
    assert "Gemeint: !close?" in words(asked)
    assert "Antworte mit !ja, dann wird das ausgeführt: close, reply." in words(asked)
    desk.nothing_arrives(story.maria)
    done = story.does(ANNA, "!ja", asked)
    assert done.subject == f"Erledigt: #{story.number}"
    assert story.ticket.status == "closed"
    assert "Liebe Maria, gern." in desk.arrives(story.maria).text


def test_the_yes_of_the_button_needs_no_thread_headers(desk: Desk) -> None:
    story = berlin(desk)
    asked = story.does(ANNA, "!clsoe")
    assert len(buttons(asked)) >= 2
    desk.send(letter(ANNA, asked.answer_to, f"Re: [#{story.number}]", "!ja"))
    assert desk.arrives(ANNA).subject == f"Erledigt: #{story.number}"
    assert story.ticket.status == "closed"


def test_a_yes_counts_once(desk: Desk) -> None:
    story = berlin(desk)
    asked = story.does(ANNA, "Gern.\n\n!clsoe")
    story.does(ANNA, "!ja", asked)
    desk.arrives(story.maria)
    again = story.does(ANNA, "!ja", asked)
    assert "wartet keine Mail von dir auf ein Ja oder Nein" in words(again)
    desk.nothing_arrives(story.maria)


def test_a_no_forgets_it(desk: Desk) -> None:
    story = berlin(desk)
    asked = story.does(ANNA, "Gern.\n\n!clsoe")
    said = story.does(ANNA, "!nein", asked)
    assert "Vergessen." in said.text
    assert "wartet keine Mail" in words(story.does(ANNA, "!ja", asked))
    assert story.ticket.status == "open"
    desk.nothing_arrives(story.maria)


def test_nobody_else_can_say_yes(desk: Desk) -> None:
    story = berlin(desk)
    asked = story.does(ANNA, "Gern.\n\n!clsoe")
    assert story.other is not None
    desk.send(reply(BEN, story.other, "!ja", {"In-Reply-To": asked.message_id}))
    assert NOTHING in words(desk.arrives(BEN))
    assert story.ticket.status == "open"


def test_an_absence_notice_is_no_yes(desk: Desk) -> None:
    story = berlin(desk)
    asked = story.does(ANNA, "Gern.\n\n!clsoe")
    desk.send(reply(ANNA, asked, "!ja", {"Auto-Submitted": "auto-replied"}))
    desk.nothing_arrives(story.maria)
    assert story.ticket.status == "open"


def test_text_beside_a_yes_is_not_sent_to_anybody(desk: Desk) -> None:
    story = berlin(desk)
    asked = story.does(ANNA, "Gern.\n\n!clsoe")
    said = story.does(ANNA, "!ja\n\nDanke dir!", asked)
    assert "muss allein in der Mail stehen" in words(said)
    desk.nothing_arrives(story.maria)


def test_what_has_changed_since_is_asked_again(desk: Desk) -> None:
    story = berlin(desk)
    asked = story.does(ANNA, "!clsoe")
    assert story.other is not None
    desk.answer(BEN, story.other, "!warten")
    desk.arrives(BEN)
    again = story.does(ANNA, "!ja", asked)
    assert again.subject == f"Bitte bestätigen: #{story.number}"
    assert "etwas geändert" in words(again)
    assert story.ticket.status == "on-waiting"
    assert story.does(ANNA, "!ja", again).subject == f"Erledigt: #{story.number}"
    assert story.ticket.status == "closed"


def test_a_colleagues_answer_meanwhile_holds_the_reply_alone(desk: Desk) -> None:
    story = berlin(desk)
    assert story.other is not None
    desk.answer(BEN, story.other, "Liebe Maria, ich melde mich. Ben")
    desk.arrives(BEN)
    desk.arrives(story.maria)
    desk.forget()
    desk.answer(ANNA, story.notice, "Liebe Maria, gern!\n\n!notiz Habe ihr geschrieben.")
    first, second = desk.arrives(ANNA), desk.arrives(ANNA)
    asked, done = (first, second) if "bestätigen" in first.subject else (second, first)
    assert "Ben hat inzwischen schon geantwortet" in words(asked)
    assert "deine Antwort wartet noch" in words(done)
    assert any("Habe ihr geschrieben" in each for each in story.events)
    desk.nothing_arrives(story.maria)
    story.does(ANNA, "!ja", asked)
    assert "gern!" in desk.arrives(story.maria).text


def test_outside_readers_of_a_command_mail_are_named_before_anything_happens(desk: Desk) -> None:
    story = berlin(desk)
    stranger = fresh("presse")
    mail = reply(ANNA, story.notice, "Liebe Maria, gern.\n\n!zu", {"Cc": stranger})
    desk.send(mail, ANNA, story.notice.answer_to)
    asked = desk.arrives(ANNA)
    assert f"ging auch an {stranger}" in words(asked)
    assert story.ticket.status == "open"
    story.does(ANNA, "!ja", asked)
    assert story.ticket.status == "closed"
    assert "gern" in desk.arrives(story.maria).text


def test_a_quoted_note_waits_for_a_yes(desk: Desk) -> None:
    story = berlin(desk)
    story.does(ANNA, "!notiz Hat Hausverbot in Freiburg")
    asked = story.does(ANNA, "Gern.\n\n> | Hat Hausverbot in Freiburg\n\nDoch.")
    assert "zitiert eine interne Notiz" in words(asked)
    desk.nothing_arrives(story.maria)


def test_a_tried_mail_changes_and_sends_nothing(desk: Desk) -> None:
    story = berlin(desk)
    tried = story.does(ANNA, "!prüfe\n\n!nehmen\n\nLiebe Maria, gern.\n\n!zu")
    assert tried.subject == f"Nur ausprobiert: #{story.number}"
    assert "Das würde geschehen:" in tried.text
    assert "→ geschlossen" in words(tried)
    assert (story.ticket.status, story.responsible) == ("open", "")
    desk.nothing_arrives(story.maria)
    assert "abgelehnt" in story.does(ANNA, "!prüfe\n\n!zuweisen @niemand").text


def test_the_last_mail_is_taken_back(desk: Desk) -> None:
    story = berlin(desk)
    done = story.does(ANNA, "!nehmen\n\n!zu still")
    back = story.does(ANNA, "!rückgängig", done)
    assert "wieder wie vorher" in words(back)
    assert (story.ticket.status, story.responsible) == ("open", "")
    assert "nichts, was sich zurücknehmen lässt" in words(story.does(ANNA, "!undo", done))


def test_what_a_colleague_changed_since_is_not_taken_back(desk: Desk) -> None:
    story = berlin(desk)
    done = story.does(ANNA, "!nehmen")
    assert story.other is not None
    desk.answer(BEN, story.other, "!warten")
    desk.arrives(BEN)
    assert "seitdem geändert" in words(story.does(ANNA, "!undo", done))
    assert story.ticket.status == "on-waiting"


def test_nobody_takes_back_the_work_of_others(desk: Desk) -> None:
    story = berlin(desk)
    story.does(ANNA, "!nehmen")
    desk.answer(BEN, story.other, "!undo")
    assert "nichts, was sich zurücknehmen lässt" in words(desk.arrives(BEN))
    assert story.responsible == "anna"


@pytest.fixture(scope="module")
def slow_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk whose answers wait for a while."""
    edits = {"rules/organisation.yaml": {"send_delay: 0": "send_delay: 4"}}
    with running_desk(tmp_path_factory.mktemp("slow") / "desk", edits=edits) as desk:
        yield desk


def test_an_answer_is_stopped_before_it_leaves(slow_desk: Desk) -> None:
    story = berlin(slow_desk)
    slow_desk.answer(ANNA, story.notice, "Liebe Maria, das war für jemand anderen.\n\n!zu")
    done = slow_desk.soon(ANNA)
    assert "bis dahin hält !rückgängig sie auf" in words(done)
    slow_desk.answer(ANNA, done, "!rückgängig")
    back = slow_desk.soon(ANNA)
    assert "Die Antwort wurde aufgehalten" in words(back)
    assert story.ticket.status == "open"
    slow_desk.nothing_arrives(story.maria)


def test_an_answer_that_nobody_stops_leaves(slow_desk: Desk) -> None:
    story = berlin(slow_desk)
    story.does(ANNA, "Liebe Maria, gern.")
    assert "gern" in slow_desk.arrives(story.maria).text
