"""The raw fields of a header, as signatures see them (RFC 6376 section 3.4), in linear time."""

import re
from dataclasses import dataclass

LARGEST_HEADER = 262_144
"""Octets of a header that is looked at."""
MOST_FIELDS = 1000
LONGEST_SIGNATURE = 8192
"""Octets of a field of signatures that is read: the library's patterns are not linear in it."""

_BLANK = re.compile(rb"\r\n\r\n|\A\r\n")
_NEXT = re.compile(rb"\r\n(?![ \t])")
_FIELD = re.compile(rb"([\x21-\x39\x3b-\x7e]+)[ \t]*:")
_LONG_BLANK = re.compile(rb"\s{100}")
_BLANKS = re.compile(rb"[\t ]+")


class Unreadable(Exception):  # noqa: N818  (says what it is)
    """No signature can hold over this: the text says why."""


@dataclass(frozen=True, slots=True)
class Octets:
    """A mail as signatures see it: fields with their raw values, and the body."""

    fields: tuple[tuple[bytes, bytes], ...]
    body: bytes

    def values(self, name: bytes) -> list[bytes]:
        """The raw values of a field (lower-case `name`), from the top."""
        return [value for key, value in self.fields if key.lower() == name]

    def for_library(self) -> list[list[bytes]]:
        """The fields as dkimpy keeps them."""
        return [[name, value] for name, value in self.fields]


def head_of(raw: bytes) -> bytes:
    """The header of a mail with CRLF line ends, with its last CRLF."""
    blank = _BLANK.search(raw, 0, LARGEST_HEADER + 4)
    if blank is None:
        return raw[:LARGEST_HEADER]
    return raw[: blank.start() + 2] if blank.start() else b""


def octets_of(raw: bytes) -> Octets:
    """The fields and the body. Raises Unreadable."""
    blank = _BLANK.search(raw, 0, LARGEST_HEADER + 4)
    if blank is None and len(raw) > LARGEST_HEADER:
        raise Unreadable("the header is too large")
    head, body = (raw[: blank.start()], raw[blank.end() :]) if blank else (raw, b"")
    fields = []
    for line in _NEXT.split(head.removesuffix(b"\r\n")):
        found = _FIELD.match(line)
        if found is None:
            raise Unreadable("a line of the header is no field")
        fields.append((found[1], line[found.end() :] + b"\r\n"))
    if len(fields) > MOST_FIELDS:
        raise Unreadable("too many fields")
    return Octets(tuple(fields), body)


def is_tame(value: bytes) -> bool:
    """True for the value of a signature that the library reads in reasonable time."""
    return len(value) <= LONGEST_SIGNATURE and not _LONG_BLANK.search(value)


def with_single_blanks(body: bytes) -> bytes:
    """A body with runs of blanks made one, which relaxed canonicalisation does anyway."""
    return _BLANKS.sub(b" ", body)
