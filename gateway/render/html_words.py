"""An agent's plain words as HTML: paragraphs, lists, quotations and web addresses, and no more.

Every line stays a line. Whatever looks like HTML in them is text.
"""

import re
from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby

WEB = re.compile(r"""https?://[^\s<>"\x00-\x1f]{1,1000}""")
_NOT_IN_ADDRESS = ".,;:!?'’”“«»"
_ITEM = re.compile(r"\s{0,3}[-*•–] +(?=\S)")
_BLANKS = re.compile(r"^ | (?= )")
_MARGIN = "margin:0 0 16px"


def spoken(lines: Sequence[str]) -> str:
    """The words as HTML blocks."""
    return "".join(_printed(kind, list(run)) for kind, run in groupby(lines, _kind) if kind)


def anchor(address: str) -> str:
    """A web address as a link that says where it leads."""
    shown = escape(address)
    return f'<a class="link" style="color:#2a6fdb" href="{shown}">{shown}</a>'


def _kind(line: str) -> str:
    """The tag of a line's block; empty for a blank line."""
    if not line.strip():
        return ""
    if line.startswith(">"):
        return "blockquote"
    return "ul" if _ITEM.match(line) else "p"


def _printed(kind: str, lines: Iterable[str]) -> str:
    if kind == "ul":
        items = "".join(f"<li>{_linked(_ITEM.sub('', line))}</li>\n" for line in lines)
        return f'<ul style="{_MARGIN};padding:0 0 0 22px">\n{items}</ul>\n'
    inner = "<br>\n".join(map(_linked, lines))
    return f'<{kind} style="{_MARGIN}">{inner}</{kind}>\n'


def _linked(line: str) -> str:
    if "://" not in line:
        return _text(line)
    out, end = [], 0
    for found in WEB.finditer(line):
        address = _trimmed(found[0])
        out += [_text(line[end : found.start()]), anchor(address)]
        end = found.start() + len(address)
    return "".join((*out, _text(line[end:])))


def _trimmed(address: str) -> str:
    """The address without the signs of the sentence it stands in."""
    bare = address.rstrip(_NOT_IN_ADDRESS)
    while bare.endswith(")") and bare.count(")") > bare.count("("):
        bare = bare[:-1].rstrip(_NOT_IN_ADDRESS)
    return bare


def _text(text: str) -> str:
    """Text in which blanks in a row are kept."""
    return _BLANKS.sub("\u00a0", escape(text))
