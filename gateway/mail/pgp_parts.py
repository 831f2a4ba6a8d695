"""The parts that PGP/MIME is made of (RFC 3156), also where a program on the way changed them."""

import re
from collections.abc import Sequence

from gateway.mail.armor import SIGNATURE, blocks, is_binary
from gateway.mail.headers import file_name
from gateway.mail.html import text_of
from gateway.mail.layers import is_encrypted
from gateway.mail.slices import Entity, leaf

HEADER_OF_MIME = re.compile(
    rb"\s{0,10}(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*){0,60}?(?i:Content-Type):"
)
"""A header that says of what type the content is."""
_MAX_VERSION = 500
_MAX_EMPTY = 20_000  # octets of HTML that may be nothing but an empty page
_VERSION = re.compile(rb"\s*Version:\s*1\s*", re.IGNORECASE)
_STRUCTURE = re.compile(
    rb"(?i)\s{0,10}(?:[a-z-]{1,40}:[^\n]*\n(?:[ \t][^\n]*\n)*){0,20}?"
    rb"content-type:[ \t]*multipart/(?:encrypted|signed)\b"
)


def is_structure(name: str, octets: bytes) -> bool:
    """True for the file into which GpgOL puts all of a mail (PGP/MIME with its header)."""
    if not name.lower().startswith("gpgol_mime_structure"):
        return False
    return _STRUCTURE.match(octets) is not None


def ciphertext_at(entity: Entity, children: Sequence[Entity], number: int) -> int:
    """How many parts from here are PGP/MIME's: the version and the ciphertext, or that alone."""
    child = children[number]
    if is_version(child):
        beside = children[number + 1 : number + 2]
        return 2 if beside and _is_ciphertext(beside[0]) else 0
    if entity.media_type == "multipart/encrypted":
        return 1 if _is_ciphertext(child) else 0
    return 0


def is_version(child: Entity) -> bool:
    """True for PGP/MIME's first part, also where its type was changed."""
    if child.is_multipart or len(child.body) > _MAX_VERSION:
        return False
    if child.media_type == "application/pgp-encrypted":
        return not is_encrypted(child.content)
    return _VERSION.fullmatch(child.content) is not None


def _is_ciphertext(child: Entity) -> bool:
    return not child.is_multipart and is_encrypted(child.content)


def was_signed(children: Sequence[Entity]) -> bool:
    """True for two parts, the second a signature: PGP/MIME whose outer type was changed."""
    return (
        len(children) >= 2
        and children[1].media_type == "application/pgp-signature"
        and not name_of(children[1]).lower().endswith(".sig")
    )


def is_signature(child: Entity) -> bool:
    """True for a detached signature, whatever its type says."""
    if child.is_multipart:
        return False
    if child.media_type == "application/pgp-signature":
        return True
    content = child.content
    if is_binary(content):
        return child.media_type == "application/octet-stream" and name_of(child).endswith(".sig")
    return [block.kind for block in blocks(content)] == [SIGNATURE]


def as_entity(octets: bytes) -> bytes:
    """What was encrypted as an entity; text where it has no header of its own."""
    if HEADER_OF_MIME.match(octets):
        return octets.lstrip()
    if octets[:1] in (b"\n", b"\r"):
        return octets
    head = Entity(octets)
    if head.fields and head.body and sum(len(one) for _, one in head.fields) == len(head.head):
        return octets
    return leaf("text/plain", octets, charset="utf-8")


def text_or_file(name: str, octets: bytes) -> bytes:
    """A text to be read where it is one, else a file."""
    try:
        octets.decode("utf-8")
        if b"\0" not in octets:
            return leaf("text/plain", octets, charset="utf-8")
    except UnicodeDecodeError:
        pass
    return leaf("application/octet-stream", octets, name=name or "message")


def shows_text(kind: str, content: bytes) -> bool:
    """False for a text without a text."""
    if kind != "text/html" or len(content) > _MAX_EMPTY or b"<img" in content:
        return bool(content.strip())
    return bool(text_of(content.decode("utf-8", "replace")).strip())


def rewritten(entity: Entity, content: bytes) -> bytes:
    """The leaf with another content."""
    kept = [octets for name, octets in entity.fields if name == "content-type"]
    return b"".join(kept) + b"Content-Transfer-Encoding: 8bit\r\n\r\n" + content


def name_of(entity: Entity) -> str:
    """The file name of a leaf; empty when it has none."""
    return "" if entity.is_multipart else file_name(entity.part)
