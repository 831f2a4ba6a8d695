"""Public keys as octets: how many, of what, and the name of each; before gpg sees them."""

import hashlib

from gateway.mail.packets import BrokenPackets, Tag, packets
from gateway.model.openpgp import Fingerprint

MAX_KEY = 256 << 10
"""Octets of key material that are looked at; what is bigger was made to be (CVE-2019-13050)."""
_LONG = 64  # digits of a fingerprint of version 5 or 6
_KEY_PACKETS = frozenset(
    {Tag.PUBLIC_KEY, Tag.PUBLIC_SUBKEY, Tag.USER_ID, Tag.USER_ATTRIBUTE, Tag.SIGNATURE, Tag.TRUST}
    | {Tag.MARKER, Tag.PADDING}
)


class KeyRefused(ValueError):  # noqa: N818  (what happened)
    """What was handed over as a key is none that can be used; the text says why."""


def split_keys(octets: bytes, most: int) -> list[bytes]:
    """Public keys in a row, each by itself. Raises KeyRefused."""
    if len(octets) > MAX_KEY:
        raise KeyRefused("it is too big for a key")
    starts = []
    try:
        for packet in packets(octets):
            if packet.tag in {Tag.SECRET_KEY, Tag.SECRET_SUBKEY}:
                raise KeyRefused("it holds a secret key")
            if packet.tag not in _KEY_PACKETS:
                raise KeyRefused("it is no public key")
            if packet.tag == Tag.PUBLIC_KEY:
                starts.append(packet.start)
    except BrokenPackets as wrong:
        raise KeyRefused("it is no public key, or not all of it") from wrong
    if not starts:
        raise KeyRefused("it is no public key")
    if len(starts) > most:
        raise KeyRefused(f"it holds {len(starts)} keys")
    return [octets[a:b] for a, b in zip(starts, [*starts[1:], len(octets)], strict=True)]


def key_name(blob: bytes) -> Fingerprint:
    """The fingerprint of a binary public key, computed from it. Raises KeyRefused."""
    try:
        first = next(packets(blob))
    except (BrokenPackets, StopIteration):
        raise KeyRefused("it is no public key") from None
    found = _named(first.body) if first.tag == Tag.PUBLIC_KEY else None
    if found is None:
        raise KeyRefused("it is no public key of a kind that is known")
    return found


def key_ids(blob: bytes) -> tuple[str, ...]:
    """The key ids of a binary public key and its subkeys, as signatures name them.

    They are for looking a key up, and prove nothing. Raises KeyRefused.
    """
    kinds = {Tag.PUBLIC_KEY, Tag.PUBLIC_SUBKEY}
    try:
        names = [_named(each.body) for each in packets(blob) if each.tag in kinds]
    except BrokenPackets:
        raise KeyRefused("it is no public key, or not all of it") from None
    return tuple(dict.fromkeys(key_id(name) for name in names if name))


def key_id(name: str) -> str:
    """The key id (16 digits) in a fingerprint, or of what is one already (RFC 9580 5.5.4)."""
    return name[:16] if len(name) == _LONG else name[-16:]


def _named(body: memoryview) -> Fingerprint | None:
    """The fingerprint of a key, from the body of its packet; None for an unknown kind."""
    version = body[0] if len(body) else 0
    if version == 4:  # RFC 9580 section 5.5.4.2
        framed = b"\x99" + len(body).to_bytes(2, "big") + body
        return Fingerprint(hashlib.sha1(framed, usedforsecurity=False).hexdigest().upper())
    if version in {5, 6}:  # section 5.5.4.3; version 5 is GnuPG's own
        begin = b"\x9a" if version == 5 else b"\x9b"
        framed = begin + len(body).to_bytes(4, "big") + body
        return Fingerprint(hashlib.sha256(framed).hexdigest().upper())
    return None
