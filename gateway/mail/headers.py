"""Header values as people read them (RFC 5322, RFC 2047, RFC 2231), and the ids in them."""

import binascii
import re
from collections.abc import Iterable
from urllib.parse import unquote, unquote_to_bytes

from gateway.mail.charset import decode, encode, one_line
from gateway.mail.tree import Part, leaves, unbase64

MAX_REFERENCES = 100
MAX_ID = 500

_WORD_START = re.compile(r"=\?([^?\s*]{1,60})(?:\*[^?\s]{0,60})?\?([bBqQ])\?")
_CUT_WORD = (
    re.compile(r"[^\s?]*=[0-9A-Fa-f]{2}[^\s?]*"),
    re.compile(r"(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2,3}={0,2})?"),
)
_FOLD = re.compile(r"\r?\n[ \t]*|\r[ \t]*")
_ID = re.compile(r"<([^<>]{1,2000})>")
_BARE_ID = re.compile(r"[^\s<>,;\"]+@[^\s<>,;\"]+")
_SPACE = re.compile(r"\s+")
_NAMES = ("filename", "name")
# The first two are where the standards have them (RFC 2183, RFC 2045), the others are mixed up.
_NAMED_IN = (
    ("filename", "content-disposition"),
    ("name", "content-type"),
    ("name", "content-disposition"),
    ("filename", "content-type"),
)
_EXTENDED = {
    name: re.compile(
        rf"(?i)(?:^|[;\s]){name}\*\s*=\s*\"?([\w.:-]{{1,40}})'[^';]{{0,40}}'([^;\"\s]+)"
    )
    for name in _NAMES
}
# Where a semicolon is missing, the library finds no parameter.
_LOST_PARAMETER = {
    name: re.compile(rf"(?i)[;\s]{name}\s*=\s*(\"[^\"]{{1,500}}\"|[^;\s\"]{{1,500}})")
    for name in _NAMES
}
_EXTENDED_VALUE = re.compile(r"([\w.:-]{1,40})'[\w-]{0,40}'(.*%.*)")
_HIGH_ESCAPE = re.compile(r"%[89A-Fa-f][0-9A-Fa-f]")


def charset_of_fields(root: Part) -> str:
    """The charset that octets beyond ASCII in the header have, where they are no UTF-8.

    Programs that write them raw use the charset of the text for them.
    """
    if all(value.isascii() for _, value in root.raw_items()):
        return ""
    text = next((part for part in leaves(root) if part.media_type.startswith("text/")), root)
    return parameter(text, "charset", "content-type")


def unfold(value: str, charset: str = "") -> str:
    """A raw value (8-bit octets as surrogates) as one line of Unicode; encoded words stay.

    `charset` is that of octets that are no UTF-8.
    """
    if not value.isascii():
        octets = value.encode("utf-8", "surrogateescape")
        value = octets.decode("utf-8", "replace")
        if "\ufffd" in value:
            value = decode(octets, charset or "us-ascii")
    return _FOLD.sub(" ", value) if "\n" in value or "\r" in value else value


def decode_words(value: str) -> str:
    """`value` with its encoded words decoded (RFC 2047), wherever they stand.

    Broken ones are read as they were meant: blanks inside, no blank between two of them,
    characters cut in two by the end of a word, missing padding.
    """
    if "=?" not in value:
        return value
    out: list[str] = []
    pending, charset, position, end = b"", "", 0, -1
    while start := _WORD_START.search(value, position):
        end = end if end >= start.end() else value.find("?=", start.end())
        if end < 0:
            end = _cut_off(value, start)
            if end < 0:
                break
        between = value[position : start.start()]
        name = start[1].lower()
        if pending and (between.strip() or name != charset):
            out.append(decode(pending, charset))
            pending = b""
        if between.strip() or (not out and not pending):
            out.append(between)
        charset = name
        pending += _octets(value[start.end() : end], start[2], charset)
        position = end + 2
    out.append(decode(pending, charset))
    out.append(value[position:])
    return "".join(out)


def _cut_off(value: str, start: re.Match[str]) -> int:
    """The end of a last word whose `?=` was lost, where it can be nothing but a word; else -1."""
    word = value[start.end() :].rstrip("?")
    return start.end() + len(word) if _CUT_WORD[start[2] in "bB"].fullmatch(word) else -1


def _octets(word: str, encoding: str, charset: str) -> bytes:
    # What stands raw in a word has its charset, where that has such a character.
    octets = word.encode() if word.isascii() else encode(word, charset)
    if encoding in "bB":
        return unbase64(octets)
    return binascii.a2b_qp(octets.replace(b" ", b"_"), header=True)


def readable(value: str, charset: str = "") -> str:
    """A raw header value as one clean, decoded line; `charset` as in `unfold`."""
    return one_line(decode_words(unfold(value, charset)))


def all_fields(root: Part, charset: str = "") -> tuple[tuple[str, str], ...]:
    """(lower-case name, readable value) of all fields, from the top; `charset` as in `unfold`."""
    return tuple(
        (one_line(unfold(name)).lower(), readable(value, charset))
        for name, value in root.raw_items()
    )


def ids(values: Iterable[str]) -> tuple[tuple[str, ...], bool]:
    """Message-IDs of `References`-like values without brackets, and whether some were left out.

    In order, without repetition. Of too many the first and the last ones stay: those name the
    beginning of the thread and the mail that is answered.
    """
    found: dict[str, None] = {}
    for value in values:
        for raw in _ID.findall(value) or _BARE_ID.findall(value):
            message_id = _SPACE.sub("", raw)  # folded inside the brackets by some servers
            if 0 < len(message_id) <= MAX_ID:
                found[message_id] = None
    kept = tuple(found)
    if len(kept) <= MAX_REFERENCES:
        return kept, False
    return kept[:1] + kept[1 - MAX_REFERENCES :], True


def parameter(part: Part, name: str, header: str) -> str:
    """A parameter of a MIME field (RFC 2231, or an encoded word), readable; empty when missing."""
    if name not in part.get(header, "").lower():
        return ""  # most parts have few of them, and the library reads all to find one
    value = part.get_param(name, header=header)
    if isinstance(value, tuple):
        charset, _, text = value  # octets as latin-1, where they were not percent-encoded raw
        return one_line(decode(text.encode("latin-1", "surrogateescape"), charset or ""))
    return readable(value) if isinstance(value, str) else ""


def file_name(part: Part) -> str:
    """The name that the mail gives to a part, decoded but not yet safe; empty when none."""
    found = (_name_parameter(part, name, header) for name, header in _NAMED_IN)
    return next((name for name in found if name), "")


def _name_parameter(part: Part, name: str, header: str) -> str:
    field = part.get(header, "")
    if name not in field.lower():
        return ""
    # The library takes the first of `name` and `name*`; the second says more (RFC 6266 4.3).
    value = extended_parameter(field, name) or parameter(part, name, header)
    if not value:
        found = _LOST_PARAMETER[name].search(field) if name in field.lower() else None
        value = readable(found[1]) if found else ""
    return _unquoted(_unescaped(value))


def extended_parameter(field: str, name: str) -> str:
    """`name*=charset'language'text` of a raw field (RFC 5987); empty when it has none."""
    found = _EXTENDED[name].search(field) if "*=" in field else None
    if not found:
        return ""
    octets = unquote_to_bytes(found[2].encode("utf-8", "surrogateescape"))
    return one_line(decode(octets, found[1]))


def _unescaped(name: str) -> str:
    """A name whose percent signs can only be escapes: they are UTF-8 beyond ASCII."""
    if "%" not in name:
        return name
    found = _EXTENDED_VALUE.fullmatch(name)
    if found:
        return one_line(decode(unquote_to_bytes(found[2]), found[1]))
    if not _HIGH_ESCAPE.search(name):
        return name
    try:
        return one_line(unquote(name, errors="strict"))
    except UnicodeError:
        return name


def _unquoted(name: str) -> str:
    if len(name) > 2 and name[0] == name[-1] and name[0] in "'\"":
        return name[1:-1]
    return name[1:] if name.startswith('"') and name.count('"') == 1 else name
