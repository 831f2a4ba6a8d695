"""What `!allow` and `!deny` do: entries are made, replaced, ended, or it is said why not."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from gateway.model.author_changes import AuthorChange, EndEntry, EnterAuthor
from gateway.model.authors import (
    Allow,
    AuthorEntry,
    Block,
    ByCommand,
    InFile,
    shown,
    signer_of,
)
from gateway.model.command import Command
from gateway.model.openpgp import Key
from gateway.model.text import Text, say
from gateway.policy.acts import Acts
from gateway.policy.commands import author_checks as checks
from gateway.policy.commands.author_key import brought_key
from gateway.policy.commands.moments import When
from gateway.policy.direct import has_ended, today
from gateway.policy.entries import until_text, where_text
from gateway.policy.work import Desk, Work


@dataclass(frozen=True, slots=True)
class AllowAuthor(Command):
    """`!allow x@y …`. `author` is a folded address, `@domain` or `%fingerprint` (`signer_key`).

    `departments` are folded names.
    """

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


def allow(command: AllowAuthor, work: Work, desk: Desk) -> Work:
    """Enter somebody into the allow list, in place of what says less about them."""
    made = _allowed(command, work, desk)
    if isinstance(made, Text):
        return work.noting(command.at, made, ok=False)
    known = [each for each in checks.same(command.author, desk) if isinstance(each, Allow)]
    restated = [old for old in known if checks.is_restated(old, made)]
    covering = [old for old in known if checks.covers(old, made, desk)]
    covering = [old for old in covering if old not in restated or checks.covers(made, old, desk)]
    if covering:
        return work.noting(command.at, _is_allowed_already(covering[0], desk))
    others = [old for old in known if old not in restated and not has_ended(old, today(desk.facts))]
    key = brought_key(made.fingerprint, desk) if made.fingerprint else None
    if isinstance(key, Text):
        return work.noting(command.at, key, ok=False)
    result = _made(made, desk)
    if made.fingerprint:
        result = say("%(result)s. %(key)s", result=result, key=_HERE if key else _TO_COME)
    if others:
        result = say(
            "%(result)s. As before: %(where)s, %(until)s",
            result=result,
            where=where_text(others[0], desk.facts.organisation),
            until=until_text(others[0]),
        )
    return _entered(made, restated, work, desk, key).noting(command.at, result)


def _made(made: Allow, desk: Desk) -> Text:
    """What holds from now on."""
    until = until_text(made)
    if made.authenticated:
        until = say("%(until)s, only where it is proved who wrote", until=until)
    values: dict[str, str | Text] = {
        "author": shown(made),
        "where": where_text(made, desk.facts.organisation),
        "until": until,
        "reason": made.reason.rstrip("."),
    }
    if made.fingerprint:
        return say(
            "whoever signs all of a mail with the key %(author)s may write directly to %(where)s,"
            " %(until)s. Reason: %(reason)s. To take it back: !allow drop %(author)s",
            **values,
        )
    return say(
        "%(author)s may write directly to %(where)s, %(until)s. Reason: %(reason)s. To take it"
        " back: !allow drop %(author)s",
        **values,
    )


_HERE = say("The key came with your mail and is kept")
_TO_COME = say("The key itself must come with the mails that are signed, attached to them")


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
    signer = signer_of(command.author)
    made = Allow(
        "" if signer else command.author,
        command.reason,
        departments=places,
        until=until,
        authenticated=command.authenticated,
        subdomains=command.subdomains,
        source=_source(command, desk),
        fingerprint=signer,
    )
    block = next(
        (one for one in checks.blocks_of(made, desk) if not has_ended(one, today(desk.facts))), None
    )
    return made if block is None else _is_blocked(block)


def deny(command: DenyAuthor, work: Work, desk: Desk) -> Work:
    """Block somebody."""
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


def drop(command: DropAuthor, work: Work, desk: Desk) -> Work:
    """End what commands entered about somebody, and say what stands in files."""
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
            "there is no such entry for %(author)s. All entries: !allowlist",
            author=checks.named(command.author),
        )
        return work.noting(command.at, still or nothing, ok=False)
    ended = say("%(author)s: the entry has ended", author=checks.named(command.author))
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


def _entered(
    made: AuthorEntry,
    replaced: Iterable[AuthorEntry],
    work: Work,
    desk: Desk,
    key: Key | None = None,
) -> Work:
    blob = key.blob if key is not None else b""
    return _with(work, (*_ends(replaced, desk), EnterAuthor(made, desk.agent.id, blob)))


def _ends(entries: Iterable[AuthorEntry], desk: Desk) -> tuple[AuthorChange, ...]:
    return tuple(
        EndEntry(each.source.key, desk.agent.id)
        for each in entries
        if isinstance(each.source, ByCommand)
    )


def _with(work: Work, changes: tuple[AuthorChange, ...]) -> Work:
    return replace(work, acts=work.acts + Acts(changes))
