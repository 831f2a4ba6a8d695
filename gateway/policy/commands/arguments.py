"""What stands behind the word of a command, to the typed command of the model."""

from collections.abc import Callable
from dataclasses import dataclass
from unicodedata import normalize

from gateway.model.address import fold
from gateway.model.command import (
    Accept,
    Assign,
    At,
    Claim,
    Command,
    Help,
    ListTickets,
    ListWhat,
    Move,
    Release,
    SetStatus,
    Show,
)
from gateway.model.text import Text, say
from gateway.model.ticket import Status
from gateway.policy.commands.lines import typed


@dataclass(frozen=True, slots=True)
class Asked:
    """A command line taken apart. `word` is as typed, `example` a right line in its language."""

    at: At
    word: str
    example: str
    tickets: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


Built = Command | Text
"""A command, or the sentence that says why there is none."""

Builder = Callable[[Asked], Built]

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})

FORCE = frozenset({"force", "trotzdem"})
QUIET = frozenset({"quiet", "still", "leise"})
KEEP = frozenset({"keep", "behalten"})
FULL = frozenset({"full", "ganz", "voll"})
_DEPARTMENT = frozenset({"dept", "department", "abteilung"})

STATUS_NAMES = {
    "open": Status.OPEN,
    "offen": Status.OPEN,
    "progress": Status.IN_PROGRESS,
    "in progress": Status.IN_PROGRESS,
    "arbeit": Status.IN_PROGRESS,
    "in arbeit": Status.IN_PROGRESS,
    "in bearbeitung": Status.IN_PROGRESS,
    "wait": Status.ON_WAITING,
    "waiting": Status.ON_WAITING,
    "on waiting": Status.ON_WAITING,
    "warten": Status.ON_WAITING,
    "wartet": Status.ON_WAITING,
    "wartend": Status.ON_WAITING,
    "warteliste": Status.ON_WAITING,
    "close": Status.CLOSED,
    "closed": Status.CLOSED,
    "zu": Status.CLOSED,
    "fertig": Status.CLOSED,
    "geschlossen": Status.CLOSED,
    "spam": Status.SPAM,
}

LIST_NAMES = {
    "open": ListWhat.OPEN,
    "offen": ListWhat.OPEN,
    "offene": ListWhat.OPEN,
    "mine": ListWhat.MINE,
    "meine": ListWhat.MINE,
    "waiting": ListWhat.WAITING,
    "wartend": ListWhat.WAITING,
    "wartende": ListWhat.WAITING,
    "warteliste": ListWhat.WAITING,
    "closed": ListWhat.CLOSED,
    "geschlossen": ListWhat.CLOSED,
    "geschlossene": ListWhat.CLOSED,
}


def folded(word: str) -> str:
    """The word as it is compared: any case, ä=ae, ö=oe, ü=ue, ß=ss."""
    return normalize("NFC", word.casefold()).translate(_UMLAUTS)


def taken_apart(text: str) -> tuple[tuple[str, ...], tuple[str, ...]] | Text:
    """Ticket numbers (without `#`, each once) and other words of an argument text."""
    numbers: dict[str, None] = {}
    words = []
    for token in _tokens(text):
        if not token.startswith("#"):
            words.append(token)
            continue
        for piece in filter(None, token.replace(";", ",").split(",")):
            if not is_number(piece):
                return say(
                    "“%(argument)s” is not a ticket number. Write numbers like this: #1042 #1043",
                    argument=typed(piece),
                )
            numbers[piece[1:]] = None
    return tuple(numbers), tuple(words)


def is_number(piece: str) -> bool:
    """True for `#` and a ticket number: ASCII digits, possibly with letters and hyphens."""
    number = piece[1:]
    return (
        piece.startswith("#")
        and len(number) <= 20
        and number.isascii()
        and number.replace("-", "").isalnum()
        and any(char.isdigit() for char in number)
    )


def claim(asked: Asked) -> Built:
    """`!claim [force]`."""
    rest, force = _without(asked.words, FORCE)
    return _too_much(asked, rest) or Claim(asked.at, asked.tickets, force)


def assign(asked: Asked) -> Built:
    """`!assign @ben [force]`; an address names an agent too."""
    rest, force = _without(asked.words, FORCE)
    if not rest:
        return _missing(asked)
    agent = rest[0].removeprefix("@").rstrip(".")
    if "@" not in rest[0]:
        return say(
            "Write the agent with an @ in front: !%(word)s @%(agent)s",
            word=asked.word,
            agent=typed(agent, secret="•" in asked.at.typed),
        )
    if not agent or agent.count("@") > 1 or any(char.isspace() for char in agent):
        return _unknown_argument(asked, rest[0])
    return _too_much(asked, rest[1:]) or Assign(asked.at, fold(agent), asked.tickets, force)


def release(asked: Asked) -> Built:
    """`!release`."""
    return _too_much(asked, asked.words) or Release(asked.at, asked.tickets)


def becomes(status: Status) -> Builder:
    """Builder of a word that stands for one status and takes nothing but numbers."""

    def build(asked: Asked) -> Built:
        return _too_much(asked, asked.words) or SetStatus(asked.at, status, asked.tickets)

    return build


def close(asked: Asked) -> Built:
    """`!close [quiet]`."""
    rest, quiet = _without(asked.words, QUIET)
    return _too_much(asked, rest) or SetStatus(asked.at, Status.CLOSED, asked.tickets, quiet)


def wait(asked: Asked) -> Built:
    """`!wait`; a date is refused in words of its own."""
    if asked.words:
        return say(
            "The command !%(word)s cannot take a date yet. So far it works only alone.",
            word=asked.word,
        )
    return SetStatus(asked.at, Status.ON_WAITING, asked.tickets)


def status(asked: Asked) -> Built:
    """`!status X`, with the names of statuses in both languages."""
    rest, quiet = _without(asked.words, QUIET)
    if not rest:
        return _missing(asked)
    name = " ".join(rest)
    known = STATUS_NAMES.get(folded(name).replace("-", " "))
    if known is None or (quiet and known is not Status.CLOSED):
        return _unknown_argument(asked, name if known is None else "quiet")
    return SetStatus(asked.at, known, asked.tickets, quiet)


def move(asked: Asked) -> Built:
    """`!move berlin [keep]`; the department's name is folded."""
    rest, keep = _without(asked.words, KEEP)
    if not rest:
        return _missing(asked)
    return _too_much(asked, rest[1:]) or Move(asked.at, folded(rest[0]), asked.tickets, keep)


def accept(asked: Asked) -> Built:
    """`!accept`."""
    return _too_much(asked, asked.words) or Accept(asked.at, asked.tickets)


def list_tickets(asked: Asked) -> Built:
    """`!list [open|mine|waiting|closed] [dept x]`."""
    words, department = list(asked.words), ""
    for place, word in enumerate(words):
        if folded(word) in _DEPARTMENT:
            if place + 1 == len(words):
                return _missing(asked)
            department = folded(words[place + 1])
            del words[place : place + 2]
            break
    if not words:
        return ListTickets(asked.at, department=department)
    what = LIST_NAMES.get(folded(words[0]))
    if what is None:
        return _unknown_argument(asked, words[0])
    return _too_much(asked, tuple(words[1:])) or ListTickets(asked.at, what, department)


def show(asked: Asked) -> Built:
    """`!show [full]`."""
    rest, full = _without(asked.words, FULL)
    return _too_much(asked, rest) or Show(asked.at, asked.tickets, full)


def help_on(asked: Asked) -> Built:
    """`!help [word]`; whether there is such a word is not known here."""
    word = asked.words[0].removeprefix("!") if asked.words else ""
    return _too_much(asked, asked.words[1:]) or Help(asked.at, word)


def _tokens(text: str) -> list[str]:
    """Words and quoted words; Outlook's `x@y<mailto:x@y>` is `x@y`."""
    pieces = text.split('"')
    if len(pieces) % 2 == 0:  # a quote that is never closed is no quote
        pieces = [text]
    tokens = []
    for place, piece in enumerate(pieces):
        for token in [piece] if place % 2 else piece.split():
            bare = token.partition("<mailto:")[0].strip("<>").strip("' ").rstrip(",;")
            tokens.append(bare)
    return [token for token in tokens if token]


def _without(words: tuple[str, ...], names: frozenset[str]) -> tuple[tuple[str, ...], bool]:
    rest = tuple(word for word in words if folded(word) not in names)
    return rest, len(rest) < len(words)


def _missing(asked: Asked) -> Text:
    return say(
        "Something is missing after !%(word)s. Write it like this: %(example)s",
        word=asked.word,
        example=asked.example,
    )


def _too_much(asked: Asked, rest: tuple[str, ...]) -> Text | None:
    return _unknown_argument(asked, rest[0]) if rest else None


def _unknown_argument(asked: Asked, argument: str) -> Text:
    return say(
        "The command !%(word)s does not understand “%(argument)s”. Write it like this: %(example)s",
        word=asked.word,
        # A code in two halves is two arguments; the line as a whole shows that there is one.
        argument=typed(argument, secret="•" in asked.at.typed),
        example=asked.example,
    )
