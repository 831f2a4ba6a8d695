"""Who may write directly to internal addresses, and who is blocked: `!allow`, `!deny`."""

from collections.abc import Iterator

from gateway.model.authors import signer_of
from gateway.model.text import Text, say
from gateway.policy.commands import author_checks as checks
from gateway.policy.commands import author_line
from gateway.policy.commands.arguments import missing, quoted, too_much
from gateway.policy.commands.folding import folded
from gateway.policy.commands.verb import Asked, Built, Needs, Rank, Verb, Word, both
from gateway.policy.commands.verbs import author_acts
from gateway.policy.commands.verbs.author_acts import AllowAuthor, DenyAuthor, DropAuthor

_NO_BLOCK_OF_KEYS = say(
    "a key cannot be blocked: whoever has it writes without it then. Block the address or the"
    " domain; !allow drop takes back what a key is allowed."
)


def _read_allow(asked: Asked) -> Built:
    words = author_line.pieces(asked)
    if words and folded(words[0]) in author_line.DROP:
        return _read_drop(asked, words[1:], blocks=False)
    named = author_line.who(asked, words) if words else missing(asked)
    if isinstance(named, Text):
        return named
    who, behind = named
    line = author_line.line(asked, behind, places=True)
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
    named = author_line.who(asked, words) if words else missing(asked)
    if isinstance(named, Text):
        return named
    who, behind = named
    if signer_of(who.author):
        return _NO_BLOCK_OF_KEYS
    line = author_line.line(asked, behind, places=False)
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
    named = author_line.who(asked, words) if words else missing(asked)
    if isinstance(named, Text):
        return named
    who, behind = named
    found = DropAuthor(asked.at, author=who.author, blocks=blocks)
    return too_much(asked, tuple(behind)) or found


def _printed_allow(command: AllowAuthor) -> Iterator[str]:
    yield from ("allow", _printed_author(command))
    if command.departments:
        yield from ("to", ", ".join(map(quoted, command.departments)))
    yield from _printed_rest(command)


def _printed_deny(command: DenyAuthor) -> Iterator[str]:
    yield from ("deny", _printed_author(command))
    yield from _printed_rest(command)


def _printed_author(command: AllowAuthor | DenyAuthor | DropAuthor) -> str:
    if signer_of(command.author):
        return signer_of(command.author)
    if isinstance(command, DropAuthor):
        return command.author
    return command.author.replace("@", "@*.") if command.subdomains else command.author


def _printed_rest(command: AllowAuthor | DenyAuthor) -> Iterator[str]:
    if command.until is not None:
        yield f"until {command.until}"
    if isinstance(command, AllowAuthor) and command.authenticated:
        yield "with proof"
    yield "force" if command.force else ""
    yield command.reason


def _printed_drop(command: DropAuthor) -> Iterator[str]:
    yield from ("deny" if command.blocks else "allow", "drop", _printed_author(command))


def _needs(command: AllowAuthor | DenyAuthor | DropAuthor) -> Needs:
    return Needs(agents=(command.author,), authors=checks.keys(command.author))


VERBS = (
    Verb(
        AllowAuthor,
        Rank.TASK,
        author_acts.allow,
        _printed_allow,
        (
            Word(
                ("allow",),
                ("erlauben",),
                _read_allow,
                3,
                say(
                    "An address, a domain or an OpenPGP key (by its fingerprint) may write directly"
                    " to internal addresses; with drop it is over. For admins."
                ),
                both(
                    "x@y.org|@y.org|key [to berlin@ …] [until date] [with proof] reason",
                    "x@y.org|@y.org|Schlüssel [an berlin@ …] [bis Datum] [mit Nachweis] Grund",
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
        author_acts.deny,
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
    Verb(DropAuthor, Rank.TASK, author_acts.drop, _printed_drop, (), needs=_needs),
)
