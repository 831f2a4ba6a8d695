"""Machines and bounces in arbitrary mail: properties, and what the corpus cannot show."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.mail.automatic import null_reverse_path, wants_no_answer
from gateway.mail.parse import parse
from gateway.mail.smtp_status import status_of
from gateway.mail.vacation import speaks_of_absence
from tests.fuzz.promise import keeps_its_promise

FOUND = Path(__file__).parent.parent / "fuzz" / "corpus"
LINES = st.sampled_from(
    [
        b"From: MAILER-DAEMON@a.example",
        b"From: ",
        b"Return-Path: <>",
        b"Subject: Undelivered Mail",
        b"Subject: Automatische Antwort: =?utf-8?q?x",
        b"Auto-Submitted: ",
        b"X-Failed-Recipients: a@b.example, ,",
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b",
        b"Content-Type: message/delivery-status",
        b"Final-Recipient: rfc822; a@b.example",
        b"Action: failed",
        b"Status: 5.1.1",
        b"Diagnostic-Code: smtp; 550 \xff",
        b"<a@b.example>:",
        b"   ----- Transcript of session follows -----",
        b"This is the mail system at host x.",
        b"--b",
        b"--b--",
        b"",
        b"Message-ID: <x",
    ]
)


@given(st.lists(LINES | st.binary(max_size=40), max_size=30))
@settings(max_examples=150, deadline=None)
@example([b"From: MAILER-DAEMON", b"Subject: failure notice", b"", b"could not be delivered"])
def test_what_a_server_may_write_in_any_order_gives_a_clean_value(lines):
    keeps_its_promise(b"\r\n".join(lines))


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ("550 5.1.1 <a@b.example>: unknown", "5.1.1"),
        ("550 no such user here", "5.1.1"),
        ("552 sorry", "5.2.2"),
        ("421 try later", "4.4.2"),
        ("550 [192.0.2.5] is on our blacklist", "5.7.1"),
        ("Das Postfach ist leider voll", "5.2.2"),
        ("Connection timed out", "4.4.7"),
        ("host 192.5.1.1 said nothing", ""),
        ("the account is temporarily over quota", "4.2.2"),
        ("554 5.0.0 Service unavailable, 550 5.1.1 unknown", "5.1.1"),
        ("550 we do not relay", "5.7.1"),
        ("NXDOMAIN", "5.1.2"),
        ("551 moved away", "5.1.6"),
        ("", ""),
    ],
)
def test_a_status_is_told_by_code_or_by_words(told, status):
    assert status_of(told) == status


@pytest.mark.parametrize(
    "line",
    ["a" * 300, "a@", "<a@b>:", "x@y.example ", "550 ", "- ", "-", "quota", "user", "mailbox"],
)
def test_a_long_report_is_read_in_bounded_time(line):
    head = b"From: MAILER-DAEMON@a.example\r\nSubject: failure notice\r\n\r\nnot delivered\r\n"
    message = parse(head + f"{line}\r\n".encode() * 20_000)
    assert message.automatic.is_bounce
    message = parse(head + line.encode() * 20_000)
    assert message.automatic.is_bounce


def test_many_recipients_of_a_report_are_bounded():
    blocks = b"".join(
        b"\r\nFinal-Recipient: rfc822; u%d@k.example\r\nAction: failed\r\nStatus: 5.1.1\r\n" % n
        for n in range(2_000)
    )
    head = b"From: MAILER-DAEMON@a.example\r\nContent-Type: message/delivery-status\r\n\r\n"
    bounces = parse(head + b"Reporting-MTA: dns; x\r\n" + blocks).automatic.bounces
    assert len(bounces) == 100
    assert bounces[0].recipient == "u0@k.example"


@pytest.mark.parametrize("path", sorted(FOUND.iterdir()), ids=lambda path: path.name[:8])
def test_what_fuzzing_found_gives_a_clean_value(path):
    keeps_its_promise(path.read_bytes())


def test_a_mail_from_the_null_path_is_a_machine_s_unless_it_shows_a_mail_program():
    plain = b"From: a@b.example\r\nSubject: x\r\n\r\nx"
    assert null_reverse_path(parse(plain)).automatic.is_auto_generated
    by_hand = parse(b"User-Agent: Mozilla Thunderbird\r\n" + plain)
    assert not null_reverse_path(by_hand).automatic.is_auto_generated


@pytest.mark.parametrize(
    ("value", "silent"), [("All", True), ("DR, AutoReply", True), ("DR, OOF", False), ("", False)]
)
def test_whoever_asks_for_no_automatic_answers_is_a_person_all_the_same(value, silent):
    raw = f"From: a@b.example\r\nX-Mailer: Outlook\r\nX-Auto-Response-Suppress: {value}\r\n\r\nx"
    message = parse(raw.encode())
    assert not message.automatic.is_auto_generated
    assert wants_no_answer(message) == silent


@pytest.mark.parametrize(
    ("subject", "text", "speaks"),
    [
        ("Abwesenheit", "Ich bin bis Montag in Rom.", True),
        ("Auto: Re: Laptop", "Ich bin erst am 5.1. wieder erreichbar.", True),
        ("Re: Laptop", "Back on Monday.", True),
        ("Automatic reply: Laptop", "", True),
        ("Re: Laptop", "I am away until next week.", True),
        ("Re: Laptop", "Vielen Dank für Ihre Nachricht, wir haben sie erhalten.", False),
        ("Re: Laptop", "!ja", False),
    ],
)
def test_not_every_automatic_answer_speaks_of_an_absence(
    subject: str, text: str, speaks: bool
) -> None:
    assert speaks_of_absence(subject, text) is speaks
