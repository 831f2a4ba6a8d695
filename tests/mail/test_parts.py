"""Files inside of files come out, broken fields are read as they were meant, nothing raises."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.mail import tnef, uu
from gateway.mail.address import mailboxes
from gateway.mail.address_recovery import recover
from gateway.mail.dates import read_date
from gateway.mail.parse import attachment_bytes, parse


def attribute(level, kind, data):
    return (
        struct.pack("<BII", level, kind, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)
    )


def winmail(name, content):
    return (
        struct.pack("<IH", 0x223E9F78, 1)
        + attribute(1, 0x00089006, struct.pack("<I", 0x00010000))
        + attribute(2, 0x00069002, b"\x01\x00" + b"\xff" * 4 + b"\0" * 8)
        + attribute(2, 0x00018010, name + b"\0")
        + attribute(2, 0x0006800F, content)
    )


def mixed(part):
    return b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nText\r\n--b\r\n" + part


def test_the_files_in_a_winmail_dat_take_its_place():
    raw = mixed(b'Content-Type: application/ms-tnef; name="winmail.dat"\r\n\r\n')
    raw += winmail(b"plan.txt", b"Inhalt") + b"\r\n--b--\r\n"
    message = parse(raw)
    assert [attachment.filename for attachment in message.attachments] == ["plan.txt"]
    assert attachment_bytes(raw, [message.attachments[0].part]) == [b"Inhalt"]


@given(st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_no_winmail_dat_raises(junk):
    assert isinstance(tnef.files(winmail(b"a", b"b")[:30] + junk), list)


def test_a_uuencoded_file_comes_back_by_its_number():
    raw = b"Subject: x\r\n\r\nHallo\r\nbegin 644 a.txt\r\n#04)#\r\n`\r\nend\r\n"
    message = parse(raw)
    assert message.text == "Hallo"
    assert attachment_bytes(raw, [message.attachments[0].part]) == [b"ABC"]


def test_prose_that_begins_like_a_file_stays_text():
    assert uu.blocks(b"begin 644 Uhr\nund dann\nend\n") == []


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_fields_take_any_text(text):
    read_date([text], [])
    found, _ = mailboxes([text], "to")
    for mailbox in found:
        assert (mailbox.address + mailbox.name).isprintable() or not mailbox.address.isascii()


@pytest.mark.parametrize("unit", ['"\\', "(\\", "<", "a@", "a@b ", "x:", '"a\\" '])
def test_recovery_takes_long_junk(unit):
    assert isinstance(recover(unit * 4_000), list)


@pytest.mark.parametrize(
    "field", ['"a" <agent@corp.example> <evil@x.example>', "<agent@corp.example>@evil.example"]
)
def test_two_addresses_in_one_item_make_no_author(field):
    assert parse(f"From: {field}\r\n\r\nx".encode()).author is None


def test_a_word_in_utf7_never_makes_a_command():
    raw = b"Subject: =?utf-7?Q?+ACM-close?=\r\n"
    raw += b"Content-Type: text/plain; charset=utf-7\r\n\r\n+ACM-close"
    message = parse(raw)
    assert "#" not in message.text + message.subject
