"""Bodies: the text part, and attachments that are encoded once for all mails that carry them.

The text part is one value (`text_part`), so that it can become one branch of multipart/alternative
without a change elsewhere.
"""

import re
from base64 import encodebytes
from binascii import b2a_qp
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b, sha256

from gateway.model.message import Attachment
from gateway.model.outgoing import File
from gateway.render.header import attachment_fields

MAX_ATTACHED = 20_000_000
"""At most so many octets (decoded) of attachments in one mail; big providers stop at 25 MB."""

ReadAttachments = Callable[[bytes, Sequence[int]], list[bytes]]
"""`gateway.mail.parse.attachment_bytes`: raw message and part numbers to decoded contents."""

_NEVER_IN_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Tail:
    """Encoded attachments from the first delimiter to the last; empty when there are none."""

    boundary: str
    content: bytes


class Tails:
    """The tails of one run of the composer: each set of attachments is read and encoded once."""

    def __init__(self, raw: bytes, read: ReadAttachments) -> None:
        """`raw` is the message that the attachments are part of."""
        self._raw = raw
        self._read = read
        self._made: dict[tuple[tuple[Attachment, ...], tuple[File, ...]], Tail] = {}

    def of(self, attachments: tuple[Attachment, ...], files: tuple[File, ...] = ()) -> Tail | None:
        """The tail with these attachments, the same object each time; None for none.

        `files` are our own and stand behind those of the message.
        """
        if not attachments and not files:
            return None
        asked = (attachments, files)
        if asked not in self._made:
            contents = self._read(self._raw, [one.part for one in attachments])
            self._made[asked] = _tail(attachments, contents, files)
        return self._made[asked]


def fitting(
    attachments: tuple[Attachment, ...], limit: int = MAX_ATTACHED
) -> tuple[tuple[Attachment, ...], tuple[Attachment, ...]]:
    """Those that go into one mail, in order, and those that are too much for it."""
    if sum(one.size for one in attachments) <= limit:
        return attachments, ()
    kept, left, room = [], [], limit
    for one in attachments:
        if one.size <= room:
            kept.append(one)
            room -= one.size
        else:
            left.append(one)
    return tuple(kept), tuple(left)


def text_part(text: str) -> bytes:
    """The fields and the content of a text/plain part: UTF-8, CRLF, 7 bit, lines under 998.

    `=_`, with which all our boundaries begin, never stands in it as it is.
    """
    lines = _NEVER_IN_TEXT.sub("", "\n".join(text.splitlines())).split("\n")
    content = ("\r\n".join(lines) + "\r\n").encode()
    encoding = _encoding(content, lines)
    if encoding == "quoted-printable":
        content = b2a_qp(content, istext=True)
    elif encoding == "base64":
        content = encodebytes(content).replace(b"\n", b"\r\n")
    fields = (
        f"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    )
    return fields.encode() + content


def mixed(part: bytes, tail: Tail) -> bytes:
    """What stands before `tail.content` in multipart/mixed (RFC 2046 section 5.1)."""
    field = f'Content-Type: multipart/mixed;\r\n boundary="{tail.boundary}"\r\n\r\n'
    return f"{field}--{tail.boundary}\r\n".encode() + part


def _encoding(content: bytes, lines: list[str]) -> str:
    if content.isascii():
        safe = b"=_" not in content and max(map(len, lines)) <= 990
        return "7bit" if safe else "quoted-printable"
    foreign = len(content) - len(content.decode("ascii", "ignore"))
    return "base64" if foreign * 3 > len(content) else "quoted-printable"


def _tail(
    attachments: Sequence[Attachment], contents: Sequence[bytes], files: Sequence[File]
) -> Tail:
    named = repr([(one.sha256, one.filename, one.content_type) for one in attachments])
    named += "".join(sha256(one.content).hexdigest() + one.filename for one in files)
    boundary = "=_" + blake2b(named.encode("utf-8", "replace"), digest_size=15).hexdigest()
    parts = []
    named_contents = [
        *((one.filename, one.content_type) for one in attachments),
        *((one.filename, one.content_type) for one in files),
    ]
    all_contents = [*contents, *(one.content for one in files)]
    for (filename, content_type), content in zip(named_contents, all_contents, strict=True):
        fields = attachment_fields(filename, content_type)
        encoded = encodebytes(content).replace(b"\n", b"\r\n") or b"\r\n"
        parts += [f"--{boundary}\r\n{fields}\r\n".encode(), encoded]
    parts.append(f"--{boundary}--\r\n".encode())
    return Tail(boundary, b"".join(parts))
