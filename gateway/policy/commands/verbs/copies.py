"""Who of the requester's side gets copies of the answers: `!cc`."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from gateway.mail.forward_people import author_of
from gateway.model.address import Mailbox
from gateway.model.around_changes import DropParty
from gateway.model.command import Command
from gateway.model.text import Text, say
from gateway.model.ticket import PartyRole
from gateway.policy.acts import Acts
from gateway.policy.commands.arguments import missing, numbered, unknown_argument
from gateway.policy.commands.folding import folded
from gateway.policy.commands.verb import Asked, Built, Goal, Needs, Rank, Sort, Verb, Word, both
from gateway.policy.copies import MOST, in_copy, is_ours, joined
from gateway.policy.facts import TicketFacts
from gateway.policy.said import event
from gateway.policy.work import Desk, Impossible, Step, on_tickets

_ADD = frozenset({"add", "dazu", "hinzu", "hinzufuegen", "plus", "an", "to"})
_DROP = frozenset({"drop", "weg", "remove", "entfernen", "raus", "minus", "ohne"})


@dataclass(frozen=True, slots=True)
class Copy(Command):
    """`!cc add x@y`, or with `add` false `!cc drop x@y`; without people only who is in copy."""

    people: tuple[str, ...] = ()
    add: bool = True


def _copy(command: Copy, about: TicketFacts, desk: Desk) -> Step | Impossible:
    if not command.people:
        return Step(about, _who(about))
    return _add(command, about, desk) if command.add else _drop(command, about, desk)


def _add(command: Copy, about: TicketFacts, desk: Desk) -> Step | Impossible:
    people: dict[str, Mailbox] = {}
    for address in command.people:
        one = Mailbox(address)
        why = _why_not(one, about, desk)
        if why is not None:
            return Impossible(why)
        known = about.parties.get(one.key)
        if known is None or known.role is not PartyRole.CC:
            people[one.key] = one
    if len(people) + len(in_copy(about)) > MOST:
        return Impossible(say("a ticket has at most %(most)s people in copy.", most=MOST))
    if not people:
        return Step(about, _who(about))
    after, acts = joined(about, tuple(people.values()), desk.facts)
    what = say("in copy from now on: %(names)s", names=_names(people))
    known_to = say(
        "%(who)s. They get each answer from now on, none of the earlier ones; the requester sees"
        " their address.",
        who=_who(after),
    )
    return Step(after, known_to, acts=acts + Acts((event(about.ticket.id, what, desk.agent),)))


def _why_not(one: Mailbox, about: TicketFacts, desk: Desk) -> Text | None:
    if is_ours(one.address, desk.facts.organisation):
        return say(
            "%(address)s is an address of ours. Another department gets access with !refer berlin",
            address=one.address,
        )
    agent = desk.facts.named_agents.get(one.key)
    if agent is not None:
        return say(
            "%(address)s is an agent: copies are for people outside. Write !refer @%(handle)s, or"
            " they write !watch.",
            address=one.address,
            handle=agent.handle,
        )
    party = about.parties.get(one.key)
    is_requester = one.key == about.ticket.requester.key
    if is_requester or (party is not None and party.role is PartyRole.REQUESTER):
        return say("%(address)s is the requester and is answered anyway.", address=one.address)
    return None


def _drop(command: Copy, about: TicketFacts, desk: Desk) -> Step | Impossible:
    gone = {Mailbox(address).key: Mailbox(address) for address in command.people}
    present = {party.mailbox.key for party in in_copy(about)}
    for key, one in gone.items():
        if key not in present:
            return Impossible(
                say("%(address)s is not in copy. %(who)s", address=one.address, who=_who(about))
            )
    rest = {key: party for key, party in about.parties.items() if key not in gone}
    after = replace(about, parties=rest)
    what = say("no longer in copy: %(names)s", names=_names(gone))
    dropped = Acts(tuple(DropParty(about.ticket.id, key) for key in gone))
    acts = dropped + Acts((event(about.ticket.id, what, desk.agent),))
    return Step(after, say("%(what)s. %(who)s", what=what, who=_who(after)), acts=acts)


def _names(people: dict[str, Mailbox]) -> str:
    return ", ".join(one.address for one in people.values())


def _who(about: TicketFacts) -> Text:
    names = ", ".join(party.address for party in in_copy(about))
    return say("In copy: %(names)s", names=names) if names else say("Nobody is in copy.")


def _read(asked: Asked) -> Built:
    """The words for adding may be left out; the addresses are checked, one by one."""
    words = list(asked.words)
    if not words:
        return Copy(asked.at, asked.tickets)
    first = folded(words[0])
    add = first not in _DROP
    if first in _ADD | _DROP:
        words.pop(0)
    if not words:
        return missing(asked)
    people: dict[str, str] = {}
    for word in words:
        if word.startswith("@"):
            return say(
                "Copies are for people outside. For %(agent)s, write !refer %(agent)s", agent=word
            )
        found = author_of(f"<{word}>")
        if found is None:
            return unknown_argument(asked, word)
        people.setdefault(found.key, found.address)
    return Copy(asked.at, asked.tickets, tuple(people.values()), add)


def _printed(command: Copy) -> Iterator[str]:
    yield from ("cc", *numbered(command.tickets))
    if command.people:
        yield from ("add" if command.add else "drop", *command.people)


VERBS = (
    Verb(
        Copy,
        Rank.TICKET,
        on_tickets(_copy),
        _printed,
        (
            Word(
                ("cc",),
                ("kopie",),
                _read,
                2,
                say("Somebody of the requester's side gets copies of the answers, or no longer."),
                both("[#1042 …] [add|drop x@y.org …]", "[#1042 …] [dazu|weg x@y.org …]"),
                both("!cc add otto@example.org", "!kopie dazu otto@example.org"),
            ),
        ),
        decides=lambda command: (
            Goal(Sort.COPY, "add" if command.add else "drop", " ".join(command.people))
            if command.people
            else None
        ),
        needs=lambda command: Needs(agents=command.people),
    ),
)
