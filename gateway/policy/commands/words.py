"""The table of all command words. Reading, help and the card are made from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from gateway.model.people import Language
from gateway.model.text import Text, say
from gateway.model.ticket import Status
from gateway.policy.commands import arguments as args
from gateway.policy.commands.arguments import Builder, folded


class Section(Enum):
    """Whom the text behind a word is for."""

    REPLY = "reply"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Word:
    """One command: its words, what follows them, and what builds it.

    `makes` is the section it begins or the builder of its command. `level` is the proof it needs.
    `arguments` and `example` are written with the first word of the language; `numbers` tells
    whether ticket numbers may follow.
    """

    english: tuple[str, ...]
    german: tuple[str, ...]
    makes: Section | Builder
    level: int
    meaning: Text
    arguments: Mapping[Language, str]
    example: Mapping[Language, str]
    numbers: bool = True

    @property
    def name(self) -> str:
        """The canonical name, without `!`."""
        return self.english[0]

    def words(self, language: Language) -> tuple[str, ...]:
        """The words in this language, without `!`."""
        return self.german if language is Language.GERMAN else self.english

    def language_of(self, word: str) -> Language:
        """The language a typed word is in; English where both have it."""
        english = {folded(each) for each in self.english}
        return Language.ENGLISH if folded(word) in english else Language.GERMAN


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the card: how it is written, the other words for it, what it does."""

    written: str
    also: tuple[str, ...]
    meaning: Text
    example: str
    level: int


def _both(english: str, german: str | None = None) -> Mapping[Language, str]:
    return {
        Language.ENGLISH: english,
        Language.GERMAN: english if german is None else german,
    }


WORDS: tuple[Word, ...] = (
    Word(
        ("reply",),
        ("antwort",),
        Section.REPLY,
        2,
        say("The text behind it goes to the requester. Needed only after a note."),
        _both("text", "Text"),
        _both("!reply Dear Maria, the form is attached.", "!antwort Liebe Maria, anbei das Blatt."),
        numbers=False,
    ),
    Word(
        ("note",),
        ("notiz", "intern"),
        Section.NOTE,
        1,
        say("Everything behind it, to the end of the mail, stays among agents."),
        _both("text", "Text"),
        _both("!note Called her, she will write again.", "!notiz Habe angerufen, sie meldet sich."),
        numbers=False,
    ),
    Word(
        ("claim", "take"),
        ("nehmen", "übernehmen"),
        args.claim,
        1,
        say("You become responsible. With the last word also when somebody else is."),
        _both("[#1042 …] [force]", "[#1042 …] [trotzdem]"),
        _both("!claim #1042", "!nehmen #1042"),
    ),
    Word(
        ("assign",),
        ("zuweisen",),
        args.assign,
        1,
        say("Another agent becomes responsible."),
        _both("[#1042 …] @ben [force]", "[#1042 …] @ben [trotzdem]"),
        _both("!assign @ben", "!zuweisen @ben"),
    ),
    Word(
        ("release",),
        ("freigeben",),
        args.release,
        1,
        say("Nobody is responsible any more; the department sees it as free."),
        _both("[#1042 …]"),
        _both("!release #1042", "!freigeben #1042"),
    ),
    Word(
        ("open",),
        ("offen",),
        args.becomes(Status.OPEN),
        1,
        say("Status: open."),
        _both("[#1042 …]"),
        _both("!open #1042", "!offen #1042"),
    ),
    Word(
        ("progress",),
        ("arbeit",),
        args.becomes(Status.IN_PROGRESS),
        1,
        say("Status: in progress."),
        _both("[#1042 …]"),
        _both("!progress #1042", "!arbeit #1042"),
    ),
    Word(
        ("wait",),
        ("warten",),
        args.wait,
        1,
        say("Status: on waiting. The ticket goes to the waiting list and is released."),
        _both("[#1042 …]"),
        _both("!wait", "!warten"),
    ),
    Word(
        ("close",),
        ("zu", "fertig", "schließen"),
        args.close,
        1,
        say("Status: closed. With the last word the requester is not told."),
        _both("[#1042 …] [quiet]", "[#1042 …] [still]"),
        _both("!close #812 #815 quiet", "!zu #812 #815 still"),
    ),
    Word(
        ("reopen",),
        ("wieder",),
        args.becomes(Status.OPEN),
        1,
        say("A closed ticket is open again."),
        _both("[#1042 …]"),
        _both("!reopen #1042", "!wieder #1042"),
    ),
    Word(
        ("status",),
        ("status",),
        args.status,
        1,
        say("Sets the status by its name: open, in progress, on waiting, closed, spam."),
        _both("[#1042 …] name", "[#1042 …] Name"),
        _both("!status waiting", "!status warteliste"),
    ),
    Word(
        ("spam",),
        ("spam",),
        args.becomes(Status.SPAM),
        2,
        say("Closed as spam. Nothing goes to the requester."),
        _both("[#1042 …]"),
        _both("!spam #1042"),
    ),
    Word(
        ("ham",),
        ("keinspam",),
        args.becomes(Status.OPEN),
        2,
        say("It was no spam: the ticket is open again."),
        _both("[#1042 …]"),
        _both("!ham #1042", "!keinspam #1042"),
    ),
    Word(
        ("move",),
        ("verschieben",),
        args.move,
        2,
        say("To another department. With the last word you keep access."),
        _both("[#1042 …] berlin [keep]", "[#1042 …] berlin [behalten]"),
        _both("!move berlin", "!verschieben berlin"),
    ),
    Word(
        ("accept",),
        ("annehmen",),
        args.accept,
        2,
        say("A rejected direct mail becomes a normal ticket."),
        _both("[#1042 …]"),
        _both("!accept #1042", "!annehmen #1042"),
    ),
    Word(
        ("list",),
        ("liste",),
        args.list_tickets,
        1,
        say("Sends you a list of tickets that you may see."),
        _both(
            "[open|mine|waiting|closed] [dept x]", "[offen|meine|wartend|geschlossen] [abteilung x]"
        ),
        _both("!list mine", "!liste meine"),
        numbers=False,
    ),
    Word(
        ("show",),
        ("zeige",),
        args.show,
        2,
        say("Sends you a ticket; with the last word the whole thread."),
        _both("[#1042 …] [full]", "[#1042 …] [ganz]"),
        _both("!show #1042", "!zeige #1042"),
    ),
    Word(
        ("help",),
        ("hilfe",),
        args.help_on,
        0,
        say("Sends you this card, or the explanation of one word."),
        _both("[word]", "[Wort]"),
        _both("!help move", "!hilfe verschieben"),
        numbers=False,
    ),
)

SPELLED = {folded(word): word for entry in WORDS for word in entry.english + entry.german}
"""All words as they are written, by their folded form."""

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
