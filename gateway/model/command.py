"""What an agent's mail asks for: text for the requester, notes, and commands."""

from dataclasses import dataclass
from enum import StrEnum

from gateway.model.text import Text
from gateway.model.ticket import Status


@dataclass(frozen=True, slots=True)
class At:
    """Where a command stood: line number in the agent's new text (from 1), and what was typed."""

    line: int
    typed: str


@dataclass(frozen=True, slots=True)
class Claim:
    """`!claim`: become the responsible agent. `force` takes it from somebody else."""

    at: At
    tickets: tuple[str, ...] = ()
    force: bool = False


@dataclass(frozen=True, slots=True)
class Assign:
    """`!assign @ben`: make another agent responsible."""

    at: At
    agent: str
    tickets: tuple[str, ...] = ()
    force: bool = False


@dataclass(frozen=True, slots=True)
class Release:
    """`!release`: give the ticket back to its department."""

    at: At
    tickets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SetStatus:
    """`!open !progress !wait !close !reopen !spam !ham !status X`; `quiet`: requester untold."""

    at: At
    status: Status
    tickets: tuple[str, ...] = ()
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """`!move berlin [keep]`: to another department; `keep` leaves the mover a referral."""

    at: At
    department: str
    tickets: tuple[str, ...] = ()
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Accept:
    """`!accept`: a rejected direct mail becomes a normal ticket of the main department."""

    at: At
    tickets: tuple[str, ...] = ()


class ListWhat(StrEnum):
    """The lists that `!list` knows."""

    OPEN = "open"
    MINE = "mine"
    WAITING = "waiting"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class ListTickets:
    """`!list [open|mine|waiting|closed|dept x]`."""

    at: At
    what: ListWhat = ListWhat.OPEN
    department: str = ""


@dataclass(frozen=True, slots=True)
class Show:
    """`!show [#12] [full]`."""

    at: At
    tickets: tuple[str, ...] = ()
    full: bool = False


@dataclass(frozen=True, slots=True)
class Help:
    """`!help [word]`."""

    at: At
    word: str = ""


Command = Claim | Assign | Release | SetStatus | Move | Accept | ListTickets | Show | Help


@dataclass(frozen=True, slots=True)
class Problem:
    """A line that was not understood: why, and what would be right."""

    at: At
    what: Text


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

    @property
    def is_empty(self) -> bool:
        """True when there is nothing to do and nothing to say."""
        return not (self.reply or self.note or self.commands or self.problems)
