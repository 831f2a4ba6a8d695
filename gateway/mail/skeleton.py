"""Large base64 bodies taken out of a mail before its lines are read, each found again by a mark.

Reading line by line costs more than everything else about an attachment. What stays is a mail
with the same structure: in what is cut out no line could be a boundary or a field.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_LARGE = 16 * 1024
_MAX_HEADER = 16 * 1024
_MAX_WORDS = 2000  # more of them are in no mail but one that wants to be slow
_FIELD_LENGTH = 60
_WORDS = (b"base64", b"BASE64", b"Base64")
_FIELD = re.compile(rb"(?i)(?:^|[\r\n])content-transfer-encoding[ \t]*:[ \t]*\Z")
_BLANK = re.compile(rb"\r?\n\r?\n")
_MARK = b"\x01cut-out:%d:"


@dataclass(frozen=True, slots=True)
class Skeleton:
    """`octets` are the mail with one line of a mark and a number for each of `bodies`."""

    octets: bytes
    mark: bytes
    bodies: tuple[memoryview, ...]

    def whole(self, octets: bytes) -> bytes | memoryview:
        """A piece of `octets` with all that was cut out of it; without a copy where it can be."""
        if not self.bodies or self.mark not in octets:
            return octets
        pieces = octets.split(self.mark)
        if len(pieces) == 2 and not pieces[0]:  # nothing but one mark
            number, _, rest = pieces[1].partition(b"\x01")
            if not rest:
                return self.bodies[int(number)]
        joined: list[bytes | memoryview] = [pieces[0]]
        for piece in pieces[1:]:
            number, _, rest = piece.partition(b"\x01")
            joined += [self.bodies[int(number)], rest]
        return b"".join(joined)


def skeleton(raw: bytes) -> Skeleton:
    """The mail without its large base64 bodies; the mail itself where there are none."""
    mark = _MARK % len(raw)
    if len(raw) < _LARGE or mark in raw:
        return Skeleton(raw, mark, ())
    view = memoryview(raw)
    kept: list[bytes | memoryview] = []
    bodies: list[memoryview] = []
    position = 0
    for start, end in _large(raw):
        kept += [view[position:start], mark + b"%d\x01" % len(bodies)]
        bodies.append(view[start:end])
        position = end
    if not bodies:
        return Skeleton(raw, mark, ())
    return Skeleton(b"".join((*kept, view[position:])), mark, tuple(bodies))


def _large(raw: bytes) -> Iterator[tuple[int, int]]:
    """Where each large base64 body begins and ends, its last line end left out."""
    word, name = _word(raw)
    for _ in range(_MAX_WORDS):
        if word < 0:
            return
        position = word + 1
        if _FIELD.search(raw, max(0, word - _FIELD_LENGTH), word):
            blank = _BLANK.search(raw, word, word + _MAX_HEADER)
            start = blank.end() if blank else word + _MAX_HEADER
            end = _end(raw, start) if blank else start
            if end - start >= _LARGE and raw.find(b"\r--", start, end) < 0:
                yield start, end
            position = max(start, end)
        word = raw.find(name, position)


def _end(raw: bytes, start: int) -> int:
    """The end of the last line before the first one that could be a boundary."""
    dashes = raw.find(b"\n--", start)
    end = len(raw) if dashes < 0 else dashes
    return end - (raw[end - 1 : end] == b"\r")


def _word(raw: bytes) -> tuple[int, bytes]:
    """The first of the spellings that stands in the mail; a mail has one of them."""
    for name in _WORDS:
        if (place := raw.find(name)) >= 0:
            return place, name
    return -1, b""
