"""A ticket for somebody who did not write to us: `!new`, also for a mail that is passed on."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from gateway.mail.automatic import is_machine
from gateway.mail.forward_people import author_of
from gateway.model.address import Mailbox
from gateway.model.changes import OpenTicket
from gateway.model.command import Command
from gateway.model.organisation import Department, DepartmentKind, Organisation
from gateway.model.text import Text, say
from gateway.policy import opening
from gateway.policy.access import may_see
from gateway.policy.acts import Acts
from gateway.policy.commands.arguments import quoted, unknown_argument
from gateway.policy.commands.folding import folded
from gateway.policy.commands.verb import Asked, Built, Needs, Rank, Verb, Word, both
from gateway.policy.commands.verbs.departments import no_department
from gateway.policy.copies import is_ours, named
from gateway.policy.facts import Facts
from gateway.policy.work import Desk, Work

_QUIET = frozenset({"quiet", "still"})
_LONGEST_NAME = 5
"""Words of a department's name, with the one in front."""
_PERSON = re.compile(
    r'\s*(?:"?(?P<name>[^"<>@]{0,200}?)"?\s*<(?:mailto:)?(?P<inside>[^<>\s]{1,320}@[^<>\s]{1,320})>'
    r"|(?P<bare>[^\s<>@]{1,320}@[^\s<>]{1,320}))(?:\s?<mailto:[^<>]*>)?[,;:]?(?=\s|$)"
)
_DEPARTMENT = re.compile(
    r"(?i)(?:^|\s)(?:dept|department|abteilung|standort)\s?=\s?(?:\"([^\"]{1,100})\"|(\S{1,100}))"
)


@dataclass(frozen=True, slots=True)
class NewTicket(Command):
    """`!new Maria <x@y.org> Title in berlin quiet`; all of it may be left out of a forward.

    `department` is folded. Whether the end of `title` names one is known only with their names.
    """

    requester: Mailbox | None = None
    title: str = ""
    department: str = ""
    quiet: bool = False


def _new(command: NewTicket, work: Work, desk: Desk) -> Work:
    facts = desk.facts
    place = _department(command, desk)
    requester = command.requester or (facts.passed_on.author if facts.passed_on else None)
    why = _why_not(command, work, desk) or _not_for(requester, desk)
    if why is not None or requester is None:
        return work.noting(command.at, why or _nobody(), ok=False)
    if isinstance(place, Text):
        return work.noting(command.at, place, ok=False)
    department, title = place
    if not title and facts.passed_on is not None:
        title = facts.passed_on.mail.subject
    answers = desk.mail is not None and bool(desk.mail.reply)
    about, acts = opening.opened(requester, title, department, desk, answers=answers)
    work = replace(
        work,
        tickets={**work.tickets, about.ticket.id: about},
        acts=work.acts + acts,
        opened=about.ticket.id,
    ).noting(
        command.at,
        say(
            "new ticket of %(requester)s in %(department)s: %(title)s",
            requester=requester.address,
            department=department.name,
            title=title or "–",
        ),
    )
    return work if answers else _told(command, work, desk)


def _told(command: NewTicket, work: Work, desk: Desk) -> Work:
    """Whether the requester hears of it, where nobody answers them in the same mail."""
    facts = desk.facts
    if work.opened is None:
        return work
    if command.quiet or facts.passed_on is None:
        return work.noting(command.at, say("the requester was not told of it"))
    told = opening.confirmation(work.tickets[work.opened], facts)
    if told == Acts():
        return work.noting(command.at, say("the requester was not told of it"))
    what = say("the requester gets a confirmation with the number (without it: !new quiet)")
    work = replace(work, acts=work.acts + told).noting(command.at, what)
    others = tuple(
        each
        for each in facts.passed_on.mail.cc
        if not is_ours(each.address, facts.organisation) and not is_machine(each)
    )
    if others:
        what = say("it went in Cc to %(names)s: !cc add takes them in", names=named(others))
        work = work.noting(command.at, what)
    return work


def _why_not(command: NewTicket, work: Work, desk: Desk) -> Text | None:
    """What is wrong with the mail as a whole."""
    facts, mail = desk.facts, desk.mail
    if facts.match is not None:
        return say(
            "!new opens a ticket in a mail of its own to %(address)s, not in an answer. A message"
            " of this ticket becomes a ticket with !split.",
            address=facts.organisation.command_address,
        )
    if any(isinstance(change, OpenTicket) for change in work.acts.changes):
        return say("one mail opens one ticket only. Please send another mail for the next one.")
    passed = facts.passed_on
    if passed is None:
        if command.requester is None:
            return say(
                "no mail is passed on here, so it is not clear whose ticket it is. Write the"
                " address and a title: !new maria@example.org Laptop"
            )
        if not command.title:
            return say(
                "the title is missing: !new %(address)s Laptop", address=command.requester.address
            )
        if mail is None or not (mail.reply or mail.note):
            return say(
                "the text is missing. Write below it, after a blank line, what is to go to"
                " %(address)s, or behind !note what agents are to know.",
                address=command.requester.address,
            )
        return None
    if passed.attached > 1:
        return say(
            "%(count)s mails are attached. Please pass on each of them in a mail of its own: one"
            " mail opens one ticket.",
            count=passed.attached,
        )
    known = facts.tickets.get(passed.known) if passed.known is not None else None
    if known is not None and may_see(desk.agent, known, facts.organisation):
        return say(
            "this mail belongs to ticket #%(number)s already. It becomes a ticket of its own with"
            " !split #%(number)s",
            number=known.ticket.number,
        )
    return None


def _nobody() -> Text:
    return say(
        "it cannot be read who wrote the mail that you pass on, or one of us did. Write whose"
        " ticket it is: !new maria@example.org"
    )


def _not_for(requester: Mailbox | None, desk: Desk) -> Text | None:
    """Why the ticket cannot be this person's."""
    if requester is None:
        return None
    if is_ours(requester.address, desk.facts.organisation):
        return say(
            "%(address)s is an address of ours. Write the address of the person who asks.",
            address=requester.address,
        )
    if requester.key == desk.agent.mailbox.key:
        return say("that is your own address. Write the address of the person who asks.")
    return None


def _department(command: NewTicket, desk: Desk) -> tuple[Department, str] | Text:
    """Where the ticket belongs, and the title without the words that say so."""
    organisation = desk.facts.organisation
    if command.department:
        found = _named(command.department, organisation)
        return (found, command.title) if found else no_department(command.department, organisation)
    for name, rest in _places(command.title):
        found = _named(name, organisation)
        if found is not None:
            return found, rest
    own = opening.own_department(desk.agent, desk.facts)
    if own is not None:
        return own, command.title
    return say(
        "it is not clear in which department. Write one of these behind the title: %(choices)s",
        choices=opening.choices(desk.agent, desk.facts),
    )


def _named(name: str, organisation: Organisation) -> Department | None:
    wanted = organisation.department_names.get(name)
    found = organisation.departments.get(wanted) if wanted is not None else None
    return found if found is not None and found.kind is not DepartmentKind.REJECTED else None


def _places(title: str) -> Iterator[tuple[str, str]]:
    """What may be a department (folded) behind an "in" at an end of the title, and the rest."""
    words = title.split()
    if words and folded(words[0]) == "in":
        for end in range(min(_LONGEST_NAME, len(words)), 1, -1):
            yield _name(words[1:end]), " ".join(words[end:])
    for place in range(max(0, len(words) - _LONGEST_NAME), len(words) - 1):
        if folded(words[place]) == "in":
            yield _name(words[place + 1 :]), " ".join(words[:place])


def _name(words: list[str]) -> str:
    return folded(" ".join(words).strip("\"'„“”.,"))


def _read(asked: Asked) -> Built:
    text = " ".join(asked.text.split())
    requester = None
    found = _PERSON.match(text)
    first = text.split(" ", 1)[0]
    if found:
        address = found["inside"] or found["bare"]
        person = author_of(f"<{address}>")
        if person is None:
            return unknown_argument(asked, address)
        requester = Mailbox(person.address, (found["name"] or "").strip())
        text = text[found.end() :].strip()
    elif "@" in first:
        return unknown_argument(asked, first)
    department = _DEPARTMENT.search(text)
    if department:
        text = f"{text[: department.start()]} {text[department.end() :]}".strip()
    words = text.split()
    quiet = next((place for place in _ends(words) if folded(words[place]) in _QUIET), None)
    if quiet is not None:
        words.pop(quiet)
    name = folded(department[1] or department[2]) if department else ""
    return NewTicket(asked.at, (), requester, " ".join(words), name, quiet is not None)


def _ends(words: list[str]) -> tuple[int, ...]:
    """Places at which the word for quiet may stand: last, first, before a department."""
    if not words:
        return ()
    places = [len(words) - 1, 0]
    if len(words) > 2 and folded(words[-2]) == "in":
        places.append(len(words) - 3)
    return tuple(places)


def _printed(command: NewTicket) -> Iterator[str]:
    yield "new"
    if command.requester is not None:
        name, address = command.requester.name, command.requester.address
        yield f"{name} <{address}>" if name else address
    yield command.title
    yield f"dept={quoted(command.department)}" if command.department else ""
    yield "quiet" if command.quiet else ""


def _needs(command: NewTicket) -> Needs:
    places = [name for name, _ in _places(command.title)]
    asked = tuple(filter(None, (command.department, *places)))
    return Needs(departments=asked, opens=True, passed_on=True)


def hint(facts: Facts) -> Text | None:
    """What to write above a mail that was passed on to us without a word about it."""
    if facts.passed_on is None:
        return None
    return say(
        "you pass a mail on. To open a ticket for its author, write !new on a line of its own above"
        " it and send it again."
    )


VERBS = (
    Verb(
        NewTicket,
        Rank.OPEN,
        _new,
        _printed,
        (
            Word(
                ("new",),
                ("neu",),
                _read,
                2,
                say(
                    "A new ticket for this person, who gets your text; above a mail that you pass"
                    " on, for its author. With the last word they are not told."
                ),
                both("[x@y.org title] [in berlin] [quiet]", "[x@y.org Titel] [in berlin] [still]"),
                both("!new maria@example.org Laptop in berlin", "!neu maria@example.org Laptop"),
                numbers=False,
                one_line=True,
            ),
        ),
        needs=_needs,
    ),
)
