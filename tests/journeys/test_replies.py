"""Which mails find their ticket, and which do not."""

import pytest

from .desk import Arrived, Desk, fresh, letter

DORA = "dora@mitglieder.example"


def opened(desk: Desk, requester: str) -> tuple[str, Arrived, Arrived]:
    """A new ticket: its number, the requester's confirmation, Dora's notification."""
    desk.write(requester, "info@truhe.example", "Drucker", "Druckt nicht mehr.")
    number = desk.only_ticket(requester).ticket.number
    return number, desk.arrives(requester), desk.arrives(DORA)


def texts(desk: Desk, number: str) -> list[str]:
    return [e.text.strip() for e in desk.ticket(number).entries if e.kind != "event"]


@pytest.mark.parametrize("fields", ["In-Reply-To", "References", "both"])
def test_a_reply_is_found_by_its_thread_fields_alone(desk: Desk, fields: str) -> None:
    maria = fresh()
    number, confirmation, _ = opened(desk, maria)
    known = confirmation.message_id
    headers = {
        "In-Reply-To": known if fields != "References" else "",
        "References": f"<fremd@mail.example> {known}" if fields != "In-Reply-To" else "",
    }
    # The mail program dropped the Reply-To and the person changed the subject.
    desk.write(maria, "info@truhe.example", "Ganz anderer Betreff", "Noch etwas.", headers)
    assert texts(desk, number) == ["Druckt nicht mehr.", "Noch etwas."]
    notice = desk.arrives(DORA)
    assert notice.subject == f"[#{number}] Drucker"
    assert f"hat im Ticket #{number}" in notice.text
    assert "Noch etwas." in notice.text
    desk.nothing_arrives(maria)


def test_an_answer_to_the_own_first_mail_finds_the_ticket(desk: Desk) -> None:
    maria = fresh()
    mail = desk.write(maria, "info@truhe.example", "Drucker", "Druckt nicht mehr.")
    number = desk.only_ticket(maria).ticket.number
    thread = {"In-Reply-To": str(mail["Message-ID"])}
    desk.write(maria, "info@truhe.example", "Re: Drucker", "Er ist von 2019.", thread)
    assert texts(desk, number) == ["Druckt nicht mehr.", "Er ist von 2019."]


def test_a_reply_is_found_by_the_token_of_the_address_alone(desk: Desk) -> None:
    maria = fresh()
    number, confirmation, _ = opened(desk, maria)
    desk.write(maria, confirmation.answer_to, "Neuer Betreff", "Nur an die Adresse.")
    assert texts(desk, number) == ["Druckt nicht mehr.", "Nur an die Adresse."]


def test_a_participant_is_found_by_the_number_in_the_subject(desk: Desk) -> None:
    maria = fresh()
    number, _, _ = opened(desk, maria)
    desk.write(maria.upper(), "info@truhe.example", f"Frage zu [#{number}]", "Geht das?")
    assert texts(desk, number) == ["Druckt nicht mehr.", "Geht das?"]


def test_a_stranger_is_not_let_in_by_the_number_in_the_subject(desk: Desk) -> None:
    maria, stranger = fresh(), fresh("stranger")
    number, _, _ = opened(desk, maria)
    desk.write(stranger, "info@truhe.example", f"Re: Drucker [#{number}]", "Ich auch.")
    assert texts(desk, number) == ["Druckt nicht mehr."]
    assert desk.only_ticket(stranger).ticket.number != number
    desk.nothing_arrives(maria)


def test_the_words_of_the_subject_never_match(desk: Desk) -> None:
    maria = fresh()
    number, _, _ = opened(desk, maria)
    desk.write(maria, "info@truhe.example", "Re: Drucker", "Etwas anderes.")
    assert texts(desk, number) == ["Druckt nicht mehr."]
    assert len(desk.tickets(maria)) == 2


def test_a_third_person_is_added_and_marked_and_gets_no_rights(desk: Desk) -> None:
    maria, brother = fresh(), fresh("bruder")
    number, confirmation, _ = opened(desk, maria)
    thread = {"In-Reply-To": confirmation.message_id}
    desk.write(f"Bruder <{brother}>", "info@truhe.example", "WG: Drucker", "Ich hole ihn.", thread)
    about = desk.ticket(number)
    assert about.entries[-1].flags == {"third-person"}
    assert brother not in about.parties
    notice = desk.arrives(DORA)
    assert "Achtung" in notice.text
    assert "Bruder" in notice.text
    # What an agent answers goes to the requester, not to whoever wrote last.
    desk.answer(DORA, notice, "Gut, Freitag.")
    assert "Gut, Freitag." in desk.arrives(maria).text
    desk.nothing_arrives(brother)
    # Having been heard once opens no door: the number alone is still not enough.
    desk.write(brother, "info@truhe.example", f"[#{number}]", "Noch mal ich.")
    assert len(desk.tickets(brother)) == 1


def test_an_answer_to_an_answer_is_one_thread_in_the_requesters_mail_program(desk: Desk) -> None:
    maria = fresh()
    first = desk.write(maria, "info@truhe.example", "Drucker", "Druckt nicht mehr.")
    confirmation, notice = desk.arrives(maria), desk.arrives(DORA)
    desk.answer(DORA, notice, "Welches Modell?")
    answer = desk.arrives(maria)
    assert answer["In-Reply-To"] == confirmation.message_id
    assert answer.references == [first["Message-ID"], confirmation.message_id]
    mine = desk.answer(maria, answer, "Von 2019.")
    desk.arrives(DORA)  # receipt
    notice = desk.arrives(DORA)
    desk.answer(DORA, notice, "Danke.")
    last = desk.arrives(maria)
    assert last["In-Reply-To"] == mine["Message-ID"]
    assert last.references[0] == first["Message-ID"]
    assert last.subject.startswith("Re: Drucker [#")
    assert last.subject.count("[#") == 1


def test_nothing_that_a_requester_gets_shows_an_agents_address(desk: Desk) -> None:
    maria = fresh()
    _, confirmation, notice = opened(desk, maria)
    quoting = f"Hallo,\nan mich bitte.\n\n-- \nDora <{DORA}>"
    desk.answer(f"Dora Musterfrau <{DORA}>", notice, quoting)
    answer = desk.arrives(maria)
    desk.arrives(DORA)
    desk.answer(DORA, notice, "!zu")
    closed = desk.arrives(maria)
    for mail in (confirmation, answer, closed):
        assert "mitglieder.example" not in mail.everything
        assert mail.sender == "info@truhe.example"
    assert "Dora" in answer.text


def test_a_wrong_token_is_new_mail_to_that_address(desk: Desk) -> None:
    maria = fresh()
    mail = letter(maria, "info+rabcdefghijkmnpqrstuvwxyz23@truhe.example", "Hallo", "Text")
    desk.send(mail)
    assert desk.only_ticket(maria).ticket.department == "allgemein"
