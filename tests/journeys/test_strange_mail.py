"""Mail that is foreign, huge, broken or garbage stays visible and loses nothing."""

import hashlib
import random
import smtplib
from email.policy import SMTP, SMTPUTF8

import pytest

from .desk import Desk, fresh, letter

DORA = "dora@mitglieder.example"


def test_umlauts_come_through_from_one_end_to_the_other(desk: Desk) -> None:
    maria = fresh()
    name = "Jürgen Groß-Żółć"
    desk.write(f"{name} <{maria}>", "info@truhe.example", "Größe 46½ – süß?", "Öfter mal 漢字 😀")
    about = desk.only_ticket(maria)
    assert about.ticket.requester.name == name
    assert about.ticket.subject == "Größe 46½ – süß?"
    notice = desk.arrives(DORA)
    assert name in notice.text
    assert "Öfter mal 漢字 😀" in notice.text
    assert notice.subject.endswith("Größe 46½ – süß?")
    desk.arrives(maria)
    desk.answer(DORA, notice, "Schöne Grüße – 漢字")
    answer = desk.arrives(maria)
    assert "Schöne Grüße – 漢字" in answer.text
    assert answer.subject.startswith("Re: Größe 46½ – süß? [#")
    assert answer["To"] == f"{name} <{maria}>"


def test_an_address_with_umlauts_is_answered(desk: Desk) -> None:
    maria = fresh("jürgen", "bücher.example")
    mail = letter(f"Jürgen <{maria}>", "info@truhe.example", "Grüße", "Hallo")
    desk.send(mail.as_bytes(policy=SMTPUTF8), maria, "info@truhe.example")
    about = desk.only_ticket(maria)
    assert about.ticket.requester.address == maria
    assert about.ticket.number in desk.arrives(maria).subject


def test_raw_bytes_of_another_age_are_read(desk: Desk) -> None:
    maria = fresh()
    raw = (
        f"From: Juergen <{maria}>\r\nTo: info@truhe.example\r\nMessage-ID: <roh-{maria}>\r\n"
        "Subject: Größe\r\n\r\nSchöne Grüße aus Köln\r\n"
    ).encode("latin-1")
    desk.send(raw, maria, "info@truhe.example")
    about = desk.only_ticket(maria)
    assert about.ticket.subject == "Größe"
    assert "Schöne Grüße aus Köln" in about.entries[0].text
    assert "Schöne Grüße aus Köln" in desk.arrives(DORA).text


def test_an_html_mail_is_readable_as_text(desk: Desk) -> None:
    maria = fresh()
    mail = letter(maria, "info@truhe.example", "Web", "x")
    html = "<p>Hallo,</p><p>ein <b>Laptop</b>?</p><script>boese()</script>"
    mail.set_content(html, subtype="html")
    desk.send(mail)
    text = desk.only_ticket(maria).entries[0].text
    assert "Hallo," in text
    assert "Laptop" in text
    assert "boese" not in text
    assert "<p>" not in text


GARBAGE = {
    "empty": b"",
    "no header": b"nur ein paar Worte\r\n",
    "blank line first": b"\r\nFrom: a@example.org\r\n\r\nText\r\n",
    "random bytes": random.Random(7).randbytes(3000).replace(b"\r", b" ").replace(b"\n", b" ")
    + b"\r\n",
    "zero bytes": b"From: a@example.org\r\nSubject: \x00\x00\r\n\r\n\x00\x00Text\x00\r\n",
    "open boundary": b"Subject: halb\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n",
    "deep": b'Content-Type: multipart/mixed; boundary="a"\r\n\r\n'
    + b'--a\r\nContent-Type: multipart/mixed; boundary="a"\r\n\r\n' * 200,
    "odd charset": b"Subject: =?klingon?q?=FF?=\r\nContent-Type: text/plain; charset=klingon\r\n"
    b"\r\n\xff\xfe qapla\r\n",
    "two From": b"From: a@example.org\r\nFrom: b@example.org\r\nSubject: zwei\r\n\r\nText\r\n",
    "unreadable From": b"From: <<@@>>, ,\r\nSubject: wer?\r\n\r\nText\r\n",
    "long line": b"Subject: " + b"x" * 5000 + b"\r\n\r\n" + b"y" * 20_000 + b"\r\n",
}


@pytest.mark.parametrize("raw", GARBAGE.values(), ids=GARBAGE.keys())
def test_garbage_still_becomes_a_ticket_that_somebody_sees(desk: Desk, raw: bytes) -> None:
    sender = fresh("kaputt")
    count = len(desk.tickets())
    desk.send(raw, sender, "info@truhe.example")
    assert len(desk.tickets()) == count + 1, desk.log[-3000:]
    notice = desk.arrives(DORA)
    assert f"[#{desk.tickets()[-1].number}]" in notice.subject
    assert desk.store.inbound.raw(desk.last_processed().queue_id).strip() == raw.strip()


def test_a_mail_without_a_usable_author_is_told_to_the_agents_and_answered_to_nobody(
    desk: Desk,
) -> None:
    sender = fresh("kaputt")
    raw = b"Subject: Ohne Absender\r\n\r\nHallo, wer bin ich?\r\n"
    desk.send(raw, sender, "info@truhe.example")
    about = desk.ticket(desk.tickets()[-1].number)
    assert about.entries[0].flags == {"defective"}
    notice = desk.arrives(DORA)
    assert "wer bin ich?" in notice.text
    assert sender in notice.text
    desk.nothing_arrives(sender)


def test_a_mail_with_neither_author_nor_envelope_sender_cannot_be_answered(desk: Desk) -> None:
    desk.send(b"Subject: Niemand\r\n\r\nHallo\r\n", "", "info@truhe.example")
    notice = desk.arrives(DORA)
    assert "Hallo" in notice.text
    desk.answer(DORA, notice, "Wer sind Sie?")
    receipt = desk.arrives(DORA)
    assert "NICHTS" in receipt.text
    assert "Wer sind Sie?" in receipt.text
    desk.nothing_else_arrives()


def test_a_large_attachment_arrives_at_the_agents_byte_for_byte(desk: Desk) -> None:
    maria = fresh()
    content = random.Random(1).randbytes(18 * 1024 * 1024)
    mail = letter(maria, "info@truhe.example", "Foto", "Siehe Anhang.")
    mail.add_attachment(content, "image", "jpeg", filename="Foto vom Gerät (1).jpg")
    raw = mail.as_bytes(policy=SMTP)
    desk.send(raw, maria, "info@truhe.example")
    notice = desk.arrives(DORA)
    assert list(notice.attachments) == ["Foto vom Gerät (1).jpg"]
    arrived = notice.attachments["Foto vom Gerät (1).jpg"]
    assert hashlib.sha256(arrived).digest() == hashlib.sha256(content).digest()
    assert "Foto vom Gerät (1).jpg" in notice.text
    assert len(desk.arrives(maria).raw) < 5000
    assert desk.only_ticket(maria).entries[0].attachments == ("Foto vom Gerät (1).jpg",)


def test_a_mail_larger_than_allowed_is_refused_and_the_next_one_is_taken(desk: Desk) -> None:
    maria = fresh()
    head = f"From: {maria}\r\nSubject: groß\r\n\r\n".encode()
    with pytest.raises(smtplib.SMTPResponseException) as refusal:
        desk.send(head + b"x" * 70 + b"\r\n" * 14_000_000, maria, "info@truhe.example")
    assert refusal.value.smtp_code == 552
    desk.write(maria, "info@truhe.example", "klein", "Hallo")
    assert len(desk.tickets(maria)) == 1
