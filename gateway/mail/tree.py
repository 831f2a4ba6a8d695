"""The MIME tree of a mail, parsed once and in bounded time (RFC 2045, RFC 2046).

Messages inside a message (`message/*`) stay closed: they are leaves with their exact bytes, so
nothing in a forwarded or returned mail is ever taken for the text of this one.
"""

import binascii
import re
from collections.abc import Iterator
from email.feedparser import FeedParser
from email.message import Message as MimeMessage
from email.policy import Compat32
from typing import TYPE_CHECKING, Any

from gateway.mail import uu
from gateway.mail.mend import mend
from gateway.mail.skeleton import Skeleton, skeleton

MAX_DEPTH = 20
MAX_PARTS = 500
MAX_HEADER_BLOCK = 256 * 1024
MAX_FIELDS = 1000
_MAX_VALUE = 64 * 1024
_MAX_TYPE = 300
_MAX_PARAMETERS = 8 * 1024  # the parameter parser of the library is quadratic

_BLANK_LINE = re.compile(rb"\r?\n\r?\n|\r\r")
_BEGINNING = re.compile(rb"(?:\xef\xbb\xbf)?[\r\n\0]{0,100}(?=[A-Za-z][\w-]{0,60}:[ \t])")
_NEW_FIELD = re.compile(rb"\r?\n(?![ \t\r\n])")
_UU_NAMES = frozenset({"x-uuencode", "uuencode", "x-uue", "uue", "x-uu"})
_BASE64_WORDS = re.compile(rb"[A-Za-z0-9+/=\s]*")
_PADDING = re.compile(rb"=[=\s]*")
_SOFT_BREAK = re.compile(rb"=[ \t]{1,100}\r?\n")  # blanks at a line's end are of the transport
_STEP = 1 << 20
_FIRST_FIELD = re.compile(rb"[A-Za-z][\w-]{0,60}[ \t]{0,10}:")
_SPACED_COLON = re.compile(rb"(?m)^([A-Za-z][\w-]{0,60})[ \t]{1,10}(?=:)")
_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]{1,100}/[A-Za-z0-9!#$&^_.+-]{1,100}")
_KNOWN_TYPE = re.compile(
    r"(?:text|image|audio|video|application|multipart|message)/[a-z0-9!#$&^_.+-]{1,100}"
)
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")


class _TooManyParts(Exception):  # noqa: N818 - a signal out of the parser, not an error
    pass


class _Policy(Compat32):
    """Compat32 with bounded values, and header values as they are (8-bit as surrogates)."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """Name and value of one field."""
        name, value = sourcelines[0].split(":", 1)
        limit = _MAX_PARAMETERS if name[:8].lower() == "content-" else _MAX_VALUE
        value = "".join((value.lstrip(" \t"), *sourcelines[1:]))
        return name, value[:limit].rstrip("\r\n")

    def header_fetch_parse(self, name: str, value: str) -> str:
        """The value as it was read."""
        del name
        return value


if TYPE_CHECKING:
    _Base = MimeMessage[str, str]
else:
    _Base = MimeMessage  # not subscriptable at run time in Python 3.11


class Part(_Base):
    """One part of a mail, itself the root of the parts in it."""

    def __init__(self, policy: Compat32) -> None:
        super().__init__(policy)
        self.depth = 0
        self.cut_from: Skeleton | None = None
        self._kind = ""

    def attach(self, payload: Any) -> None:  # noqa: ANN401 - the library's signature
        """Add a child and remember how deep it is."""
        payload.depth = self.depth + 1
        super().attach(payload)

    def get_content_type(self) -> str:
        """What the library's parser may see: it must not open messages nor go too deep."""
        real = super().get_content_type()
        closed = real.startswith("message/") or self.depth >= MAX_DEPTH
        return "application/octet-stream" if closed else real

    @property
    def media_type(self) -> str:
        """The real type/subtype, lower-case; text/plain when it is missing or malformed."""
        if not self._kind:
            real = super().get_content_type()
            found = _TYPE.fullmatch(real) or _KNOWN_TYPE.search(real[:_MAX_TYPE])
            self._kind = found[0] if found else "text/plain"
        return self._kind

    @property
    def source(self) -> bytes | memoryview:
        """The undecoded body of a leaf."""
        payload: object = vars(self)["_payload"]  # get_payload() would decode by any charset
        octets = payload.encode("ascii", "surrogateescape") if isinstance(payload, str) else b""
        return self.cut_from.whole(octets) if self.cut_from else octets

    def drop_top_fields(self, number: int) -> None:
        """Forget the first fields of the header."""
        fields: list[tuple[str, str]] = vars(self)["_headers"]
        del fields[:number]

    @property
    def children(self) -> list["Part"]:
        """The parts of a multipart, else nothing."""
        payload = self.get_payload() if self.is_multipart() else []
        return [part for part in payload if isinstance(part, Part)]

    @property
    def too_deep(self) -> bool:
        """True for a multipart that was left closed."""
        return self.depth >= MAX_DEPTH and self.media_type.startswith("multipart/")


def grow(raw: bytes) -> tuple[Part, list[str]]:
    """The tree of a mail and what was wrong with it. Work and memory are linear in the size."""
    bounded, defects = _bounded(from_its_first_field(raw))
    frame = skeleton(bounded)
    root, found = _grown(frame.octets, frame)
    own = [type(defect).__name__ for defect in root.defects]
    if own and (better := mend(frame.octets, root.media_type, own)):
        root, found = _grown(better[0], frame)
        root.drop_top_fields(better[1])
        found = own + found
    return root, defects + found


def _grown(octets: bytes, frame: Skeleton) -> tuple[Part, list[str]]:
    made: list[Part] = []
    defects: list[str] = []

    def new_part(policy: Any = None) -> Part:  # noqa: ANN401 - the library's signature
        if len(made) >= MAX_PARTS:
            raise _TooManyParts
        part = Part(policy)
        part.cut_from = frame
        made.append(part)
        return part

    parser = FeedParser(policy=_Policy(message_factory=new_part))
    try:
        parser.feed(octets.decode("ascii", "surrogateescape"))
        parser.close()
    except _TooManyParts:
        defects.append(f"more than {MAX_PARTS} parts")
    for part in made:
        defects += [type(defect).__name__ for defect in part.defects]
        if part.too_deep:
            defects.append(f"nested deeper than {MAX_DEPTH}")
    return made[0], defects


def from_its_first_field(raw: bytes) -> bytes:
    """The mail without blank lines above its header, where a header follows."""
    if raw[:1] not in (b"\r", b"\n", b"\xef", b"\0"):
        return raw
    start = _BEGINNING.match(raw)
    return raw[start.end() :] if start else raw


def _bounded(raw: bytes) -> tuple[bytes, list[str]]:
    blank = _BLANK_LINE.search(raw)
    end = blank.start() if blank else len(raw)
    cut, defects = end, []
    spaced = raw.find(b" :", 0, end) >= 0 and _FIRST_FIELD.match(raw)
    if spaced and _SPACED_COLON.search(raw, 0, end):
        head = _SPACED_COLON.sub(rb"\1", raw[:end])
        raw = head + raw[end:]
        cut = end = len(head)
        defects.append("blanks before the colon of a field")
    if end > MAX_HEADER_BLOCK:
        defects.append(f"header block larger than {MAX_HEADER_BLOCK} octets")
        head = _with_short_fields(raw[:end])
        raw = head + raw[end:]
        cut = end = len(head)
    if end > MAX_HEADER_BLOCK:
        cut = max(raw.rfind(b"\n", 0, MAX_HEADER_BLOCK), 0)
    if raw.count(b"\n", 0, cut) >= MAX_FIELDS:
        for number, field in enumerate(_NEW_FIELD.finditer(raw, 0, cut), 2):
            if number > MAX_FIELDS:
                cut = field.start()
                defects.append(f"more than {MAX_FIELDS} header fields")
                break
    return (raw if cut == end else raw[:cut] + raw[end:]), defects


def _with_short_fields(head: bytes) -> bytes:
    """A header block whose fields are all cut to what is read of them."""
    kept, start = [], 0
    for field in _NEW_FIELD.finditer(head):
        kept.append(head[start : min(field.start(), start + _MAX_VALUE)])
        start = field.start()
    kept.append(head[start : start + _MAX_VALUE])
    return b"".join(kept)


def leaves(part: Part) -> Iterator[Part]:
    """All parts without children, in the order of the mail; their places are the part numbers."""
    if not part.is_multipart():
        yield part
    for child in part.children:
        yield from leaves(child)


def content(part: Part) -> bytes:
    """The decoded octets of a leaf (RFC 2045 section 6); what cannot be decoded stays as it is."""
    octets = part.source
    encoding = part.get("Content-Transfer-Encoding", "").strip(" \t\r\n;\"'").lower()
    if encoding.startswith("base64"):
        return bytes(octets) if _is_prose(octets) else unbase64(octets)
    if encoding.startswith("quoted-printable"):
        octets = bytes(octets)
        return binascii.a2b_qp(_SOFT_BREAK.sub(b"=\n", octets) if b"= " in octets else octets)
    octets = bytes(octets)
    if encoding in _UU_NAMES:
        found = uu.blocks(octets)
        return found[0].content if found else octets
    return octets


def _is_prose(octets: bytes | memoryview) -> bool:
    """True for text that only claims to be base64: words with blanks between them."""
    line = bytes(octets[:400]).strip()
    return line.count(b" ") >= 3 and not _BASE64_WORDS.fullmatch(line)


def unbase64(octets: bytes | memoryview) -> bytes:
    """Decoded base64, lenient as mail programs are: junk is skipped, missing padding is added.

    Several encoded pieces in a row, each with its own padding, give all of their contents.
    """
    pad = _padding(octets)
    if pad < 0:
        return _one_piece(octets)
    below = bytes(octets[pad:])
    pieces = [piece for piece in _PADDING.split(below) if piece.strip()]
    first = _one_piece(octets[: pad + 2])
    if not pieces or not _BASE64_WORDS.fullmatch(below):
        return first
    return b"".join((first, *(_one_piece(piece + b"==") for piece in pieces)))


def _padding(octets: bytes | memoryview) -> int:
    """The place of the first padding; -1 when there is none."""
    if isinstance(octets, bytes):
        return octets.find(b"=")
    for start in range(0, len(octets), _STEP):
        if (place := bytes(octets[start : start + _STEP]).find(b"=")) >= 0:
            return start + place
    return -1


def _one_piece(octets: bytes | memoryview) -> bytes:
    try:
        return binascii.a2b_base64(octets, strict_mode=False)
    except binascii.Error:
        kept = _NOT_BASE64.sub(b"", bytes(octets).split(b"=", 1)[0])
        kept = kept[: len(kept) - (len(kept) % 4 == 1)]
        return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))
