"""A mail as its sender signed it: before files in its text and inside of others were taken out."""

from hashlib import sha256

from gateway.mail.body import disposition
from gateway.mail.charset import clean, decode
from gateway.mail.headers import file_name, parameter
from gateway.mail.tree import Part, content, grow, leaves


def as_sent(raw: bytes) -> tuple[str, tuple[str, ...]]:
    """The plain text of the mail, and the SHA-256 (hex) of each other part in their order.

    Where there is plain text, the same text as HTML beside it is no part of its own.
    """
    text = None
    files: list[tuple[Part, str]] = []
    for part in leaves(grow(raw)[0]):
        octets = content(part)
        if text is None and part.media_type == "text/plain" and _is_body(part):
            text = clean(decode(octets, parameter(part, "charset", "content-type")))
        else:
            files.append((part, sha256(octets).hexdigest()))
    if text is not None:
        files = [
            each for each in files if each[0].media_type != "text/html" or not _is_body(each[0])
        ]
    return text or "", tuple(digest for _, digest in files)


def _is_body(part: Part) -> bool:
    return disposition(part) != "attachment" and not file_name(part)
