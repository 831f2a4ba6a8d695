"""HTML made ready to be written as text: less of it, and nothing that makes the text huge.

The renderer fills each cell of a table with blanks up to the widest of its column, and believes
every length in a style: a small mail could ask for gigabytes of blanks.
"""

import re
from dataclasses import dataclass, field

from lxml import etree
from lxml.html import HtmlElement

_FREE = 100_000
_MANY = 10  # times the text of the table
_KEPT_STYLE = re.compile(
    r"(?i)(?:^|;)\s*(?:display|white-space|margin-(?:top|bottom))\s*:\s*(?:[a-z-]+|\d?\d(?:\.\d*)?[a-z]+)\s*(?=;|$)"
)
_CHANGES_INLINE = re.compile(r"(?i)display|white-space")
_DEEP_LISTS = (
    "descendant::*[self::ul or self::ol][ancestor::*[self::ul or self::ol][8]]"  # of eight levels
)
_INLINE = (
    "a abbr acronym b bdo big cite code dfn em font i ins kbd label mark nobr s samp small span"
    " strike strong sub sup tt u var"
).split()
_BLOCKS = (
    "address article aside button caption center dd details dir dt fieldset figcaption figure form"
    " footer header legend main menu nav option section summary textarea"
).split()
_UNSEEN = "svg", "template", "datalist"
_KEPT = "bdi"  # an inline element that is not taken out


@dataclass(slots=True)
class _Size:
    """How wide and how high an element can become, and for a row or a table its columns."""

    width: int = 0
    height: int = 0
    columns: list[int] = field(default_factory=list)


def prepare(tree: HtmlElement) -> None:
    """Take out what changes nothing in a text, and tables whose text would be mostly blanks."""
    for element in tree.xpath("descendant-or-self::*[@style]"):
        _plain_style(element)
    for element in tree.xpath("descendant::*[@hidden]"):
        element.set("style", "display:none")
    etree.strip_elements(tree, *_UNSEEN, with_tail=False)
    for element in tree.iter(*_BLOCKS):
        element.tag = "div"
    for numbered in tree.xpath("descendant::ol[@start or li/@value]"):
        _write_numbers(numbered)
    etree.strip_tags(tree, *_INLINE)
    for deep in tree.xpath(_DEEP_LISTS):
        deep.tag = "div"
    if tree.find(".//td") is not None or tree.find(".//th") is not None:
        _open_tables(tree)


def _write_numbers(numbered: HtmlElement) -> None:
    """A list that does not begin at 1 has its numbers as text: the renderer counts from 1."""
    number = _number(numbered.get("start"), 1)
    for entry in numbered.xpath("./li"):
        number = _number(entry.get("value"), number)
        entry.tag = "div"
        entry.text = f"{number}. {(entry.text or '').lstrip()}"
        first = entry[0] if len(entry) else None
        if first is not None and first.tag == "p" and entry.text.endswith(". "):
            first.tag = _KEPT
        number += 1
    numbered.tag = "div"


def _number(said: str | None, otherwise: int) -> int:
    return int(said) if said and said.isascii() and said.isdigit() and len(said) < 6 else otherwise


def _plain_style(element: HtmlElement) -> None:
    style = element.attrib.pop("style")
    kept = "".join(_KEPT_STYLE.findall(style)).strip(";") if ":" in style else ""
    if kept:
        element.set("style", kept)
        if element.tag in _INLINE and _CHANGES_INLINE.search(kept):
            element.tag = _KEPT


def _open_tables(tree: HtmlElement) -> None:
    """One walk from the leaves up; a table that would become too large is a stack of boxes."""
    sizes: dict[HtmlElement, _Size] = {}
    for _, element in etree.iterwalk(tree, events=("end",)):
        size = sizes.pop(element, None) or _Size()
        size.width += len(element.text or "")
        size.height += 1 + (element.text or "").count("\n")
        if element.tag == "table":
            size = _table(element, size)
        _pass_up(element, size, sizes)


def _pass_up(element: HtmlElement, size: _Size, sizes: dict[HtmlElement, _Size]) -> None:
    parent = element.getparent()
    if parent is None:
        return
    above = sizes.setdefault(parent, _Size())
    if element.tag in {"td", "th"}:
        above.columns.append(size.width)
        above.height = max(above.height, size.height)
        above.width += size.width
        return
    above.height += size.height
    above.width += size.width + len(element.tail or "")
    if element.tag in {"tr", "tbody", "thead", "tfoot"}:
        longer = len(size.columns) - len(above.columns)
        above.columns += [0] * longer
        for number, width in enumerate(size.columns):
            above.columns[number] = max(above.columns[number], width)


def _table(table: HtmlElement, size: _Size) -> _Size:
    width = sum(size.columns)
    if width * size.height <= _FREE + _MANY * size.width:
        return _Size(width, size.height)
    for row in table.xpath("./tr|./*/tr"):
        for cell in row.xpath("./td|./th"):
            cell.tag = "div"
        row.tag = "div"
    table.tag = "div"
    return _Size(max(size.columns), size.height * len(size.columns))
