"""All contents of a mail: its leaves, and the files that lie inside of them."""

import mimetypes
from collections.abc import Iterable
from dataclasses import dataclass
from email.policy import compat32

from gateway.mail import tnef, uu
from gateway.mail.body import is_text
from gateway.mail.charset import decode, one_line
from gateway.mail.headers import file_name
from gateway.mail.tree import Part, content, grow, leaves

_TYPES = mimetypes.MimeTypes(filenames=())
_INNER = 16  # bits of a part number; what stands above them counts inside of an attached mail


@dataclass(frozen=True, slots=True)
class Contents:
    """What a mail holds.

    `leaves` are its leaves as they were sent. `all` are the same, text without the files in it,
    and after them those files: the places in `all` are the part numbers. `opened` are the parts
    (by identity) that were only a wrapping.
    """

    leaves: list[tuple[Part, bytes]]
    all: list[tuple[Part, bytes]]
    opened: frozenset[int]


def contents(root: Part) -> Contents:
    """The contents of a mail in the order of the mail."""
    sent = [(part, content(part)) for part in leaves(root)]
    shown: list[tuple[Part, bytes]] = []
    files: list[tuple[Part, bytes]] = []
    opened: set[int] = set()
    for part, octets in sent:
        rest = octets
        if b"begin " in octets and part.media_type == "text/plain" and is_text(part):
            found = uu.blocks(octets)
            rest = uu.without(octets, found)
            files += [_file(decode(block.name), block.content) for block in found]
        elif _is_tnef(part) and (inside := tnef.files(octets)):
            files += [_file(name, data) for name, data in inside]
            opened.add(id(part))
        shown.append((part, rest))
    return Contents(sent, shown + files, frozenset(opened))


def inside(outer: int, number: int) -> int:
    """The part number of content `number` of the attached mail that is content `outer`."""
    return (number + 1 << _INNER) | outer


def octets_of(root: Part, numbers: Iterable[int]) -> list[bytes]:
    """The contents with these part numbers (also of `inside`); empty where there is none."""
    opened = {0: contents(root).all}

    def read(number: int, within: int) -> bytes:
        everything = opened[within]
        return everything[number][1] if 0 <= number < len(everything) else b""

    found = []
    for number in numbers:
        inner, outer = number >> _INNER, number & ((1 << _INNER) - 1)
        if inner > 0 and outer + 1 not in opened:
            opened[outer + 1] = contents(grow(read(outer, 0))[0]).all
        found.append(read(inner - 1, outer + 1) if inner > 0 else read(number, 0))
    return found


def _is_tnef(part: Part) -> bool:
    return part.media_type in tnef.TYPES or file_name(part).lower() == "winmail.dat"


def _file(name: str, octets: bytes) -> tuple[Part, bytes]:
    name = one_line(name).replace('"', "_").replace("\\", "/")
    part = Part(compat32)
    part["Content-Type"] = _TYPES.guess_type(name)[0] or "application/octet-stream"
    part["Content-Disposition"] = f'attachment; filename="{name}"'
    part.depth = 1
    return part, octets
