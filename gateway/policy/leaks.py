"""What must not go to a requester although an agent's text holds it: parts of our own mails.

An agent who answers in the middle of the quotation sends the quotation along. The requester's own
words may be in it; the frame of our mail, the agent's reply address and internal notes may not.
"""

import re
from collections.abc import Iterable

from gateway.mail.marker import MARKER
from gateway.model.text import Text, say
from gateway.model.ticket import Entry, EntryKind

_TOKEN = re.compile(r"\+[rb][0-9a-f]{32}@")
_QUOTED = re.compile(r"^[ \t\xa0]*[>|][>| \t\xa0]*(.*)$", re.MULTILINE)
_FRAME = MARKER.partition("/")[0].strip("= ")
_LONG = 30
"""Letters and digits of a line that is not written twice by chance."""
_SENTENCE = 24
"""Letters and digits of a sentence that two people do not write alike by chance."""
_PIECES = re.compile(r"[\n.!?;]+")
_SHORTEST = 8
"""Letters and digits from which on a line of a note is told from any other line."""


def quoted_lines(reply: str) -> list[str]:
    """The lines of `reply` that are quoted, without their quote signs."""
    return [line for line in _QUOTED.findall(reply) if line.strip()]


def leak(reply: str) -> Text | None:
    """Why `reply` must never go to the requester, or None."""
    if _FRAME in " ".join(quoted_lines(reply)) or _FRAME in reply or _TOKEN.search(reply):
        return say(
            "your text still holds parts of the mail that you answer. Please write above the"
            " quotation, or delete all of it that is not meant for the requester."
        )
    return None


def quoted_note(reply: str, entries: Iterable[Entry]) -> Text | None:
    """Why `reply` should not go to the requester unasked. `entries` are those of the ticket."""
    if not _quotes_a_note(reply, entries):
        return None
    return say("your text quotes an internal note, and it would go to the requester.")


def _quotes_a_note(reply: str, entries: Iterable[Entry]) -> bool:
    quoted = _bare("".join(quoted_lines(reply)))
    if len(quoted) < _SHORTEST:
        return False
    return any(
        len(line) >= _SHORTEST and line in quoted
        for entry in entries
        if entry.kind is EntryKind.NOTE
        for line in map(_bare, entry.text.splitlines())
    )


def from_elsewhere(reply: str, entries: Iterable[Entry]) -> str:
    """The longest quoted line that is in none of the ticket's `entries`; empty when all are."""
    known = _bare("".join(entry.text for entry in entries))
    lines = [line for line in quoted_lines(reply) if len(_bare(line)) >= _LONG]
    return max((line for line in lines if _bare(line) not in known), key=len, default="")


def quoted_elsewhere(number: str) -> Text:
    """Why a reply with words of another ticket should not go to the requester unasked."""
    return say(
        "your text quotes #%(number)s, which is another ticket, and it would go to the requester.",
        number=number,
    )


def repeats(reply: str, entries: Iterable[Entry]) -> bool:
    """True when `reply` quotes what stands in the ticket, or has whole sentences of it.

    Agents use their own sentences again; only quoted, what they wrote to the requester counts.
    """
    said, quoted = _bare(reply), _bare("".join(quoted_lines(reply)))
    return any(
        (len(piece) >= _SHORTEST and piece in quoted)
        or (len(piece) >= _SENTENCE and entry.kind is not EntryKind.RESPONSE and piece in said)
        for entry in entries
        if entry.kind is not EntryKind.EVENT
        for piece in map(_bare, _PIECES.split(entry.text))
    )


def _bare(text: str) -> str:
    """Letters and digits alone: programs break lines and change signs where they quote."""
    return "".join(char for char in text.casefold() if char.isalnum())
