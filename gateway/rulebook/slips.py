"""Slips that YAML would read as something else: what is said about each."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.model.text import Text, say

_BLANKS = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_OPENING = "„“”«»‚‘’"
MARK = "the quotation mark %(mark)s would be part of the text"
_CLOSING = "“”»«‘’"


@dataclass(frozen=True, slots=True)
class Slip:
    """A slip in one text: where (from 0), what is wrong and right, and the text as it was meant."""

    at: int
    what: Text
    right: Text
    meant: str


def of_text(text: str, *, is_plain: bool, escaped: bool) -> Slip | None:
    """The first slip in a key or value; `escaped`: backslashes had a meaning in it."""
    if escaped and (found := _CONTROL.search(text)):
        what = say("a backslash has a meaning of its own in double quotes")
        right = say("write the value in single quotes: there a backslash is a backslash")
        return Slip(found.start(), what, right, _CONTROL.sub("", text))
    if unseen := _unseen(text):
        return unseen
    return _quotation_marks(text) if is_plain else None


def _unseen(text: str) -> Slip | None:
    found = _BLANKS.search(text) or _UNSEEN.search(text)
    if found is None:
        return None
    meant = _UNSEEN.sub("", _BLANKS.sub(" ", text))
    blank = _BLANKS.match(found[0]) is not None
    return Slip(
        found.start(),
        say("a blank that is none for programs (U+%(code)s)", code=f"{ord(found[0]):04X}")
        if blank
        else say("a character that nobody sees (U+%(code)s)", code=f"{ord(found[0]):04X}"),
        say("delete it and type it again: %(value)s", value=" ".join(meant.split())[:60]),
        meant.strip(),
    )


def _quotation_marks(text: str) -> Slip | None:
    """„Text“ without straight marks around it: the marks would be part of the value."""
    if text[:1] not in _OPENING or not text:
        return None
    closed = len(text) > 1 and text[-1] in _CLOSING
    if not closed and any(mark in text[1:] for mark in _CLOSING):
        return None  # „Haus“ am See
    meant = text[1:].rstrip(_CLOSING) if closed else text[1:]
    return Slip(
        0,
        say("the quotation mark %(mark)s would be part of the text", mark=text[0]),
        say("write straight ones, as on the keyboard: %(value)s", value=f'"{meant[:60]}"'),
        meant,
    )


def rest_of(line: str, column: int) -> str:
    """The value that begins at the column, without a comment behind it."""
    return re.split(r"\s#", line[column:])[0].strip()


def quoted(value: str) -> str:
    """The value between straight quotation marks, as it can be copied."""
    slip = _quotation_marks(value)
    meant = slip.meant if slip else value
    mark = "'" if '"' in meant or "\\" in meant else '"'
    return mark + meant + mark


def exclamation_mark(shown: str) -> tuple[Text, Text]:
    """What is said about a YAML tag."""
    word = shown.removesuffix(":")
    return (
        say("a value cannot begin with %(character)s", character="!"),
        say("leave it out (%(word)s), or put the value in quotes: %(value)s",
            word=word.lstrip("!")[:40], value=f'"{word[:60]}"'),
    )  # fmt: skip


def alias(name: str) -> tuple[Text, Text]:
    """What is said about `*name`."""
    return (
        say("*%(name)s stands for something written elsewhere: that is not read", name=name),
        say("write the value out, or put it in quotes: %(value)s", value=f'"*{name}"'),
    )


def merge_key() -> tuple[Text, Text]:
    """What is said about `<<:`."""
    return (
        say("<<: takes over lines from elsewhere: that is not read"),
        say("write the lines out"),
    )


def double_brace(shown: str) -> tuple[Text, Text]:
    """What is said about a value that begins with a place to fill in."""
    return (
        say("a value cannot begin with %(character)s", character="{{"),
        say("put it in quotes: %(value)s", value=f'"{shown[:80]}"'),
    )


def braces_for_a_list(words: Sequence[str]) -> tuple[Text, Text]:
    """What is said about `{berlin, freiburg}`."""
    if len(words) == 1 and ":" in words[0]:
        word, _, value = words[0].partition(":")
        return no_space(word, f"{{{word}: {value}}}")
    return (
        say("curly brackets are for key: value"),
        say("put a list in square brackets: %(value)s", value=f"[{', '.join(words)}]"[:80]),
    )


def no_space(word: str, shown: str) -> tuple[Text, Text]:
    """What is said about `{contains:Rechnung}`."""
    return (
        say('the space after "%(word)s:" is missing', word=word),
        say("write %(line)s", line=shown[:80]),
    )


def comma(word: str, before: str) -> tuple[Text, Text]:
    """What is said about `{contains: Hallo, Welt}`."""
    return (
        say('the comma before "%(word)s" ends the value', word=word),
        say(
            "put the value in quotes: %(value)s", value=f'"{before}, {word.rstrip(_CLOSING)}"'[:80]
        ),
    )
