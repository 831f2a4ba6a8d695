"""The same mail delivered again has effect once; another one under its Message-ID does not hide."""

from email.message import EmailMessage
from email.policy import SMTP

from .desk import Desk, fresh, letter

DORA, EMIL = "dora@mitglieder.example", "emil@mitglieder.example"


def raw(mail: EmailMessage, *received: str) -> bytes:
    """The mail as it comes by some way."""
    return "".join(received).encode() + mail.as_bytes(policy=SMTP)


def test_the_same_mail_twice_has_one_effect(desk: Desk) -> None:
    maria = fresh()
    mail = letter(maria, "info@truhe.example", "Drucker", "Druckt nicht mehr.")
    one = "Received: from a.example by mx.example; Tue, 24 Nov 2026 10:00:00 +0100\r\n"
    two = "Received: from b.example by mx.example; Tue, 24 Nov 2026 10:09:00 +0100\r\n"
    desk.send(raw(mail, one), maria, "info@truhe.example")
    desk.send(raw(mail, two, one), maria, "info@truhe.example")
    desk.send(raw(mail), maria, "info@truhe.example")
    about = desk.only_ticket(maria)
    assert len(about.entries) == 1
    desk.arrives(maria)
    desk.arrives(DORA)
    desk.nothing_else_arrives()
    assert desk.last_processed().outcome == "duplicate"


def test_copies_for_to_and_cc_in_separate_envelopes_are_one_ticket_with_a_referral(
    desk: Desk,
) -> None:
    maria = fresh()
    mail = letter(
        maria,
        "info@truhe.example",
        "Auskunft",
        "Was ist gespeichert?",
        {"Cc": "datenschutz@truhe.example"},
    )
    desk.send(mail, maria, "info@truhe.example")
    desk.send(mail, maria, "datenschutz@truhe.example")
    about = desk.only_ticket(maria)
    assert about.ticket.department == "allgemein"
    assert about.referred_departments == {"datenschutz"}
    assert len(about.entries) == 1
    desk.arrives(maria)
    assert "Was ist gespeichert?" in desk.arrives(DORA).text
    notice = desk.arrives(EMIL)
    assert "Was ist gespeichert?" in notice.text
    desk.nothing_else_arrives()
    desk.answer(EMIL, notice, "Nichts.")
    assert "Nichts." in desk.arrives(maria).text


def test_the_same_reply_twice_is_one_entry(desk: Desk) -> None:
    maria = fresh()
    desk.write(maria, "info@truhe.example", "Drucker", "Druckt nicht mehr.")
    confirmation = desk.arrives(maria)
    mail = desk.answer(maria, confirmation, "Nachtrag.")
    desk.send(mail)
    about = desk.only_ticket(maria)
    assert [e.text.strip() for e in about.entries] == ["Druckt nicht mehr.", "Nachtrag."]


def test_an_agents_command_delivered_twice_is_done_once(desk: Desk) -> None:
    maria = fresh()
    desk.write(maria, "info@truhe.example", "Drucker", "Druckt nicht mehr.")
    desk.arrives(maria)
    mail = desk.answer(DORA, desk.arrives(DORA), "Bitte entkalken.")
    desk.send(mail)
    assert "Bitte entkalken." in desk.arrives(maria).text
    desk.arrives(DORA)
    desk.nothing_else_arrives()


def test_the_same_message_id_with_other_content_is_processed_and_flagged(desk: Desk) -> None:
    maria = fresh()
    first = desk.write(maria, "info@truhe.example", "Drucker", "Druckt nicht mehr.")
    thread = {"Message-ID": str(first["Message-ID"])}
    desk.write(maria, "info@truhe.example", "Drucker", "Etwas ganz anderes.", thread)
    tickets = desk.tickets(maria)
    assert len(tickets) == 2
    assert desk.ticket(tickets[1].number).entries[0].flags == {"same-id-other-content"}
    desk.arrives(DORA)
    assert "dieselbe Message-ID" in desk.arrives(DORA).text


def test_a_rejected_copy_is_let_in_by_the_copy_for_a_public_address(desk: Desk) -> None:
    maria = fresh()
    to = ["berlin@truhe.example", "info@truhe.example"]
    mail = letter(maria, to, "Hallo", "An beide.")
    desk.send(mail, maria, "berlin@truhe.example")
    desk.send(mail, maria, "info@truhe.example")
    assert [(t.department, t.rejected) for t in desk.tickets(maria)] == [
        ("abgelehnt-berlin", True),
        ("allgemein", False),
    ]
    assert "An beide." in desk.arrives(DORA).text
