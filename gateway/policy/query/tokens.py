"""A query taken apart: words, quoted phrases, and what stands before and behind a colon."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.policy.commands.folding import folded
from gateway.policy.commands.lines import copy_of

_LINK = re.compile(r"<mailto:[^>\s]*>")
_COMPARED = re.compile(r'"[^"]*"|\b(alter|age)\s*([<>])=?\s*', re.IGNORECASE)
_TOKEN = re.compile(
    r"""(?P<minus>-(?=["\w]))?"""
    r"""(?:(?:"(?P<phrase>[^"]+)"|(?P<key>[^\W\d][\w/-]*))(?P<sign>[:=<>])(?!//)\s*)?"""
    r"""(?:"(?P<quoted>[^"]*)"|(?P<word>[^\s"]+))?"""
)
_JUST_KEYS = re.compile(r'[^\W\d][\w/-]*[:=]|"[^"]*"[:=]')


@dataclass(frozen=True, slots=True)
class Token:
    """One piece. `key` is empty where no colon stands, `sign` is `:`, `<` or `>`."""

    key: str
    sign: str
    value: str
    quoted: bool
    negated: bool

    @property
    def plain(self) -> str:
        """The folded word; empty for what is quoted or has a key."""
        return "" if self.quoted or self.key else folded(self.value)


def tokens(text: str) -> list[Token]:
    """The tokens of a query, in order. `text` may have several lines."""
    line = " ".join(copy_of(each) for each in _LINK.sub("", text).splitlines())
    if line.count('"') % 2:  # a quote that is never closed is no quote
        line = " ".join(line.rsplit('"', 1))
    return list(_tokens(_COMPARED.sub(_close_together, line)))


def _close_together(found: re.Match[str]) -> str:
    return f"{found[1]}{found[2]}" if found[1] else found[0]


def _tokens(line: str) -> Iterator[Token]:
    place = 0
    while place < len(line):
        if line[place].isspace():
            place += 1
            continue
        found = _TOKEN.match(line, place)
        if found is None or found.end() == place:
            place += 1
            continue
        end = found.end()
        key, value, quoted = found["phrase"] or found["key"] or "", found["word"], found["quoted"]
        if key and value and _JUST_KEYS.match(line, found.start("word")):
            end, value = found.start("word"), None  # `laptop: tablet:` are two keys
        if value is not None and not key:
            value = value.rstrip(",;") or value
        sign = (found["sign"] or "").replace("=", ":")
        if key or value or quoted:
            text = value if quoted is None else quoted
            yield Token(key, sign, text or "", quoted is not None, found["minus"] is not None)
        place = end
