"""What a requester writes is never run, whatever an agent's mail program makes of the quotation."""

from email.message import EmailMessage

import pytest

from tests.journeys.desk import Desk, reply

from .stories import ANNA, Story, berlin

HOSTILE = "Bitte helfen Sie.\n\n!löschen\n!close\n!spam\n!verschieben muenchen\nDanke."


def _bare_outlook(story: Story, text: str) -> EmailMessage:
    """Outlook: an empty line after each typed line, the old mail bare below a header block."""
    mail = reply(ANNA, story.notice, "")
    spaced = "\n\n".join(text.splitlines())
    block = (
        f"\n\nVon: Truhe e. V. <{story.notice.sender}>\nGesendet: Dienstag, 24. November 2026 10:00"
        f"\nAn: Anna <{ANNA}>\nBetreff: {story.notice.subject}\n\n"
    )
    mail.set_content(spaced + block + story.notice.text)
    return mail


def _apple_html(story: Story, text: str) -> EmailMessage:
    """Apple Mail: HTML alone, the old mail in a blockquote."""
    typed = "".join(f"<div>{line or '<br>'}</div>" for line in text.splitlines())
    old = "<br>".join(story.notice.text.splitlines())
    mail = reply(ANNA, story.notice, "")
    mail.set_content(
        f'<html><body>{typed}<div><br><blockquote type="cite"><div>Am 24.11.2026 um 10:00 schrieb '
        f"Truhe:</div><div>{old}</div></blockquote></div></body></html>",
        subtype="html",
    )
    return mail


def _html_without_marks(story: Story, text: str) -> EmailMessage:
    """A program that keeps nothing of the quotation's form: one line under the other."""
    typed = "".join(f"<p>{line}</p>" for line in text.splitlines())
    old = "".join(f"<p>{line}</p>" for line in story.notice.text.splitlines())
    mail = reply(ANNA, story.notice, "")
    mail.set_content(f"<html><body>{typed}{old}</body></html>", subtype="html")
    return mail


def _k9(story: Story, text: str) -> EmailMessage:
    """K-9: `>` without a blank, the signature below the quotation."""
    quoted = "\n".join(f">{line}" for line in story.notice.text.splitlines())
    mail = reply(ANNA, story.notice, "")
    body = f"{text}\n\nAm 24. November 2026 10:00:00 MEZ schrieb Truhe <x@truhe.example>:\n{quoted}"
    mail.set_content(f"{body}\n\n-- \nDiese Nachricht wurde von meinem Android-Gerät gesendet.")
    return mail


def _gmail(story: Story, text: str) -> EmailMessage:
    """Gmail: plain text and HTML of the same, quoted in both."""
    quoted = "\n".join(f"> {line}" for line in story.notice.text.splitlines())
    plain = f"{text}\n\nAm Di., 24. Nov. 2026 um 10:00 Uhr schrieb Truhe <x@truhe.example>:\n\n"
    mail = reply(ANNA, story.notice, "")
    mail.set_content(plain + quoted)
    typed = "<br>".join(text.splitlines())
    old = "<br>".join(story.notice.text.splitlines())
    mail.add_alternative(
        f'<div dir="ltr">{typed}</div><br><div class="gmail_quote"><div class="gmail_attr">Am Di. '
        f'schrieb Truhe:<br></div><blockquote class="gmail_quote">{old}</blockquote></div>',
        subtype="html",
    )
    return mail


PROGRAMS = [_bare_outlook, _apple_html, _html_without_marks, _k9, _gmail]


@pytest.mark.parametrize("program", PROGRAMS)
def test_quoted_commands_of_a_requester_are_not_run(desk: Desk, program) -> None:
    story = berlin(desk, HOSTILE)
    desk.send(program(story, "Liebe Maria,\n\ngern."))
    receipt = desk.arrives(ANNA)
    assert receipt.subject == f"Erledigt: #{story.number}", receipt.text
    answer = desk.arrives(story.maria)
    assert "Liebe Maria" in answer.text
    for leaked in (
        "löschen",
        "close",
        "spam",
        "verschieben",
        "=====",
        "So antwortest du",
        "schrieb",
    ):
        assert leaked not in answer.text
    assert story.ticket.status == "in-progress"
    assert story.ticket.department == "berlin"


@pytest.mark.parametrize("program", PROGRAMS)
def test_commands_above_any_quotation_are_run(desk: Desk, program) -> None:
    story = berlin(desk, HOSTILE)
    desk.send(program(story, "Liebe Maria,\n\ngern.\n\n!warten"))
    receipt = desk.arrives(ANNA)
    assert receipt.subject == f"Erledigt: #{story.number}", receipt.text
    assert "!warten" not in desk.arrives(story.maria).everything
    assert story.ticket.status == "on-waiting"


@pytest.mark.parametrize("program", PROGRAMS)
def test_nothing_new_above_any_quotation_is_nothing(desk: Desk, program) -> None:
    story = berlin(desk, HOSTILE)
    desk.send(program(story, ""))
    assert "kein neuer Text" in desk.arrives(ANNA).text
    desk.nothing_else_arrives()
    assert story.ticket.status == "open"


def test_plain_text_and_html_that_ask_for_different_things_do_nothing(desk: Desk) -> None:
    story = berlin(desk)
    mail = reply(ANNA, story.notice, "")
    mail.set_content("Gern.\n\n!zu")
    mail.add_alternative("<p>Gern.</p><p>!spam</p>", subtype="html")
    desk.send(mail)
    assert "verschiedene Befehle" in desk.arrives(ANNA).text
    desk.nothing_else_arrives()
    assert story.ticket.status == "open"


def test_a_note_that_is_quoted_in_the_middle_does_not_leave(desk: Desk) -> None:
    story = berlin(desk)
    story.does(ANNA, "!notiz Sie hat Hausverbot in Freiburg.")
    mail = reply(ANNA, story.notice, "")
    mail.set_content(
        "> | Sie hat Hausverbot in\n> | Freiburg.\n\nDas ist geklärt.\n\n> Zuständig: Anna\n\nGruß"
    )
    desk.send(mail)
    assert "zitiert eine interne Notiz" in desk.arrives(ANNA).text
    desk.nothing_else_arrives()


def test_an_answer_between_the_requesters_own_lines_goes_out(desk: Desk) -> None:
    story = berlin(desk, "Erste Frage?\n\nZweite Frage?")
    mail = reply(ANNA, story.notice, "")
    mail.set_content("> | Erste Frage?\n\nJa.\n\n> | Zweite Frage?\n\nNein.")
    desk.send(mail)
    answer = desk.arrives(story.maria)
    assert answer.text.index("Ja.") < answer.text.index("Zweite") < answer.text.index("Nein.")


def test_the_words_of_another_ticket_do_not_leave_unasked(desk: Desk) -> None:
    secret = "Ich wohne seit März in der Notunterkunft am Hafen und brauche Hilfe."
    other = berlin(desk, secret)
    story = berlin(desk)
    mail = reply(ANNA, story.notice, "")
    mail.set_content(f"Das hat mir jemand geschrieben:\n\n> {secret}\n\nGeht es Ihnen auch so?")
    desk.send(mail)
    asked = desk.arrives(ANNA)
    assert f"zitiert #{other.number}" in asked.text
    desk.nothing_arrives(story.maria)
    desk.answer(ANNA, asked, "!ja")
    assert "Notunterkunft" in desk.arrives(story.maria).text


def test_the_words_of_the_same_ticket_may_be_quoted(desk: Desk) -> None:
    said = "Haben Sie im Dezember noch einen Laptop für meine jüngere Tochter übrig?"
    story = berlin(desk, said)
    mail = reply(ANNA, story.notice, "")
    mail.set_content(f"> | {said[:40]}\n> | {said[40:]}\n\nJa, haben wir.")
    desk.send(mail)
    assert "Ja, haben wir." in desk.arrives(story.maria).text
