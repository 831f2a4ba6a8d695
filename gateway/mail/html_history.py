"""Quoted history in HTML mail: what mail programs put around it, turned into lines with `>`."""

import re
from collections.abc import Callable

from lxml.html import HtmlElement

_LOWER = "translate({}, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ ', 'abcdefghijklmnopqrstuvwxyz')"
_CLASS = "contains(concat(' ', normalize-space(@class), ' '), ' {} ')"

# The author indents with a blockquote too: then it has a style without border and no sign of use.
_INDENTED = (
    f"(contains({_LOWER.format('@style')}, 'border:none')"
    " and not(@type) and not(@cite) and not(contains(@class, 'quote')))"
)
_QUOTES = f"self::blockquote[not({_INDENTED})]"
# Lines of a program above a quotation:
_PREFIXES = (
    "contains(@class, 'gmail_attr') or contains(@class, 'moz-cite-prefix') or @id = 'reply-intro'"
)
# Boxes around all of the old mail:
_BOXES = (
    "contains(@class, 'yahoo_quoted') or starts-with(@id, 'yahoo_quoted')"
    " or contains(@class, 'zmail_extra') or contains(@class, 'tutanota_quote')"
    " or @name = 'quote' or @id = 'mail-editor-reference-message-container'"
    " or @id = 'ms-outlook-mobile-reference-message'"
    " or @class = 'ms-outlook-mobile-reference-message'"
    " or contains(@class, 'protonmail_quote')"
    f" or {_CLASS.format('gmail_quote')} or {_CLASS.format('gmail_quote_container')}"
)
# Elements from which on everything that follows is the old mail:
_FROM_LABELS: tuple[str, ...] = (
    "From:",
    "Von:",
    "De:",
    "De\xa0:",
    "De :",
    "Da:",
    "Van:",
    "Od:",
    "Från:",
    "Fra:",
)
_FROM_LABELS += ("Lähettäjä:", "Kimden:", "От:", "Від:", "发件人:", "寄件者:", "差出人:")
_ANY_LABEL = " or ".join(f"contains(., '{label}')" for label in _FROM_LABELS)
_HEADS = (
    "@id = 'divRplyFwdMsg' or contains(@class, 'OutlookMessageHeader')"
    f" or (self::div and contains({_LOWER.format('@style')}, 'border-top:solid#')"
    f" and ({_ANY_LABEL}))"
)
_INSIDE = "ancestor::blockquote"
_MARKED = f"//*[self::blockquote or @class or @id][({_QUOTES} or {_PREFIXES}) and not({_INSIDE})]"
_FIRST_HEAD = f"//*[@id or @class or @style][({_HEADS}) and not({_INSIDE})]"
_BOX = f"//*[@id or @class or @name][({_BOXES}) and not(self::blockquote) and not({_INSIDE})]"
_RULES_ABOVE = frozenset({"hr"})
_FORWARDED = re.compile(
    r"\s*(?:[-_]{2,}\s*(?:forwarded|weitergeleitet|message\stransf|mensaje\sreenv|messaggio\sinol|"
    r"doorgestuurd|mensagem\senc|пересл|wiadomość\sprzek)|(?:begin\sforwarded|anfang\sder\sweiter))",
    re.IGNORECASE,
)
_SIGNATURES = f"//*[@class][{_CLASS.format('gmail_signature')} and not({_INSIDE})]"
_MAX_SIGNATURE = 400  # characters; more is text typed into it

Render = Callable[[HtmlElement], str]
# lxml takes no control characters in a text that is set.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def mark_history(tree: HtmlElement, render: Render, *, whole: bool) -> bool:
    """Give quoted history in `tree` the quote sign; true when there was any.

    `whole`: only quotations are marked, and what stands below a header block or in a box of a
    program stays as it is, for a mail in which nothing else is said.
    """
    changed = False
    if not whole:
        changed = _cut_below_header(tree)
        for box in tree.xpath(_BOX):
            changed |= _mark_box(box, render)
        for signature in tree.xpath(_SIGNATURES):
            changed |= _drop_signature(signature)
    for element in tree.xpath(_MARKED):
        if not _is_forward(element):
            _quote(element, render)
            changed = True
    return changed


def says_anything(text: str) -> bool:
    """True when a line of the text is not quoted and has a letter or digit."""
    return any(
        any(map(str.isalnum, line))
        for line in text.split("\n")
        if not line.lstrip().startswith(">")
    )


def _cut_below_header(tree: HtmlElement) -> bool:
    head = next(iter(tree.xpath(_FIRST_HEAD)), None)
    if head is None:
        return False
    _cut_from(head)
    return True


def _mark_box(box: HtmlElement, render: Render) -> bool:
    """A box with quotations in it keeps what stands beside them: an answer may be there."""
    if _is_detached(box) or box.find(".//blockquote") is not None or _is_forward(box):
        return False
    _quote(box, render)
    return True


def _is_detached(element: HtmlElement) -> bool:
    """True for what was inside a box that is text by now."""
    return next(element.iterancestors("html", "body"), None) is None


def _is_forward(element: HtmlElement) -> bool:
    start = "".join(part for _, part in zip(range(12), element.itertext(), strict=False))
    return _FORWARDED.match(start[:500]) is not None


def _drop_signature(signature: HtmlElement) -> bool:
    if len("".join(signature.itertext())) > _MAX_SIGNATURE or signature.getparent() is None:
        return False
    signature.clear(keep_tail=True)
    return True


def settable(text: str) -> str:
    """`text` as lxml lets it be put into a tree; what it reads may hold more than that."""
    return _NOT_XML.sub("\ufffd", text)


def _quote(element: HtmlElement, render: Render) -> None:
    """Turn an element into its text with the quote sign in front of each line."""
    element.tail, tail = None, element.tail
    text = render(element)
    element.tail = settable(tail or "")
    lines = text.strip("\n").split("\n")
    element.clear(keep_tail=True)
    element.tag = "pre"
    quoted = "\n" + "\n".join(f"> {line}".rstrip() for line in lines) + "\n"
    element.text = settable(quoted)


def _cut_from(element: HtmlElement) -> None:
    """Drop the element and all that follows it, beside it or beside a box around it alone."""
    parent = element.getparent()
    while parent is not None and parent.tag == "div" and _is_alone(element, parent):
        element, parent = parent, parent.getparent()
    if parent is None:
        return
    above = element.getprevious()
    for sibling in list(element.itersiblings()):
        parent.remove(sibling)
    if above is not None and above.tag in _RULES_ABOVE:
        above.drop_tree()
    element.tail = None
    element.drop_tree()


def _is_alone(element: HtmlElement, parent: HtmlElement) -> bool:
    beside = (parent.text or "") + (element.tail or "")
    return len(parent) == 1 and not beside.strip()
