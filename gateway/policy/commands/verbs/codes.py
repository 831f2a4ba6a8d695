"""One-time codes in a mail: `!123456`, `!otp 123456`.

They are no commands. `read` keeps them apart, so that no plan, no receipt and no log ever prints
one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from gateway.model.command import At, Code, Command
from gateway.model.text import Text, say
from gateway.policy.commands.verb import Asked, Built, Rank, Verb, Word, both
from gateway.policy.work import Desk, Work

# ASCII only: the copy of a line is NFKC, and digits of other scripts stay what they are.
_SIX = re.compile(r"([0-9]{3})[ -]?([0-9]{3})")
_LONG = re.compile(r"([0-9]{5})[ -]?([0-9]{5})[ -]?([0-9]{5})[ -]?([0-9]{5})")


@dataclass(frozen=True, slots=True)
class GiveCode(Command):
    """A one-time code: six digits; a recovery code: four groups of five with hyphens."""

    code: str = field(default="", repr=False)


def code_in(at: At, text: str) -> GiveCode | Text:
    """The code that the text is, or why it is none."""
    if six := _SIX.fullmatch(text.strip()):
        return GiveCode(at, code="".join(six.groups()))
    if long := _LONG.fullmatch(text.strip()):
        return GiveCode(at, code="-".join(long.groups()))
    return say(
        "This is no one-time code. A code has six digits (a recovery code twenty) and stands alone "
        "on its line, right behind the exclamation mark or behind !otp."
    )


def as_code(command: GiveCode) -> Code:
    """The code as the mail keeps it."""
    return Code(command.at, command.code)


def _read_code(asked: Asked) -> Built:
    return code_in(asked.at, " ".join(asked.words))


def _printed_code(command: GiveCode) -> Iterator[str]:
    """For the comparison of plain text and HTML while reading, and for nothing else."""
    yield from ("otp", command.code)


def _kept_apart(_: GiveCode, work: Work, __: Desk) -> Work:
    return work


VERBS = (
    Verb(
        GiveCode,
        Rank.TARGET,
        _kept_apart,
        _printed_code,
        (
            Word(
                ("otp",),
                ("code",),
                _read_code,
                0,
                say("Your second factor: a one-time code of your app. The digits alone do too."),
                both("123456", "123456"),
                both("!otp 123456", "!code 123456"),
                numbers=False,
            ),
        ),
    ),
)
