"""One ticket out of two: `!merge`."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from gateway.model.around_changes import LinkTickets, MergeTicket, WriteTask
from gateway.model.changes import AddParty, Change
from gateway.model.command import Command
from gateway.model.key_changes import ForgetOpeningKey
from gateway.model.openpgp import NOBODY as NO_KEY
from gateway.model.outgoing import NotificationEvent
from gateway.model.text import Text, say
from gateway.model.ticket import (
    Link,
    LinkKind,
    PartyRole,
    State,
    Status,
    StatusId,
    Task,
    Ticket,
)
from gateway.policy.access import enrolments
from gateway.policy.acts import Acts
from gateway.policy.commands.arguments import missing, numbered, without
from gateway.policy.commands.verb import Asked, Built, Goal, Needs, Rank, Sort, Verb, Word, both
from gateway.policy.commands.verbs.links import pairs, with_link, words_behind
from gateway.policy.commands.verbs.responsible import FORCE
from gateway.policy.commands.verbs.tasks import reminder_of
from gateway.policy.facts import Facts, TicketFacts
from gateway.policy.notify import Way, audience, hears, is_reached, notify
from gateway.policy.said import NOBODY, Said, event
from gateway.policy.work import (
    Desk,
    Work,
    result,
    targets,
    was_merged,
)
from gateway.policy.workflow import with_status

_INTO = frozenset({"into", "in", "to", "with", "mit", "zu"})
MOST = 100
"""Tickets that may be merged into one."""


@dataclass(frozen=True, slots=True)
class Merge(Command):
    """`!merge #12 into #9`. `force`: also when two people have asked."""

    into: str = ""
    force: bool = False


def _merge(command: Merge, work: Work, desk: Desk) -> Work:
    """Each of the tickets into the one; checked anew after each."""
    for source in targets(command.tickets, work, desk):
        (root,) = targets((command.into,), work, desk)
        if isinstance(source, Text):
            work = work.noting(command.at, source, ok=False)
        elif isinstance(root, Text):
            work = work.noting(command.at, root, ok=False)
        elif (why := _why_not(command, source, root)) is not None:
            work = work.noting(command.at, why, ok=False)
        else:
            work = _merged(command, source, root, work, desk)
    return work


def _why_not(command: Merge, source: TicketFacts, root: TicketFacts) -> Text | None:
    one, two = source.ticket, root.ticket
    if one.id == two.id:
        return say("a ticket cannot be merged into itself.")
    for about in (source, root):
        if (why := _unfit(about)) is not None:
            return why
    if len(source.links) + len(root.links) >= MOST or len(source.tasks) + len(root.tasks) > MOST:
        return say("too many tickets or tasks are in them already.")
    if one.requester.key != two.requester.key and not command.force:
        return say(
            "#%(one)s is of %(first)s, #%(two)s of %(second)s. If they are to be one all the same,"
            " add the word force. Answers then go to %(second)s alone.",
            one=one.number,
            first=_who(one),
            two=two.number,
            second=_who(two),
        )
    return None


def _unfit(about: TicketFacts) -> Text | None:
    ticket = about.ticket
    if ticket.merged_into is not None:
        return was_merged(about)
    if ticket.rejected:
        return say(
            "#%(number)s is a rejected direct mail. Send !accept first.", number=ticket.number
        )
    if ticket.status == Status.SPAM or ticket.state in (State.ARCHIVED, State.DELETED):
        return say(
            "#%(number)s is put away (spam, archived or deleted). Open it first: !open #%(number)s",
            number=ticket.number,
        )
    return None


def _who(ticket: Ticket) -> str:
    return ticket.requester.address or ticket.requester.name or "?"


def _merged(command: Merge, source: TicketFacts, root: TicketFacts, work: Work, desk: Desk) -> Work:
    one, two = source.ticket, root.ticket
    closed, changes = with_status(source, _closed(one), source.responsible, desk.facts)
    earlier = [link for link in source.links if link.kind is LinkKind.MERGED]
    for link in (*earlier, Link(one.id, one.number, LinkKind.MERGED)):
        changes += (
            MergeTicket(link.ticket, two.id),
            LinkTickets(link.ticket, two.id, LinkKind.MERGED_INTO, LinkKind.MERGED),
        )
        root = with_link(root, Link(link.ticket, link.number, LinkKind.MERGED))
    if two.came_with and two.came_with != one.came_with:
        root = replace(root, ticket=replace(two, came_with=NO_KEY))
        changes += (ForgetOpeningKey(two.id),)
    root, moved = _with_tasks(source, root, desk)
    here = say("merged into #%(number)s: later mail goes there", number=two.number)
    there = say("#%(number)s was merged into this ticket", number=one.number)
    changes += (
        *moved,
        *_parties(source, root, desk.facts),
        event(one.id, here, desk.agent),
        event(two.id, there, desk.agent),
    )
    into = Link(two.id, two.number, LinkKind.MERGED_INTO)
    after = replace(with_link(closed, into), tasks=_done(source))
    after = replace(after, ticket=replace(after.ticket, merged_into=two.id))
    acts = work.acts + Acts(changes) + _told(source, root, there, desk)
    work = replace(work, tickets={**work.tickets, one.id: after, two.id: root}, acts=acts)
    said = say("%(here)s. %(rest)s", here=here, rest=_who_reads(source, root, desk.facts))
    return work.noting(command.at, result(said, source, desk.thread))


def _closed(ticket: Ticket) -> StatusId:
    return Status.CLOSED if ticket.is_open else ticket.status


def _done(about: TicketFacts) -> tuple[Task, ...]:
    return tuple(replace(task, done=True) for task in about.tasks)


def _with_tasks(
    source: TicketFacts, root: TicketFacts, desk: Desk
) -> tuple[TicketFacts, tuple[Change, ...]]:
    """What is still to be done is to be done there, under a number of its own."""
    changes: list[Change] = []
    number = max((task.number for task in root.tasks), default=0)
    for task in source.tasks:
        if task.done:
            continue
        number += 1
        moved = replace(task, number=number)
        root = replace(root, tasks=(*root.tasks, moved))
        changes.append(WriteTask(source.ticket.id, replace(task, done=True)))
        changes.append(WriteTask(root.ticket.id, moved))
        changes.extend(reminder_of(moved, root, desk))
    return root, tuple(changes)


def _parties(source: TicketFacts, root: TicketFacts, facts: Facts) -> tuple[AddParty, ...]:
    """Who wrote to the one may write to the other. Nobody gets copies who did not get any."""
    return tuple(
        AddParty(
            root.ticket.id,
            party.address,
            source.ticket.requester.name if key == source.ticket.requester.key else "",
            PartyRole.REQUESTER,
            "r" + facts.fresh.token("party", str(root.ticket.id), key),
        )
        for key, party in sorted(source.parties.items())
        if party.role is not PartyRole.AGENT and key not in root.parties
    )


def _told(source: TicketFacts, root: TicketFacts, what: Text, desk: Desk) -> Acts:
    """Those who work on the one ticket or on the other, as far as they see both then."""
    facts, kind = desk.facts, NotificationEvent.MERGED
    people = dict.fromkeys(audience(facts, root, kind, desk.agent))
    holder = source.responsible
    if (
        holder is not None
        and holder.id != desk.agent.id
        and is_reached(facts, root, holder)
        and hears(holder, root.ticket.department, Way.OWN)
    ):
        people[holder] = None
    part = str(source.ticket.id)
    said = Said(NOBODY, "")
    return notify(facts, root, kind, said=said, actor=desk.agent, remark=what, to=people, part=part)


def _who_reads(source: TicketFacts, root: TicketFacts, facts: Facts) -> Text:
    """Who gets answers from now on, and who does not see the ticket that is left."""
    one, two = source.ticket, root.ticket
    answers = say("Answers go to %(address)s.", address=_who(two))
    if one.requester.key != two.requester.key:
        answers = say(
            "Answers go to %(address)s alone: %(other)s gets none and reads nothing of it.",
            address=_who(two),
            other=_who(one),
        )
    gone, here = (enrolments(each.department, facts.organisation) for each in (one, two))
    if gone <= here:
        return answers
    return say(
        "%(answers)s Who is only in %(department)s sees what was in #%(number)s, not what comes.",
        answers=answers,
        department=facts.organisation.department(one.department).name,
        number=one.number,
    )


def _read_merge(asked: Asked) -> Built:
    words, force = without(words_behind(asked), FORCE)
    found = pairs(asked, words, _INTO)
    if isinstance(found, Text):
        return found
    sources, into = found
    if not words or len(into) != 1:
        return missing(asked)
    return Merge(asked.at, sources, into[0], force)


def _printed_merge(command: Merge) -> Iterator[str]:
    yield from ("merge", *numbered(command.tickets), "into", f"#{command.into}")
    yield "force" if command.force else ""


VERBS = (
    Verb(
        Merge,
        Rank.LINK,
        _merge,
        _printed_merge,
        (
            Word(
                ("merge",),
                ("vereinen",),
                _read_merge,
                2,
                say("The first ticket is closed; its later mail goes to the second."),
                both("[#1042] into #1043 [force]", "[#1042] in #1043 [trotzdem]"),
                both("!merge #1042 into #1043", "!vereinen #1042 in #1043"),
                free_text=True,
            ),
        ),
        decides=lambda command: Goal(Sort.STATUS, f"merge {command.into} {command.force}"),
        needs=lambda command: Needs(tickets=(command.into,)),
    ),
)
