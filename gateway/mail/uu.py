"""Uuencoded files in the text of a mail, as programs before MIME sent them."""

import binascii
import re
from dataclasses import dataclass

_BEGIN = re.compile(rb"^begin[ \t]+[0-7]{3,4}[ \t]+([^\r\n]{1,255}?)[ \t]*\r?$", re.MULTILINE)
_MAX_BLOCKS = 50
_STRIPPED = 8  # blanks at the end of a line that some servers cut off


@dataclass(frozen=True, slots=True)
class Block:
    """One file: its raw name, its octets, and where it stands in the text."""

    name: bytes
    content: bytes
    start: int
    end: int


def blocks(text: bytes) -> list[Block]:
    """All well-formed files in `text`, in order. Work is linear; what is broken is no file."""
    found: list[Block] = []
    position = 0
    while len(found) < _MAX_BLOCKS and (begin := _BEGIN.search(text, position)):
        block = _block(text, begin)
        if isinstance(block, Block):
            found.append(block)
            position = block.end
        else:
            position = block
    return found


def without(text: bytes, found: list[Block]) -> bytes:
    """`text` without these files."""
    kept, position = [], 0
    for block in found:
        kept.append(text[position : block.start])
        position = block.end
    return b"".join((*kept, text[position:]))


def _block(text: bytes, begin: re.Match[bytes]) -> Block | int:
    """The file that begins here, or the place where the search goes on."""
    octets: list[bytes] = []
    start = begin.end() + 1
    while start < len(text):
        end = text.find(b"\n", start)
        end = len(text) if end < 0 else end
        line = text[start:end].rstrip(b"\r")
        if line.strip() == b"end":
            return Block(begin[1], b"".join(octets), begin.start(), min(end + 1, len(text)))
        decoded = _line(line)
        if decoded is None:
            return start
        octets.append(decoded)
        start = end + 1
    return len(text)


def _line(line: bytes) -> bytes | None:
    if not line.strip():
        return b""
    length = -(-((line[0] - 32) & 63) // 3) * 4 + 1
    # Some programs add a checksum, some cut off blanks.
    if not length - _STRIPPED <= len(line) <= length + 2:
        return None
    try:
        return binascii.a2b_uu(line[:length].ljust(length))
    except binascii.Error:
        return None
