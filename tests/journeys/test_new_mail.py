"""New mail to a public address."""

import re

from .desk import Desk, fresh

TEXT = """Guten Tag,

haben Sie einen Laptop für meine Tochter? Kennwort Zitronenfalter.

Viele Grüße
Maria Muster
"""


def test_new_mail_to_a_public_address_opens_a_ticket(desk: Desk) -> None:
    maria = fresh()
    desk.write(f"Maria Muster <{maria}>", "info@truhe.example", "Laptop für die Schule", TEXT)
    about = desk.only_ticket(maria)
    assert about.ticket.status == "open"
    assert about.ticket.department == "allgemein"
    assert about.ticket.subject == "Laptop für die Schule"
    assert about.ticket.requester.name == "Maria Muster"
    assert [entry.kind for entry in about.entries] == ["message"]
    assert about.entries[0].text.strip() == TEXT.strip()


def test_the_confirmation_names_the_number_and_repeats_none_of_the_requesters_words(
    desk: Desk,
) -> None:
    maria = fresh()
    mail = desk.write(f"Maria <{maria}>", "info@truhe.example", "Zitronenfalter gesucht", TEXT)
    confirmation = desk.arrives(maria)
    number = desk.only_ticket(maria).ticket.number
    assert confirmation.subject == f"Ihre Anfrage [#{number}]"
    assert f"#{number}" in confirmation.text
    assert "Zitronenfalter" not in confirmation.everything
    assert "Laptop" not in confirmation.everything
    assert "Guten Tag" in confirmation.text
    assert confirmation.sender == "info@truhe.example"
    assert confirmation["In-Reply-To"] == mail["Message-ID"]
    assert confirmation["References"] == mail["Message-ID"]
    assert confirmation["Auto-Submitted"] == "auto-replied"
    assert desk.sent(confirmation.message_id).mail_from is None
    assert "mitglieder.example" not in confirmation.everything
    assert re.fullmatch(r"info\+r[a-z0-9]{26,40}@truhe\.example", confirmation.answer_to)
    desk.nothing_arrives(maria)


def test_the_department_is_told_with_the_text_and_can_simply_reply(desk: Desk) -> None:
    maria = fresh()
    desk.write(f"Maria Muster <{maria}>", "info@truhe.example", "Laptop für die Schule", TEXT)
    notice = desk.arrives("dora@mitglieder.example")
    number = desk.only_ticket(maria).ticket.number
    assert notice.subject == f"[#{number}] Laptop für die Schule"
    assert f"Neues Ticket #{number} in Allgemeine Anfragen" in notice.text
    assert "Kennwort Zitronenfalter" in notice.text
    assert "Maria Muster" in notice.text
    desk.arrives(maria)  # the confirmation
    desk.answer("dora@mitglieder.example", notice, "Ja, haben wir.")
    answer = desk.arrives(maria)
    assert "Ja, haben wir." in answer.text
    desk.nothing_arrives("anna@mitglieder.example", "ben@mitglieder.example")
