"""Delivery into Maildirs, one for each recipient: for trying things out without a mail server."""

import hashlib
import os
import re
from pathlib import Path

from gateway.model.address import fold
from gateway.model.delivery import Deferred, Delivered, DeliveryOutcome

_SAFE = re.compile(r"[a-z0-9][a-z0-9._+=-]*@[a-z0-9][a-z0-9._-]*")
_LINE_END = re.compile(rb"\r\n|\r|\n")
_MAX_NAME = 120
_FLAGS = ("S", "RS", "ST", "FS", "R", "T", "F", "FRS", "RST", "FST", "")
"""What mail programs make of a message: read, answered, deleted, marked, in cur/."""


class Maildirs:
    """The Maildirs under one folder: `folder/<address>/{tmp,new,cur}`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def deliver(self, rcpt_to: str, content: bytes, unique: str) -> DeliveryOutcome:
        """Delivered once the mail is on stable storage; a second time for `unique` does nothing.

        `unique` names the outgoing mail (any text). Line ends in the file are LF. What the disk
        refuses is Deferred.
        """
        maildir = self._folder / directory_name(rcpt_to)
        name = _file_name(unique)
        try:
            self._make(maildir)
            if not _is_there(maildir, name):
                _write(maildir, name, _LINE_END.sub(b"\n", content))
        except OSError as error:
            return Deferred(f"maildir: {error.strerror or error}", host_down=True)
        return Delivered(f"maildir {name}")

    def _make(self, maildir: Path) -> None:
        if (maildir / "cur").is_dir():
            return
        for sub in ("tmp", "new", "cur"):
            (maildir / sub).mkdir(parents=True, exist_ok=True)
        for changed in (maildir, self._folder):
            _sync(changed)


def directory_name(address: str) -> str:
    """A name for the Maildir of an address: the address itself where that is safe.

    Anything else (slashes, leading dots, non-ASCII, too long) becomes a readable rest and a hash
    of the whole, so that no two addresses share a Maildir and none leaves the folder.
    """
    folded = fold(address)
    if _SAFE.fullmatch(folded) and len(folded) <= _MAX_NAME:
        return folded
    readable = re.sub(r"[^a-z0-9@._+=-]", "_", folded).lstrip(".-")[:80]
    return f"{readable or '_'}~{_digest(folded)}"


def _file_name(unique: str) -> str:
    """The file's name: the unique name itself where that is safe, else its hash."""
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", unique):
        return unique
    return _digest(unique)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _is_there(maildir: Path, name: str) -> bool:
    """True when the mail was delivered before: new, or seen by a mail program.

    The names that mail programs usually make are looked up one by one; a folder is not searched,
    however many mails are in it.
    """
    return (
        (maildir / "new" / name).exists()
        or (maildir / "cur" / name).exists()
        or any((maildir / "cur" / f"{name}:2,{flags}").exists() for flags in _FLAGS)
    )


def _write(maildir: Path, name: str, content: bytes) -> None:
    """Write into tmp/, make it durable, then move it: no mail program sees half a mail."""
    temporary = maildir / "tmp" / name
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(maildir / "new" / name)
    _sync(maildir / "new")


def _sync(directory: Path) -> None:
    """Make the names in a directory durable."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
