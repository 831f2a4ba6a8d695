"""The door to flufl.bounce: formats of mail servers that write no RFC 3464 report."""

import logging
import re
from email import message_from_bytes

from flufl.bounce import all_failures

# It logs a traceback, with addresses in it, for each mail that it cannot read.
logging.getLogger("flufl.bounce").disabled = True

_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"'`=*|]+@\w(?:[\w.-]*\w)?")
_MAX_MAIL = 64 * 1024
_MAX_LINES = 2000
_LONG_LINE = re.compile(rb"([^\n]{300})[^\n]+")


def failures(raw: bytes) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The addresses that are delayed and those that failed, sorted; both empty when unknown.

    Only the beginning of the mail and of its lines is read, so that the patterns stay quick: each
    of them goes through all lines.
    """
    lines = raw[:_MAX_MAIL].split(b"\n", _MAX_LINES)[:_MAX_LINES]
    message = message_from_bytes(_LONG_LINE.sub(rb"\1", b"\n".join(lines)))
    try:
        delayed, failed = all_failures(message)
    except Exception:  # noqa: BLE001 - it raises many things for mails without From or with bad types
        return (), ()
    return _texts(delayed), _texts(failed)


def _texts(found: frozenset[bytes] | set[bytes]) -> tuple[str, ...]:
    """The addresses alone: some formats are found with a type, a sign or a path around them."""
    texts = (_ADDRESS.search(address.decode("utf-8", "replace")) for address in found)
    return tuple(sorted(text[0] for text in texts if text and len(text[0]) <= 320))
