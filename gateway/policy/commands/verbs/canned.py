"""`!canned`: a text module at this place of the answer; alone, the list of those that fit."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from gateway.model.answers import CannedLine, CannedList
from gateway.model.canned import Canned, filled
from gateway.model.command import Command
from gateway.model.organisation import Organisation
from gateway.model.text import Text, say
from gateway.policy.canned import ENGLISH, in_language, values_of
from gateway.policy.commands.arguments import missing, quoted, too_much, unknown_argument
from gateway.policy.commands.folding import folded, near_name
from gateway.policy.commands.verb import Asked, Built, Rank, Verb, Word, both
from gateway.policy.facts import TicketFacts
from gateway.policy.work import Desk, Inserted, Work, no_ticket


@dataclass(frozen=True, slots=True)
class InsertCanned(Command):
    """`!canned welcome name=Anna`. `values` are by folded name."""

    name: str = ""
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ListCanned(Command):
    """`!canned` alone."""


def fitting(about: TicketFacts | None, organisation: Organisation) -> Iterator[Canned]:
    """The responses for the ticket's department, topic and language; all of them without one."""
    for languages in organisation.canned.values():
        canned = in_language(languages, about.ticket.language if about else None, organisation)
        if about is None or _fits(canned, about):
            yield canned


def _insert(command: InsertCanned, work: Work, desk: Desk) -> Work:
    organisation, thread = desk.facts.organisation, desk.thread
    if thread is None:
        return work.noting(command.at, no_ticket(desk.facts), ok=False)
    about = work.tickets[thread.ticket.id]
    languages = organisation.canned.get(command.name)
    if languages is None:
        return work.noting(command.at, _unknown(command.name, organisation), ok=False)
    canned = in_language(languages, about.ticket.language, organisation)
    if not _fits(canned, about):
        return work.noting(command.at, _not_for_this(canned, organisation), ok=False)
    values = values_of(about, desk.agent, organisation) | dict(command.values)
    text, empty = filled(canned, values)
    if empty:
        return work.noting(command.at, _empty(canned, empty), ok=False)
    inserted = Inserted(text, canned.files)
    result = say("inserted: %(title)s", title=canned.title)
    return replace(work, inserted={**work.inserted, command.at.line: inserted}).noting(
        command.at, result
    )


def _list(command: ListCanned, work: Work, desk: Desk) -> Work:
    about = work.tickets[desk.thread.ticket.id] if desk.thread else None
    lines = tuple(
        CannedLine(
            canned.id, canned.title, tuple(file.filename for file in canned.files), _gaps(canned)
        )
        for canned in sorted(fitting(about, desk.facts.organisation), key=lambda each: each.id)
    )
    result = say("%(count)s canned responses", count=len(lines))
    answer = CannedList(lines, for_ticket=about is not None)
    return replace(work, answers=(*work.answers, answer)).noting(command.at, result)


def _gaps(canned: Canned) -> tuple[str, ...]:
    """The names that the agent may have to give."""
    known = {"name", "vorname", "nummer", "betreff", "department", "agent", "organisation"}
    known |= {"formular", *ENGLISH}
    found = [piece for piece in canned.body if not isinstance(piece, str)]
    return tuple(
        dict.fromkeys(gap.written for gap in found if gap.name not in known and not gap.fallback)
    )


def _fits(canned: Canned, about: TicketFacts) -> bool:
    ticket = about.ticket
    return (not canned.departments or ticket.department in canned.departments) and (
        not canned.topics or ticket.topic in canned.topics
    )


def _unknown(name: str, organisation: Organisation) -> Text:
    near = near_name(name, organisation.canned)
    if near:
        return say(
            "there is no canned response “%(name)s”. Did you mean !canned %(near)s?",
            name=name,
            near=near,
        )
    return say("there is no canned response “%(name)s”. The list of all: !canned", name=name)


def _not_for_this(canned: Canned, organisation: Organisation) -> Text:
    departments = ", ".join(organisation.department(each).name for each in canned.departments)
    return say(
        "“%(title)s” is not meant for this ticket, only for: %(names)s.",
        title=canned.title,
        names=", ".join(filter(None, [departments, *sorted(canned.topics)])),
    )


def _empty(canned: Canned, empty: tuple[str, ...]) -> Text:
    return say(
        "nothing is known for %(gaps)s. Write it behind: !canned %(name)s %(example)s",
        gaps=", ".join(empty),
        name=quoted(canned.id),
        example=" ".join(f"{gap}=…" for gap in empty),
    )


def _read(asked: Asked) -> Built:
    if not asked.words:
        return ListCanned(asked.at)
    name, *rest = asked.words
    if "=" in name:
        return missing(asked)
    pairs = _pairs(rest)
    if pairs is None:
        return unknown_argument(asked, next(word for word in rest if "=" not in word))
    return too_much(asked, ()) or InsertCanned(asked.at, name=folded(name), values=pairs)


def _pairs(words: list[str]) -> tuple[tuple[str, str], ...] | None:
    """`name=Anna`, also with blanks around the sign or a quoted value; None for other words."""
    found: list[tuple[str, str]] = []
    for word in words:
        key, sign, value = word.partition("=")
        if sign and key:
            found.append((folded(key), value))
        elif found:  # a value of several words
            found[-1] = (found[-1][0], f"{found[-1][1]} {word}".strip())
        else:
            return None
    return tuple(found)


def _printed_insert(command: InsertCanned) -> Iterator[str]:
    yield from ("canned", quoted(command.name))
    yield from (f"{name}={quoted(value)}" for name, value in command.values)


def _printed_list(_: ListCanned) -> Iterator[str]:
    yield "canned"


VERBS = (
    Verb(
        InsertCanned,
        Rank.TICKET,
        _insert,
        _printed_insert,
        (
            Word(
                ("canned",),
                ("baustein",),
                _read,
                2,
                say("Puts a canned response here; alone, sends you the list of those that fit."),
                both("[welcome [name=Anna]]", "[willkommen [name=Anna]]"),
                both("!canned welcome", "!baustein willkommen"),
                numbers=False,
            ),
        ),
        inserts=True,
    ),
    Verb(ListCanned, Rank.ASK, _list, _printed_list, ()),
)
