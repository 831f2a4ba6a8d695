"""The line of `!allow` and `!deny`, taken apart: who, where, until when, and why.

    x@y [to berlin@, freiburg@] [until date] [with proof] [force] reason

In place of x@y stands a domain, or the fingerprint of a key, in groups or not.
The options may come in any order; the date may also stand at the very end.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from gateway.mail.forward_people import author_of
from gateway.model.address import fold
from gateway.model.authors import ascii_domain, signer_key
from gateway.model.openpgp import Fingerprint, fingerprint
from gateway.model.text import Text, say
from gateway.policy.commands.arguments import missing, no_fingerprint, tokens
from gateway.policy.commands.folding import folded
from gateway.policy.commands.lines import copy_of, typed
from gateway.policy.commands.moments import When
from gateway.policy.commands.verb import Asked
from gateway.policy.commands.when import BEFORE_END, when

DROP = frozenset({"drop", "weg", "remove", "entfernen", "raus", "aufheben", "loeschen", "delete"})
_TO = frozenset({"to", "an", "for", "fuer", "bei", "nach"})
_AND = frozenset({"und", "and", "&", "+"})
_FORCE = frozenset({"force", "trotzdem"})
_WITH = frozenset({"with", "mit"})
_PROOF = frozenset({"proof", "nachweis", "beweis"})
_PIECE = re.compile(r'"[^"]*"[,;]?|\S+')
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_LONGEST_DOMAIN = 253
_DIGITS = re.compile(r"(?:0[xX])?[0-9A-Fa-f:]{2,}")
_SHORTEST_ID = 8


@dataclass(frozen=True, slots=True)
class Who:
    """An address, or `@domain`, folded; or the `signer_key` of a fingerprint."""

    author: str
    subdomains: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """What stands behind the author. `departments` as typed, folded; empty for all."""

    departments: tuple[str, ...] = ()
    until: When | None = None
    proof: bool = False
    force: bool = False
    reason: str = ""


def pieces(asked: Asked) -> list[str]:
    """The words behind the command, quoted ones as one with their quotes."""
    return _PIECE.findall(copy_of(" ".join(asked.text.split())))


def who(asked: Asked, words: Sequence[str]) -> tuple[Who, list[str]] | Text:
    """Whom the first word names, or the first words of a fingerprint; and the words behind."""
    found = _signer(words)
    if isinstance(found, tuple):
        name, behind = found
        return Who(signer_key(name)), behind
    if found is not None:
        return found
    named = _author(asked, words[0])
    return named if isinstance(named, Text) else (named, list(words[1:]))


def _signer(words: Sequence[str]) -> tuple[Fingerprint, list[str]] | Text | None:
    """A fingerprint, which may be written in groups; a sentence for a part of one, or None."""
    bare = ("".join(word.strip('",;').split()) for word in words)
    groups = list(takewhile(_DIGITS.fullmatch, bare))
    for count in range(len(groups), 0, -1):
        found = fingerprint("".join(groups[:count]))
        if found is not None:
            return found, list(words[count:])
    digits = "".join(groups).lower().removeprefix("0x")
    return no_fingerprint(" ".join(groups)) if len(digits) >= _SHORTEST_ID else None


def _author(asked: Asked, piece: str) -> Who | Text:
    """The author that a word names: `x@y`, `y`, `@y`, or with subdomains `*.y`."""
    bare = " ".join(tokens(piece)).rstrip(":,;").strip('"')
    local, at, domain = bare.rpartition("@")
    found = author_of(f"<{bare}>") if at and local not in ("", "*") else None
    if found is not None:
        address, _, behind = found.key.rpartition("@")
        return Who(f"{address}@{behind}")
    if at and local not in ("", "*"):
        return _no_author(asked, bare)
    subdomains = domain.startswith("*.")
    name = ascii_domain(fold(domain.removeprefix("*.").rstrip(".")))
    labels = name.split(".")
    is_domain = len(labels) > 1 and len(name) <= _LONGEST_DOMAIN
    if is_domain and all(_LABEL.fullmatch(label) for label in labels):
        return Who(f"@{name}", subdomains)
    return _no_author(asked, bare)


def _no_author(asked: Asked, word: str) -> Text:
    return say(
        "“%(word)s” is neither an address nor a domain. Write x@y.org, @y.org or,"
        " with all domains below it, @*.y.org: %(example)s",
        word=typed(word),
        example=asked.example,
    )


def line(asked: Asked, words: Sequence[str], *, places: bool) -> Line | Text:
    """The options and the reason, which must be there. `places`: departments may be named."""
    found, rest = Line(), list(words)
    while rest:
        taken = _option(asked, found, rest, places=places)
        if isinstance(taken, Text):
            return taken
        if taken is None:
            break
        found, rest = taken
    if found.until is None:
        until, rest = _at_the_end(rest)
        found = replace(found, until=until)
    if not rest:
        return _no_reason(asked)
    return replace(found, reason=" ".join(rest))


_Taken = tuple[Line, list[str]]


def _option(asked: Asked, found: Line, rest: list[str], *, places: bool) -> _Taken | Text | None:
    """The line with the option that `rest` begins with; None where the reason begins."""
    first = folded(rest[0]).rstrip(":,")
    second = folded(rest[1]).rstrip(":,") if len(rest) > 1 else ""
    if not first.strip("-"):
        return found, rest[1:]
    if places and first in _TO and not found.departments:
        names, behind = _names(rest[1:])
        return (replace(found, departments=names), behind) if names else missing(asked)
    if first in BEFORE_END and found.until is None:
        return _until(found, rest)
    if places and first in _WITH and second in _PROOF:
        return replace(found, proof=True), rest[2:]
    if first in _FORCE:
        return replace(found, force=True), rest[1:]
    return None


def _names(words: list[str]) -> tuple[tuple[str, ...], list[str]]:
    """The departments at the start: one, and more behind a comma or “and”, or with an @ each."""
    names: dict[str, None] = {}
    more, at = True, 0
    for at, word in enumerate([*words, ""]):  # noqa: B007  (where it stopped is asked for)
        if folded(word) in _AND and names:
            more = True
        elif word and (more or word.rstrip(",;:").endswith("@")):
            for name in re.split(r"[,;]", word.strip('"')):
                if clean := folded(name.strip('":')):
                    names[clean] = None
            more = word.endswith((",", ";"))
        else:
            break
    return tuple(names), words[at:]


def _until(found: Line, rest: list[str]) -> _Taken | Text:
    end = when(rest)
    if isinstance(end, Text):
        return end
    if end is None:
        return say(
            "“%(words)s” is no date. Write it like this: until 31.12.2027, or +6m; behind it the"
            " reason.",
            words=typed(" ".join(rest[:3])),
        )
    return replace(found, until=end[0]), list(end[1])


def _at_the_end(rest: list[str]) -> tuple[When | None, list[str]]:
    """The date that a reason ends with: `room key until 31.12.2027`."""
    for at in range(max(1, len(rest) - 5), len(rest)):
        if folded(rest[at]) in BEFORE_END:
            end = when(rest[at:])
            if end is not None and not isinstance(end, Text) and not end[1]:
                return end[0], rest[:at]
    return None, rest


def _no_reason(asked: Asked) -> Text:
    return say(
        "The reason is missing: in a year somebody will ask why. Write it like this: %(example)s",
        example=asked.example,
    )
