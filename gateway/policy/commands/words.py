"""The table of all commands. Reading, help and the card are made from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.model.command import Command
from gateway.model.people import Language
from gateway.model.text import Text, say
from gateway.policy.commands.folding import folded
from gateway.policy.commands.verb import Section, Verb, Word, both
from gateway.policy.commands.verbs import (
    absence,
    accounts,
    allowlist,
    answers,
    ask,
    authors,
    canned,
    codes,
    copies,
    departments,
    fields,
    keeping,
    keys,
    links,
    lists,
    merging,
    notices,
    opening,
    referrals,
    responsible,
    splitting,
    stats,
    status,
    tasks,
    times,
    topic,
    watching,
)

SECTIONS = (
    Word(
        ("reply",),
        ("antwort",),
        Section.REPLY,
        2,
        say("The text behind it goes to the requester. Needed only after a note."),
        both("text", "Text"),
        both("!reply Dear Maria, the form is attached.", "!antwort Liebe Maria, anbei das Blatt."),
        numbers=False,
    ),
    Word(
        ("note",),
        ("notiz", "intern"),
        Section.NOTE,
        1,
        say("Everything behind it, to the end of the mail, stays among agents."),
        both("text", "Text"),
        both("!note Called her, she will write again.", "!notiz Habe angerufen, sie meldet sich."),
        numbers=False,
    ),
)
"""Words that say whom the text behind them is for."""

VERBS: tuple[Verb[Any], ...] = (
    *responsible.VERBS,
    *status.VERBS,
    *keeping.VERBS,
    *departments.VERBS,
    *referrals.VERBS,
    *tasks.VERBS,
    *times.VERBS,
    *links.VERBS,
    *merging.VERBS,
    *splitting.VERBS,
    *opening.VERBS,
    *watching.VERBS,
    *copies.VERBS,
    *keys.VERBS,
    *topic.VERBS,
    *notices.VERBS,
    *absence.VERBS,
    *fields.VERBS,
    *canned.VERBS,
    *lists.VERBS,
    *ask.VERBS,
    *stats.VERBS,
    *authors.VERBS,
    *allowlist.VERBS,
    *answers.VERBS,
    *accounts.VERBS,
    *codes.VERBS,
)
"""All commands, in the order of the card."""

WORDS: tuple[Word, ...] = (*SECTIONS, *(word for verb in VERBS for word in verb.words))

_BY_COMMAND: Mapping[type[Command], Verb[Any]] = {verb.command: verb for verb in VERBS}


def verb_of(command: Command) -> Verb[Any]:
    """What there is to know about a command."""
    return _BY_COMMAND[type(command)]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the card: how it is written, the other words for it, what it does."""

    written: str
    also: tuple[str, ...]
    meaning: Text
    example: str
    level: int


SPELLED = {folded(word): word for entry in WORDS for word in entry.english + entry.german}
"""All words as they are written, by their folded form."""

UNSUGGESTED = frozenset(
    folded(word) for entry in WORDS for word in entry.english + entry.german if not entry.suggested
)
"""Folded words that nobody is led to by a slip of the finger."""

_ENTRIES = {
    folded(word): entry for entry in reversed(WORDS) for word in entry.english + entry.german
}


def find(word: str) -> Word | None:
    """The entry of exactly this word, in any case and spelling of umlauts."""
    return _ENTRIES.get(folded(word))


def card(language: Language) -> list[Row]:
    """All commands as they are written in `language`, in the order of the table."""
    return [_row(entry, language) for entry in WORDS]


def row_of(word: str, language: Language) -> Row | None:
    """The line of the card for one word, None for an unknown one."""
    entry = find(word)
    return _row(entry, language) if entry else None


def _row(entry: Word, language: Language) -> Row:
    first, *others = entry.words(language)
    foreign = [word for each in Language for word in entry.words(each) if each is not language]
    also = dict.fromkeys(word for word in [*others, *foreign] if word != first)
    return Row(
        f"!{first} {entry.arguments[language]}",
        tuple(f"!{word}" for word in also),
        entry.meaning,
        entry.example[language],
        entry.level,
    )
