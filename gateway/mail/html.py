"""Readable text out of HTML mail, and HTML mail without the quoted history in it."""

import re
from html import unescape
from urllib.parse import unquote

import nh3
from inscriptis import Inscriptis
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.model.config import ParserConfig
from lxml.etree import LxmlError
from lxml.html import HtmlElement, document_fromstring

from gateway.mail.below import points_below
from gateway.mail.html_history import mark_history, says_anything, settable
from gateway.mail.html_layout import prepare

MAX_HTML = 1_000_000  # characters that are read as a tree; what follows loses its tags only
_MAX_REST = 4_000_000
_MANY_TAGS = 500
_MAX_TARGET = 500
_MAX_SIGN = 12  # code points of one emoji

_CONFIG = ParserConfig(css=CSS_PROFILES["strict"])
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*>")
_TAG = re.compile(r"<[a-zA-Z/!][^>]{0,1000}>")
_BLOCK_END = re.compile(
    r"</(?:p|div|li|tr|h[1-6]|blockquote|table|ul|ol)\s*>|<br\s*/?>", re.IGNORECASE
)
_OTHER_TAG = re.compile(r"(?i)<(?!/?(?:script|style)\b)[a-z/!][^>]{0,1000}>")
_TAG_LEFT = re.compile(r"<[a-zA-Z/!]")
_BLANKS = re.compile(r"[ \t\xa0]+\n")
_SAFE_LINK = re.compile(
    r"https://[\w.-]{1,60}\.safelinks\.protection\.outlook\.com/[^?#]{0,60}\?(?:[^#]{0,200}&)?url=(https?[^&#]{1,1500})"
    r"|https://urldefense\.(?:com|us|proofpoint\.com)/v3/__(https?:.{1,1500}?)__;"
)
_FILLERS = re.compile("\u200c(?:[ \xa0]*\u200c)+|[\xad\u034f\u200b\u2060\ufeff]")
_GAP = re.compile(r"\n{3,}")


def texts_of(html: str) -> tuple[str, str]:
    """`text_of` and `new_text_of`, with one look at the source where there is no history in it."""
    if len(html) > MAX_HTML:
        return _texts_of_long(html)
    tree = _tree(html)
    if tree is None:
        text = _stripped(html)
        return text, text
    if mark_history(tree, _render, whole=False):
        return text_of(html), _new_text(html, tree)
    text = _render(tree)
    return _complete(text, html), text


def _texts_of_long(html: str) -> tuple[str, str]:
    """What is below the limit is text too, and new where there is no history above."""
    end = max(html.rfind("<", MAX_HTML - 1000, MAX_HTML), MAX_HTML - 1000)
    text, new = texts_of(html[:end])
    rest = _stripped(html[end : end + _MAX_REST])
    if not rest:
        return text, new
    return f"{text}\n{rest}", f"{new}\n{rest}" if new == text else new


def text_of(html: str) -> str:
    """The readable text of an HTML body; never empty when the source holds text."""
    html = html[:MAX_HTML]
    tree = _tree(html)
    return _complete(_render(tree) if tree is not None else "", html)


def new_text_of(html: str) -> str:
    """The text of an HTML body in which quoted history carries the quote sign `>`.

    `reply.new_text` decides what of it is new, as for plain text. What cannot be told from a
    mail's own text by its signs (the old mail below Outlook's header block) is left out, unless
    nothing else is said: then the mail is a forward and all of it is here.
    """
    html = html[:MAX_HTML]
    tree = _tree(html)
    if tree is None:
        return _stripped(html)
    if mark_history(tree, _render, whole=False):
        return _new_text(html, tree)
    return _render(tree)


def _complete(text: str, html: str) -> str:
    """`text`, or where much of the source is missing in it, the source without its tags."""
    if text and html.count("<") < _MANY_TAGS:
        return text
    stripped = _stripped(html)
    # The tree builder drops what is nested too deep without a word.
    return text if len(text) * 2 > len(stripped) else stripped


def _new_text(html: str, marked: HtmlElement) -> str:
    """The text of a tree with marked history.

    Of all of the source when nothing else is said, or that more is said in the old mail.
    """
    text = _render(marked)
    own = [line for line in text.split("\n") if not line.startswith(">")]
    if says_anything(text) and not points_below(own):
        return text
    tree = _tree(html)
    if tree is None:
        return text
    mark_history(tree, _render, whole=True)
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
    for picture in tree.iter("img"):
        _show_sign(picture)
    for link in tree.iter("a"):
        _show_target(link)
    prepare(tree)
    _keep_entities(tree)
    try:
        text = Inscriptis(tree, _CONFIG).get_text()
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError):
        return ""
    return _tidy(text)


def _keep_entities(tree: HtmlElement) -> None:
    """The renderer reads entities once more: what is seen as `&lt;` must stay that."""
    for element in tree.iter():
        if element.text and "&" in element.text:
            element.text = settable(element.text.replace("&", "&amp;"))
        if element.tail and "&" in element.tail:
            element.tail = settable(element.tail.replace("&", "&amp;"))


def _show_sign(picture: HtmlElement) -> None:
    """A picture that stands for a sign, as web mailers write an emoji, becomes that sign."""
    sign = (picture.get("alt") or "").strip()
    if 0 < len(sign) <= _MAX_SIGN and not sign.isascii() and not any(map(str.isalnum, sign)):
        picture.tag = "span"
        picture.text = settable(sign)


def _show_target(link: HtmlElement) -> None:
    """Write the address of a link behind its text, where the text does not say it."""
    target = _unwrapped((link.get("href") or "").strip())
    if not target.lower().startswith(("http://", "https://")) or len(target) > _MAX_TARGET:
        return
    said = "".join(link.itertext()).strip()
    plain = target.partition("://")[2].rstrip("/")
    if not said or plain in said or target in said or said.endswith(f"<{target}>"):
        return
    last = link[-1] if len(link) else None
    if last is None:
        link.text = settable(f"{link.text or ''} <{target}>")
    else:
        last.tail = settable(f"{last.tail or ''} <{target}>")


def _unwrapped(target: str) -> str:
    """The address that a scanner of links has put its own in front of."""
    if "safelinks.protection.outlook.com" not in target and "urldefense" not in target:
        return target
    found = _SAFE_LINK.match(target)
    return unquote(found[1] or found[2]) if found else target


def _stripped(html: str) -> str:
    if not _TAG.search(html):
        return _tidy(html)
    # The cleaner's time grows with the square of open tags: it gets only those that hide text.
    source = _OTHER_TAG.sub("", _BLOCK_END.sub("\n", html))
    plain = unescape(nh3.clean(source, tags=set()) if _TAG_LEFT.search(source) else source)
    return _tidy(plain)


def _tidy(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\xa0", " ")
    if not text.isascii():
        text = _FILLERS.sub("", text)
    return _GAP.sub("\n\n", _BLANKS.sub("\n", text)).strip("\n")


def _drop(element: HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree()
