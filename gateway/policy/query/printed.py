"""A query as one line in its canonical English form; reading it gives the query again."""

import re
from collections.abc import Iterator

from gateway.model.query import Asked, Bare, FreeText, Named, Query, Term
from gateway.policy.commands.folding import folded
from gateway.policy.query.words import KEYS, RESERVED

_SIMPLE = re.compile(r"\w(?:[\w@.+-]*[\w@+-])?")
_KEY = re.compile(r"[^\W\d][\w/-]*")


def printed(query: Query) -> str:
    """The line behind `!list` or `!search`."""
    return " ".join(parts(query))


def parts(query: Query) -> Iterator[str]:
    """Its parts, one after the other."""
    for group in query.groups:
        yield " or ".join(map(_term, group))
    if query.sort:
        yield f"sort:{query.sort}"
    if query.page > 1:
        yield f"page:{query.page}"
    if query.csv:
        yield "csv"


def _term(term: Term) -> str:
    return ("not " if term.negated else "") + _asked(term.asked)


def _asked(asked: Asked) -> str:
    match asked:
        case Named(key=key, value="") if key in KEYS:  # a field that bears the name of a key
            return f"has:{_quoted(key)}"
        case Named():
            key = asked.key if _KEY.fullmatch(asked.key) else f'"{asked.key}"'
            return f"{key}:{_quoted(asked.value) if asked.value else '*'}"
        case FreeText() if asked.exact:
            return f'"{asked.text}"'
        case FreeText():
            return asked.text if _is_simple(asked.text) else f'text:"{asked.text}"'
        case Bare():
            return _quoted(asked.word)


def _quoted(value: str) -> str:
    return value if _is_simple(value) else f'"{value}"'


def _is_simple(value: str) -> bool:
    return _SIMPLE.fullmatch(value) is not None and folded(value) not in RESERVED
