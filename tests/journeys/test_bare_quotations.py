"""Answers that hold our mail without a quote sign: what the requester typed is told from it."""

import re
from email.policy import SMTP

import pytest

from .desk import Arrived, Desk, fresh, letter

DORA = "dora@mitglieder.example"
ASKED = """Guten Tag,

wann dürfen wir den Drucker bei Ihnen abholen?
Und welche Seriennummer steht auf der Rückseite des Geräts?

Das Handbuch: https://drucker.example/handbuch

Viele Grüße
Dora"""
HEADER = """Von: Truhe e. V. <info@truhe.example>
Gesendet: Dienstag, 24. November 2026 10:00
An: Maria
Betreff: Re: Drucker
"""
HTML_HEADER = (
    '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
    '<p class="MsoNormal">'
    + HEADER.strip()
    .replace("<", "&lt;")
    .replace(">", "&gt;")
    .replace("\n", "<br>")
    .replace("Von:", "<b>Von:</b>")
    + "</p></div>"
)
FIRST, SECOND = "Am Montag um zehn.", "Sie lautet 12-34."


def asked(desk: Desk) -> tuple[str, str, Arrived]:
    """A ticket in which Dora has asked something: requester, number, Dora's mail to them."""
    maria = fresh()
    desk.write(maria, "info@truhe.example", "Drucker", "Druckt nicht mehr.")
    number = desk.only_ticket(maria).ticket.number
    desk.arrives(maria)
    desk.answer(DORA, desk.arrives(DORA), ASKED)
    return maria, number, desk.arrives(maria)


def answered(desk: Desk, maria: str, number: str, to: Arrived, text: str, html: str = "") -> str:
    """The last entry of the ticket once this is the answer."""
    thread = {"In-Reply-To": to.message_id}
    mail = letter(maria, to.answer_to, to.subject, html or text, thread)
    if html:
        mail.replace_header("Content-Type", 'text/html; charset="utf-8"')
    desk.send(mail.as_bytes(policy=SMTP), maria, to.answer_to)
    return [e.text.strip() for e in desk.ticket(number).entries if e.kind == "message"][-1]


@pytest.mark.parametrize("between", ["\n\n", f"\n\n{HEADER}\n", "\n\n-----\n\n"])
def test_above_our_bare_text_only_the_answer_is_new(desk: Desk, between: str) -> None:
    maria, number, to = asked(desk)
    found = answered(desk, maria, number, to, f"{FIRST}{between}{to.text}")
    assert found.removesuffix("-----").strip() == FIRST


@pytest.mark.parametrize("above", ["", f"{HEADER}\n", f"{FIRST}\n\n{HEADER}\n"])
def test_below_our_bare_text_the_answer_is_new(desk: Desk, above: str) -> None:
    maria, number, to = asked(desk)
    found = answered(desk, maria, number, to, f"{above}{to.text}\n\n{SECOND}")
    assert found.split("\n")[-1] == SECOND
    assert "Handbuch" not in found.replace("> Das Handbuch", "")
    assert (FIRST in found) == (FIRST in above)


def test_between_our_bare_lines_both_answers_stay_with_the_questions(desk: Desk) -> None:
    maria, number, to = asked(desk)
    text = to.text.replace("abholen?", f"abholen?\n{FIRST}").replace(
        "Geräts?", f"Geräts?\n{SECOND}"
    )
    found = answered(desk, maria, number, to, f"{HEADER}\n{text}")
    lines = [line for line in found.split("\n") if line]
    assert lines[-4:] == [
        "> wann dürfen wir den Drucker bei Ihnen abholen?",
        FIRST,
        "> Und welche Seriennummer steht auf der Rückseite des Geräts?",
        SECOND,
    ]


@pytest.mark.parametrize("above", ["", "<p>Hallo Dora,</p>"])
def test_answers_typed_into_our_html_in_outlook_are_new(desk: Desk, above: str) -> None:
    maria, number, to = asked(desk)
    ours = re.sub(r"(?s).*<body[^>]*>|</body>.*", "", to.parsed.html)
    first, second = (f"<br>\n<span style='color:red'>{words}</span>" for words in (FIRST, SECOND))
    ours = ours.replace("abholen?", f"abholen?{first}").replace("Ger&#228;ts?", f"Geräts?{second}")
    html = f'<html><body><div class="WordSection1">{above}{HTML_HEADER}{ours}</div></body></html>'
    found = answered(desk, maria, number, to, "", html)
    assert "abholen?\n" + FIRST in found
    assert "Geräts?\n" + SECOND in found
    assert "Handbuch" not in found
    assert "Betreff" not in re.sub(r"(?m)^>.*", "", found)
    assert found.startswith("Hallo Dora," if above else "> ")


def test_our_notification_in_an_agents_answer_is_cut_at_its_first_line(desk: Desk) -> None:
    maria = fresh()
    desk.write(maria, "info@truhe.example", "Drucker", "Druckt nicht mehr.")
    number = desk.only_ticket(maria).ticket.number
    desk.arrives(maria)
    notice = desk.arrives(DORA)
    thread = {"In-Reply-To": notice.message_id}
    desk.write(DORA, notice.answer_to, notice.subject, f"{FIRST}\n\n{notice.text}", thread)
    assert desk.ticket(number).entries[-1].text.strip() == FIRST
    assert FIRST in desk.arrives(maria).text


def test_an_agent_who_writes_below_our_notification_is_told_so(desk: Desk) -> None:
    maria = fresh()
    desk.write(maria, "info@truhe.example", "Drucker", "Druckt nicht mehr.")
    number = desk.only_ticket(maria).ticket.number
    desk.arrives(maria)
    notice = desk.arrives(DORA)
    before = len(desk.ticket(number).entries)
    thread = {"In-Reply-To": notice.message_id}
    desk.write(DORA, notice.answer_to, notice.subject, f"{notice.text}\n\n{FIRST}", thread)
    assert len(desk.ticket(number).entries) == before
    assert "NICHTS" in desk.arrives(DORA).text
    desk.nothing_arrives(maria)
