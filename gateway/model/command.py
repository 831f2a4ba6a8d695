"""What an agent's mail asks for: text for the requester, notes, and commands."""

from dataclasses import dataclass, field

from gateway.model.text import Text


@dataclass(frozen=True, slots=True)
class At:
    """Where a command stood: line number in the agent's new text (from 1), and what was typed."""

    line: int
    typed: str


@dataclass(frozen=True, slots=True)
class Command:
    """A command as it was read. Each has a class of its own (`policy/commands/verbs`).

    `tickets` are the numbers it names, without `#`; empty means the ticket of the thread.
    """

    at: At
    tickets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """A line that was not understood: why, and what would be right."""

    at: At
    what: Text
    corrected: bool = False
    """The word was misspelt, and it is clear which one was meant."""


@dataclass(frozen=True, slots=True)
class Code:
    """A one-time code that was typed; its digits are never shown, not even in a log."""

    at: At
    digits: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CommandMail:
    """An agent's new text, read. With any `problems`, nothing may be done and nothing sent.

    `reply` is the text for the requester, `note` the text for agents; both without command lines.
    A line that the agent escaped on purpose (`!!word`) stands there as `!word`.
    """

    reply: str = ""
    note: str = ""
    commands: tuple[Command, ...] = ()
    problems: tuple[Problem, ...] = ()
    note_at: At | None = None
    codes: tuple[Code, ...] = ()

    @property
    def is_empty(self) -> bool:
        """True when there is nothing to do and nothing to say."""
        return not (self.reply or self.note or self.commands or self.problems or self.codes)
