"""Lines that are almost commands: `/close`, `#close`, `status: closed`, `*!close*`.

Posted to a requester they would do harm and help nobody, so they are held. Only known words that
make up the whole line count; anything else is prose.
"""

import re

from gateway.model.command import At
from gateway.model.text import Text, say
from gateway.model.workflow import STATUS_NAMES
from gateway.policy.commands.folding import folded
from gateway.policy.commands.lines import typed
from gateway.policy.commands.listed import numbers_ahead
from gateway.policy.commands.parse import parse
from gateway.policy.commands.verb import Section
from gateway.policy.commands.words import find

_SIGNS = frozenset("!/#\\¡ǃ❗❕")
_WRAPS = "*_\"'`()[]{}<>.,;:! "
_BULLET_O = re.compile(r"o\s+(?=!\s?[^\W\d_])")
_UNSHIFTED = re.compile(r"1(?=[^\W\d_])")
_KEYED = re.compile(r"([^\W\d_]{1,20})\s*[:=]\s*(.*)", re.DOTALL)
_ONLY_INTERNAL = frozenset({"notiz", "intern", "internal"})
_CODE = re.compile(
    r"\W*(?:otp|code)\W*(?:\d{3}[ \-]?\d{3}|\d{5}(?:[ \-]?\d{5}){3})\W*", re.IGNORECASE
)
_DIGITS = re.compile(r"(?:[^\w!]\s*)?!{1,2}\s*\d[\d \-]*")


def near_miss(copy: str) -> Text | None:
    """The hint for a line that is almost a command; None for text. `copy` is a `copy_of`."""
    if _CODE.fullmatch(copy):
        return say(
            "This line looks like a one-time code. Write it with an exclamation mark in front, "
            "alone on its line. If it is meant as text, add some words to the line."
        )
    if _DIGITS.fullmatch(copy):
        return say(
            "Digits behind an exclamation mark look like a one-time code and are not sent to "
            "anybody. Ticket numbers are written with a #, for example: !show #1042"
        )
    return _signed(copy) or _keyed(copy)


def _signed(copy: str) -> Text | None:
    """Another sign than `!`, or a `!` in the wrong place."""
    start = next((place for place, char in enumerate(copy[:12]) if _is_letter(char)), 0)
    ahead = numbers_ahead(copy)
    if ahead is not None:
        return _in_no_list(ahead[1].rstrip(_WRAPS))
    bullet = _BULLET_O.match(copy)
    head = "!" if bullet or (start == 1 and _UNSHIFTED.match(copy)) else copy[:start]
    if bullet:
        start = bullet.end() + (2 if copy[bullet.end() + 1].isspace() else 1)
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
        return _internal("note" if folded(word) == "internal" else word)
    entry = find(word)
    if entry is not None and entry.name == "status" and folded(rest) not in STATUS_NAMES:
        return None  # prose: "Status: the device is on its way"
    if (
        entry is None
        or entry.free_text
        or (entry.makes is Section.REPLY)
        or bool(rest) == (entry.makes is Section.NOTE)
    ):
        return None
    return _hint(f"{word} {rest}".strip())


def _hint(asked: str) -> Text | None:
    word, _, rest = asked.partition(" ")
    word = word.rstrip(_WRAPS)
    if find(word) is None:
        return None
    understood = parse(At(0, ""), f"{word} {rest}")
    if understood is Section.NOTE:
        return _internal(word)
    if isinstance(understood, Section):
        return _meant(word)
    return None if isinstance(understood, Text) else _meant(asked)


def _meant(asked: str) -> Text:
    return say(
        "This line looks like a command. If it is one, write !%(command)s. "
        "If it is meant as text, add some words to the line.",
        command=typed(asked),
    )


def _in_no_list(asked: str) -> Text | None:
    """Numbers of lines, where there is no list."""
    if _hint(asked) is None:
        return None
    return say(
        "This line looks like a command. If it is one, write !%(command)s without what stands in "
        "front: numbers of lines count only in an answer to a list. "
        "If it is meant as text, add some words to the line.",
        command=typed(asked),
    )


def _internal(word: str) -> Text:
    return say(
        "This line looks like an internal note. If it is one, write !%(word)s in front of it. "
        "If the requester is meant to read it, begin the line in another way.",
        word=word.lower(),
    )


def _is_letter(char: str) -> bool:
    return char.isalpha() and char not in _SIGNS  # the click `ǃ` counts as a letter
