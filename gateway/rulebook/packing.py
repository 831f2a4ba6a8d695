"""Folders of rules and templates as one packed piece, and back."""

import io
import os
import zipfile
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from pathlib import Path

MOST_BYTES = 20_000_000
"""More is not kept: forms and pictures of canned responses are the largest that belong there."""
_FIXED = (1980, 1, 1, 0, 0, 0)


def pack(folders: Mapping[str, Path]) -> tuple[str, bytes] | None:
    """A digest of the files, and all of them; None when they are too many."""
    found = {
        f"{name}/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for name, folder in folders.items()
        for path in _files(folder)
    }
    if sum(map(len, found.values())) > MOST_BYTES:
        return None
    digest = blake2b(digest_size=16)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(found.items()):
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
            archive.writestr(zipfile.ZipInfo(name, _FIXED), content, zipfile.ZIP_DEFLATED)
    return digest.hexdigest(), packed.getvalue()


def unpack(packed: bytes, target: Path) -> None:
    """The folders anew, below `target`."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        archive.extractall(target)
    for path in target.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)


def traces(folders: Mapping[str, Path]) -> tuple[tuple[str, int, int, int], ...]:
    """What tells of any change of a file: path, size, time of the change, number of the file."""
    found = []
    for folder in folders.values():
        for path in _files(folder):
            try:
                status = os.stat(path)  # noqa: PTH116  (once, not once for each question)
            except OSError:  # gone between two looks
                continue
            found.append((str(path), status.st_size, status.st_mtime_ns, status.st_ino))
            found.append((f"{path}:rights", status.st_mode, 0, 0))
    return tuple(sorted(found))


def _files(folder: Path) -> Iterator[Path]:
    """The files that are read: none that an editor hides or leaves behind."""
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not hidden and not path.name.endswith(("~", "#")) and path.is_file():
            yield path
