"""`!stats`: figures as text and as pictures in the mail."""

from tests.journeys.desk import Desk, letter

from .stories import ANNA, CLARA, TICKETS, berlin


def test_figures_come_as_text_and_as_pictures(desk: Desk) -> None:
    story = berlin(desk)
    story.does(ANNA, "Liebe Maria, gern.\n\n!zu")
    desk.forget()
    desk.send(letter(ANNA, TICKETS, "x", "!statistik berlin"))
    answer = desk.arrives(ANNA)
    assert "Statistik der letzten 12 Wochen" in answer.text
    assert "Berlin: " in answer.text
    assert "eröffnet" in answer.text
    assert "in 1 Stunde: " in answer.text
    images = [part for part in answer.mail.walk() if part.get_content_type() == "image/png"]
    assert len(images) == 2
    html = answer.mail.get_body(("html",))
    assert html is not None
    for image in images:
        assert image.get_payload(decode=True).startswith(b"\x89PNG")
        assert f"cid:{image['Content-ID'].strip('<>')}" in html.get_content()


def test_nobody_gets_figures_of_others(desk: Desk) -> None:
    berlin(desk)
    desk.send(letter(CLARA, TICKETS, "x", "!stats"))
    text = desk.arrives(CLARA).text
    assert "München" in text
    assert "Berlin" not in text
    desk.send(letter(CLARA, TICKETS, "x", "!stats berlin"))
    assert "kein Department, das du sehen darfst" in desk.arrives(CLARA).text
