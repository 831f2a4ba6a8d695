"""Keys as gpg lists them with colons (GnuPG's doc/DETAILS), as `Key`s."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from gateway.model.openpgp import Fingerprint, Key, fingerprint

_ESCAPED = re.compile(rb"\\x([0-9a-fA-F]{2})")
_NAMES = {"1": "RSA", "2": "RSA", "3": "RSA", "16": "ElGamal", "17": "DSA"}
_REVOKED, _EXPIRED, _INVALID = "r", "e", "i"


@dataclass
class _Found:
    fields: Sequence[str]
    fingerprint: Fingerprint | None = None
    user_ids: list[str] = field(default_factory=list)


def listed(output: bytes, blob: bytes = b"") -> tuple[Key, ...]:
    """The keys of `--with-colons`, with `blob` as their octets."""
    found: list[_Found] = []
    in_subkey = False
    for line in output.split(b"\n"):
        fields = [_text(each) for each in line.split(b":")]
        kind = fields[0]
        if kind in {"pub", "sec"} and len(fields) > 11:
            found.append(_Found(fields))
            in_subkey = False
        elif kind in {"sub", "ssb"}:
            in_subkey = True
        elif not found or len(fields) < 10:
            continue
        elif kind == "fpr" and not in_subkey:
            found[-1].fingerprint = fingerprint(fields[9])
        elif kind == "uid" and fields[1] not in {_REVOKED, _INVALID} and fields[9]:
            found[-1].user_ids.append(fields[9])
    return tuple(_key(one, one.fingerprint, blob) for one in found if one.fingerprint)


def _key(found: _Found, name: Fingerprint, blob: bytes) -> Key:
    fields = found.fields
    validity, able = fields[1], fields[11]
    usable = validity not in {_REVOKED, _EXPIRED, _INVALID} and "D" not in able
    return Key(
        fingerprint=name,
        blob=blob,
        user_ids=tuple(found.user_ids),
        created=_moment(fields[5]),
        expires=_moment(fields[6]),
        revoked=validity == _REVOKED,
        expired=validity == _EXPIRED,
        can_encrypt=usable and "E" in able,
        can_sign=usable and "S" in able,
        algorithm=_algorithm(fields),
    )


def _algorithm(fields: Sequence[str]) -> str:
    """What the key is, such as `RSA 3072` or `ed25519`."""
    if len(fields) > 16 and fields[16]:
        return fields[16]
    return f"{_NAMES.get(fields[3], fields[3])} {fields[2]}"


def _text(octets: bytes) -> str:
    plain = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), octets)
    text = plain.decode("utf-8", "replace")
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def _moment(text: str) -> datetime | None:
    return datetime.fromtimestamp(int(text), UTC) if text.isdecimal() and int(text) else None
