"""What there is to know about a command in one place: its words, how it is read, what it does."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum, auto
from typing import Generic

from gateway.model.command import At, Command
from gateway.model.openpgp import Fingerprint
from gateway.model.people import Language
from gateway.model.text import Text
from gateway.policy.commands.folding import folded
from gateway.policy.work import CommandT, Run


class Section(Enum):
    """Whom the text behind a word is for."""

    REPLY = "reply"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Asked:
    """A command line taken apart. `word` is as typed, `example` a right line in its language.

    `words` are what stands behind the numbers, quoted words as one. `text` is the same as it was
    typed, with the lines that follow; filled only for words with `free_text`.
    """

    at: At
    word: str
    example: str
    tickets: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    text: str = ""


Built = Command | Text
"""A command, or the sentence that says why there is none."""

Builder = Callable[[Asked], Built]


@dataclass(frozen=True, slots=True)
class Word:
    """One entry of the card: its words, what follows them, and what builds it.

    `makes` is the section it begins or the builder of its command. `level` is the proof it needs.
    `arguments` and `example` are written with the first word of the language; `numbers` tells
    whether ticket numbers may follow. `free_text`: the lines up to the next blank one belong to
    it; `one_line`: what follows is free text too, but only on its line.
    """

    english: tuple[str, ...]
    german: tuple[str, ...]
    makes: Section | Builder
    level: int
    meaning: Text
    arguments: Mapping[Language, str]
    example: Mapping[Language, str]
    numbers: bool = True
    free_text: bool = False
    one_line: bool = False
    suggested: bool = True

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


def both(english: str, german: str | None = None) -> Mapping[Language, str]:
    """What is written in the two languages; the same in both when there is no German."""
    return {
        Language.ENGLISH: english,
        Language.GERMAN: english if german is None else german,
    }


class Rank(IntEnum):
    """The order in which commands run, whatever order they were typed in."""

    OPEN = auto()  # a ticket that there was not before
    TARGET = auto()  # which ticket it is, and that it may be worked on
    RESPONSIBLE = auto()
    TICKET = auto()  # topic, fields, department
    TASK = auto()
    LINK = auto()
    STATUS = auto()
    ASK = auto()  # what is only read, as typed


class Sort(Enum):
    """What a command decides about a ticket; two commands that decide the same contradict."""

    RESPONSIBLE = auto()
    DEPARTMENT = auto()
    STATUS = auto()
    TOPIC = auto()
    SUBJECT = auto()
    FIELD = auto()
    ACCESS = auto()
    COPY = auto()
    KEY = auto()
    NEWS = auto()
    ACCOUNT = auto()
    RETENTION = auto()


@dataclass(frozen=True, slots=True)
class Goal:
    """What a command decides, and to which value. `part` tells several of one sort apart."""

    sort: Sort
    value: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class Needs:
    """What has to be looked up before a command can be run.

    `entries` of the thread of its tickets (the last ones); agents by handle or address, departments
    by folded name.
    """

    entries: int = 0
    agents: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    tickets: tuple[str, ...] = ()
    """Numbers of further tickets."""
    opens: bool = False
    """A new ticket, whose number must be held."""
    passed_on: bool = False
    """The mail that this one passes on."""
    authors: tuple[str, ...] = ()
    """Keys of entries about authors."""
    all_authors: bool = False
    """All entries about authors."""
    accounts: tuple[str, ...] = ()
    """Accounts by short name or address, in any state."""
    all_accounts: bool = False
    fingerprints: tuple[Fingerprint, ...] = ()
    """Keys, and whose they are."""
    keys: bool = False
    """The keys of the people of its tickets."""


NO_NEEDS = Needs()


def _nothing_needed(_: Command) -> Needs:
    return NO_NEEDS


def _nothing_decided(_: Command) -> Goal | None:
    return None


@dataclass(frozen=True, slots=True)
class Verb(Generic[CommandT]):
    """One sort of command with all its words.

    `printed` gives the parts of its canonical English line, without `!`: reading that line gives
    the command again. `needs` and `decides` say what is looked up for it and what it decides.
    `inserts`: it puts text where it stands (`insertion`).
    """

    command: type[CommandT]
    rank: Rank
    run: Run[CommandT]
    printed: Callable[[CommandT], Iterable[str]]
    words: tuple[Word, ...]
    decides: Callable[[CommandT], Goal | None] = _nothing_decided
    needs: Callable[[CommandT], Needs] = _nothing_needed
    inserts: bool = False
