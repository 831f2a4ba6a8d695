"""Large attachments are read beside the lines of a mail, with the same result."""

import base64
from hashlib import sha256

import pytest

from gateway.mail.parse import attachment_bytes, parse

FILE = bytes(range(256)) * 200
CODED = base64.encodebytes(FILE)
PART = b"Content-Type: image/png; name=a.png\nContent-Transfer-Encoding: base64\n\n"
HEAD = b"From: anna@kunde.example\nSubject: Foto\nMIME-Version: 1.0\n"


def mixed(*parts: bytes) -> bytes:
    body = b"".join(b"--b\n" + part + b"\n" for part in parts)
    return HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + body + b"--b--\n"


TEXT = b"Content-Type: text/plain\n\nHallo\n"
INNER = mixed(TEXT, PART + CODED).replace(b"--b", b"--cc").replace(b"=b\n", b"=cc\n")


@pytest.mark.parametrize(
    "raw",
    [
        mixed(TEXT, PART + CODED),
        mixed(TEXT, PART + CODED).replace(b"\n", b"\r\n"),
        mixed(TEXT, PART + CODED).replace(b"\n--b--\n", b""),
        mixed(TEXT, PART.replace(b"base64", b"BASE64") + CODED),
        HEAD + PART + CODED,
    ],
    ids=["lf", "crlf", "never closed", "capitals", "alone"],
)
def test_a_large_attachment_is_whole(raw):
    message = parse(raw)
    assert [(a.filename, a.size, a.sha256) for a in message.attachments] == [
        ("a.png", len(FILE), sha256(FILE).hexdigest())
    ]
    assert attachment_bytes(raw, [message.attachments[0].part]) == [FILE]


def test_an_attached_mail_with_a_large_attachment_keeps_its_bytes():
    raw = mixed(TEXT, b"Content-Type: message/rfc822\n\n" + INNER, PART + CODED)
    first, second = parse(raw).attachments
    (inner,) = attachment_bytes(raw, [first.part])
    assert inner == INNER
    assert parse(inner).attachments[0].sha256 == second.sha256 == sha256(FILE).hexdigest()


def test_two_encoded_pieces_in_one_part_are_both_read():
    piece = base64.b64encode(b"Hallo, Anna!!") + b"\n"
    (found,) = parse(mixed(TEXT, PART + piece + piece)).attachments
    assert found.size == 26


@pytest.mark.parametrize("line", [b"base64\n", b"Content-Transfer-Encoding: base64\n"])
def test_a_mail_full_of_the_word_is_read(line):
    assert parse(HEAD + b"\n" + line * 50_000).text.startswith(line.decode().strip())


def test_the_mark_in_a_mail_is_nothing_but_text():
    raw = mixed(TEXT.replace(b"Hallo", b"Hallo \x01cut-out:9:0\x01"), PART + CODED)
    assert parse(raw).attachments[0].size == len(FILE)
