"""Addresses: the envelope decides, public beats internal, nothing is relayed for strangers."""

import smtplib
from email.policy import SMTP

import pytest

from .desk import Desk, fresh, letter

DORA = "dora@mitglieder.example"


def test_one_mail_to_several_addresses_is_one_ticket_with_referrals(desk: Desk) -> None:
    maria = fresh()
    to = ["berlin@truhe.example", "datenschutz@truhe.example", "info@truhe.example"]
    desk.write(maria, to, "An alle", "Hallo zusammen")
    about = desk.only_ticket(maria)
    assert about.ticket.department == "datenschutz"
    assert about.referred_departments == {"berlin", "allgemein"}
    for agent in ("emil", "anna", "ben", "dora"):
        assert "Hallo zusammen" in desk.arrives(f"{agent}@mitglieder.example").text
    desk.arrives(maria)
    desk.nothing_else_arrives()


def test_public_beats_internal_and_a_matched_ticket_beats_both(desk: Desk) -> None:
    maria = fresh()
    desk.write(maria, ["berlin@truhe.example", "info@truhe.example"], "Frage", "Wer hilft?")
    about = desk.only_ticket(maria)
    assert about.ticket.department == "allgemein"
    confirmation = desk.arrives(maria)
    desk.forget()
    mail = letter(maria, ["datenschutz@truhe.example", confirmation.answer_to], "Re", "Nachtrag")
    desk.send(mail)
    again = desk.only_ticket(maria)
    assert again.ticket.department == "allgemein"
    assert len(again.entries) == 2
    assert again.referred_departments == {"berlin", "datenschutz"}
    assert "Nachtrag" in desk.arrives("emil@mitglieder.example").text
    assert "Nachtrag" in desk.arrives("anna@mitglieder.example").text


def test_a_complaint_that_answers_an_old_mail_reaches_the_board_it_is_addressed_to(
    desk: Desk,
) -> None:
    maria = fresh()
    desk.write(maria, "datenschutz@truhe.example", "Auskunft", "Was ist gespeichert?")
    confirmation = desk.arrives(maria)
    thread = {"In-Reply-To": confirmation.message_id}
    desk.write(maria, "vorstand@truhe.example", "Beschwerde", "Niemand antwortet!", thread)
    about = desk.only_ticket(maria)
    assert about.ticket.department == "datenschutz"
    assert about.referred_departments == {"vorstand"}
    notice = desk.arrives(DORA)
    assert "Niemand antwortet!" in notice.text
    assert f"Du hast jetzt Zugriff auf das Ticket #{about.ticket.number}" in notice.text
    desk.nothing_arrives(DORA)


def test_a_blind_copy_counts_because_the_envelope_decides(desk: Desk) -> None:
    maria = fresh()
    mail = letter(maria, "jemand@anderswo.example", "Zur Kenntnis", "Für euch in Bcc.")
    desk.send(mail, maria, "info@truhe.example")
    assert desk.only_ticket(maria).ticket.department == "allgemein"
    assert "Für euch in Bcc." in desk.arrives(DORA).text


def test_the_to_field_alone_opens_nothing(desk: Desk) -> None:
    maria = fresh()
    mail = letter(maria, "info@truhe.example", "Hallo", "Text")
    desk.send(mail, maria, "datenschutz@truhe.example")
    about = desk.only_ticket(maria)
    assert about.ticket.department == "datenschutz"
    assert about.referred_departments == set()


@pytest.mark.parametrize(
    "address",
    [
        "gibtsnicht@truhe.example",
        "info@anderswo.example",
        "maria@example.org",
        "info%anderswo.example@truhe.example",
        "mitglieder.example!anna@truhe.example",
        "anna@mitglieder.example",
        "info@truhe.example.evil.example",
        "INFO@sub.truhe.example",
    ],
)
def test_an_unknown_address_is_refused_at_once_and_nothing_is_relayed(
    desk: Desk, address: str
) -> None:
    with smtplib.SMTP("127.0.0.1", desk.port, timeout=10) as smtp:
        smtp.ehlo("client.example")
        assert smtp.mail("maria@example.org")[0] == 250
        code, text = smtp.rcpt(address)
    assert code == 550
    assert b"5.1.1" in text or b"5.7.1" in text


def test_a_good_recipient_is_served_beside_an_unknown_one(desk: Desk) -> None:
    maria = fresh()
    with smtplib.SMTP("127.0.0.1", desk.port, timeout=10) as smtp:
        mail = letter(maria, "info@truhe.example", "Hallo", "Text").as_bytes(policy=SMTP)
        refused = smtp.sendmail(maria, ["gibtsnicht@truhe.example", "info@truhe.example"], mail)
    assert list(refused) == ["gibtsnicht@truhe.example"]
    assert desk.only_ticket(maria).ticket.department == "allgemein"


@pytest.mark.parametrize(
    "address", ["postmaster@truhe.example", "abuse@truhe.example", "POSTMASTER@TRUHE.EXAMPLE"]
)
def test_postmaster_and_abuse_are_read_by_the_board(desk: Desk, address: str) -> None:
    admin = fresh("admin")
    desk.send(letter(admin, address, "Your server", "Please check."), admin, address)
    assert desk.only_ticket(admin).ticket.department == "vorstand"
    assert "Please check." in desk.arrives(DORA).text
    assert desk.arrives(admin).subject.startswith("Your request [#")


def test_postmaster_without_a_domain_is_ours(desk: Desk) -> None:
    admin = fresh("admin")
    with smtplib.SMTP("127.0.0.1", desk.port, timeout=10) as smtp:
        smtp.ehlo("client.example")
        smtp.mail(admin)
        assert smtp.rcpt("Postmaster")[0] == 250
        assert smtp.data(letter(admin, "postmaster", "Hi", "Text").as_bytes(policy=SMTP))[0] == 250
    assert desk.only_ticket(admin).ticket.department == "vorstand"


RELAYED = (
    b"Received: from x.example by y.example; Tue, 24 Nov 2026 10:00:00 +0100\r\n"
    b"FROM:   Maria <maria@example.org>\r\n"
    b"X-Odd:  two  blanks \r\n"
    b"DKIM-Signature: v=1; a=rsa-sha256; d=example.org;\r\n\tbh=abc=; b=def=\r\n"
    b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= und  roh: \xc3\xbc\r\n"
    b"Message-ID: <%d@mail.example>\r\n"
    b"\r\n"
    b".eine Zeile mit Punkt\r\n..zwei\r\nroh: \xfc\xdf\r\n-- \r\nEnde ohne Zeilenende \r\n\r\n"
)


def test_relay_passes_the_mail_on_byte_for_byte_with_one_received_field_on_top(desk: Desk) -> None:
    raw = RELAYED % 1
    desk.send(raw, "maria@example.org", "mitgliederliste@truhe.example")
    arrived = desk.arrives("mitgliederliste@truhe.example").raw
    top, _, rest = arrived.partition(b"\nReceived: from x.example")
    assert top.startswith(b"Received: from client.example ([127.0.0.1])")
    assert b"by truhe.example with ESMTP id " in top
    assert all(line.startswith((b" ", b"\t")) for line in top.split(b"\n")[1:])
    # A Maildir keeps lines with LF.
    assert b"Received: from x.example" + rest == raw.replace(b"\r\n", b"\n")
    assert desk.last_processed().outcome == "relayed"
    entry = desk.store.outbox.listing("delivered", 1)[0]
    assert entry.mail_from == "maria@example.org"


def test_a_mail_for_a_relay_and_a_public_address_does_both(desk: Desk) -> None:
    maria = fresh()
    to = ["mitgliederliste@truhe.example", "info@truhe.example"]
    desk.write(maria, to, "An beide", "Hallo")
    assert desk.only_ticket(maria).ticket.department == "allgemein"
    assert desk.arrives("mitgliederliste@truhe.example")["To"] == ", ".join(to)


def test_relayed_automatic_mail_is_passed_on_too(desk: Desk) -> None:
    mail = letter("news@example.org", "mitgliederliste@truhe.example", "News", "Text")
    mail["Precedence"] = "bulk"
    desk.send(mail, "", "mitgliederliste@truhe.example")
    assert desk.arrives("mitgliederliste@truhe.example")["Precedence"] == "bulk"
    assert desk.store.outbox.listing("delivered", 1)[0].mail_from is None
