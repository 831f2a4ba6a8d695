"""The Autocrypt field: a key that travels with a mail (Autocrypt Level 1, section 2.1).

    Autocrypt: addr=a@b.example; [prefer-encrypt=mutual;] keydata=BASE64

Whatever is not just as the specification wants it is no field at all: a key is never taken on
half a word.
"""

from base64 import b64decode
from binascii import Error
from dataclasses import dataclass
from datetime import datetime

from gateway.model.address import fold
from gateway.model.message import Message

LARGEST_KEY = 65_536
"""Bytes of a key that are looked at; what is larger is a flooded key or none at all."""
_LONGEST_FIELD = LARGEST_KEY * 4 // 3 + 4_096


@dataclass(frozen=True, slots=True)
class Autocrypt:
    """What the field says. `keydata` is not looked into here: whether it is a key, gpg says."""

    keydata: bytes
    prefer_encrypt: bool = False


def autocrypt(message: Message) -> Autocrypt | None:
    """The field of the mail; None when there is none that counts.

    Of a machine none is read, nor where it is not clear who wrote (section 2.3).
    """
    if message.author is None or message.automatic.is_auto_generated:
        return None
    read = (read_field(value) for value in message.header_values("autocrypt"))
    # "If there is more than one valid header, all of them MUST be treated as invalid": those of
    # other addresses are not valid.
    found = [field for addr, field in filter(None, read) if addr == message.author.key]
    return found[0] if len(found) == 1 else None


def read_field(value: str) -> tuple[str, Autocrypt] | None:
    """The folded address and the rest of a field; None when it is not valid."""
    if len(value) > _LONGEST_FIELD:
        return None
    known: dict[str, str] = {}
    for part in value.split(";"):
        name, sign, said = part.partition("=")
        name = name.strip().lower()
        if not sign or not name:
            if part.strip():
                return None
            continue
        if name in known:
            return None
        if name not in _KNOWN and not name.startswith("_"):
            # "If it encounters a critical attribute that it doesn't support, the header is
            # invalid": all are critical whose name does not begin with an underscore.
            return None
        known[name] = said.strip()
    addr, keydata = known.get("addr", ""), _decoded(known.get("keydata", ""))
    if "@" not in addr or not keydata:
        return None
    # "mutual" is the only value; any other counts as if the attribute were not there.
    return fold(addr), Autocrypt(keydata, known.get("prefer-encrypt", "") == "mutual")


_KNOWN = frozenset({"addr", "prefer-encrypt", "keydata"})


def _decoded(text: str) -> bytes:
    """The bytes; empty when it is no base64 or too much."""
    try:
        found = b64decode("".join(text.split()), validate=True)
    except (Error, ValueError):
        return b""
    return found if len(found) <= LARGEST_KEY else b""


def effective_date(message: Message, accepted_at: datetime) -> datetime:
    """When the mail was sent: its Date, but never later than it came in (section 2.3)."""
    return min(message.date, accepted_at) if message.date is not None else accepted_at
