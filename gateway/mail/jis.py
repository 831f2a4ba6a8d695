"""ISO-2022-JP as mail programs write it: with the signs of Windows, and half-width katakana."""

import re

# The escape sequences of RFC 1468, RFC 1554 and JIS X 0201, and what stands up to the next one.
_RUN = re.compile(rb"\x1b(\$[@B]|\$\([@BD]|\([BJIH])([^\x1b]*)|[^\x1b]+|\x1b")


def jis(octets: bytes) -> str:
    """The text of `octets`; what is no character of it is replaced. Work is linear."""
    return "".join(map(_text, _RUN.finditer(octets)))


def _text(run: re.Match[bytes]) -> str:
    kind, octets = run[1], run[2]
    if kind is None:
        return run[0].decode("cp932", "replace").replace("\x1b", "")
    if kind == b"(I":
        return bytes(octet | 0x80 for octet in octets).decode("cp932", "replace")
    if kind == b"$(D":
        signs = b"".join(b"\x8f" + bytes((a | 0x80, b | 0x80)) for a, b in _pairs(octets))
        return signs.decode("euc_jp", "replace")
    if kind.startswith(b"("):
        return octets.decode("cp932", "replace")
    return b"".join(_shifted(*pair) for pair in _pairs(octets)).decode("cp932", "replace")


def _pairs(octets: bytes) -> list[tuple[int, int]]:
    signs = bytes(octet for octet in octets if 0x21 <= octet <= 0x7E)
    return list(zip(signs[::2], signs[1::2], strict=False))


def _shifted(row: int, cell: int) -> bytes:
    """The place of a sign of JIS X 0208 in Shift_JIS, where Windows adds signs of its own."""
    lead = (row - 0x21) // 2 + 0x81
    lead += 0x40 if lead > 0x9F else 0
    trail = cell + (0x1F if row % 2 else 0x7E)
    return bytes((lead, trail + (1 if row % 2 and cell >= 0x60 else 0)))
