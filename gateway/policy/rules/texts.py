r"""How rules compare texts, and how many patterns are found in one pass.

Upper and lower case, line breaks and several blanks make no difference, except to a regular
expression, which sees the text as it is. All of it takes time in proportion to the text: RE2 has no
pattern that could do worse, and no text longer than `LONGEST` is looked at.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, assert_never

import re2

from gateway.model.rules import Between, Compare, Comparison, Op, Where

LONGEST: Mapping[Where, int] = {
    Where.SUBJECT: 1_000,
    Where.BODY: 65_536,
    Where.HEADER: 4_000,
    Where.FORM: 20_000,
    Where.FIELD: 20_000,
}
"""Characters of a text that are looked at."""

MOST_KEPT = 4_000
"""Compiled patterns that are kept."""

_MEMORY = 8 << 20
_TOGETHER = {False: 1_000, True: 200}
"""Patterns of one pass: plain texts, and regular expressions, of which each may need much more."""

Caught = Mapping[str, str]
"""What the named groups of a regular expression have caught."""

NOTHING: Caught = {}


def plain(text: str) -> str:
    """The text as it is compared: any case, blanks and line breaks as one blank."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


@dataclass(frozen=True, slots=True)
class Seen:
    """A text as it is and as it is compared."""

    text: str
    plain: str


def seen(text: str, where: Where = Where.HEADER) -> Seen:
    """The text, no longer than is looked at."""
    cut = text[: LONGEST[where]]
    return Seen(cut, plain(cut))


def caught_by(test: Comparison, text: Seen) -> Caught | None:
    """What was caught when the text fits; None when it does not."""
    match test:
        case Between():
            digits = text.plain
            is_number = digits.isascii() and digits.isdigit() and len(digits) <= 18
            return NOTHING if is_number and test.first <= int(digits) <= test.last else None
        case Compare():
            return _first(test, text)
        case _:
            assert_never(test)


def _first(test: Compare, text: Seen) -> Caught | None:
    for value in test.values:
        found = _fits(test.op, value, text)
        if found is not None:
            return found
    return None


def _fits(op: Op, value: str, text: Seen) -> Caught | None:
    match op:
        case Op.EQUALS:
            fits = text.plain == value
        case Op.CONTAINS:
            fits = value in text.plain
        case Op.STARTS:
            fits = text.plain.startswith(value)
        case Op.ENDS:
            fits = text.plain.endswith(value)
        case Op.GLOB | Op.WORD:
            fits = compiled(pattern_of(op, value), exact=True).search(text.plain) is not None
        case Op.REGEX:
            found = compiled(value).search(text.text)
            return None if found is None else {k: v or "" for k, v in found.groupdict().items()}
        case _:
            assert_never(op)
    return NOTHING if fits else None


def pattern_of(op: Op, value: str) -> str:
    """The regular expression that finds the same; of all but regular expressions in `plain`."""
    quoted: str = re2.escape(value)
    match op:
        case Op.EQUALS:
            return f"^{quoted}$"
        case Op.CONTAINS:
            return quoted
        case Op.STARTS:
            return f"^{quoted}"
        case Op.ENDS:
            return f"{quoted}$"
        case Op.GLOB:
            return "(?s)^" + quoted.replace(r"\*", ".*").replace(r"\?", ".") + "$"
        case Op.WORD:
            return rf"(?:^|[^\pL\pN_]){quoted}(?:[^\pL\pN_]|$)"
        case Op.REGEX:
            return value
        case _:
            assert_never(op)


def groups_of(pattern: str) -> tuple[str, ...]:
    """The names of what a pattern catches."""
    return tuple(compiled(pattern).groupindex)


def problem_of(pattern: str) -> str:
    """What is wrong with a pattern, in RE2's words; empty when nothing is."""
    try:
        compiled(pattern)
    except re2.error as wrong:
        said = wrong.args[0] if wrong.args else b""
        return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return ""


@lru_cache(maxsize=MOST_KEPT)
def compiled(pattern: str, *, exact: bool = False) -> Any:  # noqa: ANN401  (RE2 has no types)
    """The compiled pattern; not `exact`: upper and lower case make no difference."""
    return re2.compile(pattern, _options(exact=exact, memory=1 << 20))


def _options(*, exact: bool, memory: int) -> re2.Options:
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = exact
    options.max_mem = memory
    return options


@dataclass(frozen=True, slots=True)
class Scan:
    """Many patterns over one text, chunk by chunk, with the numbers that stand for each."""

    chunks: tuple["Chunk", ...]

    def found(self, text: str) -> set[int]:
        """The owners of all patterns that are found in the text."""
        return {owner for chunk in self.chunks for owner in chunk.found(text)}


@dataclass(frozen=True, slots=True)
class Chunk:
    """Patterns that are found in one pass; without one, each must be tried."""

    together: Any
    owners: tuple[int, ...]

    def found(self, text: str) -> Iterator[int]:
        """The owners of those that are found."""
        matched = self.together.Match(text) if self.together is not None else ()
        if _ALL not in matched:  # RE2 had not enough memory, and says nothing
            yield from self.owners
        else:
            yield from (self.owners[each - 1] for each in matched if each != _ALL)


_ALL = 0
"""The place in each chunk of the empty pattern, which everything fits."""


def scan(patterns: Iterable[tuple[str, int]], *, regex: bool) -> Scan:
    """A scan for patterns with their owners; `regex`: as admins wrote them, for the text itself."""
    listed = list(patterns)
    step = _TOGETHER[regex]
    parts = (listed[start : start + step] for start in range(0, len(listed), step))
    return Scan(tuple(chunk for part in parts for chunk in _chunks(part, exact=not regex)))


def _chunks(patterns: Sequence[tuple[str, int]], *, exact: bool) -> Iterator[Chunk]:
    """One chunk, or several where RE2 cannot hold so many patterns at once."""
    together = re2.Set.SearchSet(_options(exact=exact, memory=_MEMORY))
    together.Add("")
    for pattern, _ in patterns:
        together.Add(pattern)
    try:
        together.Compile()
    except re2.error:
        middle = len(patterns) // 2
        if middle:
            yield from _chunks(patterns[:middle], exact=exact)
            yield from _chunks(patterns[middle:], exact=exact)
            return
        together = None
    yield Chunk(together, tuple(owner for _, owner in patterns))


def needle_of(op: Op, value: str) -> str:
    """A cheap pattern that is found wherever the comparison holds, and perhaps elsewhere."""
    return str(re2.escape(value)) if op is Op.WORD else pattern_of(op, value)
