"""Armor in HTML mail, as programs on the way leave it there."""

import re

from gateway.mail.armor import blocks
from gateway.mail.charset import decode
from gateway.mail.html import text_of

# What a reader sees of these is no text, so nothing that is signed as text can cover it.
_PICTURE = re.compile(
    rb"(?i)<(?:img|picture|svg|math|object|embed|iframe|video|audio|canvas|input|textarea|button)\b"
)


def text_with_armor(html: bytes, charset: str) -> bytes:
    """The text of an HTML body (UTF-8). Blocks whose lines end in the source alone keep them."""
    text = text_of(decode(html, charset)).encode("utf-8", "replace")
    if blocks(text):
        return text
    kept: list[bytes] = []
    place = 0
    for block in blocks(html):
        kept += [html[place : block.start], b"<pre>", html[block.start : block.end], b"</pre>"]
        place = block.end
    if not kept:
        return text
    return text_of(decode(b"".join((*kept, html[place:])), charset)).encode("utf-8", "replace")


def shows_pictures(html: bytes) -> bool:
    """True for HTML that shows more than its text."""
    return _PICTURE.search(html) is not None
