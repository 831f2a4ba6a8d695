"""The contact form of the website."""

import hashlib
import hmac

import pytest

from .conftest import FORM_SECRET
from .desk import Desk, fresh, letter

FORM = "kontaktformular@truhe.example"


def form_text(
    *,
    email: str,
    location: str = "Berlin",
    topic: str = "Spendennachfrage",
    name: str = "Maria Muster",
    text: str = "Guten Tag,\n\nich suche einen Laptop.\nMarke: egal\n\nMaria",
    more: str = "",
) -> str:
    email_line = f"E-Mail: {email}\n" if email else ""
    return (
        f"Name: {name}\n{email_line}Standort: {location}\nThema: {topic}\n{more}Nachricht: {text}\n"
    )


def fill_in(desk: Desk, **values: str) -> None:
    """The website sends a filled-in form."""
    desk.write("website@truhe.example", FORM, "Kontaktformular", form_text(**values))


def test_the_form_opens_a_ticket_of_the_person_at_the_chosen_location(desk: Desk) -> None:
    maria = fresh()
    fill_in(desk, email=maria, more="Postleitzahl: 10115\nGerät: Laptop\n")
    about = desk.only_ticket(maria)
    assert about.ticket.department == "berlin"
    assert about.ticket.requester.name == "Maria Muster"
    assert about.entries[0].text.startswith("Guten Tag,\n\nich suche")
    assert "Marke: egal" in about.entries[0].text
    confirmation = desk.arrives(maria)
    assert about.ticket.number in confirmation.subject
    assert confirmation.sender == "berlin@truhe.example"
    assert "Laptop" not in confirmation.everything
    for agent in ("anna@mitglieder.example", "ben@mitglieder.example"):
        notice = desk.arrives(agent)
        assert f"Maria Muster <{maria}>" in notice.text
        assert "Postleitzahl: 10115" in notice.text
        assert "Gerät: Laptop" in notice.text
        assert "Hilfethema: Spendennachfrage" in notice.text
    desk.nothing_else_arrives()


def test_the_answer_to_a_form_goes_to_the_person_and_their_answer_comes_back(desk: Desk) -> None:
    maria = fresh()
    fill_in(desk, email=maria)
    desk.arrives(maria)
    notice = desk.arrives("anna@mitglieder.example")
    desk.answer("anna@mitglieder.example", notice, "Liebe Maria, gern.")
    answer = desk.arrives(maria)
    assert "Liebe Maria, gern." in answer.text
    assert "Anna" in answer.text
    assert answer["To"] == f"Maria Muster <{maria}>"
    desk.arrives("anna@mitglieder.example")
    desk.answer(maria, answer, "Wann denn?")
    assert "Wann denn?" in desk.arrives("anna@mitglieder.example").text
    desk.nothing_arrives("website@truhe.example")


@pytest.mark.parametrize(
    ("location", "topic", "department"),
    [
        ("Berlin", "Spendenangebot", "berlin"),
        ("MÜNCHEN", "Spendenangebot", "muenchen"),
        ("Freiburg", "Vorstand", "vorstand"),
        ("Hamburg", "Spendenangebot", "ueberregional"),
        ("", "", "ueberregional"),
        ("Überregional", "", "ueberregional"),
    ],
)
def test_location_and_topic_choose_the_department(
    desk: Desk, location: str, topic: str, department: str
) -> None:
    maria = fresh()
    fill_in(desk, email=maria, location=location, topic=topic)
    assert desk.only_ticket(maria).ticket.department == department


@pytest.mark.parametrize("email", ["", "keine Adresse", "maria@", "maria@example"])
def test_a_form_without_a_usable_address_becomes_a_ticket_for_the_board(
    desk: Desk, email: str
) -> None:
    before = len(desk.tickets())
    fill_in(desk, email=email, text="Bitte anrufen: 030 123456")
    assert len(desk.tickets()) == before + 1
    ticket = desk.tickets()[-1]
    assert ticket.department == "vorstand"
    assert ticket.requester.address == ""
    notice = desk.arrives("dora@mitglieder.example")
    assert "030 123456" in notice.text
    assert "Maria Muster" in notice.text
    assert "Das Formular ist unvollständig" in notice.text
    assert email in notice.text, "what was typed may still help"
    desk.answer("dora@mitglieder.example", notice, "Guten Tag")
    receipt = desk.arrives("dora@mitglieder.example")
    assert "NICHTS" in receipt.text
    desk.nothing_else_arrives()


def signature(text: str, secret: str = FORM_SECRET) -> str:
    """What the website computes, written down anew from the rule file's words."""
    bare = "\n".join(line.rstrip() for line in text.strip().splitlines())
    return hmac.new(secret.encode(), bare.encode(), hashlib.sha256).hexdigest()


def test_a_signed_form_is_believed_from_anywhere(front_desk: Desk) -> None:
    maria = fresh()
    text = form_text(email=maria, name="Jürgen Groß")
    headers = {"X-Form-Signature": signature(text)}
    front_desk.write("website@hoster.example", FORM, "Kontaktformular", text, headers)
    assert front_desk.only_ticket(maria).ticket.department == "berlin"
    assert front_desk.arrives(maria).sender == "berlin@truhe.example"


@pytest.mark.parametrize("proof", ["none", "wrong secret", "other text", "two", "From alone"])
def test_a_form_without_proof_is_rejected_and_nobody_is_told(front_desk: Desk, proof: str) -> None:
    maria, sender = fresh(), fresh("website")
    text = form_text(email=maria)
    mail = letter(sender, FORM, "Kontaktformular", text)
    match proof:
        case "wrong secret":
            mail["X-Form-Signature"] = signature(text, "geraten")
        case "other text":
            mail["X-Form-Signature"] = signature(text + "mehr")
        case "two":
            mail["X-Form-Signature"] = signature(text)
            mail["X-Form-Signature"] = "0" * 64
        case "From alone":
            mail.replace_header("From", f"website{sender[7:].partition('@')[0]}@truhe.example")
    front_desk.send(mail)
    assert front_desk.tickets(maria) == []
    front_desk.nothing_arrives(maria, "anna@mitglieder.example", "ben@mitglieder.example")
    last = front_desk.tickets()[-1]
    assert last.rejected
    assert last.status == "closed"
    assert last.department == "abgelehnt-ueberregional"


def proof_for(domain: str) -> dict[str, str]:
    """What the front mail server wrote on top."""
    return {"Authentication-Results": f"mx.truhe.example; dmarc=pass header.from={domain}"}


def test_a_form_from_our_own_domain_is_believed_when_the_front_server_vouches_for_it(
    front_desk: Desk,
) -> None:
    maria = fresh()
    front_desk.write(
        "website@truhe.example", FORM, "Form", form_text(email=maria), proof_for("truhe.example")
    )
    assert front_desk.only_ticket(maria).ticket.department == "berlin"


def test_a_proved_stranger_is_not_the_website(front_desk: Desk) -> None:
    """Else anybody with a domain of their own could make us write to whomever they like."""
    victim, sender = fresh("opfer"), fresh("boese", "evil.example")
    front_desk.write(sender, FORM, "Form", form_text(email=victim), proof_for("evil.example"))
    assert front_desk.tickets(victim) == []
    assert front_desk.only_ticket(sender).ticket.rejected
    front_desk.nothing_arrives(victim, "anna@mitglieder.example", "ben@mitglieder.example")
