"""A folder of key files as the keys of a gpg home that is gone afterwards (`inspect --keys`)."""

import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from gateway.crypto.gpg import Gpg
from gateway.crypto.opener import GpgOpener
from gateway.mail.armor import Block, blocks, decoded, is_binary
from gateway.mail.packets import BrokenPackets, Tag, packets
from gateway.model.address import fold
from gateway.model.message import Message
from gateway.model.openpgp import Fingerprint, Key

_LARGEST = 16 << 20
_KEYBOX = b"KBXf"  # a keyring of gpg
_PRIVATE = "private-keys-v1.d"
_LARGEST_PASSPHRASE = 4096
_MOST_PASSPHRASES = 10
_PRIMARY = frozenset({Tag.PUBLIC_KEY, Tag.SECRET_KEY})
_BETWEEN = re.compile(r"[\s<>()\[\]\",;:]+")
_PASSPHRASE_NAMES = ("pass", "pwd", "pw.", "pin")


class KeyFolder:
    """The keys of a folder, public and secret, armored or binary, any number in a file.

    The folder may be a home of gpg, too: its keyring and its secret keys are taken. A file whose
    name speaks of a password (`passphrase`, `passphrase.txt` …) holds the passphrases of the secret
    keys, one a line; without one, any small text is tried. Nothing is read before the first mail
    that needs a key. Use it as a context.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._home = Path(tempfile.mkdtemp(prefix="gw-", dir="/tmp"))
        self._gpg = Gpg(self._home / "h", lambda: self._passphrases)
        self._passphrases: tuple[str, ...] = ()
        self._beside: list[bytes] = []
        self._keys: tuple[Key, ...] = ()
        self._is_read = False

    def __enter__(self) -> GpgOpener:
        return GpgOpener(self._gpg, lambda _: self._signers(), authors=self._authors)

    def __exit__(self, *_: object) -> None:
        self._gpg.close()
        shutil.rmtree(self._home, ignore_errors=True)

    def _signers(self) -> list[bytes]:
        """The public keys that gpg would not import, after the others are imported."""
        if not self._is_read:
            self._is_read = True
            self._read()
        return self._beside

    def _authors(self, outside: Message) -> list[list[Fingerprint]]:
        """The keys that may be each author's, of whom the folder has any that is."""
        self._signers()
        named = [(key.fingerprint, _addresses(key)) for key in self._keys]
        return [
            [key for key, addresses in named if author.key in addresses or not addresses]
            for author in outside.authors
            if any(author.key in addresses for _, addresses in named)
        ]

    def _read(self) -> None:
        named: list[str] = []
        others: list[str] = []
        for path in sorted(self._folder.rglob("*")):
            octets = _content(path)
            if octets[8:12] == _KEYBOX:
                self._gpg.import_all(self._gpg.export_keyring(path))
                continue
            if path.parent.name == _PRIVATE and path.suffix == ".key":
                self._take_private(path, octets)
                continue
            found = list(_keys(octets))
            for one in found:
                if not self._gpg.import_all(one):
                    self._beside += _public(one)
            if not found and len(octets) <= _LARGEST_PASSPHRASE:
                (named if _is_named(path) else others).extend(_lines(octets)[:_MOST_PASSPHRASES])
        passphrases = named or others[:_MOST_PASSPHRASES]
        self._passphrases = tuple(dict.fromkeys(passphrases))
        self._keys = self._gpg.all_keys()

    def _take_private(self, path: Path, octets: bytes) -> None:
        """A secret key as the agent of another gpg kept it; its public half is in the keyring."""
        folder = self._gpg.home / _PRIVATE
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / path.name).write_bytes(octets)


def _addresses(key: Key) -> set[str]:
    """All that is an address in the user ids, wherever it stands: nobody is to lose theirs."""
    words = (word for user_id in key.user_ids for word in _BETWEEN.split(user_id))
    return {fold(word) for word in words if "@" in word}


def _content(path: Path) -> bytes:
    """What is in a file; nothing for what cannot be read, or is too big for keys."""
    try:
        return path.read_bytes() if path.is_file() and path.stat().st_size <= _LARGEST else b""
    except OSError:
        return b""


def _keys(octets: bytes) -> Iterator[bytes]:
    """The octets of the key blocks in a file, each a row of packets that begins with a key."""
    if is_binary(octets):
        candidates = [octets]
    else:
        candidates = [_decoded(octets, block) for block in blocks(octets)]
    for one in candidates:
        if _first(one) in _PRIMARY:
            yield one


def _decoded(octets: bytes, block: Block) -> bytes:
    return decoded(octets[block.start : block.end])


def _first(octets: bytes) -> int:
    try:
        return next((packet.tag for packet in packets(octets)), 0)
    except BrokenPackets:
        return 0


def _public(octets: bytes) -> list[bytes]:
    return [octets] if _first(octets) == Tag.PUBLIC_KEY else []


def _is_named(path: Path) -> bool:
    return any(word in path.name.lower() for word in _PASSPHRASE_NAMES)


def _lines(octets: bytes) -> list[str]:
    """Passphrases, a line each; characters are octets here, so that each reaches gpg as it is."""
    text = octets.removeprefix(b"\xef\xbb\xbf").decode("latin-1")
    return [line for line in (each.rstrip("\r") for each in text.split("\n")) if line]
