"""Bodies: text and HTML, and attachments that are encoded once for all mails that carry them.

A part is one value, its fields and its content, so that it goes into any other.
"""

import re
from base64 import encodebytes
from binascii import b2a_qp
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b, sha256

from gateway.model.message import Attachment
from gateway.model.route import File, InlineImage
from gateway.render.document import REPLY_ADDRESS
from gateway.render.header import attachment_fields

MAX_ATTACHED = 20_000_000
"""At most so many octets (decoded) of attachments in one mail; big providers stop at 25 MB."""

_LONG_LINE = 500
"""Octets of a line that goes as it is: twice as many are allowed, but an address may be added."""

_FRAGILE = re.compile(rb"[ \t]\r\n|(?:\A|\n)(?:From |\.)|[^\r\n]{77}")
"""Blanks at the end of a line, `From ` at its beginning, dots, long lines (RFC 3156 section 3)."""

ReadAttachments = Callable[[bytes, Sequence[int]], list[bytes]]
"""`gateway.mail.parse.attachment_bytes`: raw message and part numbers to decoded contents."""

_NEVER_IN_TEXT = re.compile("[\x00-\x08\x0e-\x12\x14-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")


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


def text_part(text: str, subtype: str = "plain", *, exact: bool = False) -> bytes:
    """The fields and the content of a text part: UTF-8, CRLF, 7 bit, lines under 998.

    `exact`: so that no program on the way changes it, which would break a signature. `=_`, with
    which all our boundaries begin, never stands in it as it is. `REPLY_ADDRESS` is kept for
    `addressed`.
    """
    lines = _NEVER_IN_TEXT.sub("", "\n".join(text.splitlines())).split("\n")
    content = ("\r\n".join(lines) + "\r\n").encode()
    encoding = _encoding(content, lines)
    if encoding == "7bit" and exact and _FRAGILE.search(content):
        encoding = "quoted-printable"
    if encoding == "quoted-printable":
        content = b2a_qp(content, istext=True).replace(b"\r\nFrom ", b"\r\n=46rom ")
        content = b"=46" + content[1:] if content.startswith(b"From ") else content
    elif encoding == "base64":
        content = encodebytes(content).replace(b"\n", b"\r\n")
    fields = (
        f"Content-Type: text/{subtype}; charset=utf-8\r\n"
        f"Content-Transfer-Encoding: {encoding}\r\n\r\n"
    )
    return fields.encode() + content


def addressed(part: bytes, address: str) -> bytes:
    """`part` with the address (an `address_part`) in place of each `REPLY_ADDRESS`.

    So a part is encoded once for all its readers.
    """
    mark, found = REPLY_ADDRESS.encode(), address.encode()
    if b"quoted-printable" in part.partition(b"\r\n\r\n")[0]:
        # Soft line breaks (RFC 2045 section 6.7), as no line may be longer than 76 characters.
        pieces = [found[start : start + 75] for start in range(0, len(found), 75)]
        mark, found = b"=%02X" % ord(mark), b"=\r\n".join((b"", *pieces, b""))
    return part.replace(mark, found)


def html_part(html: str, *, exact: bool = False) -> bytes:
    """The same for HTML, where letters that are not ASCII have names that are."""
    references = html.encode("ascii", "xmlcharrefreplace")
    shorter = html if len(references) > len(html) * 3 // 2 else references.decode()
    return text_part(shorter, "html", exact=exact)


def alternative(text: bytes, html: bytes) -> bytes:
    """Two parts that say the same, the better one last (RFC 2046 section 5.1.4)."""
    return _multipart("alternative", "=_either", (text, html))


def related(html: bytes, images: Sequence[InlineImage]) -> bytes:
    """HTML with the images that it shows (RFC 2387); without any, the HTML alone."""
    if not images:
        return html
    parts = [html]
    for one in images:
        fields = (
            f"Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n"
            f"Content-ID: <{one.content_id}>\r\nContent-Disposition: inline\r\n\r\n"
        )
        parts.append(fields.encode() + encodebytes(one.content).replace(b"\n", b"\r\n"))
    return _multipart('related; type="text/html"', "=_with", parts)


def _multipart(subtype: str, boundary: str, parts: Sequence[bytes]) -> bytes:
    delimiter = f"--{boundary}\r\n".encode()
    field = f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"\r\n\r\n'
    inner = b"".join(delimiter + part for part in parts)
    return field.encode() + inner + f"--{boundary}--\r\n".encode()


def mixed(part: bytes, tail: Tail) -> bytes:
    """What stands before `tail.content` in multipart/mixed (RFC 2046 section 5.1)."""
    field = f'Content-Type: multipart/mixed;\r\n boundary="{tail.boundary}"\r\n\r\n'
    return f"{field}--{tail.boundary}\r\n".encode() + part


def _encoding(content: bytes, lines: list[str]) -> str:
    if content.isascii():
        safe = b"=_" not in content and max(map(len, lines)) <= _LONG_LINE
        return "7bit" if safe else "quoted-printable"
    foreign = len(content) - len(content.decode("ascii", "ignore"))
    shared = REPLY_ADDRESS.encode() in content
    return "base64" if foreign * 3 > len(content) and not shared else "quoted-printable"


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
