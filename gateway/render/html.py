"""A mail as HTML: one column, styles in the tags, nothing that is loaded from elsewhere.

Colours are only set where they are readable on white and on black; all else is the reader's own, so
that a dark screen stays dark. Each line of the text is a line here too, with the same marks in it:
programs that make the quoted text of an answer out of HTML make the same lines.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import assert_never

from gateway.model.people import Language
from gateway.render.document import (
    Block,
    Button,
    Buttons,
    Heading,
    Items,
    Paragraph,
    Picture,
    Quote,
    Rows,
    Rule,
    Signature,
    Words,
    blocks,
)
from gateway.render.html_words import WEB, anchor, spoken
from gateway.render.wording import guarded_line

_FONT = "font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
_PAGE = f"max-width:38em;margin:0 auto;padding:12px;overflow-wrap:break-word;{_FONT}"
_QUIET = "color:#6b7075"
_BUTTON = (
    "display:inline-block;margin:0 6px 8px 0;padding:9px 15px;border:2px solid #2a6fdb;"
    "border-radius:8px;color:#2a6fdb;font-weight:bold;text-decoration:none"
)
# The mark hangs to the left of a line that the screen breaks.
_QUOTE = "margin:0 0 16px;padding:0 0 0 11px;text-indent:-11px;white-space:pre-wrap"
_HEADINGS = {
    1: "margin:0 0 16px;font-size:19px;line-height:1.35",
    2: "margin:24px 0 8px;font-size:17px",
    3: "margin:16px 0 4px;font-size:16px",
}
_RULE = "margin:24px 0 16px;border:0;border-top:1px solid #8a8f94"
_SIGNATURE = f"margin:24px 0 0;padding:8px 0 0;border-top:1px solid #8a8f94;font-size:14px;{_QUIET}"
_CELL = "padding:3px 12px 3px 0;text-align:left;vertical-align:top"
_STYLE = """\
:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (prefers-color-scheme:dark){.quiet{color:#a3a9af!important}\
.link{color:#8ab4f8!important}.button{color:#8ab4f8!important;border-color:#8ab4f8!important}}"""

Line = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Page:
    """What stands around the blocks. `first_line` is shown above everything else.

    `guard`: no line may be taken for a command, whatever a program makes of it.
    """

    language: Language
    title: str
    first_line: str = ""
    guard: bool = False


def as_html(source: str, page: Page) -> str:
    """The HTML document of what a template wrote."""
    line = _guarded if page.guard else escape
    above = f'<p class="quiet" style="margin:0 0 16px;font-size:13px;{_QUIET}">{{}}</p>\n'
    return "".join(
        (
            _head(page.language),
            f"<title>{line(page.title)}</title>\n</head>\n",
            f'<body style="margin:0;padding:0"><div style="{_PAGE}">\n',
            above.format(line(page.first_line)) if page.first_line else "",
            *(_printed(block, line) for block in blocks(source)),
            "</div></body>\n</html>",
        )
    )


@lru_cache
def _head(language: Language) -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="{language.value}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta name="supported-color-schemes" content="light dark">\n'
        f"<style>\n{_STYLE}\n</style>\n"
    )


def _guarded(text: str) -> str:
    return escape(guarded_line(text))


def _printed(block: Block, line: Line) -> str:
    match block:
        case Heading():
            size = _HEADINGS[block.level]
            return f'<h{block.level} style="{size}">{line(block.text)}</h{block.level}>\n'
        case Items():
            return _list("<br>\n".join(_line(one, line) for one in item) for item in block.items)
        case Quote():
            return _quote(block.lines, line)
        case Rows():
            return _table(block, line)
        case Buttons():
            return _buttons(block.buttons, line)
        case Picture():
            return _picture(block, line)
        case Words():
            return spoken(block.lines)
        case Paragraph() | Signature():
            return _paragraph(block, line)
        case Rule():
            return f'<hr style="{_RULE}">\n'
        case _ as never:
            assert_never(never)


def _line(text: str, line: Line) -> str:
    """A line; a web address that stands alone on it is a link."""
    text = text.strip()
    if text.startswith("http") and WEB.fullmatch(text):
        return anchor(text)
    return line(text)


def _list(items: Iterable[str]) -> str:
    inner = "".join(f"<li>{item}</li>\n" for item in items)
    return f'<ul style="margin:0 0 16px;padding:0 0 0 22px">\n{inner}</ul>\n'


def _quote(lines: Iterable[str], line: Line) -> str:
    # Mark and words are one piece of text, which nothing can part. No line end stands between the
    # lines: it would be shown, as blanks are here.
    inner = "</div><div\n>".join(map(line, lines))
    return f'<blockquote dir="auto" style="{_QUOTE}"><div>{inner}</div></blockquote>\n'


def _table(block: Rows, line: Line) -> str:
    inner = "".join(
        f'<tr><th scope="row" style="{_CELL}">{line(row.name)}</th>'
        f'<td style="{_CELL};word-break:break-word">{line(row.value)}</td></tr>\n'
        for row in block.rows
    )
    return f'<table style="margin:0 0 16px;border-collapse:collapse">\n{inner}</table>\n'


def _buttons(buttons: Iterable[Button], line: Line) -> str:
    inner = "\n".join(
        f'<a class="button" style="{_BUTTON}" href="{escape(one.target)}">{line(one.label)}</a>'
        for one in buttons
    )
    return f'<p style="margin:0 0 8px">{inner}</p>\n'


def _picture(block: Picture, line: Line) -> str:
    return (
        f'<p style="margin:0 0 16px"><img src="cid:{escape(block.content_id)}"'
        f' alt="{line(block.alternative)}" style="max-width:100%;height:auto"></p>\n'
    )


def _paragraph(block: Paragraph | Signature, line: Line) -> str:
    inner = "<br>\n".join(_line(one, line) for one in block.lines)
    if isinstance(block, Signature):
        return f'<p class="quiet" style="{_SIGNATURE}">{inner}</p>\n'
    return f'<p style="margin:0 0 16px">{inner}</p>\n'
