"""Numbers in front of a command, in an answer to a list: `3 !claim`, `1-4, 7 !close quiet`.

Only there they mean lines. Anywhere else such a line is a near miss and is held.
"""

import re
from collections.abc import Mapping

from gateway.model.text import Text, say
from gateway.policy.commands.arguments import is_number
from gateway.policy.commands.folding import folded
from gateway.policy.commands.lines import command_of, without_bullet

LONGEST = 400
"""Characters of the numbers."""

_TO = re.compile(r"\s*(?:-|\.{2,3}|\b(?:bis|to)\b)\s*", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,;+&/]+")
_NUMBERS = re.compile(r"(\d{1,20})(?:-(\d{1,20}))?", re.ASCII)
_AROUND = frozenset({"und", "and", "zeile", "zeilen", "line", "lines", "nr", "no"})
_ALL = frozenset({"all", "alle"})


def numbers_ahead(copy: str) -> tuple[tuple[str, ...], str] | None:
    """What stands in front of the `!` of a command, in pieces, and what stands behind it.

    None for every other line. `copy` is a `copy_of`.
    """
    head, mark, _ = without_bullet(copy).partition("!")
    if not mark or not head.strip() or len(head) > LONGEST:
        return None
    behind = command_of(copy[copy.index("!") :])
    if behind is None or not behind[:1].isalpha():
        return None
    pieces = [piece.rstrip(".:)") for piece in _BETWEEN.split(_TO.sub("-", head.strip(" .:)")))]
    pieces = [piece for piece in pieces if piece and folded(piece) not in _AROUND]
    is_head = pieces and all(_NUMBERS.fullmatch(piece) or is_number(piece) for piece in pieces)
    if not is_head and [folded(piece) for piece in pieces[:2]] not in [[word] for word in _ALL]:
        return None
    return tuple(pieces), behind


def tickets_ahead(pieces: tuple[str, ...], lines: Mapping[int, str]) -> tuple[str, ...] | Text:
    """The tickets that the pieces mean; `lines` are those of the list, from 1."""
    found: dict[str, None] = {}
    for piece in pieces:
        meant = _meant(piece, lines)
        if isinstance(meant, Text):
            return meant
        found.update(dict.fromkeys(meant))
    return tuple(found)


def _meant(piece: str, lines: Mapping[int, str]) -> list[str] | Text:
    if folded(piece) in _ALL:
        return list(lines.values())
    if piece.removeprefix("#") in lines.values() and (piece[0] == "#" or int(piece) not in lines):
        return [piece.removeprefix("#")]
    numbers = _NUMBERS.fullmatch(piece)
    if numbers is None:
        return _no_line(piece, lines)
    one = int(numbers[1])
    other = int(numbers[2] or numbers[1])
    for place in (one, other):
        if place not in lines:
            return _no_line(str(place), lines)
    return [lines[place] for place in range(min(one, other), max(one, other) + 1)]


def _no_line(number: str, lines: Mapping[int, str]) -> Text:
    return say(
        "The list that you answer has no line %(number)s; its lines are 1 to %(last)s.",
        number=number[:20],
        last=max(lines),
    )


def belongs_in_front(behind: str, lines: Mapping[int, str]) -> Text | None:
    """The hint for `!claim 3`, which is not understood; None where that is not what is wrong."""
    word, *rest = behind.split()
    if not lines or not rest or not _NUMBERS.fullmatch(rest[0]):
        return None
    return say(
        "The number of a line stands in front: %(number)s !%(word)s", number=rest[0], word=word
    )


def with_tickets(behind: str, tickets: tuple[str, ...]) -> str:
    """A command line with the tickets as it names them itself: `close #1042 #1043 quiet`."""
    word = behind.split(maxsplit=1)[0]
    numbers = " ".join(f"#{ticket}" for ticket in tickets)
    return f"{word} {numbers} {behind[len(word) :].strip()}".strip()
