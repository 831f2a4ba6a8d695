"""Mails out of files, mboxes (RFC 4155) and Maildirs, one after the other in bounded memory."""

from collections.abc import Iterator
from pathlib import Path

_SEPARATOR = b"From "
_LONGEST_LINE = 1 << 20


def is_mailbox(path: Path) -> bool:
    """True for an mbox and for any folder; false for what cannot be read."""
    try:
        return path.is_dir() or (path.is_file() and _is_mbox(path))
    except (OSError, ValueError):
        return False


def mails(path: Path) -> Iterator[tuple[str, bytes]]:
    """(name, mail) for each mail: `path`, `path#3` of an mbox, the file of a Maildir.

    Raises OSError and ValueError when it cannot be read.
    """
    if path.is_dir():
        yield from _maildir(path)
        return
    if _is_mbox(path):
        yield from _mbox(path)
    else:
        yield str(path), path.read_bytes()


def _is_mbox(path: Path) -> bool:
    if not path.is_file():  # nothing is lost of a pipe, which can be read only once
        return False
    with path.open("rb") as file:
        return file.read(len(_SEPARATOR)) == _SEPARATOR


def _maildir(path: Path) -> Iterator[tuple[str, bytes]]:
    folders = [path / name for name in ("cur", "new") if (path / name).is_dir()]
    if not folders:
        raise IsADirectoryError(f"{path}: a folder, and no Maildir (it has neither cur nor new)")
    for folder in folders:
        for file in sorted(folder.iterdir()):
            if not file.name.startswith(".") and file.is_file():
                yield str(file), file.read_bytes()


def _mbox(path: Path) -> Iterator[tuple[str, bytes]]:
    """The mails of an mbox, split where `From ` begins a line after an empty one.

    Quoted `>From ` lines stay as they are: whether the writer quoted them cannot be known.
    """
    lines: list[bytes] = []
    number, after_blank = 0, True
    with path.open("rb") as file:
        while line := file.readline(_LONGEST_LINE):
            if after_blank and line.startswith(_SEPARATOR):
                if number:
                    yield f"{path}#{number}", b"".join(lines)
                number, lines = number + 1, []
            else:
                lines.append(line)
            after_blank = line in {b"\n", b"\r\n"}
    yield f"{path}#{number}", b"".join(lines)
