"""An agent's new text to a `CommandMail`: text for the requester, notes, commands, problems.

The rules for readers are in docs/commands.md. The whole text is read before anything is done: one
problem anywhere, and nothing of the mail is carried out.
"""

from collections.abc import Collection, Mapping, Sequence
from itertools import zip_longest

from gateway.model.command import At, Code, Command, CommandMail, Problem
from gateway.model.text import Text, say
from gateway.policy.commands.folding import folded
from gateway.policy.commands.insertion import insertion
from gateway.policy.commands.lines import (
    command_of,
    copy_of,
    is_blank,
    text_behind_word,
    typed,
    unescaped,
)
from gateway.policy.commands.listed import (
    belongs_in_front,
    numbers_ahead,
    tickets_ahead,
    with_tickets,
)
from gateway.policy.commands.near import near_miss
from gateway.policy.commands.parse import is_secret, meant, parse
from gateway.policy.commands.plan import printed
from gateway.policy.commands.section_text import SectionText
from gateway.policy.commands.verb import Section
from gateway.policy.commands.verbs.codes import GiveCode, as_code, code_in
from gateway.policy.commands.words import find, verb_of
from gateway.policy.fields import name_key

MOST_COMMANDS = 20
"""Command lines a mail may have."""

MOST_NUMBERS = 50
"""Ticket numbers a mail may name."""


MOST_LINES = 200
"""Lines of a command with free text."""

NO_LINES: Mapping[int, str] = {}
"""Of a mail that answers no list."""


def read(
    reply: str,
    html_text: str | None = None,
    *,
    corrected: bool = False,
    fields: Collection[str] = (),
    lines: Mapping[int, str] = NO_LINES,
) -> CommandMail:
    """The commands, the reply and the note in an agent's new text. Never raises.

    `reply` is the text without quoted history and signature. `html_text` is the same text made
    from the HTML part of the same mail: when other commands stand in it, the agent saw something
    else than what would be done, and the mail is held. `corrected` takes misspelt words for those
    that were meant, where that is clear: for showing what a mail would do, never for doing it
    unasked. `fields` are the keys (`name_key`) of fields that were asked for: their lines, such as
    `Laptop: yes`, fill them in. `lines` are the ticket numbers of the list that is answered, by the
    numbers of its lines: `3 !claim`.
    """
    reader = _Reader(corrected=corrected, fields=fields, lines=lines)
    reader.read(reply)
    if html_text is not None:
        other = _Reader(corrected=corrected, fields=fields, lines=lines)
        other.read(html_text)
        reader.compare(other)
    return reader.result()


def _is_filled_in(copy: str, fields: Collection[str]) -> bool:
    """True for `name: value` with the name of a field that was asked for."""
    name, colon, _ = copy.partition(":")
    return bool(colon) and name_key(name) in fields


class _Reader:
    """Where reading stands. Lines go in by `read`, in order; `result` is taken once."""

    def __init__(
        self, *, corrected: bool, fields: Collection[str], lines: Mapping[int, str]
    ) -> None:
        self.corrected = corrected
        self.fields = fields
        self.lines = lines
        self.texts = {section: SectionText() for section in Section}
        self.section = Section.REPLY
        self.commands: list[Command] = []
        self.codes: list[Code] = []
        self.problems: list[Problem] = []
        self.asked: list[tuple[At, str]] = []
        """Every command line in comparable form, for the comparison of plain text and HTML."""
        self.opened: dict[Section, tuple[At, str]] = {}
        self.stopped = False
        self.running: str | None = None
        """The word of a command that no blank line has ended; empty after one with a problem."""

    def read(self, text: str) -> None:
        """Read all lines; stops where a mail has more commands or problems than can be meant."""
        lines = text.splitlines()
        number = 0
        while number < len(lines) and not self.stopped:
            line = lines[number]
            number += 1
            if is_blank(line):
                self.running = None
                self.texts[self.section].blank()
            else:
                number += self._line(number, line, lines)

    def _line(self, number: int, line: str, lines: Sequence[str]) -> int:
        """Read one line; returns how many of the following ones belong to it."""
        copy = copy_of(line)
        pieces, behind = self._asked(copy)
        if behind is None and self.fields and _is_filled_in(copy, self.fields):
            line, behind = f"!set {line.strip()}", f"set {copy}"
        if behind is not None:
            behind = meant(behind) if self.corrected else behind
            more = self._continuation(behind, lines[number : number + MOST_LINES])
            self._command(number, "\n".join([line, *more]), copy, behind, pieces)
            return len(more)
        if self.running is None:
            self._text(number, line, copy)
        elif self.running:
            self._problem(
                At(number, typed(copy)),
                say(
                    "A blank line is missing after !%(word)s: put one between the command and your "
                    "text. If this line is still part of the command, write all of it in one line.",
                    word=self.running,
                ),
            )
            self.running = ""
        return 0

    def _asked(self, copy: str) -> tuple[tuple[str, ...], str | None]:
        """The numbers in front of a command, and what stands behind its mark: None for text."""
        ahead = numbers_ahead(copy) if self.lines else None
        return ahead or ((), command_of(copy))

    def _continuation(self, behind: str, following: Sequence[str]) -> list[str]:
        """The lines that belong to a command with free text: up to a blank one or a command."""
        entry = find(behind.split(maxsplit=1)[0])
        if entry is None or not entry.free_text:
            return []
        found = []
        for line in following:
            if is_blank(line) or self._asked(copy_of(line))[1] is not None:
                break
            found.append(line)
        return found

    def _command(
        self, number: int, line: str, copy: str, behind: str, pieces: tuple[str, ...]
    ) -> None:
        secret = is_secret(behind)
        word = behind.split(maxsplit=1)[0]
        at = At(number, typed(copy, secret=secret))
        if len(self.asked) == MOST_COMMANDS:
            self._stop(at)
            return
        self.texts[self.section].gap()
        understood = self._understood(at, behind, text_behind_word(line), pieces)
        if isinstance(understood, Text):
            self.asked.append((at, "!" + folded(word)))
            self._problem(at, understood, corrected=meant(behind) != behind)
            self.running = ""
        elif isinstance(understood, Section):
            self._open(understood, At(number, "!" + word), word, text_behind_word(line))
        elif isinstance(understood, GiveCode):
            self.asked.append((at, printed(understood)))
            self.codes.append(as_code(understood))
            self.running = "otp"
        else:
            self.asked.append((at, " ".join(printed(understood).split())))
            self.commands.append(understood)
            self.running = word
            if verb_of(understood).inserts:
                self.texts[self.section].add(number, insertion(number), None)
                self.texts[self.section].gap()

    def _understood(
        self, at: At, behind: str, text: str, pieces: tuple[str, ...]
    ) -> Command | Section | Text:
        """What the line asks for, with the tickets that numbers in front of it mean."""
        if not pieces:
            found = parse(at, behind, text)
            misplaced = belongs_in_front(behind, self.lines) if isinstance(found, Text) else None
            return misplaced or found
        tickets = tickets_ahead(pieces, self.lines)
        if isinstance(tickets, Text):
            return tickets
        behind = with_tickets(behind, tickets)
        return parse(at, behind, with_tickets(f"_ {text}", tickets).removeprefix("_ "))

    def _open(self, section: Section, at: At, word: str, text: str) -> None:
        """Begin a section; text behind the word on the same line is its first line."""
        self.asked.append((at, section.value))
        self._end_section()
        self.opened[section] = (at, word)
        self.section, self.running = section, None
        self.texts[section].begin()
        copy = copy_of(text)
        if command_of(copy) is not None:
            self._problem(
                At(at.line, typed(copy, secret=True)),
                say("Two commands on one line. Please write each on a line of its own."),
            )
        elif not is_blank(text):
            self._text(at.line, text, copy)

    def _text(self, number: int, line: str, copy: str) -> None:
        escaped = unescaped(line, copy)
        hint = near_miss(copy) if escaped is None else None
        if hint is not None:
            self._problem(
                At(number, typed(copy, secret=not any(char.isalpha() for char in copy))), hint
            )
        else:
            self.texts[self.section].add(number, line if escaped is None else escaped, escaped)

    def _end_section(self) -> None:
        """A section that was begun by a word and has no text: what should be in it is missing."""
        at, word = self.opened.get(self.section, (None, ""))
        if at is not None and self.texts[self.section].is_empty and not self.problems:
            self._problem(
                at,
                say(
                    "There is no text behind !%(word)s. Please send the mail again with the text "
                    "or without this line.",
                    word=word,
                ),
            )

    def _problem(self, at: At, what: Text, *, corrected: bool = False) -> None:
        self.problems.append(Problem(at, what, corrected))
        self.stopped = self.stopped or len(self.problems) >= MOST_COMMANDS

    def _stop(self, at: At) -> None:
        self.stopped = True
        self._problem(
            at,
            say(
                "More than %(limit)s commands in one mail. Please use several mails.",
                limit=MOST_COMMANDS,
            ),
        )

    def compare(self, other: "_Reader") -> None:
        """Hold the mail when `other` asks for something else."""
        for one, two in zip_longest(self.asked, other.asked):
            if one is None or two is None or one[1] != two[1]:
                at = one[0] if one else two[0]
                self._problem(
                    at,
                    say(
                        "The plain text and the formatted text of your mail have different "
                        "commands. Please send it again as plain text."
                    ),
                )
                return

    def result(self) -> CommandMail:
        """What was read."""
        self._end_section()
        self._count_numbers()
        self._bare_code()
        self._guard()
        note = self.opened.get(Section.NOTE)
        return CommandMail(
            reply=self.texts[Section.REPLY].joined(),
            note=self.texts[Section.NOTE].joined(),
            commands=tuple(self.commands),
            problems=tuple(self.problems),
            note_at=note[0] if note else None,
            codes=tuple({code.digits: code for code in self.codes}.values()),
        )

    def _bare_code(self) -> None:
        """A mail that says nothing but six digits forgot the `!`: no requester gets a code."""
        text = copy_of(self.texts[Section.REPLY].joined())
        if self.texts[Section.NOTE].is_empty and isinstance(code_in(At(1, ""), text), GiveCode):
            self._problem(
                At(1, typed(text, secret=True)),
                say(
                    "Nothing but these digits would go to the requester. If they are a one-time "
                    "code, write an exclamation mark in front of them. If they are meant as text, "
                    "add some words."
                ),
            )

    def _count_numbers(self) -> None:
        named = 0
        for command in self.commands:
            named += len(command.tickets)
            if named > MOST_NUMBERS:
                self._problem(
                    command.at,
                    say(
                        "More than %(limit)s ticket numbers in one mail. Please use several mails.",
                        limit=MOST_NUMBERS,
                    ),
                )
                return

    def _guard(self) -> None:
        """No command line reaches a requester, even if all that stands above were wrong."""
        for number, line in self.texts[Section.REPLY].drop_commands():
            self._problem(
                At(number, typed(copy_of(line), secret=True)),
                say(
                    "This line begins like a command and would go to the requester. "
                    "Please send the mail again without it."
                ),
            )
