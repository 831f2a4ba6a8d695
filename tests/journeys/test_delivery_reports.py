"""Delivery reports (RFC 3464): what did not arrive is told to those who sent it."""

from email.message import EmailMessage
from email.policy import SMTP

import pytest

from .desk import Arrived, Desk, fresh

DORA = "dora@mitglieder.example"


def report(
    address: str,
    *,
    original: str,
    action: str = "failed",
    status: str = "5.1.1",
    why: str = "550 5.1.1 no such user",
) -> bytes:
    """A report as a mail server writes it, about the mail with the Message-ID `original`."""
    return f"""\
From: Mail Delivery System <MAILER-DAEMON@mx.example.org>
To: <irgendwer@truhe.example>
Subject: Undelivered Mail Returned to Sender
Message-ID: <report-{original.strip("<>")}-{action}>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="grenze"

--grenze
Content-Type: text/plain; charset=us-ascii

The mail could not be delivered.

--grenze
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {why}

--grenze
Content-Type: message/rfc822

From: info@truhe.example
To: {address}
Subject: Drucker
Message-ID: {original}

Text
--grenze--
""".replace("\n", "\r\n").encode()


def answered(desk: Desk, requester: str) -> tuple[str, Arrived]:
    """A ticket that Dora has answered: its number, and the answer."""
    desk.write(requester, "info@truhe.example", "Drucker", "Druckt nicht.")
    desk.arrives(requester)
    desk.answer(DORA, desk.arrives(DORA), "Welches Modell?")
    desk.arrives(DORA)
    return desk.only_ticket(requester).ticket.number, desk.arrives(requester)


@pytest.mark.parametrize("original", ["known", "missing"])
def test_a_report_to_our_return_path_becomes_an_event_and_a_notice_to_the_agent(
    desk: Desk, original: str
) -> None:
    maria = fresh()
    number, answer = answered(desk, maria)
    return_path = desk.sent(answer.message_id).mail_from
    assert return_path is not None
    assert return_path.startswith("info+b")
    named = answer.message_id if original == "known" else "<unbekannt@mx.example.org>"
    desk.send(report(maria, original=named), "", return_path)
    about = desk.ticket(number)
    assert about.entries[-1].kind == "event"
    assert maria in about.entries[-1].event
    notice = desk.arrives(DORA)
    assert notice.subject == f"[#{number}] Drucker"
    assert "nicht angekommen" in notice.text
    assert maria in notice.text
    assert "no such user" in notice.text
    desk.nothing_else_arrives()


def test_the_report_is_told_about_the_person_who_was_written_to_not_about_an_alias(
    desk: Desk,
) -> None:
    maria = fresh()
    number, answer = answered(desk, maria)
    return_path = desk.sent(answer.message_id).mail_from or ""
    desk.send(report("anders@intern.example", original=answer.message_id), "", return_path)
    assert maria in desk.ticket(number).entries[-1].event
    assert maria in desk.arrives(DORA).text


def test_a_delay_is_noted_and_nobody_is_bothered(desk: Desk) -> None:
    maria = fresh()
    number, answer = answered(desk, maria)
    return_path = desk.sent(answer.message_id).mail_from or ""
    delayed = report(maria, original=answer.message_id, action="delayed", status="4.4.1")
    desk.send(delayed, "", return_path)
    assert desk.ticket(number).entries[-1].kind == "event"
    desk.nothing_else_arrives()


def test_a_success_is_no_delay(desk: Desk) -> None:
    maria = fresh()
    number, answer = answered(desk, maria)
    return_path = desk.sent(answer.message_id).mail_from or ""
    arrived = report(maria, original=answer.message_id, action="delivered", status="2.0.0", why="")
    desk.send(arrived, "", return_path)
    events = [entry.event for entry in desk.ticket(number).entries if entry.kind == "event"]
    assert not any("delayed" in event or "did not reach" in event for event in events)
    desk.nothing_else_arrives()


@pytest.mark.parametrize("to", ["info@truhe.example", "info+bfalschesgeheimnis@truhe.example"])
def test_a_forged_report_changes_nothing(desk: Desk, to: str) -> None:
    maria = fresh()
    number, _ = answered(desk, maria)
    before = desk.ticket(number)
    count = len(desk.tickets())
    forged = report(maria, original=f"<{number}.geraten@truhe.example>")
    desk.send(forged, "", to)
    after = desk.ticket(number)
    assert after.ticket == before.ticket
    assert after.entries == before.entries
    assert len(desk.tickets()) == count
    desk.nothing_else_arrives()


def test_a_report_about_news_to_an_agent_is_an_event_and_starts_no_loop(desk: Desk) -> None:
    maria = fresh()
    desk.write(maria, "info@truhe.example", "Drucker", "Druckt nicht.")
    desk.arrives(maria)
    notice = desk.arrives(DORA)
    return_path = desk.sent(notice.message_id).mail_from or ""
    desk.send(report(DORA, original=notice.message_id), "", return_path)
    assert DORA in desk.only_ticket(maria).entries[-1].event
    desk.nothing_else_arrives()


def test_an_informal_bounce_to_our_return_path_counts_too(desk: Desk) -> None:
    maria = fresh()
    number, answer = answered(desk, maria)
    return_path = desk.sent(answer.message_id).mail_from or ""
    mail = EmailMessage()
    mail["From"] = "MAILER-DAEMON@mx.example.org"
    mail["To"] = return_path
    mail["Subject"] = "failure notice"
    mail["Message-ID"] = f"<informal-{number}@mx.example.org>"
    mail.set_content(
        f"Hi. This is the mail program at mx.example.org.\n"
        f"I'm afraid I wasn't able to deliver your message to the following addresses.\n\n"
        f"<{maria}>:\nSorry, no mailbox here by that name. (#5.1.1)\n"
    )
    desk.send(mail.as_bytes(policy=SMTP), "", return_path)
    assert desk.ticket(number).entries[-1].kind == "event"
    assert "nicht angekommen" in desk.arrives(DORA).text


def test_a_report_about_a_relayed_mail_makes_us_write_to_nobody(desk: Desk) -> None:
    """The Message-ID of a relayed mail is no secret."""
    mail = desk.write(fresh(), "mitgliederliste@truhe.example", "An alle", "Hallo")
    desk.arrives("mitgliederliste@truhe.example")
    forged = report("mitgliederliste@truhe.example", original=str(mail["Message-ID"]))
    desk.send(forged, fresh("opfer"), "info@truhe.example")
    desk.nothing_else_arrives()
