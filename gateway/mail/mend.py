"""A second look at a mail whose frame is broken: how it was probably meant."""

import re
from collections.abc import Iterable

_HEADER_END = re.compile(rb"\r?\n\r?\n|\r\r")
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n|$)")
_FIELD = re.compile(rb"[!-9;-~]{1,76}[ \t]*:|[ \t]")
_PARAMETER = re.compile(rb"[a-z][a-z0-9*-]{1,30}=[^\r\n]{1,200}(?:\r?\n|$)", re.IGNORECASE)
_KNOWN = re.compile(
    rb"(?im)^(?:from|to|cc|subject|date|message-id|mime-version|content-type|reply-to)[ \t]*:"
)
_BOUNDARY = re.compile(
    rb"(?im)^--([^\s-][^\r\n\"\\]{0,68}?|-[^\r\n\"\\]{1,68}?)[ \t]*\r?\ncontent-"
)
_NO_BOUNDARY = frozenset({"NoBoundaryInMultipartDefect", "StartBoundaryNotFoundDefect"})
_MAX_LINES = 1000


def mend(raw: bytes, media_type: str, defects: Iterable[str]) -> tuple[bytes, int] | None:
    """The mail to be read instead, and how many fields on its top were added; None to leave it.

    `defects` are those of the outermost part. Three things are mended: parameters that lost the
    blank before them, one line in the header that is no field, where nothing but fields follow it,
    and a boundary that is missing or another one than stands between the parts.
    """
    found = set(defects)
    if "MissingHeaderBodySeparatorDefect" in found and (better := _without_strange_line(raw)):
        return better, 0
    if media_type.startswith("multipart/") and found & _NO_BOUNDARY:
        end = _HEADER_END.search(raw)
        boundary = _BOUNDARY.search(raw, end.start()) if end else None
        if boundary:
            field = b'Content-Type: %s; boundary="%s"\r\n' % (
                media_type.encode("utf-8", "surrogateescape"),
                boundary[1],
            )
            return field + raw, 1
    return None


def _without_strange_line(raw: bytes) -> bytes | None:
    end = _HEADER_END.search(raw)
    if not end:
        return None
    lines = _LINE.findall(raw[: end.start()])
    strange = [n for n, line in enumerate(lines[:-1]) if not _FIELD.match(line)]
    if len(lines) > _MAX_LINES:
        return None
    if strange and all(n and _continues(lines[n - 1], lines[n]) for n in strange):
        folded = (b" " + line if n in strange else line for n, line in enumerate(lines))
        return b"".join(folded) + raw[end.start() :]
    if len(strange) != 1:
        return None
    below = b"".join(lines[strange[0] + 1 :])
    if not _KNOWN.search(below):
        return None
    return b"".join(lines[: strange[0]]) + below + raw[end.start() :]


def _continues(before: bytes, line: bytes) -> bool:
    """True for a parameter that stands below a line that goes on."""
    return before.rstrip().endswith(b";") and _PARAMETER.fullmatch(line) is not None
