"""The OpenPGP keys of a ticket's people outside: `!key`, `!key accept`, `!key forget`."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from gateway.model.command import Command
from gateway.model.key_changes import ForgetAuthorKey, UseAuthorKey
from gateway.model.keys import NO_KEYS
from gateway.model.openpgp import NOBODY, Fingerprint, fingerprint, grouped
from gateway.model.text import Text, say
from gateway.policy.acts import Acts
from gateway.policy.commands.arguments import missing, numbered, too_much, unknown_argument
from gateway.policy.commands.folding import folded
from gateway.policy.commands.verb import Asked, Built, Goal, Needs, Rank, Sort, Verb, Word, both
from gateway.policy.facts import TicketFacts
from gateway.policy.key_lines import key_lines, people
from gateway.policy.said import event
from gateway.policy.work import Desk, Impossible, Step, on_tickets


class Wanted(StrEnum):
    """What is to be done with a key."""

    SHOW = "show"
    ACCEPT = "accept"
    FORGET = "forget"


_WORDS = {
    "show": Wanted.SHOW,
    "zeige": Wanted.SHOW,
    "zeigen": Wanted.SHOW,
    "accept": Wanted.ACCEPT,
    "annehmen": Wanted.ACCEPT,
    "forget": Wanted.FORGET,
    "vergessen": Wanted.FORGET,
    "vergiss": Wanted.FORGET,
}


@dataclass(frozen=True, slots=True)
class AboutKey(Command):
    """`!key [accept|forget FINGERPRINT]`: the keys of the requester and of who gets copies."""

    wanted: Wanted = Wanted.SHOW
    fingerprint: Fingerprint = NOBODY


def _run(command: AboutKey, about: TicketFacts, desk: Desk) -> Step | Impossible:
    if command.wanted is Wanted.SHOW:
        return Step(about, _shown(about, desk))
    for person in people(about):
        keys = desk.facts.keys.get(person.key, NO_KEYS)
        known = (*((keys.known,) if keys.known else ()), *keys.waiting, *keys.unproved)
        found = next((key for key in known if key.fingerprint == command.fingerprint), None)
        if found is None:
            continue
        if command.wanted is Wanted.FORGET:
            forget = ForgetAuthorKey(person.key, found.fingerprint)
            return _done(about, desk, person.address, _FORGOTTEN, forget)
        if keys.known is not None and keys.known.fingerprint == found.fingerprint:
            return Step(about, say("it is in use already"))
        if not found.is_usable(desk.facts.now):
            return Impossible(say("the key has expired, is revoked, or cannot encrypt."))
        use = UseAuthorKey(person.key, found.fingerprint)
        return _done(about, desk, person.address, _ACCEPTED, use)
    return Impossible(
        say(
            "no key %(key)s came from anybody of this ticket. %(known)s",
            key=grouped(command.fingerprint),
            known=_shown(about, desk),
        )
    )


_ACCEPTED = say(
    "%(address)s is written to with the key %(key)s from now on, in all tickets; other keys in"
    " their name are forgotten"
)
_FORGOTTEN = say(
    "the key %(key)s of %(address)s is forgotten; the next mail that brings one counts as the first"
)


def _done(
    about: TicketFacts, desk: Desk, address: str, what: Text, change: UseAuthorKey | ForgetAuthorKey
) -> Step:
    said = Text(what.msgid, (("address", address), ("key", grouped(change.fingerprint))))
    return Step(about, said, (change,), acts=Acts((event(about.ticket.id, said, desk.agent),)))


def _shown(about: TicketFacts, desk: Desk) -> Text:
    lines = key_lines(desk.facts, about)
    if not lines:
        return say("No key of anybody of this ticket is known.")
    found = lines[0]
    for line in lines[1:]:
        found = say("%(one)s %(two)s", one=found, two=line)
    return found


def _read(asked: Asked) -> Built:
    if not asked.words:
        return AboutKey(asked.at, asked.tickets)
    first, *rest = asked.words
    wanted = _WORDS.get(folded(first))
    if wanted is None:
        return unknown_argument(asked, first)
    if wanted is Wanted.SHOW:
        return too_much(asked, tuple(rest)) or AboutKey(asked.at, asked.tickets)
    if not rest:
        return missing(asked)
    name = fingerprint(" ".join(rest))
    if name is None:
        return say(
            "“%(typed)s” is no fingerprint of a key: that has 40 digits and letters from A to"
            " F. Shorter names of keys can be forged. It is shown by: gpg --fingerprint",
            typed=" ".join(rest)[:100],
        )
    return AboutKey(asked.at, asked.tickets, wanted, name)


def _printed(command: AboutKey) -> Iterator[str]:
    yield from ("key", *numbered(command.tickets))
    if command.wanted is not Wanted.SHOW:
        yield from (command.wanted.value, command.fingerprint)


VERBS = (
    Verb(
        AboutKey,
        Rank.TICKET,
        on_tickets(_run),
        _printed,
        (
            Word(
                ("key",),
                ("schlüssel",),
                _read,
                2,
                say(
                    "The OpenPGP keys of the requester and of who gets copies: shows them, accepts"
                    " one that waits, or forgets one."
                ),
                both(
                    "[#1042 …] [accept|forget FINGERPRINT]",
                    "[#1042 …] [annehmen|vergessen FINGERABDRUCK]",
                ),
                both("!key #1042", "!schlüssel #1042"),
            ),
        ),
        decides=lambda command: (
            Goal(Sort.KEY, command.wanted, command.fingerprint) if command.fingerprint else None
        ),
        needs=lambda _: Needs(keys=True),
    ),
)
