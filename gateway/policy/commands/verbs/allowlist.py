"""Both lists as they hold now: `!allowlist`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from gateway.model.answers import AuthorLine, AuthorList
from gateway.model.authors import Allow, AuthorEntry, shown
from gateway.model.command import Command
from gateway.model.text import say
from gateway.policy.commands.arguments import quoted
from gateway.policy.commands.folding import folded
from gateway.policy.commands.verb import Asked, Built, Needs, Rank, Verb, Word, both
from gateway.policy.direct import has_ended, today
from gateway.policy.entries import source_text, until_text, where_text
from gateway.policy.work import Desk, Work

SHOWN = 200
"""Most entries that one mail lists."""


@dataclass(frozen=True, slots=True)
class ShowAuthors(Command):
    """`!allowlist [part of an address or a reason]`; folded."""

    part: str = ""


def _show(command: ShowAuthors, work: Work, desk: Desk) -> Work:
    if not desk.agent.admin:
        return work.noting(command.at, say("only an admin may do that."), ok=False)
    organisation = desk.facts.organisation
    in_files: list[AuthorEntry] = [each for row in organisation.allow.values() for each in row]
    in_files += [each for row in organisation.block.values() for each in row]
    found = [
        each
        for each in (*in_files, *desk.facts.by_command)
        if command.part in folded(f"{shown(each)} {each.reason}")
    ]
    allowed, blocked = _sorted(found, allow=True), _sorted(found, allow=False)
    lines = tuple(_line(each, desk) for each in (*allowed, *blocked))
    answer = AuthorList(lines[:SHOWN], len(allowed), len(blocked))
    result = say(
        "%(allowed)s allowed, %(blocked)s blocked", allowed=len(allowed), blocked=len(blocked)
    )
    return replace(work, answers=(*work.answers, answer)).noting(command.at, result)


def _sorted(entries: Iterable[AuthorEntry], *, allow: bool) -> list[AuthorEntry]:
    """By domain, then by name, so that people of one place stand together."""
    of_kind = [each for each in entries if isinstance(each, Allow) is allow]
    return sorted(of_kind, key=lambda each: (each.author.rpartition("@")[::-1], each.reason))


def _line(entry: AuthorEntry, desk: Desk) -> AuthorLine:
    is_allow = isinstance(entry, Allow)
    return AuthorLine(
        author=shown(entry),
        allowed=is_allow,
        where=where_text(entry, desk.facts.organisation) if isinstance(entry, Allow) else None,
        until=until_text(entry),
        ended=has_ended(entry, today(desk.facts)),
        authenticated=isinstance(entry, Allow) and entry.authenticated,
        reason=entry.reason,
        source=source_text(entry.source),
    )


def _read(asked: Asked) -> Built:
    return ShowAuthors(asked.at, part=folded(" ".join(asked.words)))


def _printed(command: ShowAuthors) -> Iterator[str]:
    yield from ("allowlist", quoted(command.part))


VERBS = (
    Verb(
        ShowAuthors,
        Rank.ASK,
        _show,
        _printed,
        (
            Word(
                ("allowlist",),
                ("erlaubt",),
                _read,
                3,
                say(
                    "Sends you who may write directly and who is blocked, with reason, last day"
                    " and source. For admins."
                ),
                both("[word]", "[Wort]"),
                both("!allowlist verein.example", "!erlaubt verein.example"),
                numbers=False,
            ),
        ),
        needs=lambda _: Needs(all_authors=True),
    ),
)
