"""Lines that are almost commands: `/close`, `#close`, `status: closed`, `*!close*`.

Posted to a requester they would do harm and help nobody, so they are held. Only known words that
make up the whole line count; anything else is prose.
"""

import re

from gateway.model.command import At
from gateway.model.text import Text, say
from gateway.policy.commands.arguments import folded
from gateway.policy.commands.lines import LONGEST, typed
from gateway.policy.commands.parse import PLANNED, not_a_command, parse
from gateway.policy.commands.words import Section, find

_SIGNS = frozenset("!/#\\¡ǃ❗❕")
_WRAPS = "*_\"'`()[]{}<>.,;:! "
_NUMBERED = re.compile(r"(?:o|\d{1,3}[.)]?)\s+(?=!\s?[^\W\d_])")
_UNSHIFTED = re.compile(r"1(?=[^\W\d_])")
_KEYED = re.compile(r"([^\W\d_]{1,20})\s*[:=]\s*(.*)", re.DOTALL)
_ONLY_INTERNAL = frozenset({"notiz", "intern", "internal"})
_DIGITS = re.compile(r"(?:[^\w!]\s*)?!\s*\d[\d \-]*")


def near_miss(copy: str) -> Text | None:
    """The hint for a line that is almost a command; None for text. `copy` is a `copy_of`."""
    if len(copy) > LONGEST:
        return None
    if _DIGITS.fullmatch(copy):
        return say(
            "A line of digits behind an exclamation mark looks like a one-time code and is not "
            "sent to anybody. Ticket numbers are written with a #, for example: !show #1042"
        )
    return _signed(copy) or _keyed(copy)


def _signed(copy: str) -> Text | None:
    """Another sign than `!`, or a `!` in the wrong place."""
    start = next((place for place, char in enumerate(copy[:12]) if char.isalpha()), 0)
    numbered = _NUMBERED.match(copy)
    head = "!" if numbered or (start == 1 and _UNSHIFTED.match(copy)) else copy[:start]
    if numbered:
        start = numbered.end() + (2 if copy[numbered.end() + 1].isspace() else 1)
    if not _SIGNS & set(head) or "!!" in head or ">" in head or "|" in head:
        return None
    if any(char.isdigit() for char in head):
        return None
    return _hint(copy[start:].rstrip(_WRAPS))


def _keyed(copy: str) -> Text | None:
    """`status: closed`, and `Intern: …`; but not `Note: …`, with which letters begin."""
    keyed = _KEYED.fullmatch(copy)
    if not keyed:
        return None
    word, rest = keyed.groups()
    if folded(word) in _ONLY_INTERNAL:
        return _meant("note" if folded(word) == "internal" else word)
    entry = find(word)
    if (
        entry is None
        or (entry.makes is Section.REPLY)
        or bool(rest) == (entry.makes is Section.NOTE)
    ):
        return None
    return _hint(f"{word} {rest}".strip())


def _hint(asked: str) -> Text | None:
    word, _, rest = asked.partition(" ")
    word = word.rstrip(_WRAPS)
    if find(word) is None:
        return not_a_command(word) if folded(word) in PLANNED and not rest else None
    understood = parse(At(0, ""), f"{word} {rest}")
    if isinstance(understood, Section):
        return _meant(word)
    return None if isinstance(understood, Text) else _meant(asked)


def _meant(asked: str) -> Text:
    return say(
        "This line looks like a command. If it is one, write !%(command)s. "
        "If it is meant as text, add some words to the line.",
        command=typed(asked),
    )
