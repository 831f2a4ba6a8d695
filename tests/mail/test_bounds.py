"""Mails made to be slow or large are read at once, and say what was left out of them."""

import pytest

from gateway.mail.parse import parse

HEAD = b"From: anna@kunde.example\nTo: hilfe@help.example\n"
BELOW = b"Subject: Laptop\nMessage-ID: <1@kunde.example>\n"
TEXT = b"Content-Type: text/plain\n\nHallo\n"
PART = b"--b\nContent-Type: image/png; name=a.png\nContent-Transfer-Encoding: base64\n\nQUJD\n"


def nested(depth: int) -> bytes:
    opened = (
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(depth)
    )
    return HEAD + BELOW + b"".join(opened) + TEXT


def test_of_ten_thousand_parts_the_first_are_read():
    raw = HEAD + BELOW + b"Content-Type: multipart/mixed; boundary=b\n\n" + PART * 10_000
    message = parse(raw + b"--b--\n")
    assert "more than 500 parts" in message.defects
    assert 400 < len(message.attachments) < 500


def test_what_is_nested_two_hundred_deep_is_a_file():
    message = parse(nested(200))
    assert "nested deeper than 20" in message.defects
    assert len(message.attachments) == 1


def test_below_a_field_of_a_megabyte_the_other_fields_are_read():
    message = parse(HEAD + b"X-Long: " + b"a" * 2**20 + b"\n" + BELOW + b"\nHallo\n")
    assert (message.subject, message.message_id, message.text.strip()) == (
        "Laptop",
        "1@kunde.example",
        "Hallo",
    )
    assert "header block larger than 262144 octets" in message.defects


def test_of_a_hundred_thousand_recipients_the_first_are_read():
    people = b",\n ".join(b"u%d@kunde.example" % n for n in range(100_000))
    message = parse(HEAD + b"Cc: " + people + b"\n" + BELOW + b"\nHallo\n")
    assert len(message.cc) == 500
    assert message.cc[0].address == "u0@kunde.example"
    assert {"cc: cut", "cc: more than 500 addresses"} <= set(message.defects)
    assert message.subject == "Laptop"


@pytest.mark.parametrize("line", [b"a\n", b"-- \n", b"> a\n"])
def test_a_million_lines_are_all_in_the_text(line):
    message = parse(HEAD + BELOW + b"\n" + line * 1_000_000)
    assert message.text.count("\n") >= 999_999


@pytest.mark.parametrize("tag", ["div", "blockquote", "table", "b", "a", "p", "ul", "font"])
def test_html_that_is_never_closed_is_read(tag):
    opened = b"".join(b"<%s id=%d>" % (tag.encode(), n) for n in range(50_000))
    message = parse(HEAD + BELOW + b"Content-Type: text/html\n\n" + opened + b"Hallo")
    assert message.text.strip() == "Hallo"
