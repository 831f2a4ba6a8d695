"""ASCII armor: OpenPGP octets as text (RFC 9580 section 6). Found, read and written; pure."""

import binascii
import re
from base64 import b64encode
from dataclasses import dataclass

# Blanks around come from mail programs and are forgiven.
_BEGIN = re.compile(rb"[ \t]{0,20}-----BEGIN PGP ([A-Z ]{3,30})-----[ \t]*\r?(?:\n|\Z)")
_HEADER_LINE = re.compile(rb"[A-Za-z][A-Za-z0-9-]{0,40}: ?[^\r\n]*(?:\r?\n|\Z)")
_CHECKSUM = re.compile(rb"(?:(?<=\s)|\A)=[A-Za-z0-9+/]{4}\s*\Z")
_DASHES = b"-----BEGIN PGP "
_MAX_INDENT = 20
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
    while len(found) < _MAX_BLOCKS and (place := text.find(_DASHES, place)) >= 0:
        line = text.rfind(b"\n", 0, place) + 1
        begin = _BEGIN.match(text, line) if place - line <= _MAX_INDENT else None
        end = _end(text, begin) if begin else -1
        if begin and end >= 0:
            found.append(Block(begin[1].decode("ascii"), place, end))
        place = max(end, place + len(_DASHES))
    return found


def _end(text: bytes, begin: re.Match[bytes]) -> int:
    kind = begin[1] if begin[1] != SIGNED_MESSAGE.encode() else SIGNATURE.encode()
    line, place = b"-----END PGP " + kind + b"-----", begin.end()
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


def decoded(block: bytes, most: int = 0) -> bytes:
    """The octets of one block, all of its text; empty when it is no base64.

    `most`: so many octets of the text are enough, from its beginning.
    """
    place = block.find(b"\n") + 1
    while header := _HEADER_LINE.match(block, place):
        place = header.end()
    end = block.rfind(b"-----END")
    if most and place + most < end:
        text = b"".join(block[place : place + most].split()).partition(b"=")[0]
        text = text[: len(text) & ~3]
    else:  # blanks and what else web mail puts between are skipped, as is all that is no base64
        last = max(place, end - 20)
        text = block[place:last] + _CHECKSUM.sub(b"", block[last:end])
    try:
        return binascii.a2b_base64(text, strict_mode=False)
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
