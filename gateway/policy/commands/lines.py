"""One line of an agent's text: the copy that is read for commands, and what kind of line it is.

The copy serves recognition alone; text for people keeps every character that was typed.
"""

import re
from unicodedata import category, normalize

LONGEST = 1000
"""Characters of a command line that are read; a longer one is not understood."""

_BULLETS = frozenset("-*+•◦▪▫‣∙·●○■□►▶➢➤→\uf0b7\uf0a7")
_BLANK_LOOKING = frozenset("\u034f\u2800\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2065")
_LIKE_ASCII = str.maketrans(
    dict.fromkeys("‐‑‒–—―−", "-") | dict.fromkeys("“”„‟«»″", '"') | dict.fromkeys("‘’‚‛‹›′", "'")
)
_CODE = re.compile(r"\d{6}(?!\d)|\d{3}[ -]\d{3}(?!\d)|\d{5}(?:[ -]?\d{5}){3}(?!\d)")
_CODE_INSIDE = re.compile(r"(?<![#\d])(?:\d{3}[ -]?\d{3}|\d{5}(?:[ -]?\d{5}){3})(?!\d)")
_CODE_LINE = re.compile(r"\W*!\W*(?:(?:otp|code)\W*)?\d{3}", re.IGNORECASE)
_LONGEST_CODE_LINE = 100
_DIGIT = re.compile(r"\d")


def copy_of(line: str) -> str:
    """The line as it is read: NFKC, no invisible characters, ASCII dashes and quotes, trimmed.

    At most `LONGEST` + 1 characters. Full-width `！` and its kin become `!` by NFKC.
    """
    if line[:1].isalpha():
        line = line[: 2 * LONGEST]  # prose, whatever follows
    if line.isascii():
        return _visible(line).strip()[: LONGEST + 1]
    # Cut before NFKC: reordering a long run of combining marks costs the square of its length.
    seen = _visible(line).strip()[: LONGEST + 1]
    return _visible(normalize("NFKC", seen).translate(_LIKE_ASCII)).strip()[: LONGEST + 1]


def is_blank(line: str) -> bool:
    """True when nothing of the line can be seen."""
    return all(char.isspace() or _invisible(char) for char in line)


def command_of(copy: str) -> str | None:
    """What stands behind the `!` of a command line, without the blank; None for other lines.

    `copy` is a `copy_of`. A command is optional blanks or a bullet, `!`, at most one blank, and
    a letter, a six-digit code or a recovery code.
    """
    behind = _behind_mark(without_bullet(copy))
    if behind[:1].isalpha() or _CODE.match(behind):
        return behind
    return None


def unescaped(line: str, copy: str) -> str | None:
    """The line with the first of its two `!` removed, when it is `!!word`; otherwise None."""
    start = without_bullet(copy)
    if not start.startswith("!!") or not start[2:3].isalpha():
        return None
    for place, char in enumerate(line):
        if normalize("NFKC", char) == "!":
            return line[:place] + line[place + 1 :]
    return None  # one character that only reads as two, such as U+203C: text like any other


def text_behind_word(line: str) -> str:
    """What was typed behind the word of a command line, untouched but for blanks at its ends."""
    mark = next(place for place, char in enumerate(line) if normalize("NFKC", char) == "!")
    word = next(
        (
            place
            for place in range(mark + 1, len(line))
            if not (line[place].isspace() or _invisible(line[place]))
        ),
        len(line),
    )
    return "".join(line[word:].split(maxsplit=1)[1:]).strip()


def typed(copy: str, *, secret: bool = False) -> str:
    """The copy as it may be shown and kept: shortened, codes redacted.

    `secret` redacts every digit; otherwise six digits that stand together, except behind `#`.
    """
    hidden = _DIGIT.sub("•", copy) if secret else redacted(copy)
    return hidden if len(hidden) <= 80 else hidden[:79] + "…"


def redacted(text: str) -> str:
    """`text` with the digits of everything that may be a one-time code replaced by dots."""
    return _CODE_INSIDE.sub(lambda code: _DIGIT.sub("•", code.group()), text)


def without_bullet(copy: str) -> str:
    """The copy of a line without the bullet in front."""
    return copy[1:].lstrip() if copy[:1] in _BULLETS else copy


def without_codes(text: str) -> str:
    """`text` with the digits of each line replaced that is written like one with a code."""
    if "!" not in text and "！" not in text:
        return text
    return "\n".join(
        _DIGIT.sub("•", copy)
        if len(line) <= _LONGEST_CODE_LINE and _CODE_LINE.match(copy := copy_of(line))
        else line
        for line in text.split("\n")
    )


def _behind_mark(start: str) -> str:
    if not start.startswith("!"):
        return ""
    return start[2:] if start[1:2].isspace() else start[1:]


def _visible(line: str) -> str:
    if line.isascii() and line.isprintable():
        return line
    return "".join(char for char in line if not _invisible(char))


def _invisible(char: str) -> bool:
    if " " <= char <= "~" or char == "\t":
        return False
    return (
        category(char) in ("Cf", "Cc", "Cs")
        or char in _BLANK_LOOKING
        or "\ufe00" <= char <= "\ufe0f"
        or "\u180b" <= char <= "\u180f"
        or "\U000e0100" <= char <= "\U000e01ef"
    ) and not char.isspace()
