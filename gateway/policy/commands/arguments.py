"""What stands behind the word of a command, taken apart."""

from gateway.model.text import Text, say
from gateway.policy.commands.folding import folded
from gateway.policy.commands.lines import typed
from gateway.policy.commands.verb import Asked


def taken_apart(text: str) -> tuple[tuple[str, ...], tuple[str, ...]] | Text:
    """Ticket numbers (without `#`, each once) and other words of an argument text."""
    numbers: dict[str, None] = {}
    words = []
    for token in tokens(text):
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


def first_text(raw: str) -> str:
    """What was typed behind the ticket numbers at the start of a raw argument text."""
    rest = raw.lstrip()
    while rest.startswith("#"):
        number, *after = rest.split(maxsplit=1)
        if not all(is_number(piece) for piece in number.rstrip(",;").split(",")):
            break
        rest = after[0] if after else ""
    return rest.strip()


def no_fingerprint(typed: str) -> Text:
    """What is said about something that should name a key."""
    return say(
        "“%(typed)s” is no fingerprint of a key: that has 40 digits and letters from A to"
        " F. Shorter names of keys can be forged. It is shown by: gpg --fingerprint",
        typed=typed[:100],
    )


def tokens(text: str) -> list[str]:
    """The words and quoted words of a text; Outlook's `x@y<mailto:x@y>` is `x@y`."""
    pieces = text.split('"')
    if len(pieces) % 2 == 0:  # a quote that is never closed is no quote
        pieces = [text]
    tokens = []
    for place, piece in enumerate(pieces):
        for token in [piece] if place % 2 else piece.split():
            bare = token.partition("<mailto:")[0].strip("<>").strip("' ").rstrip(",;")
            tokens.append(bare)
    return [token for token in tokens if token]


def numbered(tickets: tuple[str, ...]) -> list[str]:
    """The numbers as they are written."""
    return [f"#{number}" for number in tickets]


def quoted(name: str) -> str:
    """The name as one argument."""
    return f'"{name}"' if " " in name else name


def without(words: tuple[str, ...], names: frozenset[str]) -> tuple[tuple[str, ...], bool]:
    """The words without those that are (folded) among `names`, and whether there was one."""
    rest = tuple(word for word in words if folded(word) not in names)
    return rest, len(rest) < len(words)


def missing(asked: Asked) -> Text:
    """The sentence for a command without what must stand behind it."""
    return say(
        "Something is missing after !%(word)s. Write it like this: %(example)s",
        word=asked.word,
        example=asked.example,
    )


def too_much(asked: Asked, rest: tuple[str, ...]) -> Text | None:
    """The sentence for words that nobody asked for; None when there is none left."""
    return unknown_argument(asked, rest[0]) if rest else None


def unknown_argument(asked: Asked, argument: str) -> Text:
    """The sentence for a word that the command does not know."""
    return say(
        "The command !%(word)s does not understand “%(argument)s”. Write it like this: %(example)s",
        word=asked.word,
        # A code in two halves is two arguments; the line as a whole shows that there is one.
        argument=typed(argument, secret="•" in asked.at.typed),
        example=asked.example,
    )
