import email
import re
from dataclasses import replace
from email import policy
from email.message import EmailMessage
from textwrap import fill

import mailparser
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from render_values import (
    ANNA,
    MARIA,
    ROUTE,
    TICKET,
    attachment,
    body_of,
    commands_in,
    notification,
    parsed,
    receipt,
    response,
)

from gateway.mail.marker import MARKER, QUOTE
from gateway.mail.parse import parse
from gateway.model.address import Mailbox
from gateway.model.answers import HelpText, ReceiptLine, TicketLine, TicketList, TicketView
from gateway.model.outgoing import Confirmation, NotificationEvent, Rejection, Relay, StatusNotice
from gateway.model.people import Language
from gateway.model.text import dumps, say
from gateway.model.ticket import Entry, EntryFlag, EntryId, EntryKind
from gateway.render.header import one_line
from gateway.render.samples import SAMPLE_NOW, samples

EXCLAMATION = "!\uff01\ufe15\ufe57\u203c\u2049"
COMMAND_LINE = re.compile(rf"^[^\w|\n]*[{EXCLAMATION}]", re.MULTILINE)
TEXTS = st.text(st.characters(), max_size=200) | st.text(
    st.sampled_from("!\uff01az1 \t-*•>|\r\n\x0b\x0c\x85\u2028\u200b\ufeff\0"), max_size=80
)
quick = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def one(composer, mail, raw=b""):
    (composed,) = composer.compose((mail,), raw, SAMPLE_NOW)
    whole = composed.head + composed.tail
    assert whole.isascii()
    assert whole.count(b"\n") == whole.count(b"\r") == whole.count(b"\r\n")
    assert max(map(len, whole.split(b"\r\n"))) <= 998
    return composed


def raw_mail(*files):
    """A message with attachments; its part numbers are those that the parser gives."""
    message = EmailMessage(policy=policy.SMTP)
    message["From"], message["To"], message["Subject"] = "m@example.org", "b@verein.example", "x"
    message["Message-ID"] = "<raw@example.org>"
    message.set_content("Siehe Anhang.\n")
    for filename, content in files:
        message.add_attachment(
            content, maintype="application", subtype="octet-stream", filename=filename
        )
    return message.as_bytes()


# --- what an answer could turn into a command ---


@quick
@given(text=TEXTS, word=TEXTS)
@example("!löschen", "!zu")
@example("Hallo\n\n - !delete\r\n\u2028!zu", "\uff01zu")
def test_no_line_of_a_notification_begins_with_a_command(composer, text, word):
    mail = notification(
        text,
        subject=word,
        author=Mailbox("x@example.org", word),
        actor=word,
        responsible=word,
        fields=((word, word),),
        attachments=(),
    )
    body = body_of(one(composer, mail))
    assert not COMMAND_LINE.search(body)
    assert not commands_in(body)
    assert body.startswith(MARKER + "\n")


@quick
@given(text=TEXTS, word=TEXTS)
@example("!löschen", "!zu")
def test_no_line_of_a_receipt_begins_with_a_command(composer, text, word):
    ticket = replace(TICKET, subject=word, requester=Mailbox("x@example.org", word))
    entries = (
        Entry(EntryId(1), EntryKind.MESSAGE, MARIA, SAMPLE_NOW, text, attachments=(word,)),
        Entry(EntryId(2), EntryKind.EVENT, MARIA, SAMPLE_NOW, "", event=word),
    )
    mail = receipt(
        done=False,
        head=say("%(x)s", x=word),
        lines=(ReceiptLine(False, 0, word, say("%(x)s", x=word)),),
        answers=(
            TicketList(say("%(x)s", x=word), (TicketLine(ticket, word, word),), 1),
            TicketView(ticket, word, word, entries, full=True, entry_count=2),
            HelpText(word),
        ),
        own_text=text,
    )
    assert not COMMAND_LINE.search(body_of(one(composer, mail)))


def test_no_sample_has_a_line_that_begins_with_a_command(composer):
    for mail in composer.compose(samples(), b"", SAMPLE_NOW):
        assert not COMMAND_LINE.search(body_of(mail)), mail.kind
        assert not commands_in(body_of(mail)), mail.kind


def test_no_broken_line_of_a_sample_begins_with_a_command(composer):
    for mail in composer.compose(samples(), b"", SAMPLE_NOW):
        if mail.kind in ("notification", "receipt"):
            broken = "\n".join(fill(f"> {line}", 76) for line in body_of(mail).splitlines())
            assert not commands_in(broken), mail.kind


def test_every_line_of_the_requester_is_quoted(composer):
    body = body_of(one(composer, notification("Erste\n\nDritte\u2028!vierte")))
    assert f"\n{QUOTE}Erste\n{QUOTE}\n{QUOTE}Dritte\n{QUOTE}!vierte\n" in body


def test_a_broken_long_line_does_not_bring_a_command_to_its_start(composer):
    body = body_of(one(composer, notification("wort " * 14 + "!löschen und !zu")))
    assert " !" not in next(line for line in body.splitlines() if "löschen" in line)


def test_a_very_long_text_is_shortened_and_says_so(composer):
    body = body_of(one(composer, notification("x" * 100_005)))
    assert "[5 weitere Zeichen sind hier nicht gezeigt]" in body


# --- header fields ---


@quick
@given(word=TEXTS)
@example("x\r\nBcc: thief@example.org")
@example("=?utf-8?q?a=0D=0ABcc:_x@y?=")
def test_no_word_of_a_requester_adds_a_header_field(composer, word):
    mail = notification(
        word,
        subject=word,
        author=Mailbox(word, word),
        route=replace(
            ROUTE,
            to=Mailbox("anna@example.net", word),
            sender=Mailbox("berlin@verein.example", word),
            in_reply_to=word,
            references=(word, word),
        ),
    )
    fields = [name for name in parsed(one(composer, mail)) if name not in _MAY_BE_MISSING]
    assert fields == [
        "From",
        "To",
        "Reply-To",
        "Subject",
        "Date",
        "Message-ID",
        "Auto-Submitted",
        "X-Auto-Response-Suppress",
        "MIME-Version",
        "Content-Type",
    ]


_MAY_BE_MISSING = ("In-Reply-To", "References")


def test_the_header_says_who_and_what(composer):
    composed = one(composer, notification())
    mail = parsed(composed)
    assert mail["from"] == "Verein – Köln <berlin@verein.example>"
    assert mail["to"] == "Anna <anna@example.net>"
    assert mail["reply-to"].addresses[0].addr_spec == "berlin+rtoken@verein.example"
    assert mail["subject"] == "[#1042] Rechner für Jörg"
    assert mail["message-id"] == "<1042.abc@verein.example>"
    assert mail["in-reply-to"] == "<two@example.org>"
    assert mail["references"] == "<one@example.org> <two@example.org>"
    assert mail["date"].datetime == SAMPLE_NOW
    assert mail["date"].endswith("+0100")
    assert mail["auto-submitted"] == "auto-generated"
    assert mail["x-auto-response-suppress"] == "All"
    assert composed.mail_from == "berlin+btoken@verein.example"
    assert composed.rcpt_to == "anna@example.net"
    assert (composed.kind, composed.ticket) == ("notification", TICKET.id)


def test_a_persons_words_are_no_automatic_mail(composer):
    mail = parsed(one(composer, response()))
    assert "auto-submitted" not in mail
    assert "x-auto-response-suppress" not in mail


def test_a_response_shows_all_recipients(composer):
    mail = parsed(one(composer, response(to=(MARIA,), cc=(Mailbox("tom@example.org"),))))
    assert mail["to"] == "Maria Müller <maria@example.org>"
    assert mail["cc"] == "tom@example.org"


def test_the_address_of_an_agent_is_in_no_response(composer):
    composed = one(composer, response(closes=True))
    assert ANNA.mailbox.address.encode() not in composed.head
    assert "-- \nAnna\nBerlin\nBeispielverein" in body_of(composed)
    assert "wieder offen" in body_of(composed)


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        ("Re: AW: Re: Rechner", "Re: Rechner [#1042]"),
        ("Rechner [#1042]", "Re: Rechner [#1042]"),
        ("Reise nach Köln", "Re: Reise nach Köln [#1042]"),
        (" \r\n ", "Re: (ohne Betreff) [#1042]"),
    ],
)
def test_a_response_carries_the_number_and_one_re(composer, subject, shown):
    mail = replace(response(), ticket=replace(TICKET, subject=subject))
    assert parsed(one(composer, mail))["subject"] == shown


def test_a_confirmation_has_none_of_the_requesters_words(composer):
    route = replace(ROUTE, to=MARIA)
    ticket = replace(TICKET, subject="Kaufen Sie jetzt", requester=Mailbox("x@y.example", "Spam"))
    composed = one(composer, Confirmation(route, ticket))
    assert parsed(composed)["subject"] == "Ihre Anfrage [#1042]"
    assert "Kaufen" not in body_of(composed)
    assert "Spam" not in body_of(composed)
    assert "#1042" in body_of(composed)


def test_a_rejection_says_where_to_write_instead(composer):
    mail = Rejection(replace(ROUTE, to=MARIA), "berlin@verein.example", "https://x.example/form")
    body = body_of(one(composer, mail))
    assert "berlin@verein.example" in body
    assert "https://x.example/form" in body


# --- text ---


def test_templates_never_evaluate_what_people_write(composer):
    bad = "{{ 7*7 }} {% include '/etc/passwd' %} %(number)s %s {{ cycler.__init__ }}"
    body = body_of(one(composer, notification(bad, subject=bad)))
    assert QUOTE + bad in body
    mail = replace(response(bad), ticket=replace(TICKET, subject=bad))
    assert bad in body_of(one(composer, mail))
    assert bad in parsed(one(composer, mail))["subject"]
    notice = StatusNotice(ROUTE, replace(TICKET, subject=bad))
    assert bad in body_of(one(composer, notice))


@quick
@given(text=TEXTS)
@example("ä" * 2_000)
@example("x" * 2_000)
@example("日本語 " * 300)
@example("--=_\n--=_0\n.\n..\nFrom x")
@example("a \n-- \nb\t\n")
def test_an_agents_text_arrives_as_it_was_written(composer, text):
    body = body_of(one(composer, response(text)))
    unwritable = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
    written = [unwritable.sub("", line) for line in text.strip("\r\n").splitlines()]
    assert body.splitlines()[: len(written)] == written


@pytest.mark.parametrize("flag", EntryFlag)
def test_every_flag_is_said_in_words(composer, flag):
    plain = body_of(one(composer, notification()))
    flagged = body_of(one(composer, notification(flags=frozenset({flag}))))
    assert len(flagged.splitlines()) == len(plain.splitlines()) + 2


@pytest.mark.parametrize("event", NotificationEvent)
def test_every_event_is_said_in_words_of_its_own(composer, event):
    news = {
        body_of(one(composer, notification(event=other, actor="Ben"))).splitlines()[2]
        for other in NotificationEvent
    }
    assert len(news) == len(NotificationEvent)
    first = body_of(one(composer, notification(event=event, actor="Ben"))).splitlines()[2]
    assert "#1042" in first


def test_a_receipt_says_first_what_happened(composer):
    lines = (
        ReceiptLine(True, 1, "!notiz", say("open")),
        ReceiptLine(False, 2, "!clsoe", say("closed")),
    )
    composed = one(
        composer, receipt(done=False, lines=lines, head=say("in progress"), ticket=TICKET)
    )
    body = body_of(composed).splitlines()
    assert parsed(composed)["subject"] == "Nicht ausgeführt: #1042 – 1 Fehler"
    assert body[0] == "in Arbeit"
    assert body[2:4] == ["1 ✓ !notiz – offen", "2 ✗ !clsoe – geschlossen"]
    done = one(composer, receipt(ticket=TICKET, lines=lines[:1]))
    assert parsed(done)["subject"] == "Erledigt: #1042"


def test_an_event_of_the_thread_is_said_in_the_readers_language(composer):
    event = dumps(
        say(
            "not possible from “%(now)s” to “%(wanted)s”. Possible now: %(possible)s.",
            now=say("open"),
            wanted=say("closed"),
            possible="x",
        )
    )
    entry = Entry(EntryId(1), EntryKind.EVENT, Mailbox("", "Ben"), SAMPLE_NOW, "", event=event)
    view = TicketView(TICKET, "Berlin", "", (entry,), full=True, entry_count=1)
    body = body_of(one(composer, receipt(answers=(view,))))
    assert "· 14:05 Ben: von „offen“ nach „geschlossen“ geht es nicht. Jetzt möglich: x." in body


@pytest.mark.parametrize("word", ["zu", "!zu", "Schließen", "close"])
def test_help_about_one_word_is_about_that_word(composer, word):
    body = body_of(one(composer, receipt(answers=(HelpText(word),))))
    assert "so: !zu " in body
    assert "!nehmen" not in body


def test_help_about_an_unknown_word_is_the_whole_card(composer):
    bodies = [body_of(one(composer, receipt(answers=(HelpText(w),)))) for w in ("", "xyz")]
    assert bodies[0] == bodies[1]
    assert "!nehmen" in bodies[0]


def test_both_languages_have_the_same_structure(composer):
    def shape(mail):
        return [line[:1] in ("|", "-", "#") or bool(line) for line in body_of(mail).splitlines()]

    whole = composer.compose(samples(), b"", SAMPLE_NOW)
    half = len(whole) // len(Language)
    for german, english in zip(whole[:half], whole[half:], strict=True):
        assert shape(german) == shape(english), german.kind
        assert german.kind == "response" or body_of(german) != body_of(english)


# --- attachments ---


def carried(raw):
    return parse(raw).attachments


def test_attachments_arrive_byte_for_byte(composer):
    files = [
        ("Übersicht Köln.pdf", bytes(range(256)) * 40),
        ("leer.txt", b""),
        ("zeilen.txt", b"a\nb\r\nc\rd"),
        ('x"; name=evil.exe.txt', b"\x00\r\n--=_\r\n"),
    ]
    raw = raw_mail(*files)
    composed = one(composer, notification(attachments=carried(raw)), raw)
    found = list(parsed(composed).iter_attachments())
    assert [part.get_payload(decode=True) for part in found] == [content for _, content in files]
    assert found[0].get_filename() == "Übersicht Köln.pdf"
    assert not any(part.defects for part in parsed(composed).walk())
    assert "Übersicht Köln.pdf (10 kB)" in body_of(composed)


def test_a_mail_as_attachment_stays_closed(composer):
    raw = raw_mail(("weiter.eml", b"Subject: x\r\n\r\n!zu\r\n"))
    (part,) = carried(raw)
    part = replace(part, content_type="message/rfc822")
    composed = one(composer, notification(attachments=(part,)), raw)
    (found,) = parsed(composed).iter_attachments()
    assert found.get_content_type() == "application/octet-stream"
    assert found.get_payload(decode=True) == b"Subject: x\r\n\r\n!zu\r\n"


def test_mails_with_the_same_attachments_share_one_tail(composer):
    raw = raw_mail(("a.pdf", b"pdf" * 1_000))
    mails = (notification(attachments=carried(raw)), response(attachments=carried(raw)))
    first, second = composer.compose(mails, raw, SAMPLE_NOW)
    assert first.tail
    assert first.tail is second.tail
    for mail in (first, second):
        (found,) = parsed(mail).iter_attachments()
        assert found.get_payload(decode=True) == b"pdf" * 1_000


def test_attachments_that_are_too_much_are_named(composer):
    raw = raw_mail(("klein.pdf", b"pdf"))
    (small,) = carried(raw)
    big = replace(attachment("Film ä.mp4", b"x", "video/mp4"), size=20_000_000)
    composed = one(composer, response(attachments=(small, big)), raw)
    assert [part.get_filename() for part in parsed(composed).iter_attachments()] == ["klein.pdf"]
    assert "nicht angehängt: Film ä.mp4 (20 MB)\n\n-- \n" in body_of(composed)


# --- the rest ---


def test_a_relayed_mail_is_unchanged_below_one_new_line(composer):
    raw = b"Subject: \xff\xfe\nX: y\r\n\r\nbody\0"
    relay = Relay("m@x", None, "x@example.org", "mx.example:25", "Received: from a\r\nby b; c")
    (composed,) = composer.compose((relay,), raw, SAMPLE_NOW)
    assert composed.head == b"Received: from a  by b; c\r\n"
    assert composed.tail is raw
    assert (composed.mail_from, composed.next_hop) == (None, "mx.example:25")
    assert composed.kind == "relay"


def test_every_mail_reads_cleanly_everywhere(composer):
    for mail in composer.compose(samples(), b"", SAMPLE_NOW):
        whole = mail.head + mail.tail
        read = email.message_from_bytes(whole, policy=policy.default)
        assert not read.defects
        assert not any(value.defects for value in read.values() if hasattr(value, "defects"))
        assert mailparser.parse_from_bytes(whole).subject == read["subject"]
        ours = parse(whole)
        assert not ours.defects
        assert ours.subject == one_line(read["subject"])


def test_composing_twice_gives_the_same_bytes(composer):
    raw = raw_mail(("a.pdf", b"pdf"))
    mails = (notification(attachments=carried(raw)), *samples())
    assert composer.compose(mails, raw, SAMPLE_NOW) == composer.compose(mails, raw, SAMPLE_NOW)


def test_agents_who_are_told_the_same_get_their_own_headers_and_language(composer):
    ben = replace(ROUTE, to=Mailbox("ben@example.net", "Ben"), message_id="ben@verein.example")
    eve = replace(ben, to=Mailbox("eve@example.net"), language=Language.ENGLISH)
    mails = tuple(notification(route=route) for route in (ROUTE, ben, eve))
    composed = composer.compose((*mails, notification("Anderes")), b"", SAMPLE_NOW)
    assert [parsed(mail)["to"].addresses[0].addr_spec for mail in composed] == [
        "anna@example.net",
        "ben@example.net",
        "eve@example.net",
        "anna@example.net",
    ]
    bodies = [body_of(mail) for mail in composed]
    assert bodies[0] == bodies[1]
    assert "has written" in bodies[2]
    assert "Anderes" in bodies[3]
