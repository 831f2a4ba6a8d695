"""winmail.dat opened (MS-OXTNEF); the only place that knows tnefparse."""

import logging

from tnefparse import TNEF

MAX_SIZE = 30 * 1024 * 1024
TYPES = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_SIGNATURE = b"\x78\x9f\x3e\x22"
_MAX_FILES = 100

logging.getLogger("tnef-decode").setLevel(logging.CRITICAL)


def files(octets: bytes) -> list[tuple[str, bytes]]:
    """(name, content) of the files inside; nothing when it cannot be read or is too large."""
    if len(octets) > MAX_SIZE or not octets.startswith(_SIGNATURE):
        return []
    try:
        attachments = TNEF(octets).attachments[:_MAX_FILES]
        return [(_text(item.long_filename()), bytes(item.data)) for item in attachments]
    except Exception:  # noqa: BLE001 - a library without care meets hostile bytes; the file stays shut
        return []


def _text(name: object) -> str:
    if isinstance(name, bytes):
        name = name.decode("utf-8", "replace")
    return str(name or "").rstrip("\0")
