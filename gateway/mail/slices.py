"""Parts of a mail as the very octets they were sent with, to be hashed or to be put elsewhere.

The tree (`mail.tree`) reads what a mail says; a signature is over the octets (RFC 3156 section 5).
"""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from hashlib import blake2b

from gateway.mail.headers import parameter
from gateway.mail.tree import MAX_PARTS, Part, content, grow

_BLANK = re.compile(rb"\r?\n[ \t]*\r?\n|\A\r?\n")
_FIELD = re.compile(
    rb"([!-9;-~]+)[ \t]*:(?:[^\r\n]|\r(?!\n)|\r?\n[ \t]+(?=[^ \t\r\n]))*(?:\r?\n|\Z)"
)
_FROM_LINE = re.compile(rb"(?:From |>From )[^\r\n]*\r?\n")
_REST = re.compile(rb"(--)?[ \t]*(?:\r?\n|\r?\Z)")
_BARE_LF = re.compile(rb"(?<!\r)\n")
_MAX_HEAD = 256 * 1024


class Entity:
    """A header and a body (RFC 2045 section 2.4), as octets. `head` ends before the blank line."""

    def __init__(self, octets: bytes) -> None:
        self.octets = octets
        blank = _BLANK.search(octets, 0, _MAX_HEAD)
        if blank is None:
            self.head, self.body = octets, b""
        elif blank.start() == 0:
            self.head, self.body = b"", octets[blank.end() :]
        else:
            first = octets.index(b"\n", blank.start()) + 1
            self.head, self.body = octets[:first], octets[blank.end() :]

    @cached_property
    def fields(self) -> list[tuple[str, bytes]]:
        """The fields of the header: lower-case name, and all of its octets with the line end."""
        start = found.end() if (found := _FROM_LINE.match(self.head)) else 0
        fields = []
        while start < len(self.head):
            field = _FIELD.match(self.head, start)
            if field is None:  # a line that is no field
                start = self.head.find(b"\n", start) + 1 or len(self.head)
                continue
            octets = field[0] if field[0].endswith(b"\n") else field[0] + b"\r\n"
            fields.append((field[1].decode("ascii").lower(), octets))
            start = field.end()
        return fields

    @cached_property
    def part(self) -> Part:
        """The header as it is read; of a leaf also its content."""
        is_multipart = grow(self.head)[0].media_type.startswith("multipart/")
        return grow(self.head if is_multipart else self.octets)[0]

    @property
    def media_type(self) -> str:
        """Type and subtype, lower-case."""
        return self.part.media_type

    @property
    def is_multipart(self) -> bool:
        """True when it is made of parts, and says how they are parted."""
        return self.media_type.startswith("multipart/") and bool(self.boundary)

    def parameter(self, name: str) -> str:
        """A parameter of the media type; empty when it is not there."""
        return parameter(self.part, name, "content-type")

    @property
    def boundary(self) -> str:
        """What parts the parts (RFC 2046 section 5.1.1)."""
        return self.part.get_boundary("") or ""

    @cached_property
    def content(self) -> bytes:
        """The decoded content of a leaf."""
        return content(self.part)

    def children(self) -> list["Entity"]:
        """The parts of a multipart, without the line ends that belong to the boundaries."""
        start, found = -1, []
        for begin, end, is_last in self._delimiters():
            if start >= 0:
                found.append(Entity(_without_end(self.body[start:begin])))
            start = end
            if is_last or len(found) >= MAX_PARTS:
                return found
        if start >= 0 and self.body[start:].strip():
            found.append(Entity(self.body[start:]))
        return found

    def _delimiters(self) -> Iterator[tuple[int, int, bool]]:
        """Begin and end of each line with the boundary, and whether it is the closing one."""
        mark = b"--" + self.boundary.encode("utf-8", "surrogateescape")
        place = 0
        while (place := self.body.find(mark, place)) >= 0:
            behind = place + len(mark)
            rest = _REST.match(self.body, behind)
            if rest and self.body[max(place - 1, 0) : place] in (b"", b"\n"):
                yield place, rest.end(), bool(rest[1])
                behind = rest.end()
            place = behind


def _without_end(octets: bytes) -> bytes:
    """Without the last line end: it is part of the delimiter (RFC 2046 section 5.1.1)."""
    if octets.endswith(b"\r\n"):
        return octets[:-2]
    return octets[:-1] if octets.endswith(b"\n") else octets


def canonical(octets: bytes) -> bytes:
    """With CRLF at the end of every line, which is what is signed (RFC 3156 section 5)."""
    return _BARE_LF.sub(b"\r\n", octets)


def joined(fields: Sequence[bytes], children: Sequence[bytes], kind: str = "mixed") -> bytes:
    """A multipart with these fields and parts, under a boundary that stands in none of them."""
    text = b"\n".join(children)
    number = 0
    while True:
        mark = blake2b(text, digest_size=12, salt=number.to_bytes(8, "big")).hexdigest()
        boundary = f"=_opened_{mark}".encode()
        if boundary not in text:
            break
        number += 1
    head = b'Content-Type: multipart/%s; boundary="%s"\r\n\r\n' % (kind.encode("ascii"), boundary)
    inner = b"".join(b"--" + boundary + b"\r\n" + child + b"\r\n" for child in children)
    return b"".join(fields) + head + inner + b"--" + boundary + b"--\r\n"


def leaf(kind: str, octets: bytes, *, name: str = "", charset: str = "") -> bytes:
    """A part with that content as it is; a file when it has a name."""
    lines = [f"Content-Type: {kind}" + (f'; charset="{charset}"' if charset else "")]
    lines.append("Content-Transfer-Encoding: 8bit")
    if name:
        safe = re.sub(r'[\x00-\x1f\x7f"\\]', "_", name)
        lines.append(f'Content-Disposition: attachment; filename="{safe}"')
    return "\r\n".join(lines).encode("utf-8", "replace") + b"\r\n\r\n" + octets
