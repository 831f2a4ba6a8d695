"""Cleartext signed messages (RFC 9580 section 7), as their text reads without gpg.

gpg's output is what is used; it is compared with this, because gpg has let text through that the
signature did not cover (bytes after a NUL, very long lines, a header that is none).
"""

import re

_HASH = re.compile(rb"(?i)(?:Hash|Charset|Version|Comment|NotDashEscaped|SaltedHash): ?[^\r\n]*")
_SIGNATURE = b"-----BEGIN PGP SIGNATURE-----"


def text_of(block: bytes) -> bytes | None:
    """The text of one block; None when it is not as the standard has it."""
    lines = [line.rstrip(b"\r") for line in block.split(b"\n")]
    place = 1
    while place < len(lines) and lines[place].strip():
        if not _HASH.fullmatch(lines[place].strip()):
            return None
        place += 1
    kept: list[bytes] = []
    for line in lines[place + 1 :]:
        if line.rstrip() == _SIGNATURE:
            return b"\n".join(kept)
        if line.startswith(b"- "):
            kept.append(line[2:])
        elif line.startswith(b"-----BEGIN PGP"):
            return None
        else:
            kept.append(line)
    return None


def is_same(one: bytes, other: bytes) -> bool:
    """True when two texts differ at most in what the signature leaves out: blanks at line ends."""
    return _plain(one) == _plain(other)


def _plain(text: bytes) -> list[bytes]:
    lines = [line.rstrip(b" \t\r") for line in text.split(b"\n")]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def charset_of(block: bytes) -> str:
    """The charset that the armor names (RFC 9580 section 6.2.2.5); empty when it names none."""
    found = re.search(rb"(?im)^Charset: ?([\w.:-]{1,40})[ \t]*\r?$", block[:2000])
    return found[1].decode("ascii") if found else ""
