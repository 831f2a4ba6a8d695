"""Public keys that a mail brings: in its Autocrypt field, and as files (RFC 3156 section 7).

Only octets are handled here, before gpg sees any of them; `Autocrypt-Gossip` is about other people
and is not looked at.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from gateway.mail.armor import dearmor
from gateway.mail.autocrypt import autocrypt
from gateway.mail.keyblob import MAX_KEY, KeyRefused, key_name, split_keys
from gateway.mail.packets import Tag, packets
from gateway.mail.parse import attachment_bytes
from gateway.model.keys import KeySource
from gateway.model.message import Attachment, Message
from gateway.model.openpgp import Fingerprint, address_in

MOST_KEYS_OF_A_MAIL = 4
"""Keys of one mail that gpg reads; those that name the author come first."""
_MOST_FILES = 10
_MOST_IN_A_FILE = 20
_NAMES = (".asc", ".gpg", ".pgp", ".key", ".pub")
_VAGUE_TYPES = frozenset({"application/octet-stream", "text/plain", "application/pgp"})


@dataclass(frozen=True, slots=True)
class Brought:
    """One key as octets. `names_author`: one of its user ids has the author's address."""

    blob: bytes
    fingerprint: Fingerprint
    source: KeySource
    prefer_encrypt: bool = False
    names_author: bool = False


def may_bring(message: Message) -> bool:
    """True when it is worth a look for keys; never for a machine's mail, or for nobody's."""
    if message.author is None or message.automatic.is_auto_generated:
        return False
    return autocrypt(message) is not None or any(_key_files(message))


def brought(content: bytes, message: Message) -> tuple[list[Brought], list[str]]:
    """The keys of the mail `content`, each once, the most useful first; and what was none.

    Those of the field come before those of files. At most `MOST_KEYS_OF_A_MAIL`.
    """
    author = message.author.key if message.author is not None else ""
    found: dict[Fingerprint, Brought] = {}
    defects = []
    for octets, source, prefers in _offered(content, message):
        try:
            for blob in _blobs(octets):
                name = key_name(blob)
                one = Brought(blob, name, source, prefers, _names(blob, author))
                found.setdefault(name, one)
        except KeyRefused as why:
            where = "the Autocrypt field" if source is KeySource.AUTOCRYPT else "an attached file"
            defects.append(f"no key in {where}: {why}")
    chosen = sorted(found.values(), key=lambda one: not one.names_author)
    if len(chosen) > MOST_KEYS_OF_A_MAIL:
        defects.append(f"it brings {len(chosen)} keys: {MOST_KEYS_OF_A_MAIL} were looked at")
    return chosen[:MOST_KEYS_OF_A_MAIL], defects


def _offered(content: bytes, message: Message) -> Iterator[tuple[bytes, KeySource, bool]]:
    field = autocrypt(message)
    if field is not None:
        yield field.keydata, KeySource.AUTOCRYPT, field.prefer_encrypt
    files = list(_key_files(message))
    for octets in attachment_bytes(content, [each.part for each in files]) if files else []:
        yield octets, KeySource.ATTACHED, False


def _key_files(message: Message) -> Iterator[Attachment]:
    """The first attachments that may be keys; what is too big for one is none."""
    found = 0
    for each in message.attachments:
        named = each.filename.lower().endswith(_NAMES) and each.content_type in _VAGUE_TYPES
        if (named or each.content_type == "application/pgp-keys") and found < _MOST_FILES:
            found += 1
            yield each


def _blobs(octets: bytes) -> list[bytes]:
    if len(octets) > MAX_KEY * 2:
        raise KeyRefused("it is too big for a key")
    return split_keys(dearmor(octets), _MOST_IN_A_FILE)


def _names(blob: bytes, author: str) -> bool:
    """True when a user id may be the author's; gpg says later whether it is signed by the key."""
    texts = (bytes(each.body[:1000]) for each in packets(blob) if each.tag == Tag.USER_ID)
    return any(address_in(text.decode("utf-8", "replace")) == author for text in texts)
