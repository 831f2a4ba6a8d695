"""Mails out of files, mboxes (RFC 4155) and Maildirs, one after the other in bounded memory."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

_START = b"From "
# `From anna@kunde.example Mon Mar  2 10:11:12 2026`: prose that begins with the word has no time.
_SEPARATOR = re.compile(rb"From .{1,300}?\d{1,2}:\d\d")
_LONGEST_LINE = 1 << 20
_BLANK = (b"\n", b"\r\n")


def is_mailbox(path: Path) -> bool:
    """True for an mbox and for any folder; false for what cannot be read."""
    try:
        return path.is_dir() or (path.is_file() and _is_mbox(path))
    except (OSError, ValueError):
        return False


def mails(path: Path) -> Iterator[tuple[str, bytes]]:
    """(name, mail) for each mail: `path`, `path#3` of an mbox with several, the file of a Maildir.

    Raises OSError and ValueError when it cannot be read.
    """
    if path.is_dir():
        yield from _maildir(path)
    elif _is_mbox(path):
        with path.open("rb") as file:
            yield from _mbox(str(path), file)
    else:
        yield str(path), path.read_bytes()


def mails_in(raw: bytes) -> Iterator[bytes]:
    """The mails of an mbox that is in memory; `raw` itself when it is none."""
    if not raw.startswith(_START):
        yield raw
    else:
        yield from (mail for _, mail in _mbox("", BytesIO(raw)))


def _is_mbox(path: Path) -> bool:
    if not path.is_file():  # nothing is lost of a pipe, which can be read only once
        return False
    with path.open("rb") as file:
        return file.read(len(_START)) == _START


def _maildir(path: Path) -> Iterator[tuple[str, bytes]]:
    """The mails of a Maildir, then those of its folders (Maildir++: `.Sent` and so on)."""
    folders = [path / name for name in ("cur", "new") if (path / name).is_dir()]
    if not folders:
        raise IsADirectoryError(f"{path}: a folder, and no Maildir (it has neither cur nor new)")
    for folder in folders:
        for file in sorted(folder.iterdir()):
            if not file.name.startswith(".") and file.is_file():
                yield str(file), file.read_bytes()
    for folder in sorted(path.glob(".*")):
        if (folder / "cur").is_dir():
            yield from _maildir(folder)


def _mbox(path: str, file: BinaryIO) -> Iterator[tuple[str, bytes]]:
    """The mails of an mbox, split where `From ` and a time begin a line after an empty one.

    Quoted `>From ` lines stay as they are: whether the writer quoted them cannot be known.
    """
    lines: list[bytes] = []
    number, after_blank = 0, False
    file.readline()
    while line := file.readline(_LONGEST_LINE):
        if after_blank and line.startswith(_START) and _SEPARATOR.match(line):
            number += 1
            yield f"{path}#{number}", b"".join(lines[:-1])
            lines = []
        else:
            lines.append(line)
        after_blank = line in _BLANK
    yield f"{path}#{number + 1}" if number else path, b"".join(lines)
