"""The contact form of the website."""

import hashlib
import hmac
import json
import time
from email.message import EmailMessage
from pathlib import Path

import pytest

from .conftest import FORM_SECRET
from .desk import Desk, fresh, letter, running_desk

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
    assert "Das Formular der Website ist unvollständig" in notice.text
    assert "E-Mail-Adresse" in notice.text
    assert email in notice.text, "what was typed may still help"
    desk.answer("dora@mitglieder.example", notice, "Guten Tag")
    receipt = desk.arrives("dora@mitglieder.example")
    assert "NICHTS" in receipt.text
    desk.nothing_else_arrives()


def signature(text: str, *files: bytes, secret: str = FORM_SECRET, age: int = 0) -> str:
    """What the website computes, written down anew from docs/rules.md."""
    moment = int(time.time()) - age
    digests = [hashlib.sha256(content).hexdigest() for content in files]
    bare = "\n".join(line.rstrip() for line in text.strip().splitlines())
    signed = "\n".join([str(moment), *digests, "", bare])
    mac = hmac.new(secret.encode(), signed.encode(), hashlib.sha256).hexdigest()
    return f"t={moment}, v1={mac}"


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
            mail["X-Form-Signature"] = signature(text, secret="geraten")
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


def signed_letter(text: str, *, age: int = 0, **files: bytes) -> EmailMessage:
    mail = letter("website@hoster.example", FORM, "Kontaktformular", text)
    mail["X-Form-Signature"] = signature(text, *files.values(), age=age)
    for name, content in files.items():
        kind = ("application", "json") if name == "form" else ("image", "jpeg")
        mail.add_attachment(content, *kind, filename=f"{name}.jpg")
    return mail


def test_the_reason_why_a_form_is_not_believed_stands_in_the_ticket(front_desk: Desk) -> None:
    """Whoever sets up the website finds what is wrong."""
    text, sender = form_text(email=fresh()), fresh("website")
    mail = letter(sender, FORM, "Form", text, {"X-Form-Signature": signature(text, secret="x")})
    front_desk.send(mail)
    about = front_desk.only_ticket(sender)
    assert any("its signature is wrong" in entry.event for entry in about.entries)


def test_a_signed_form_that_is_sent_twice_has_effect_once(front_desk: Desk) -> None:
    maria = fresh()
    mail = signed_letter(form_text(email=maria))
    front_desk.send(mail)
    front_desk.arrives(maria)
    front_desk.arrives("anna@mitglieder.example")
    front_desk.arrives("ben@mitglieder.example")
    mail.replace_header("Message-ID", "<another@hoster.example>")
    mail.replace_header("From", fresh("boese", "evil.example"))
    mail.replace_header("Subject", "Noch einmal")
    front_desk.send(mail)
    assert front_desk.last_processed().outcome == "duplicate"
    assert len(front_desk.tickets(maria)) == 1
    front_desk.nothing_else_arrives()


def test_an_old_signature_is_a_ticket_for_the_board(front_desk: Desk) -> None:
    maria = fresh()
    front_desk.send(signed_letter(form_text(email=maria), age=6 * 86_400))
    assert front_desk.only_ticket(maria).ticket.department == "vorstand"
    notice = front_desk.arrives("dora@mitglieder.example")
    assert "zu einer anderen Zeit unterschrieben" in notice.text


def test_files_are_covered_by_the_signature_and_come_with_the_ticket(front_desk: Desk) -> None:
    maria, photo = fresh(), b"\xff\xd8 Foto"
    mail = signed_letter(form_text(email=maria), foto=photo)
    front_desk.send(mail)
    assert front_desk.arrives("anna@mitglieder.example").attachments == {"foto.jpg": photo}
    assert front_desk.only_ticket(maria).entries[0].attachments == ("foto.jpg",)
    forged = signed_letter(form_text(email=fresh()), foto=photo)
    forged.add_attachment(b"MZ", "application", "octet-stream", filename="rechnung.exe")
    front_desk.send(forged)
    assert front_desk.tickets()[-1].rejected


def test_a_form_as_a_part_of_json(front_desk: Desk) -> None:
    maria = fresh()
    form = {"name": "Jörg", "email": maria, "location": "München", "message": "Zeile 1\nZeile 2"}
    content = json.dumps(form).encode()
    mail = signed_letter("Neue Anfrage von der Website", form=content, foto=b"\xff\xd8")
    front_desk.send(mail)
    about = front_desk.only_ticket(maria)
    assert about.ticket.department == "muenchen"
    assert about.entries[0].text == "Zeile 1\nZeile 2"
    assert about.entries[0].attachments == ("foto.jpg",), "the form itself is no attachment"


def test_a_body_that_is_json(desk: Desk) -> None:
    maria = fresh()
    form = {"E-Mail": maria, "Standort": "Freiburg", "Nachricht": "<b>Hallo</b>\nName: x"}
    mail = letter("website@truhe.example", FORM, "Form", "")
    mail.set_content(json.dumps(form))
    desk.send(mail)
    about = desk.only_ticket(maria)
    assert about.ticket.department == "freiburg"
    assert about.entries[0].text == "<b>Hallo</b>\nName: x"
    notice = desk.arrives("ben@mitglieder.example")
    assert "| <b>Hallo</b>" in notice.text
    page = notice.mail.get_body(("html",))
    assert page is not None
    assert "<b>Hallo</b>" not in page.get_content()


def test_words_of_commands_in_a_signed_form_are_words(front_desk: Desk) -> None:
    """Also where the website sends with an agent's address."""
    maria = fresh()
    mail = signed_letter(form_text(email=maria, text="!delete #1001\n\n!zu"))
    mail.replace_header("From", "dora@mitglieder.example")
    mail["Authentication-Results"] = "mx.truhe.example; dmarc=pass header.from=mitglieder.example"
    front_desk.send(mail)
    assert front_desk.only_ticket(maria).ticket.status == "open"


def test_an_agent_may_fill_in_the_form_like_anybody(desk: Desk) -> None:
    number = len(desk.tickets())
    fill_in(desk, email="anna@mitglieder.example", location="Berlin")
    assert len(desk.tickets()) == number + 1
    told = [desk.arrives("anna@mitglieder.example")]
    notice = desk.arrives("ben@mitglieder.example")
    desk.answer("ben@mitglieder.example", notice, "Liebe Anna, gern.")
    told.append(desk.arrives("anna@mitglieder.example"))
    assert "Liebe Anna, gern." in told[-1].text or "Liebe Anna, gern." in told[0].text
    desk.forget()


def test_a_form_that_looks_like_a_bounce_is_a_form(desk: Desk) -> None:
    maria = fresh()
    text = "Undelivered Mail Returned to Sender\n<x@y.example>: 550 5.1.1 User unknown"
    mail = letter(
        "website@truhe.example", FORM, "Undelivered Mail", form_text(email=maria, text=text)
    )
    desk.send(mail, "")
    assert desk.only_ticket(maria).ticket.department == "berlin"


_REFUSE = """refuse:
  - topics: [Spendennachfrage]
    elsewhere: true
    canned: keine-ueberregionale-ausgabe
"""


def test_the_filter_refuses_with_a_canned_answer_and_an_answer_to_that_opens(
    tmp_path: Path,
) -> None:
    edits = {"rules/form.yaml": {"refuse:\n": _REFUSE}}
    with running_desk(tmp_path / "desk", edits=edits) as desk:
        fill_in(desk, email="m@x.example", more="Postleitzahl: 20095\nSprache: English\n")
        answer = desk.arrives("m@x.example")
        desk.nothing_else_arrives()
        about = desk.only_ticket("m@x.example")
        assert about.ticket.status == "closed"
        assert "we can hand out devices only where" in answer.text
        assert answer["Auto-Submitted"] == "auto-replied"
        assert "Maria" not in answer.everything
        desk.answer("m@x.example", answer, "Aber ich ziehe nach Berlin!")
        assert desk.only_ticket("m@x.example").ticket.status == "open"
        assert "ziehe nach Berlin" in desk.arrives("anna@mitglieder.example").text
        desk.forget()
        fill_in(desk, email="n@x.example", more="Postleitzahl: 10119\n")
        assert desk.only_ticket("n@x.example").ticket.status == "open"
