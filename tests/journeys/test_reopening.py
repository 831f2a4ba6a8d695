"""A closed ticket opens again when its requester writes, and everybody who worked on it is told."""

import pytest

from .desk import Arrived, Desk, fresh
from .test_form import fill_in

ANNA, BEN = "anna@mitglieder.example", "ben@mitglieder.example"


def worked_on_by_two(desk: Desk, maria: str, last: str) -> tuple[str, Arrived]:
    """A Berlin ticket that Anna and Ben worked on; `last` is what Ben did. The last answer."""
    fill_in(desk, email=maria)
    number = desk.only_ticket(maria).ticket.number
    desk.arrives(maria)
    anna, ben = desk.arrives(ANNA), desk.arrives(BEN)
    desk.answer(ANNA, anna, "Wir suchen einen Laptop.")
    desk.arrives(maria)
    desk.arrives(ANNA)
    desk.answer(BEN, ben, f"Er ist da.\n\n{last}")
    done, asked = desk.arrives(BEN), desk.arrives(BEN)  # Anna has answered meanwhile
    assert done.message_id != asked.message_id
    desk.answer(BEN, asked, "!ja")
    answer = desk.arrives(maria)
    desk.forget()
    return number, answer


def test_a_requesters_mail_opens_a_closed_ticket_and_tells_everybody_who_worked_on_it(
    desk: Desk,
) -> None:
    maria = fresh()
    number, answer = worked_on_by_two(desk, maria, "!nehmen trotzdem\n!feld Nachweis = Ja\n\n!zu")
    assert desk.ticket(number).ticket.status == "closed"
    desk.answer(maria, answer, "Das Ladegerät fehlt.")
    about = desk.ticket(number)
    assert about.ticket.status == "open"
    assert about.ticket.responsible is None
    for agent in (ANNA, BEN):
        notice = desk.arrives(agent)
        assert f"Ticket #{number} (Berlin) ist wieder offen" in notice.text
        assert "Das Ladegerät fehlt." in notice.text
        assert "Noch ist niemand zuständig" in notice.text
    desk.nothing_else_arrives()


@pytest.mark.parametrize("how", ["[#number]", "reply"])
def test_spam_does_not_reopen(desk: Desk, how: str) -> None:
    spammer = fresh("spam")
    desk.write(spammer, "info@truhe.example", "Gewinn", "Sie haben gewonnen")
    confirmation, notice = desk.arrives(spammer), desk.arrives("dora@mitglieder.example")
    number = desk.only_ticket(spammer).ticket.number
    desk.answer("dora@mitglieder.example", notice, "!spam")
    desk.arrives("dora@mitglieder.example")
    desk.nothing_arrives(spammer)
    if how == "reply":
        desk.answer(spammer, confirmation, "Wirklich!")
    else:
        desk.write(spammer, "info@truhe.example", f"Gewinn [#{number}]", "Wirklich!")
    about = desk.ticket(number)
    assert about.ticket.status == "spam"
    assert about.entries[-1].text.strip() == "Wirklich!"
    desk.nothing_else_arrives()


def test_an_answer_to_a_rejection_does_not_reopen(desk: Desk) -> None:
    dealer = fresh("haendler")
    desk.write(dealer, "berlin@truhe.example", "Angebot", "Kaufen Sie!")
    rejection = desk.arrives(dealer)
    number = desk.only_ticket(dealer).ticket.number
    desk.answer(dealer, rejection, "Doch!")
    about = desk.ticket(number)
    assert about.ticket.status == "closed"
    assert about.entries[-1].text.strip() == "Doch!"
    desk.nothing_else_arrives()


def test_a_third_person_does_not_reopen(desk: Desk) -> None:
    maria, stranger = fresh(), fresh("stranger")
    number, answer = worked_on_by_two(desk, maria, "!feld Nachweis = Ja\n\n!zu")
    desk.write(stranger, "info@truhe.example", "Re", "Ich auch", {"In-Reply-To": answer.message_id})
    about = desk.ticket(number)
    assert about.ticket.status == "closed"
    assert about.entries[-1].flags == {"third-person"}
    assert "Achtung" in desk.arrives(ANNA).text


def test_a_ticket_on_waiting_stays_there_and_the_department_is_told(desk: Desk) -> None:
    maria = fresh()
    number, answer = worked_on_by_two(desk, maria, "!warten")
    assert desk.ticket(number).ticket.status == "on-waiting"
    desk.answer(maria, answer, "Gibt es schon etwas Neues?")
    about = desk.ticket(number)
    assert about.ticket.status == "on-waiting"
    assert about.ticket.responsible is None
    for agent in (ANNA, BEN):
        assert "etwas Neues?" in desk.arrives(agent).text
    desk.nothing_else_arrives()
