"""One whole story on each database: form, answer, close, reopening."""

from .desk import Desk, fresh
from .test_form import fill_in

ANNA, BEN = "anna@mitglieder.example", "ben@mitglieder.example"


def test_a_request_is_answered_closed_and_opened_again(desk_on: Desk) -> None:
    desk, maria = desk_on, fresh()
    fill_in(desk, email=maria)
    confirmation = desk.arrives(maria)
    assert confirmation.subject == "Ihre Anfrage [#1001]"
    notice = desk.arrives(ANNA)
    assert desk.arrives(BEN).subject == notice.subject == "[#1001] Spendennachfrage"
    desk.answer(ANNA, notice, "Liebe Maria, komm vorbei.\n\n!notiz\nRegal 3")
    answer = desk.arrives(maria)
    assert "komm vorbei" in answer.text
    assert "Regal" not in answer.everything
    assert desk.ticket("1001").ticket.status == "in-progress"
    desk.arrives(ANNA)
    desk.answer(maria, answer, "Gern, morgen!")
    notice = desk.arrives(ANNA)
    assert "Gern, morgen!" in notice.text
    desk.nothing_arrives(BEN)
    desk.answer(ANNA, notice, "!feld Berechtigungsnachweis = Ja\n\n!zu")
    closed = desk.arrives(maria)
    assert "geschlossen" in closed.text
    assert desk.ticket("1001").ticket.status == "closed"
    desk.arrives(ANNA)
    desk.answer(maria, closed, "Der Akku fehlt.")
    assert "wieder offen" in desk.arrives(ANNA).text
    about = desk.ticket("1001")
    assert about.ticket.status == "open"
    said = [(e.kind, e.text.strip()) for e in about.entries if e.kind != "event"]
    assert [kind for kind, _ in said] == ["message", "response", "note", "message", "message"]
    desk.nothing_else_arrives()
