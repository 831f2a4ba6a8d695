"""A query as one line in its canonical English form; reading it gives the query again."""

import re
from collections.abc import Iterator

from gateway.model.query import Asked, Bare, FreeText, Named, Query, Term
from gateway.policy.commands.folding import folded
from gateway.policy.query.words import AGE, KEYS, RESERVED

_SIMPLE = re.compile(r"\w(?:[\w@.+-]*[\w@+-])?")
_KEY = re.compile(r"[^\W\d][\w/-]*")


def printed(query: Query, *, lists: bool) -> str:
    """The line behind `!list` (`lists`) or `!search`."""
    return " ".join(parts(query, lists=lists))


def parts(query: Query, *, lists: bool) -> Iterator[str]:
    """Its parts, one after the other."""
    for group in query.groups:
        yield " or ".join(_term(term, lists=lists) for term in group)
    if query.sort:
        yield f"sort:{query.sort}"
    if query.page > 1:
        yield f"page:{query.page}"
    if query.csv:
        yield "csv"


def _term(term: Term, *, lists: bool) -> str:
    return ("not " if term.negated else "") + _asked(term.asked, lists=lists)


def _asked(asked: Asked, *, lists: bool) -> str:
    match asked:
        case Named(key=key, value="") if (
            key in KEYS or key in AGE
        ):  # a field that bears the name of a key
            return f"has:{_quoted(key)}"
        case Named():
            key = asked.key if _KEY.fullmatch(asked.key) else f'"{asked.key}"'
            return f"{key}:{_quoted(asked.value) if asked.value else '*'}"
        case FreeText() if asked.exact:
            return f'"{asked.text}"'
        case FreeText():
            is_bare = not lists and _is_simple(asked.text)
            return asked.text if is_bare else f'text:"{asked.text}"'
        case Bare():
            return _quoted(asked.word)


def _quoted(value: str) -> str:
    return value if _is_simple(value) else f'"{value}"'


def _is_simple(value: str) -> bool:
    return _SIMPLE.fullmatch(value) is not None and folded(value) not in RESERVED
