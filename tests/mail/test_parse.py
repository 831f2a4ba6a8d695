"""Any bytes give a message, within limits, and the same mail has the same digest."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.mail.automatic import null_reverse_path
from gateway.mail.inspect import as_object
from gateway.mail.parse import attachment_bytes, parse
from gateway.mail.reply import new_text

HEAD = (
    b"From: Anna <anna@kunde.example>\r\nTo: s@help.example\r\nSubject: X\r\nMessage-ID: <1@k>\r\n"
)
FRAGMENTS = st.sampled_from(
    [
        b"From: a@b.example\r\n",
        b"Subject: =?utf-8?Q?=ED=A0=80?=\r\n",
        b"Content-Type: multipart/mixed; boundary=b\r\n",
        b"Content-Type: text/html; charset=utf-16\r\n",
        b"Content-Type: message/delivery-status\r\n",
        b"Content-Type: text/plain; charset*=punycode''x; name*0*=utf-7''%ff\r\n",
        b"Content-Transfer-Encoding: base64\r\n",
        b"\r\n",
        b"--b\r\n",
        b"--b--\r\n",
        b"<blockquote><div>x",
        b"> a\r\n",
        b"\0\xff\xed\xa0\x80",
    ]
)
HOSTILE = st.one_of(
    st.binary(max_size=300),
    st.lists(st.one_of(FRAGMENTS, st.binary(max_size=20)), max_size=15).map(b"".join),
)


@settings(max_examples=300, deadline=None)
@given(HOSTILE)
def test_any_bytes_give_a_message_that_is_clean_unicode(raw):
    message = parse(raw)
    printed = json.dumps(as_object(message), ensure_ascii=False)
    printed.encode("utf-8")
    assert not any(defect.startswith("not readable") for defect in message.defects)
    for text in (message.text, message.reply, message.html, message.subject):
        text.encode("utf-8")
        assert "\r" not in text
        assert "\0" not in text
    for _, value in message.headers:
        assert len(value.splitlines()) <= 1
    contents = attachment_bytes(raw, [attachment.part for attachment in message.attachments])
    assert [len(content) for content in contents] == [a.size for a in message.attachments]
    assert message.message_id


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_new_text_takes_any_text(text):
    assert isinstance(new_text(text), str)


def test_trace_fields_and_line_ends_do_not_change_the_digest():
    raw = HEAD + b"\r\nHallo\r\nWelt\r\n"
    traced = b"Received: from x by y\r\nReturn-Path: <a@b>\r\nX-Spam: no\r\n" + raw
    assert parse(raw).digest == parse(traced).digest == parse(raw.replace(b"\r\n", b"\n")).digest
    assert parse(raw).digest != parse(raw + b"mehr\r\n").digest


def test_a_message_without_id_gets_the_same_one_each_time():
    raw = HEAD.replace(b"Message-ID: <1@k>\r\n", b"") + b"\r\nHallo\r\n"
    message = parse(raw)
    assert message.message_id_made
    assert message.message_id == parse(b"Received: by z\r\n" + raw).message_id


def test_a_huge_message_id_is_replaced():
    message = parse(HEAD.replace(b"<1@k>", b"<" + b"a" * 600 + b"@k>") + b"\r\nx")
    assert message.message_id.endswith("@made.invalid")


@pytest.mark.parametrize(
    ("raw", "defect"),
    [
        (HEAD + b"X: " + b"a" * 300_000 + b"\r\n\r\nx", "header block larger than 262144 octets"),
        (HEAD + b"X: a\r\n" * 1200 + b"\r\nx", "more than 1000 header fields"),
        (HEAD + b"Cc: " + b"a@b.de, " * 600 + b"\r\n\r\nx", "cc: more than 500 addresses"),
        (
            HEAD + b"References: " + b"".join(b"<%d@b> " % n for n in range(300)) + b"\r\n\r\nx",
            "references: too many ids",
        ),
        (
            HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 900,
            "more than 500 parts",
        ),
        (
            HEAD
            + b"".join(
                b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
                for n in range(400)
            ),
            "nested deeper than 20",
        ),
    ],
    ids=["header block", "fields", "addresses", "references", "parts", "depth"],
)
def test_over_a_limit_the_message_is_shortened_and_says_so(raw, defect):
    message = parse(raw)
    assert defect in message.defects
    assert message.author.address == "anna@kunde.example"
    assert len(message.cc) <= 500
    assert len(message.references) <= 100


def test_the_first_and_the_last_references_are_kept():
    ids = [b"<%d@b>" % number for number in range(300)]
    message = parse(HEAD + b"References: " + b" ".join(ids) + b"\r\n\r\nx")
    assert message.references[0] == "0@b"
    assert message.references[-1] == "299@b"


def test_text_in_html_nested_beyond_measure_is_still_read():
    html = b"<div>" * 20_000 + b"Hilfe"
    assert "Hilfe" in parse(HEAD + b"Content-Type: text/html\r\n\r\n" + html).text


def test_text_below_many_levels_of_html_is_not_hidden():
    html = b"<p>Guten Tag</p>" + b"<blockquote>" * 2_000 + b"Hilfe, es brennt im ganzen Haus!" * 9
    assert "es brennt" in parse(HEAD + b"Content-Type: text/html\r\n\r\n" + html).text


def test_a_null_reverse_path_alone_makes_a_machine():
    person = parse(HEAD + b"\r\nHallo")
    assert not person.automatic.is_auto_generated
    assert null_reverse_path(person).automatic.is_auto_generated
    assert parse(b"Return-Path: <>\r\n" + HEAD + b"\r\nHallo").automatic.is_auto_generated


def test_attachments_come_back_by_their_part_number():
    raw = HEAD + (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nText\r\n--b\r\n"
        b"Content-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64\r\n\r\nQUJD\r\n"
        b"--b\r\nContent-Type: text/plain; name=b.txt\r\n\r\nDEF\r\n--b--\r\n"
    )
    first, second = parse(raw).attachments
    assert attachment_bytes(raw, [second.part, first.part]) == [b"DEF", b"ABC"]


def test_long_texts_of_delimiters_take_one_pass():
    for line in ("--", "> a\nb", "-- ", "=====", "_____", "Von: a", "Am 1.1.2026 10:10 schrieb:"):
        new_text(f"{line}\n" * 20_000)
