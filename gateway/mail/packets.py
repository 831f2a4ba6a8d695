"""OpenPGP packets: their frames (RFC 9580 section 4), and the little that is read of their insides.

Nothing is computed here: gpg does that. This tells what a blob consists of before gpg sees it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum


class Tag(IntEnum):
    """The kinds of packets that matter here."""

    ENCRYPTED_KEY = 1
    SIGNATURE = 2
    PASSWORD_KEY = 3
    ONE_PASS = 4
    SECRET_KEY = 5
    PUBLIC_KEY = 6
    SECRET_SUBKEY = 7
    COMPRESSED = 8
    ENCRYPTED = 9
    MARKER = 10
    LITERAL = 11
    TRUST = 12
    USER_ID = 13
    PUBLIC_SUBKEY = 14
    USER_ATTRIBUTE = 17
    ENCRYPTED_WITH_INTEGRITY = 18
    ENCRYPTED_AEAD = 20
    PADDING = 21


class BrokenPackets(ValueError):  # noqa: N818  (what they are)
    """The octets are no sequence of packets."""


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet: its tag (a `Tag`, or a number that is not known here) and where it stands.

    `octets[start:end]` is all of it, `body` the content (of a packet in several pieces: the first).
    """

    tag: int
    start: int
    end: int
    body: memoryview


def packets(octets: bytes, limit: int = 10_000) -> Iterator[Packet]:
    """The packets in their order. Raises BrokenPackets at the first that is broken or too many."""
    view, place, count = memoryview(octets), 0, 0
    while place < len(octets):
        if count >= limit:
            raise BrokenPackets(f"more than {limit} packets")
        count += 1
        first = octets[place]
        if not first & 0x80:
            raise BrokenPackets("no packet begins here")
        begin = place
        if first & 0x40:
            tag = first & 0x3F
            body, place = _new(octets, view, place + 1)
        else:
            tag = (first >> 2) & 0x0F
            body, place = _old(octets, view, place + 1, first & 3)
        yield Packet(tag, begin, place, body)


def _new(octets: bytes, view: memoryview, place: int) -> tuple[memoryview, int]:
    first: memoryview | None = None
    while True:
        length, place, more = _new_length(octets, place)
        if place + length > len(octets):
            raise BrokenPackets("a packet is cut off")
        if first is None:
            first = view[place : place + length]
        place += length
        if not more:
            return first, place


def _new_length(octets: bytes, place: int) -> tuple[int, int, bool]:
    """Length, the place behind it, and whether it is a piece that others follow (4.2.1)."""
    if place >= len(octets):
        raise BrokenPackets("a length is missing")
    first = octets[place]
    if first < 192:
        return first, place + 1, False
    if first < 224:
        if place + 2 > len(octets):
            raise BrokenPackets("a length is cut off")
        return ((first - 192) << 8) + octets[place + 1] + 192, place + 2, False
    if first < 255:
        return 1 << (first & 0x1F), place + 1, True
    return int.from_bytes(octets[place + 1 : place + 5], "big"), place + 5, False


def _old(octets: bytes, view: memoryview, place: int, kind: int) -> tuple[memoryview, int]:
    if kind == 3:  # all of the rest
        return view[place:], len(octets)
    size = 1 << kind
    length = int.from_bytes(octets[place : place + size], "big")
    place += size
    if place + length > len(octets):
        raise BrokenPackets("a packet is cut off")
    return view[place : place + length], place + length
