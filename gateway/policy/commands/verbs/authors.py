"""Who may write directly to internal addresses, and who is blocked: `!allow`, `!deny`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from gateway.model.author_changes import AuthorChange, EndEntry, EnterAuthor
from gateway.model.authors import (
    Allow,
    AuthorEntry,
    Block,
    ByCommand,
    InFile,
    shown,
)
from gateway.model.command import Command
from gateway.model.text import Text, say
from gateway.policy.acts import Acts
from gateway.policy.commands import author_checks as checks
from gateway.policy.commands import author_line
from gateway.policy.commands.arguments import missing, quoted, too_much
from gateway.policy.commands.folding import folded
from gateway.policy.commands.moments import When
from gateway.policy.commands.verb import Asked, Built, Needs, Rank, Verb, Word, both
from gateway.policy.direct import has_ended, today
from gateway.policy.entries import until_text, where_text
from gateway.policy.work import Desk, Work


@dataclass(frozen=True, slots=True)
class AllowAuthor(Command):
    """`!allow x@y …`. `author` is a folded address or `@domain`, `departments` folded names."""

    author: str = ""
    subdomains: bool = False
    departments: tuple[str, ...] = ()
    until: When | None = None
    authenticated: bool = False
    force: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DenyAuthor(Command):
    """`!deny x@y …`."""

    author: str = ""
    subdomains: bool = False
    until: When | None = None
    force: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DropAuthor(Command):
    """`!allow drop x@y`, or with `blocks` `!deny drop x@y`."""

    author: str = ""
    blocks: bool = False


def _allow(command: AllowAuthor, work: Work, desk: Desk) -> Work:
    made = _allowed(command, work, desk)
    if isinstance(made, Text):
        return work.noting(command.at, made, ok=False)
    known = [each for each in checks.same(made.author, desk) if isinstance(each, Allow)]
    restated = [old for old in known if checks.is_restated(old, made)]
    covering = [old for old in known if checks.covers(old, made, desk)]
    covering = [old for old in covering if old not in restated or checks.covers(made, old, desk)]
    if covering:
        return work.noting(command.at, _is_allowed_already(covering[0], desk))
    others = [old for old in known if old not in restated and not has_ended(old, today(desk.facts))]
    until = until_text(made)
    if made.authenticated:
        until = say("%(until)s, only where it is proved who wrote", until=until)
    result = say(
        "%(author)s may write directly to %(where)s, %(until)s. Reason: %(reason)s. To take it"
        " back: !allow drop %(author)s",
        author=shown(made),
        where=where_text(made, desk.facts.organisation),
        until=until,
        reason=made.reason.rstrip("."),
    )
    if others:
        result = say(
            "%(result)s. As before: %(where)s, %(until)s",
            result=result,
            where=where_text(others[0], desk.facts.organisation),
            until=until_text(others[0]),
        )
    return _entered(made, restated, work, desk).noting(command.at, result)


def _allowed(command: AllowAuthor, work: Work, desk: Desk) -> Allow | Text:
    """The entry that the command makes, or what is wrong with it."""
    wrong = checks.wrong(command.author, work, desk, force=command.force)
    if wrong is not None:
        return wrong
    places = checks.places(command.departments, desk.facts.organisation)
    if isinstance(places, Text):
        return places
    if command.departments and (
        more := checks.one_more(command.departments, command.reason, desk.facts.organisation)
    ):
        return more
    until = checks.last_day(command.until, desk)
    if isinstance(until, Text):
        return until
    made = Allow(
        command.author,
        command.reason,
        departments=places,
        until=until,
        authenticated=command.authenticated,
        subdomains=command.subdomains,
        source=_source(command, desk),
    )
    block = next(
        (one for one in checks.blocks_of(made, desk) if not has_ended(one, today(desk.facts))), None
    )
    return made if block is None else _is_blocked(block)


def _deny(command: DenyAuthor, work: Work, desk: Desk) -> Work:
    wrong = checks.wrong(command.author, work, desk, force=command.force)
    until = checks.last_day(command.until, desk)
    if wrong is not None or isinstance(until, Text):
        why = wrong if wrong is not None else until
        assert isinstance(why, Text)  # noqa: S101  (one of the two is)
        return work.noting(command.at, why, ok=False)
    source = _source(command, desk)
    made = Block(command.author, command.reason, until, command.subdomains, source)
    known = checks.same(made.author, desk)
    blocks = [each for each in known if isinstance(each, Block)]
    in_file = [one for one in blocks if isinstance(one.source, InFile) and checks.lasts(one, made)]
    if in_file:
        already = say(
            "%(author)s is blocked already, %(until)s (%(source)s)", **checks.of_entry(in_file[0])
        )
        return work.noting(command.at, already)
    result = say(
        "%(author)s is blocked, %(until)s: the mail is filed, nobody is told, and it is not"
        " answered. Reason: %(reason)s. To take it back: !deny drop %(author)s",
        author=shown(made),
        until=until_text(made),
        reason=made.reason.rstrip("."),
    )
    if len(known) > len(blocks):
        result = say(
            "%(result)s. Meanwhile the entries of the allow list do not count", result=result
        )
    return _entered(made, blocks, work, desk).noting(command.at, result)


def _drop(command: DropAuthor, work: Work, desk: Desk) -> Work:
    if not desk.agent.admin:
        return work.noting(command.at, checks.ADMINS, ok=False)
    kind = Block if command.blocks else Allow
    found = [each for each in checks.same(command.author, desk) if isinstance(each, kind)]
    by_command = [one for one in found if isinstance(one.source, ByCommand)]
    in_file = [one for one in found if isinstance(one.source, InFile)]
    still = (
        say(
            "%(author)s still stands in %(source)s: take it out there, then it is over.",
            **checks.of_entry(in_file[0]),
        )
        if in_file
        else None
    )
    if not by_command:
        nothing = say(
            "there is no such entry for %(author)s. All entries: !allowlist", author=command.author
        )
        return work.noting(command.at, still or nothing, ok=False)
    ended = say("%(author)s: the entry has ended", author=command.author)
    after = _with(work, _ends(by_command, desk))
    return after.noting(
        command.at, say("%(what)s. %(still)s", what=ended, still=still) if still else ended
    )


def _is_blocked(block: Block) -> Text:
    if isinstance(block.source, ByCommand):
        return say(
            "%(author)s is blocked, %(until)s (%(source)s), and a block wins. End it first: !deny"
            " drop %(author)s",
            **checks.of_entry(block),
        )
    return say(
        "%(author)s is blocked, %(until)s (%(source)s), and a block wins. Take it out of the file"
        " first.",
        **checks.of_entry(block),
    )


def _is_allowed_already(entry: Allow, desk: Desk) -> Text:
    return say(
        "%(author)s may write to %(where)s already, %(until)s (%(source)s)",
        where=where_text(entry, desk.facts.organisation),
        **checks.of_entry(entry),
    )


# --- what is written ------------------------------------------------------------------------------


def _source(command: AllowAuthor | DenyAuthor, desk: Desk) -> ByCommand:
    kind = type(command).__name__
    key = desk.facts.fresh.token("author-entry", kind, command.author)
    return ByCommand(key, desk.agent.name, today(desk.facts))


def _entered(made: AuthorEntry, replaced: Iterable[AuthorEntry], work: Work, desk: Desk) -> Work:
    return _with(work, (*_ends(replaced, desk), EnterAuthor(made, desk.agent.id)))


def _ends(entries: Iterable[AuthorEntry], desk: Desk) -> tuple[AuthorChange, ...]:
    return tuple(
        EndEntry(each.source.key, desk.agent.id)
        for each in entries
        if isinstance(each.source, ByCommand)
    )


def _with(work: Work, changes: tuple[AuthorChange, ...]) -> Work:
    return replace(work, acts=work.acts + Acts(changes))


# --- reading --------------------------------------------------------------------------------------


def _read_allow(asked: Asked) -> Built:
    words = author_line.pieces(asked)
    if words and folded(words[0]) in author_line.DROP:
        return _read_drop(asked, words[1:], blocks=False)
    who = author_line.who(asked, words[0]) if words else missing(asked)
    if isinstance(who, Text):
        return who
    line = author_line.line(asked, words[1:], places=True)
    if isinstance(line, Text):
        return line
    return AllowAuthor(
        asked.at,
        author=who.author,
        subdomains=who.subdomains,
        departments=line.departments,
        until=line.until,
        authenticated=line.proof,
        force=line.force,
        reason=line.reason,
    )


def _read_deny(asked: Asked) -> Built:
    words = author_line.pieces(asked)
    if words and folded(words[0]) in author_line.DROP:
        return _read_drop(asked, words[1:], blocks=True)
    who = author_line.who(asked, words[0]) if words else missing(asked)
    if isinstance(who, Text):
        return who
    line = author_line.line(asked, words[1:], places=False)
    if isinstance(line, Text):
        return line
    return DenyAuthor(
        asked.at,
        author=who.author,
        subdomains=who.subdomains,
        until=line.until,
        force=line.force,
        reason=line.reason,
    )


def _read_drop(asked: Asked, words: list[str], *, blocks: bool) -> Built:
    who = author_line.who(asked, words[0]) if words else missing(asked)
    if isinstance(who, Text):
        return who
    rest = tuple(words[1:])
    return too_much(asked, rest) or DropAuthor(asked.at, author=who.author, blocks=blocks)


def _printed_allow(command: AllowAuthor) -> Iterator[str]:
    yield from ("allow", _printed_author(command))
    if command.departments:
        yield from ("to", ", ".join(map(quoted, command.departments)))
    yield from _printed_rest(command)


def _printed_deny(command: DenyAuthor) -> Iterator[str]:
    yield from ("deny", _printed_author(command))
    yield from _printed_rest(command)


def _printed_author(command: AllowAuthor | DenyAuthor) -> str:
    return command.author.replace("@", "@*.") if command.subdomains else command.author


def _printed_rest(command: AllowAuthor | DenyAuthor) -> Iterator[str]:
    if command.until is not None:
        yield f"until {command.until}"
    if isinstance(command, AllowAuthor) and command.authenticated:
        yield "with proof"
    yield "force" if command.force else ""
    yield command.reason


def _printed_drop(command: DropAuthor) -> Iterator[str]:
    yield from ("deny" if command.blocks else "allow", "drop", command.author)


def _needs(command: AllowAuthor | DenyAuthor | DropAuthor) -> Needs:
    return Needs(agents=(command.author,), authors=checks.keys(command.author))


VERBS = (
    Verb(
        AllowAuthor,
        Rank.TASK,
        _allow,
        _printed_allow,
        (
            Word(
                ("allow",),
                ("erlauben",),
                _read_allow,
                3,
                say(
                    "An address or a domain may write directly to internal addresses; with drop it"
                    " is over. For admins."
                ),
                both(
                    "x@y.org|@y.org [to berlin@ …] [until date] [with proof] reason",
                    "x@y.org|@y.org [an berlin@ …] [bis Datum] [mit Nachweis] Grund",
                ),
                both(
                    "!allow haus@verein.example to berlin@ until 31.12.2027 room key",
                    "!erlauben haus@verein.example an berlin@ bis 31.12.2027 Schlüssel",
                ),
                numbers=False,
                free_text=True,
            ),
        ),
        needs=_needs,
    ),
    Verb(
        DenyAuthor,
        Rank.TASK,
        _deny,
        _printed_deny,
        (
            Word(
                ("deny",),
                ("sperren",),
                _read_deny,
                3,
                say(
                    "Mail of an address or a domain is filed, nobody is told and it is not"
                    " answered; with drop it is over. For admins."
                ),
                both("x@y.org|@y.org [until date] reason", "x@y.org|@y.org [bis Datum] Grund"),
                both(
                    "!deny werbung@haendler.example until +6m advertisements every day",
                    "!sperren werbung@haendler.example bis +6m täglich Werbung",
                ),
                numbers=False,
                free_text=True,
                suggested=False,
            ),
        ),
        needs=_needs,
    ),
    Verb(DropAuthor, Rank.TASK, _drop, _printed_drop, (), needs=_needs),
)
