"""Header fields that are encrypted or signed with the body (RFC 9788; before it, "v1").

The inside wins for what a reader sees and for threading. Who wrote is not taken from there: the
sender's proof is about the From field outside, and whoever can encrypt to us can write any inside.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.mail.headers import readable, unfold
from gateway.mail.slices import Entity

_WINS = frozenset(
    {"subject", "date", "to", "cc", "reply-to", "in-reply-to", "references", "keywords"}
    | {"autocrypt"}
)
_COMPARED = ("from", "subject", "to", "cc", "reply-to", "in-reply-to", "references", "message-id")
_HIDDEN = re.compile(
    r"(?i)(?:(?:re|aw|fwd?|wg|antw|sv):\s*)*"
    r"(?:\.\.\.|…|\[\.\.\.\]|\[…\]|encrypted(?: message| email| e-mail| subject)?"
    r"|verschlüsselte (?:nachricht|e-?mail)|\(encrypted\)|\[encrypted\]|message)?\.?"
)
_SAYS_NOTHING = frozenset({"subject unavailable", "p≡p", "pep"})  # notmuch, p≡p
_WRAPPED = b"pEp-Wrapped-Message-Info:"
_LEGACY_HTML = re.compile(
    rb"(?is)<div\b[^>]{0,300}header-protection-legacy-display[^>]{0,300}>.*?</div\s*>"
)


@dataclass(frozen=True, slots=True)
class Protected:
    """The fields of the inside that are used (all octets), and what the outside contradicts.

    `confirms_author`: the inside names the same author as the outside.
    """

    fields: tuple[tuple[str, bytes], ...] = ()
    contradicted: tuple[str, ...] = ()
    confirms_author: bool = False


def hides_subject(subject: str) -> bool:
    """True for what programs write outside in place of the real subject."""
    return _HIDDEN.fullmatch(subject.strip()) is not None


def _says_nothing(subject: str) -> bool:
    return hides_subject(subject) or subject.strip().lower() in _SAYS_NOTHING


def is_protecting(payload: Entity) -> bool:
    """True when the header of this part is meant to be that of the whole mail."""
    return bool(payload.parameter("hp") or payload.parameter("protected-headers"))


def protected(
    outer: Sequence[tuple[str, bytes]],
    payload: Entity,
    *,
    is_meant: bool,
    is_secret: bool,
    wins: bool,
) -> Protected:
    """What the header of `payload` says. `wins` false: only what is contradicted.

    `is_meant`: it is meant to be the header of the whole mail.
    """
    inner = [field for field in payload.fields if not field[0].startswith("content-")]
    if not is_meant:
        hides = is_secret and hides_subject(_value(outer, "subject") or "")
        inner = [field for field in inner if hides and field[0] == "subject"]
    sent_outside = [
        (name.strip().lower(), value)
        for _, octets in payload.fields
        if _ == "hp-outer"
        for name, _colon, value in [_text(octets).partition(":")[2].strip().partition(":")]
    ]
    contradicted = []
    for name in _COMPARED:
        inside, outside = _value(inner, name), _value(outer, name)
        if inside is None or outside is None or _same(inside, outside):
            continue
        if name == "subject" and is_secret and _says_nothing(readable(outside)):
            continue
        if is_secret and any(n == name and _same(v, outside) for n, v in sent_outside):
            continue
        contradicted.append(name)
    fields = tuple(field for field in inner if field[0] in _WINS) if wins else ()
    names_author = _value(inner, "from") is not None and _value(outer, "from") is not None
    return Protected(fields, tuple(contradicted), names_author and "from" not in contradicted)


def without_legacy(part: Entity) -> bytes | None:
    """A text without the copy of the header that older programs would show; None: it has none.

    RFC 9788 section 4.5.3 (hp-legacy-display).
    """
    if part.parameter("hp-legacy-display") != "1":
        return None
    if part.media_type == "text/plain":
        octets = part.content
        blank = re.search(rb"\A\s*(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)+[ \t]*\r?\n", octets)
        return octets[blank.end() :] if blank else None
    if part.media_type == "text/html":
        return _LEGACY_HTML.sub(b"", part.content, count=1)
    return None


def is_legacy_part(part: Entity) -> bool:
    """True for the part that "v1" puts before the text, with a copy of the header."""
    kind = part.media_type in {"text/plain", "text/rfc822-headers"}
    return kind and bool(part.parameter("protected-headers"))


def is_whole_mail(part: Entity) -> bool:
    """True for a message that is this mail itself, with its header (RFC 8551 section 3.1)."""
    return part.media_type == "message/rfc822" and part.parameter("forwarded").lower() == "no"


def wrapped_mail(children: Sequence[Entity]) -> Entity | None:
    """The mail itself among the parts that p≡p puts around it: a note for other programs, a key."""
    found = [child for child in children if is_whole_mail(child)]
    if len(found) != 1 or not children[0].body.lstrip().startswith(_WRAPPED):
        return None
    return found[0]


def _value(fields: Sequence[tuple[str, bytes]], name: str) -> str | None:
    found = [octets for key, octets in fields if key == name]
    return _text(found[0]).partition(":")[2].strip() if found else None


def _text(octets: bytes) -> str:
    return unfold(octets.decode("ascii", "surrogateescape").rstrip("\r\n"))


def _same(one: str, other: str) -> bool:
    return _plain(one) == _plain(other)


def _plain(value: str) -> str:
    return "".join(readable(value).split()).lower()
