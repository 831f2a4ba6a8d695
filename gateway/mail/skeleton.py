"""Large bodies taken out of a mail before its lines are read, each found again by a mark.

Reading line by line costs more than everything else about a large body. What stays is a mail with
the same structure: below a blank line, and before the next line that begins with two dashes, no
line can be a field or a boundary (RFC 2046 section 5.1.1).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_LARGE = 4 * 1024
_MAX_HEADER = 16 * 1024
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
    """The mail without its large bodies; the mail itself where there are none."""
    mark = _MARK % len(raw)
    if len(raw) < _LARGE or (b"\x01" in raw and mark in raw):
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
    """Where each large stretch of a body begins and ends, its last line end left out."""
    blank = _BLANK.search(raw)
    position = 0
    while position >= 0:
        if blank:
            start, end = blank.end(), _end(raw, blank.end())
            if end - start >= _LARGE and _dashed(raw, b"\r--", start, end) < 0:
                yield start, end
            position = end if end > start else start - 1
        position = _next(raw, position)
        blank = _BLANK.search(raw, position, position + _MAX_HEADER) if position >= 0 else None


def _dashed(raw: bytes, wanted: bytes, start: int, end: int) -> int:
    """Where a line end and two dashes stand; base64 has no dash, and to look for one is quick."""
    dash = raw.find(b"-", start, end)
    return raw.find(wanted, max(dash - 1, start), end) if dash >= 0 else -1


def _next(raw: bytes, position: int) -> int:
    """The next line with two dashes; of those that follow each other closely only the last."""
    close = raw.rfind(b"\n--", position, position + _LARGE)
    place = close if close >= position else raw.find(b"\n--", position)
    return place + 1 if place >= 0 else -1


def _end(raw: bytes, start: int) -> int:
    """The end of the last line before the first one that could be a boundary."""
    dashes = _dashed(raw, b"\n--", start - 1, len(raw))
    end = len(raw) if dashes < 0 else dashes
    return max(end - (raw[end - 1 : end] == b"\r"), start)
