"""Readable text out of HTML mail, and HTML mail without the quoted history in it."""

import re

import nh3
from inscriptis import Inscriptis
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.model.config import ParserConfig
from lxml.etree import LxmlError
from lxml.html import HtmlElement, document_fromstring

MAX_HTML = 1_000_000
_MANY_TAGS = 500
_MAX_TARGET = 500

_CONFIG = ParserConfig(css=CSS_PROFILES["strict"])
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*>")
_TAG = re.compile(r"<[a-zA-Z/!][^>]{0,1000}>")
_BLOCK_END = re.compile(
    r"</(?:p|div|li|tr|h[1-6]|blockquote|table|ul|ol)\s*>|<br\s*/?>", re.IGNORECASE
)
_BLANKS = re.compile(r"[ \t\xa0]+\n")
_GAP = re.compile(r"\n{3,}")

# What mail programs put around the mail that is answered. Whole elements:
_CONTAINERS = (
    "self::blockquote or contains(concat(' ', normalize-space(@class), ' '), ' gmail_quote ')"
    " or contains(concat(' ', normalize-space(@class), ' '), ' gmail_quote_container ')"
    " or contains(@class, 'gmail_attr') or contains(@class, 'moz-cite-prefix')"
    " or contains(@class, 'yahoo_quoted') or contains(@class, 'protonmail_quote')"
    " or contains(@class, 'tutanota_quote') or contains(@class, 'zmail_extra')"
    " or contains(@class, 'moz-forward-container')"
    " or starts-with(@id, 'yahoo_quoted') or @name = 'quote'"
    " or @id = 'mail-editor-reference-message-container'"
    " or @id = 'ms-outlook-mobile-reference-message'"
    " or @class = 'ms-outlook-mobile-reference-message'"
)
# Elements from which on everything that follows is the old mail:
_HEADS = (
    "@id = 'divRplyFwdMsg' or @id = 'appendonsend' or @id = 'stopSpelling'"
    " or contains(@class, 'OutlookMessageHeader') or @id = 'reply-intro'"
    " or (self::div and contains(translate(@style, 'ABCDEFSOLID ', 'abcdefsolid'),"
    " 'border-top:solid#')"
    " and (contains(., 'From:') or contains(., 'Von:') or contains(., 'De\xa0:')"
    " or contains(., 'De:') or contains(., 'Da:') or contains(., 'Van:')))"
)
_TOP_QUOTES = "//blockquote[not(ancestor::blockquote)]"
_QUOTATION = "> …"
_CUT = f"//*[{_CONTAINERS}]"
_CUT_FROM = f"//*[{_HEADS}]"


def text_of(html: str) -> str:
    """The readable text of an HTML body; never empty when the source holds text."""
    html = html[:MAX_HTML]
    tree = _tree(html)
    text = _render(tree) if tree is not None else ""
    if text and html.count("<") < _MANY_TAGS:
        return text
    stripped = _stripped(html)
    # The tree builder drops what is nested too deep without a word.
    return text if len(text) * 2 > len(stripped) else stripped


def new_text_of(html: str) -> str:
    """The text of an HTML body without the containers of quoted history.

    What stood in a container is a line with the quote sign, for `reply.new_text` to find the
    attribution above it. Text between two quotations is an answer in the middle of them: then all
    is kept, the quotations marked with `>`, because the answer means nothing without them.
    """
    html = html[:MAX_HTML]
    tree = _tree(html)
    if tree is None:
        return _stripped(html)
    if _has_inline_answers(tree):
        for quote in tree.xpath(_TOP_QUOTES):
            _replace(quote, "pre", _quoted(quote))
        return _render(tree)
    for element in tree.xpath(_CUT_FROM):
        _cut_from(element)
    for element in tree.xpath(_CUT):
        _replace(element, "p", _QUOTATION)
    return _render(tree)


def _tree(html: str) -> HtmlElement | None:
    source = _DECLARATION.sub("", html, count=1).strip()
    if not source:
        return None
    try:
        tree: HtmlElement = document_fromstring(source)
    except (LxmlError, ValueError):
        return None
    return tree


def _render(tree: HtmlElement) -> str:
    for element in list(tree.iter("script", "style", "title", "head")):
        if element.tag != "head" and element is not tree:
            _drop(element)
    for link in tree.iter("a"):
        _show_target(link)
    try:
        text = Inscriptis(tree, _CONFIG).get_text()
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError):
        return ""
    return _tidy(text)


def _show_target(link: HtmlElement) -> None:
    """Write the address of a link behind its text, where the text does not say it."""
    target = (link.get("href") or "").strip()
    if not target.lower().startswith(("http://", "https://")) or len(target) > _MAX_TARGET:
        return
    said = "".join(link.itertext()).strip()
    plain = target.partition("://")[2].rstrip("/")
    if not said or plain in said or target in said or said.endswith(f"<{target}>"):
        return
    last = link[-1] if len(link) else None
    if last is None:
        link.text = f"{link.text or ''} <{target}>"
    else:
        last.tail = f"{last.tail or ''} <{target}>"


def _stripped(html: str) -> str:
    if not _TAG.search(html):
        return _tidy(html)
    plain = nh3.clean(_BLOCK_END.sub(lambda found: found[0] + "\n", html), tags=set())
    for entity, char in (("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", " "), ("&amp;", "&")):
        plain = plain.replace(entity, char)
    return _tidy(plain)


def _tidy(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\xa0", " ")
    return _GAP.sub("\n\n", _BLANKS.sub("\n", text)).strip("\n")


def _has_inline_answers(tree: HtmlElement) -> bool:
    quotes = tree.xpath(_TOP_QUOTES)
    return any(_said_between(quote) for quote in quotes[:-1])


def _said_between(quote: HtmlElement) -> bool:
    """True when something is said after this quotation and before the next one."""
    if (quote.tail or "").strip():
        return True
    for sibling in quote.itersiblings():
        if sibling.tag == "blockquote":
            return False
        if isinstance(sibling.tag, str) and sibling.xpath("string(.)").strip():
            return not sibling.xpath(".//blockquote")
        if (sibling.tail or "").strip():
            return True
    return False


def _quoted(quote: HtmlElement) -> str:
    quote.tail, tail = None, quote.tail
    text = _render(quote)
    quote.tail = tail
    return "\n" + "\n".join(f"> {line}" for line in text.split("\n")) + "\n"


def _replace(element: HtmlElement, tag: str, text: str) -> None:
    """Turn an element into one of text alone."""
    element.clear(keep_tail=True)
    element.tag, element.text = tag, text


def _cut_from(element: HtmlElement) -> None:
    """Drop the element and all that follows it, beside it or beside a box around it alone."""
    parent = element.getparent()
    while parent is not None and parent.tag == "div" and _is_alone(element, parent):
        element, parent = parent, parent.getparent()
    if parent is None:
        return
    for sibling in list(element.itersiblings()):
        parent.remove(sibling)
    element.tail = None
    _drop(element)


def _is_alone(element: HtmlElement, parent: HtmlElement) -> bool:
    beside = (parent.text or "") + (element.tail or "")
    return len(parent) == 1 and not beside.strip()


def _drop(element: HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree()
