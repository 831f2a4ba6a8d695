"""Which parts of a mail are its text, and which are attachments (RFC 2046, RFC 2183)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from gateway.mail.calendar import event_text
from gateway.mail.charset import clean, decode, is_unknown
from gateway.mail.flowed import unflow
from gateway.mail.headers import file_name, parameter
from gateway.mail.history import is_quoted
from gateway.mail.html import MAX_HTML, new_text_of, texts_of
from gateway.mail.reply import new_text
from gateway.mail.tree import Part

_NEVER_TEXT = frozenset({"text/calendar", "text/vcard", "text/x-vcard", "text/csv", "text/rtf"})

_META = re.compile(rb"(?i)<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{2,40})")


@dataclass(frozen=True, slots=True)
class Piece:
    """One stretch of the body: the same text as plain text, as HTML, or as both."""

    plain: str
    html: str


@dataclass(frozen=True, slots=True)
class Body:
    """The chosen text of a mail; `parts` are the leaves it was taken from (by identity)."""

    text: str
    reply: str
    html: str
    parts: frozenset[int]


def read(root: Part, contents: Sequence[tuple[Part, bytes]]) -> Body:
    """The body of a mail: plain text where there is any, else text made from the HTML.

    `contents` are all leaves with their decoded octets. Never looks into an attached message.
    """
    octets = {id(part): decoded for part, decoded in contents}
    used: set[int] = set()
    pieces = _pieces(root, octets, used)
    both = [_texts(piece) for piece in pieces]
    texts = [text for text, _ in both]
    new = [text for _, text in both]
    text = _joined(texts)
    if not text:
        text = _invitation(contents)
        texts = new = [text]
    return Body(
        text=text,
        reply=new_text(text if new == texts else _joined(new)),
        html=_source(pieces)[:MAX_HTML],
        parts=frozenset(used),
    )


def _texts(piece: Piece) -> tuple[str, str]:
    """The text of a piece, and the same with its history marked."""
    if piece.plain.strip():
        return piece.plain, piece.plain
    text, new = texts_of(piece.html)
    return clean(text), clean(new)


def _invitation(contents: Sequence[tuple[Part, bytes]]) -> str:
    """The first invitation of a mail that has no other text."""
    for part, octets in contents:
        if part.media_type == "text/calendar" and disposition(part) != "attachment":
            return clean(event_text(decode(octets, parameter(part, "charset", "content-type"))))
    return ""


def new_text_of_html(html: str) -> str:
    """The new text of a mail as its HTML says it, to be compared with what its plain text says.

    `html` is `Body.html`; empty when there is none.
    """
    return new_text(clean(new_text_of(html))) if html else ""


def new_text_beside(text: str, reply: str, sent: str) -> str:
    """`reply` (the new text of `text` by its signs), or what stands beside our own lines in it.

    `sent` is the text of our mails that are answered. The comparison is taken where the signs left
    lines of ours in the reply, or left out words that are not ours.
    """
    found = new_text(text, sent)
    ours_left = len(found.split()) < len(reply.split())
    return found if ours_left or _says_more(found, reply) else reply


def _says_more(found: str, reply: str) -> bool:
    known = set(map(str.strip, reply.split("\n")))
    return any(
        line.strip() not in known and not is_quoted(line) and any(map(str.isalnum, line))
        for line in found.split("\n")
    )


def _source(pieces: Sequence[Piece]) -> str:
    """All of the body as HTML, also the stretches that are plain text only; empty without HTML."""
    if not any(piece.html for piece in pieces):
        return ""
    return "\n".join(piece.html or f"<pre>{escape(piece.plain)}</pre>" for piece in pieces)


def _joined(texts: list[str]) -> str:
    return "\n\n".join(text.strip("\n") for text in texts if text.strip())


def _pieces(part: Part, octets: Mapping[int, bytes], used: set[int]) -> list[Piece]:
    if not part.is_multipart():
        return _leaf(part, octets, used)
    if disposition(part) == "attachment":
        return []
    if part.media_type == "multipart/alternative":
        return _alternative([_pieces(child, octets, used) for child in part.children])
    children = part.children
    if part.media_type == "multipart/related":
        children = _root_of(part)
    elif part.media_type in {"multipart/signed", "multipart/report"}:
        children = children[:1]  # the rest are the signature, the report
    return [piece for child in children for piece in _pieces(child, octets, used)]


def _root_of(part: Part) -> list[Part]:
    """The text that the pictures belong to: what `start` names, or the first (RFC 2387)."""
    start = parameter(part, "start", "content-type").strip("<> ")
    named = [each for each in part.children if start and _content_id(each) == start]
    texts = [each for each in part.children if each.is_multipart() or is_text(each)]
    return (named or texts or part.children)[:1]


def _content_id(part: Part) -> str:
    return part.get("Content-ID", "").strip("<> \t\r\n")


def _alternative(choices: list[list[Piece]]) -> list[Piece]:
    """One piece of all choices: the first plain text, the last HTML."""
    plain = next((text for text in map(_plain, choices) if text.strip()), "")
    html = next((source for source in map(_html, reversed(choices)) if source.strip()), "")
    return [Piece(plain, html)] if plain or html else []


def _plain(pieces: list[Piece]) -> str:
    return _joined([piece.plain for piece in pieces])


def _html(pieces: list[Piece]) -> str:
    return "\n".join(piece.html for piece in pieces if piece.html)


def is_text(part: Part) -> bool:
    """True for a leaf that is text to be read, not a file."""
    kind = part.media_type
    broken_multipart = kind.startswith("multipart/") and not part.too_deep
    if not (kind.startswith("text/") or broken_multipart) or kind in _NEVER_TEXT:
        return False
    return disposition(part) != "attachment" and not (part.depth and file_name(part))


def _leaf(part: Part, octets: Mapping[int, bytes], used: set[int]) -> list[Piece]:
    if not is_text(part):
        return []
    used.add(id(part))
    raw = octets[id(part)]
    if part.media_type == "text/html":
        return [Piece("", clean(decode(raw, _html_charset(part, raw))))]
    text = clean(decode(raw, parameter(part, "charset", "content-type")))
    if parameter(part, "format", "content-type").lower() == "flowed":
        delete = parameter(part, "delsp", "content-type").lower() == "yes"
        text = unflow(text, delete_space=delete)
    return [Piece(text, "")]


def _html_charset(part: Part, octets: bytes) -> str:
    """The declared charset, or where it says nothing that of the source itself."""
    declared = parameter(part, "charset", "content-type")
    if octets.isascii() or not is_unknown(declared):
        return declared
    found = _META.search(octets[:4096])
    return found[1].decode("ascii", "replace") if found else declared


def disposition(part: Part) -> str:
    """`attachment`, `inline` or what else Content-Disposition says, lower-case; may be empty."""
    return (part.get("Content-Disposition", "").partition(";")[0].split() or [""])[0].lower()
