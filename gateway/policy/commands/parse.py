"""What stands behind the `!` of a line, to a command, a section or the sentence of its problem."""

from dataclasses import replace
from difflib import get_close_matches

from gateway.model.command import At, Command
from gateway.model.text import Text, say
from gateway.policy.commands.arguments import first_text, is_number, taken_apart, tokens
from gateway.policy.commands.folding import folded
from gateway.policy.commands.lines import LONGEST, typed
from gateway.policy.commands.verb import Asked, Section, Word
from gateway.policy.commands.verbs.ask import Help
from gateway.policy.commands.verbs.codes import code_in
from gateway.policy.commands.words import SPELLED, UNSUGGESTED, find

CODE_WORDS = frozenset({"otp", "code"})
"""Words in front of one-time codes: of such a line no digit is ever shown."""


def parse(at: At, behind: str, text: str = "") -> Command | Section | Text:
    """What a command line asks for; the sentence of its problem when it is not understood.

    `behind` is what stands behind the `!` in the copy of the line (`lines.command_of`), `text` what
    was typed behind the word, with the lines that follow a word with free text.
    """
    word = behind.split(maxsplit=1)[0]
    rest = behind[len(word) :].strip()
    entry = find(word)
    if entry is None and word[:1].isdigit():
        return code_in(at, behind)
    if entry is None:
        return not_a_command(word)
    if isinstance(entry.makes, Section):
        return _section(entry.makes, word, rest)
    if len(behind) >= LONGEST:
        return say("This line is too long for a command. Please use several commands.")
    asked = _asked(entry, Asked(at, word, entry.example[entry.language_of(word)]), rest, text)
    if isinstance(asked, Text):
        return asked
    if asked.tickets and not entry.numbers:
        return say("The command !%(word)s takes no ticket number.", word=word)
    command = entry.makes(asked)
    return _checked(command) if isinstance(command, Help) else command


def _asked(entry: Word, asked: Asked, rest: str, text: str) -> Asked | Text:
    """Numbers and words; before free text only the numbers that stand in front of it."""
    if not (entry.free_text or entry.one_line):
        parts = taken_apart(rest)
        return (
            parts if isinstance(parts, Text) else replace(asked, tickets=parts[0], words=parts[1])
        )
    free = first_text(rest)
    parts = taken_apart(rest[: len(rest) - len(free)] if free else rest)
    if isinstance(parts, Text):
        return parts
    words = tuple(tokens(free))
    return replace(asked, tickets=parts[0], words=words, text=first_text(text or rest))


def is_secret(behind: str) -> bool:
    """True when the line of a command may hold a one-time code, also behind a word misspelt."""
    word = folded(behind.split(maxsplit=1)[0])
    if word in CODE_WORDS:
        return True
    if word in SPELLED:
        return False
    return not word.isalpha() or any(c.isdigit() for c in behind)


def not_a_command(word: str) -> Text:
    """Why this word does nothing, and what to send instead."""
    plain = folded(word)
    shown = typed(word[:30], secret=True)
    near = suggestion(plain)
    if near:
        return say(
            "There is no command “!%(word)s”. Did you mean !%(suggestion)s? "
            "If the line is meant as text, begin it with !! instead of one exclamation mark.",
            word=shown,
            suggestion=near,
        )
    return say(
        "There is no command “!%(word)s”. All commands: !help. "
        "If the line is meant as text, begin it with !! instead of one exclamation mark.",
        word=shown,
    )


def meant(behind: str) -> str:
    """`behind` with a misspelt word as it was meant; the same where that is not clear."""
    word = behind.split(maxsplit=1)[0]
    plain = folded(word)
    if find(word) is not None or plain[:1].isdigit():
        return behind
    near = suggestion(plain)
    return near + behind[len(word) :] if near else behind


def suggestion(word: str) -> str:
    """The command word that a folded word resembles most, empty when there is none."""
    start = next((i for i, char in enumerate(word) if not char.isalpha()), len(word))
    if word[:start] in SPELLED and word[:start] not in UNSUGGESTED:
        return SPELLED[word[:start]]
    if len(word) > 30:
        return ""
    # Whoever meant a word that is never suggested, such as !delete, is not sent elsewhere.
    near = get_close_matches(word, SPELLED, n=1, cutoff=0.7)
    return SPELLED.get(near[0], "") if near and near[0] not in UNSUGGESTED else ""


def _section(section: Section, word: str, rest: str) -> Section | Text:
    number = rest.split(maxsplit=1)[0].rstrip(".,:;") if rest else ""
    if is_number(number):
        return say(
            "The text behind !%(word)s belongs to the ticket whose mail you answer, so no ticket "
            "number can stand there. "
            "If the number is part of your text, put a word in front of it.",
            word=word,
        )
    return section


def _checked(asked: Help) -> Help | Text:
    """`!help` with the canonical name of the word it asks for."""
    if not asked.word:
        return asked
    entry = find(asked.word)
    return Help(asked.at, word=entry.name) if entry else not_a_command(asked.word)
