"""ASCII armor: OpenPGP octets as text (RFC 9580 section 6). Found, read and written; pure."""

import binascii
import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass

# Trailing blanks and text behind the dashes come from mail programs and are forgiven.
_BEGIN = re.compile(rb"(?m)^[ \t]{0,20}-----BEGIN PGP ([A-Z ]{3,30})-----[ \t]*\r?$")
_HEADER_LINE = re.compile(rb"[A-Za-z][A-Za-z0-9-]{0,40}: ?[^\r\n]*")
_BASE64 = re.compile(rb"[A-Za-z0-9+/=]*")
_BLANKS = re.compile(rb"[ \t\r\0]|\xc2\xa0|\xa0")  # web mail puts them in
_MAX_BLOCKS = 50

MESSAGE = "MESSAGE"
SIGNED_MESSAGE = "SIGNED MESSAGE"
SIGNATURE = "SIGNATURE"
PUBLIC_KEY = "PUBLIC KEY BLOCK"
PRIVATE_KEY = "PRIVATE KEY BLOCK"


@dataclass(frozen=True, slots=True)
class Block:
    """One armored block of a text, `text[start:end]` from its first dash to behind its last.

    A cleartext signed message (section 7) is one block of the kind `SIGNED_MESSAGE`, together with
    its signature.
    """

    kind: str
    start: int
    end: int


def blocks(text: bytes) -> list[Block]:
    """The blocks of a text in their order; what has no end is none."""
    found: list[Block] = []
    place = 0
    while len(found) < _MAX_BLOCKS and (begin := _BEGIN.search(text, place)):
        kind = begin[1].decode("ascii")
        last = SIGNATURE if kind == SIGNED_MESSAGE else kind
        end = _end(text, begin.end(), last)
        if end < 0:
            place = begin.end()
            continue
        start = begin.start() + begin[0].index(b"-")
        found.append(Block(kind, start, end))
        place = end
    return found


def _end(text: bytes, place: int, kind: str) -> int:
    line = b"-----END PGP " + kind.encode("ascii") + b"-----"
    while (place := text.find(line, place)) >= 0:
        before = text[text.rfind(b"\n", 0, place) + 1 : place]
        place += len(line)
        if not before.strip():
            return place
    return -1


def dearmor(octets: bytes) -> bytes:
    """The octets of the first block in a text, or of something binary as it is.

    Empty when there is no block and it is text. The checksum is optional (section 6.1).
    """
    if is_binary(octets):
        return octets
    found = [block for block in blocks(octets) if block.kind != SIGNED_MESSAGE]
    if not found:
        return b""
    return decoded(octets[found[0].start : found[0].end])


def decoded(block: bytes) -> bytes:
    """The octets of one block, all of its text; empty when it is no base64."""
    lines = list(_lines(block))[1:-1]
    body = 0
    while body < len(lines) and _HEADER_LINE.fullmatch(lines[body]):
        body += 1
    data = b"".join(line for line in lines[body:] if not _is_checksum(line))
    data = _BLANKS.sub(b"", data)
    if not _BASE64.fullmatch(data):
        return b""
    try:
        return binascii.a2b_base64(data, strict_mode=False)
    except binascii.Error:
        return b""


def armored(kind: str, octets: bytes) -> bytes:
    """The octets as a block of that kind, with LF, without a checksum."""
    text = b64encode(octets)
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    name = kind.encode("ascii")
    begin, end = b"-----BEGIN PGP " + name + b"-----", b"-----END PGP " + name + b"-----"
    return b"\n".join((begin, b"", *lines, end, b""))


def is_binary(octets: bytes) -> bool:
    """True when it begins as a packet does: with the highest bit set (section 4.2)."""
    return octets[:1] >= b"\x80" and octets[:3] != b"\xef\xbb\xbf"


def _lines(block: bytes) -> Iterator[bytes]:
    return (line.rstrip(b" \t\r") for line in block.strip().split(b"\n"))


def _is_checksum(line: bytes) -> bool:
    return len(line) == 5 and line[:1] == b"="
