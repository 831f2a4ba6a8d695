"""Header fields, written strictly: no value, whoever wrote it, can begin a field of its own.

The standard library's `EmailMessage` does the same work in about a millisecond a mail, and lets NUL
through; the gateway writes several mails for each one it gets, with a small fixed set of fields.
"""

import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache

from gateway.model.address import Mailbox

MAX_SUBJECT = 255
MAX_NAME = 128
MAX_FILENAME = 150
MAX_REFERENCES = 20

_LINE = 78  # RFC 5322 section 2.1.1
_WORD_BYTES = 39  # base64 of this fits, with the field name, a line of 76 (RFC 2047 section 2)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# Turns the direction of what follows, or is no character at all.
_DROPPED = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")
_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-\u00a1-\U0010ffff]"
_DOT_ATOM = re.compile(rf"{_ATEXT}+(?:\.{_ATEXT}+)*")
_PHRASE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ \-]+")
_NOT_DOMAIN = re.compile(r"[^A-Za-z0-9.\-_\[\]:\u00a1-\U0010ffff]")
_MESSAGE_ID = re.compile(r"[\x21-\x3b\x3d\x3f-\x7e]{1,900}")
_CONTENT_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+\-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+\-]{0,63}")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9 !#$&()+,.=@_\-]{1,60}")
_NOT_IN_NAMES = re.compile(r'[<>:"|?*]')
_QUOTABLE = re.compile(r'([\\"])')


def one_line(text: str, limit: int = MAX_SUBJECT) -> str:
    """`text` on one line: controls and line ends are blanks, blanks are single, at most `limit`.

    Characters that turn the writing direction are left out, and so is what UTF-8 cannot carry.
    """
    if not (text.isascii() and text.isprintable()):
        text = _DROPPED.sub("", _CONTROL.sub(" ", text))
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def text_field(name: str, value: str) -> str:
    """An unstructured field (RFC 5322 section 3.6.5), with CRLF."""
    line = one_line(value)
    words = line.split(" ")
    if line.isascii() and "=?" not in line and max(map(len, words)) < _LINE - len(name) - 2:
        return _folded(name, words)
    return _folded(name, _encoded_words(line))


def mailboxes_field(name: str, mailboxes: Sequence[Mailbox]) -> str:
    """An address field (RFC 5322 section 3.6.3), with CRLF. Empty for no mailboxes."""
    tokens: list[str] = []
    for mailbox in mailboxes:
        tokens += _mailbox(mailbox)
        tokens[-1] += ","
    if not tokens:
        return ""
    tokens[-1] = tokens[-1][:-1]
    return _folded(name, tokens)


def ids_field(name: str, message_ids: Iterable[str]) -> str:
    """A field of Message-IDs (RFC 5322 section 3.6.4), with CRLF; empty when none is usable.

    Of a long list the first and the last ones stay, as section 3.6.4 allows for.
    """
    usable = [f"<{one}>" for one in message_ids if _MESSAGE_ID.fullmatch(one) and "=?" not in one]
    if len(usable) > MAX_REFERENCES:
        usable = [usable[0], *usable[1 - MAX_REFERENCES :]]
    return _folded(name, usable) if usable else ""


def date_field(when: datetime) -> str:
    """The Date field, with CRLF."""
    return f"Date: {format_datetime(when)}\r\n"


def trace_field(line: str) -> bytes:
    """A complete field that was written elsewhere, as one line with CRLF."""
    return _CONTROL.sub(" ", line).encode("ascii", "replace") + b"\r\n"


def attachment_fields(filename: str, content_type: str) -> str:
    """The fields of an attachment part, with CRLF, for base64 content.

    The name as it is stands in RFC 2231 form in Content-Disposition alone; `name` of Content-Type
    is its ASCII form, for programs that do not read RFC 2231. Types that would be read as a
    structure (`message/…`, `multipart/…`) must not be base64 (RFC 2045 section 6.4), so they are
    handed on as plain octets.
    """
    name = safe_filename(filename)
    if not _CONTENT_TYPE.fullmatch(content_type) or content_type[:8] in ("message/", "multipar"):
        content_type = "application/octet-stream"
    ascii_name = name if _PLAIN_NAME.fullmatch(name) else _ascii_form(name)
    shown = f'filename="{name}"' if ascii_name == name else _extended("filename", name)
    return (
        f'Content-Type: {content_type};\r\n name="{ascii_name}"\r\n'
        "Content-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment;\r\n {shown}\r\n"
    )


def safe_filename(filename: str) -> str:
    """A name without path, controls and leading dots; a long one keeps its ending.

    Signs that file systems refuse, or that mean something in a parameter, become `_`.
    """
    last = filename.replace("\\", "/").rpartition("/")[2]
    name = _NOT_IN_NAMES.sub("_", one_line(last, 10_000)).lstrip(". ")
    if len(name) > MAX_FILENAME:
        stem, dot, ending = name.rpartition(".")
        ending = dot + ending if stem and len(ending) <= 10 else ""
        name = name[: MAX_FILENAME - len(ending)].rstrip() + ending
    return name or "attachment"


def addr_spec(address: str) -> str:
    """`address` as an addr-spec (RFC 5322 section 3.4.1), whatever it was before.

    A local part that is no dot-atom is quoted, a domain outside ASCII becomes its A-label where the
    local part is ASCII. Without a domain it stands under `invalid` (RFC 2606), so that it goes
    nowhere.
    """
    local, at, domain = one_line(address, 320).rpartition("@")
    if not at:
        local, domain = domain, "invalid"
    if len(local) > 1 and local[0] == local[-1] == '"':
        local = re.sub(r"\\(.)", r"\1", local[1:-1])
    domain = _NOT_DOMAIN.sub("", domain) or "invalid"
    if local.isascii() and not domain.isascii():
        domain = _a_label(domain)
    return f"{local if _DOT_ATOM.fullmatch(local) else _quoted(local)}@{domain}"


@lru_cache(maxsize=2048)  # departments and agents are named in mail after mail
def _mailbox(mailbox: Mailbox) -> tuple[str, ...]:
    address = addr_spec(mailbox.address)
    name = one_line(mailbox.name, MAX_NAME)
    if not name:
        return (address,)
    if not name.isascii() or "=?" in name or len(name) > 60:
        return (*_encoded_words(name), f"<{address}>")
    return (name if _PHRASE.fullmatch(name) else _quoted(name), f"<{address}>")


def _quoted(text: str) -> str:
    return '"' + _QUOTABLE.sub(r"\\\1", text) + '"'


def _a_label(domain: str) -> str:
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain


def _encoded_words(text: str) -> list[str]:
    """RFC 2047 encoded-words of whole characters each (section 5)."""
    data = text.encode()
    words, start = [], 0
    while start < len(data):
        end = min(start + _WORD_BYTES, len(data))
        while end < len(data) and data[end] & 0xC0 == 0x80:
            end -= 1
        words.append(f"=?utf-8?b?{b64encode(data[start:end]).decode()}?=")
        start = end
    return words or [""]


def _folded(name: str, tokens: Iterable[str]) -> str:
    """The field with line breaks between tokens where a line would get longer than 78."""
    done, line = "", f"{name}:"
    for token in tokens:
        if len(line) + 1 + len(token) > _LINE and not line.endswith(":"):
            done += line + "\r\n"
            line = ""
        line += " " + token
    return f"{done}{line}\r\n"


def _ascii_form(name: str) -> str:
    """What an old program may show instead of `name`: the letters it knows, and the ending."""
    plain = "".join(char if _PLAIN_NAME.fullmatch(char) else "_" for char in name)
    stem, dot, ending = plain.rpartition(".")
    return stem[:48] + dot + ending[:10] if stem else plain[:58]


def _extended(parameter: str, value: str) -> str:
    """A parameter by RFC 2231 sections 3 and 4, in as many pieces as it needs."""
    pieces, piece = [], ""
    for char in value:
        octets = char if char.isascii() and char.isalnum() else _percent(char)
        if len(piece) + len(octets) > 50:
            pieces.append(piece)
            piece = ""
        piece += octets
    pieces.append(piece)
    if len(pieces) == 1:
        return f"{parameter}*=utf-8''{piece}"
    first = f"{parameter}*0*=utf-8''{pieces[0]}"
    rest = (f"{parameter}*{number}*={each}" for number, each in enumerate(pieces[1:], 1))
    return ";\r\n ".join([first, *rest])


def _percent(char: str) -> str:
    return "".join(f"%{octet:02X}" for octet in char.encode())
