"""What an agent says to the gateway itself: `!yes`, `!no`, `!check`, `!undo`."""

from collections.abc import Iterator
from dataclasses import dataclass

from gateway.model.command import Command, CommandMail
from gateway.model.text import say
from gateway.policy.commands.arguments import too_much
from gateway.policy.commands.verb import Asked, Built, Rank, Verb, Word, both
from gateway.policy.undo import undo
from gateway.policy.work import Desk, Work


@dataclass(frozen=True, slots=True)
class Yes(Command):
    """`!yes`: the held mail shall be carried out."""


@dataclass(frozen=True, slots=True)
class No(Command):
    """`!no`: the held mail shall be forgotten."""


@dataclass(frozen=True, slots=True)
class Check(Command):
    """`!check`: the rest of the mail is only tried."""


@dataclass(frozen=True, slots=True)
class Undo(Command):
    """`!undo`: the last mail is taken back."""


def answer_in(mail: CommandMail) -> Yes | No | None:
    """The answer to a held mail, if there is one in the mail."""
    return next((each for each in mail.commands if isinstance(each, Yes | No)), None)


def is_answer(mail: CommandMail) -> bool:
    """True when a yes or no, or a one-time code, is all that the mail says."""
    if mail.reply or mail.note or mail.problems or len(mail.commands) > 1:
        return False
    return answer_in(mail) is not None if mail.commands else bool(mail.codes)


def is_check(mail: CommandMail) -> bool:
    """True when the mail is only to be tried."""
    return any(isinstance(each, Check) for each in mail.commands)


def asks_for_undo(mail: CommandMail) -> bool:
    """True when the mail takes something back."""
    return any(isinstance(each, Undo) for each in mail.commands)


def _alone(command: Yes | No, work: Work, _: Desk) -> Work:
    """Reached only where other things stand in the same mail."""
    why = say("a yes or no must stand alone in its mail. Please send it again without the rest.")
    return work.noting(command.at, why, ok=False)


def _check(_: Check, work: Work, __: Desk) -> Work:
    return work


def _undo(command: Undo, work: Work, desk: Desk) -> Work:
    return undo(command.at, work, desk)


def _read_yes(asked: Asked) -> Built:
    return too_much(asked, asked.words) or Yes(asked.at)


def _read_no(asked: Asked) -> Built:
    return too_much(asked, asked.words) or No(asked.at)


def _read_check(asked: Asked) -> Built:
    return too_much(asked, asked.words) or Check(asked.at)


def _read_undo(asked: Asked) -> Built:
    return too_much(asked, asked.words) or Undo(asked.at)


def _printed_yes(_: Yes) -> Iterator[str]:
    yield "yes"


def _printed_no(_: No) -> Iterator[str]:
    yield "no"


def _printed_check(_: Check) -> Iterator[str]:
    yield "check"


def _printed_undo(_: Undo) -> Iterator[str]:
    yield "undo"


VERBS = (
    Verb(
        Check,
        Rank.TARGET,
        _check,
        _printed_check,
        (
            Word(
                ("check",),
                ("prüfe",),
                _read_check,
                0,
                say("Only tries the mail and tells you what would happen."),
                both(""),
                both("!check", "!prüfe"),
                numbers=False,
            ),
        ),
    ),
    Verb(
        Undo,
        Rank.TARGET,
        _undo,
        _printed_undo,
        (
            Word(
                ("undo",),
                ("rückgängig",),
                _read_undo,
                0,
                say("Takes back what your last mail did, within 15 minutes."),
                both(""),
                both("!undo", "!rückgängig"),
                numbers=False,
            ),
        ),
    ),
    Verb(
        Yes,
        Rank.TARGET,
        _alone,
        _printed_yes,
        (
            Word(
                ("yes",),
                ("ja",),
                _read_yes,
                0,
                say("A mail of yours that was held is carried out now."),
                both(""),
                both("!yes", "!ja"),
                numbers=False,
            ),
        ),
    ),
    Verb(
        No,
        Rank.TARGET,
        _alone,
        _printed_no,
        (
            Word(
                ("no",),
                ("nein",),
                _read_no,
                0,
                say("A mail of yours that was held is forgotten."),
                both(""),
                both("!no", "!nein"),
                numbers=False,
            ),
        ),
    ),
)
