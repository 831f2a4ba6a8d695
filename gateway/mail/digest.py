"""One name for one mail, however many times and on whatever way it is delivered."""

from collections.abc import Iterable
from hashlib import sha256

from gateway.mail.charset import with_lf
from gateway.mail.tree import Part

_FIELDS = (
    "from",
    "sender",
    "reply-to",
    "to",
    "cc",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "auto-submitted",
)


def digest(headers: Iterable[tuple[str, str]], contents: Iterable[tuple[Part, bytes]]) -> str:
    """SHA-256 in hex over what the author sent: the fields that name it, and all parts.

    Trace fields, other line ends, other folding and another transfer encoding change nothing.
    `headers` are readable values, `contents` all leaves with their decoded octets.
    """
    told = sha256()
    values = list(headers)
    for wanted in _FIELDS:
        for name, value in values:
            if name == wanted:
                told.update(f"{name}:{' '.join(value.split())}\n".encode("utf-8", "replace"))
    for part, octets in contents:
        told.update(f"\n{part.media_type}\n".encode("utf-8", "replace"))
        told.update(_canonical(part, octets))
    return told.hexdigest()


def _canonical(part: Part, octets: bytes) -> bytes:
    encoded = "base64" in part.get("Content-Transfer-Encoding", "").lower()
    if encoded and not part.media_type.startswith("text/"):
        return octets
    if b"\r" in octets:
        octets = with_lf(octets.decode("latin-1")).encode("latin-1")
    return octets.rstrip(b"\n ")
