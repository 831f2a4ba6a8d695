"""Two tickets out of one: `!split`."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from gateway.model.around_changes import CopyEntry, LinkTickets
from gateway.model.changes import AddParty, Change, OpenTicket, Refer, SeeMessageId
from gateway.model.command import Command
from gateway.model.outgoing import NotificationEvent
from gateway.model.text import say
from gateway.model.ticket import (
    Entry,
    EntryFlag,
    EntryKind,
    Link,
    LinkKind,
    PartyRole,
    State,
    Status,
)
from gateway.policy.access import is_member
from gateway.policy.commands.arguments import numbered, too_much, unknown_argument
from gateway.policy.commands.verb import Asked, Built, Needs, Rank, Verb, Word, both
from gateway.policy.commands.verbs.ask import ALL_ENTRIES
from gateway.policy.commands.verbs.links import with_link
from gateway.policy.facts import Facts, TicketFacts
from gateway.policy.notify import notify
from gateway.policy.said import Said, event
from gateway.policy.work import Desk, Impossible, Step, Work, on_tickets


@dataclass(frozen=True, slots=True)
class Split(Command):
    """`!split 3`: what stands in that place of the thread; 0: the last message."""

    place: int = 0


def _split(command: Split, about: TicketFacts, desk: Desk) -> Step | Impossible:
    facts = desk.facts
    found = _entry(command, about)
    if isinstance(found, Impossible):
        return found
    old = about.ticket
    ticket = replace(
        old,
        id=facts.fresh.ticket_id,
        number=facts.fresh.ticket_number,
        status=Status.OPEN,
        state=State.OPEN,
        created_at=facts.now,
        updated_at=facts.now,
        responsible=None,
        waiting_since=None,
        due=None,
        closed_at=None,
        merged_into=None,
    )
    new = TicketFacts(
        ticket,
        parties={},
        thread={},
        referred_departments=about.referred_departments,
        referred_agents=about.referred_agents,
        links=(Link(old.id, old.number, LinkKind.SPLIT_FROM),),
    )
    if not is_member(desk.agent, old.department, facts.organisation):
        new = replace(new, referred_agents=new.referred_agents | {desk.agent.id})
    here = say("split off: #%(number)s", number=ticket.number)
    changes: tuple[Change, ...] = (
        OpenTicket(ticket),
        CopyEntry(found.id, ticket.id),
        *_access(new),
        *_requester(about, new, found, facts),
        LinkTickets(ticket.id, old.id, LinkKind.SPLIT_FROM, LinkKind.SPLIT),
        event(ticket.id, say("split off from #%(number)s", number=old.number), desk.agent),
        event(old.id, here, desk.agent),
    )
    after = with_link(about, Link(ticket.id, ticket.number, LinkKind.SPLIT))
    said = Said(found.author, found.text, found.flags - {EntryFlag.THIRD_PERSON})
    told = notify(facts, new, NotificationEvent.NEW_TICKET, said=said, actor=desk.agent)
    what = say(
        "new ticket #%(number)s with the message of %(author)s; answers to it go there",
        number=ticket.number,
        author=found.author.name or found.author.address,
    )
    return Step(after, what, changes, acts=told)


def _entry(command: Split, about: TicketFacts) -> Entry | Impossible:
    messages = {
        place: entry
        for place, entry in enumerate(about.entries, about.entry_count - len(about.entries) + 1)
        if entry.kind is EntryKind.MESSAGE
    }
    if not messages or (command.place and command.place not in messages):
        places = ", ".join(str(place) for place in list(messages)[-10:]) or "–"
        return Impossible(
            say("there is no message %(place)s. Messages: %(places)s (see !show).",
                place=command.place or "", places=places)
        )  # fmt: skip
    if len(messages) == 1:
        return Impossible(say("it has only one message, there is nothing to split off."))
    return messages[command.place or max(messages)]


def _access(new: TicketFacts) -> tuple[Refer, ...]:
    ticket = new.ticket.id
    return (
        *(Refer(ticket, department=each) for each in sorted(new.referred_departments)),
        *(Refer(ticket, agent=each) for each in sorted(new.referred_agents)),
    )


def _requester(
    about: TicketFacts, new: TicketFacts, entry: Entry, facts: Facts
) -> tuple[Change, ...]:
    """The requester may answer into the new ticket; so may the author of the message."""
    ticket = new.ticket
    people = {ticket.requester.key: ticket.requester, entry.author.key: entry.author}
    joined: list[Change] = [
        AddParty(
            ticket.id,
            mailbox.address,
            mailbox.name,
            PartyRole.REQUESTER,
            "r" + facts.fresh.token("party", str(ticket.id), key),
        )
        for key, mailbox in people.items()
        if "@" in key and (key == ticket.requester.key or _is_known(about, key))
    ]
    if entry.message_id:
        joined.append(SeeMessageId(ticket.id, entry.message_id, entry.author.key, sent=False))
    return tuple(joined)


def _is_known(about: TicketFacts, key: str) -> bool:
    party = about.parties.get(key)
    return party is not None and party.role is not PartyRole.AGENT


def _run_split(command: Split, work: Work, desk: Desk) -> Work:
    if any(isinstance(change, OpenTicket) for change in work.acts.changes):
        why = say("one mail opens one ticket only. Please send another mail for the next one.")
        return work.noting(command.at, why, ok=False)
    return on_tickets(_split)(command, work, desk)


def _read_split(asked: Asked) -> Built:
    if len(asked.tickets) > 1:
        return say("Only one ticket can be split in one mail.")
    if not asked.words:
        return Split(asked.at, asked.tickets)
    word = asked.words[0].rstrip(".")
    if not (word.isascii() and word.isdigit() and 0 < len(word) < 6 and int(word)):
        return unknown_argument(asked, asked.words[0])
    return too_much(asked, asked.words[1:]) or Split(asked.at, asked.tickets, int(word))


def _printed_split(command: Split) -> Iterator[str]:
    yield from ("split", *numbered(command.tickets), str(command.place or ""))


VERBS = (
    Verb(
        Split,
        Rank.LINK,
        _run_split,
        _printed_split,
        (
            Word(
                ("split",),
                ("teilen",),
                _read_split,
                2,
                say("A new ticket from the last message, or from the one with this number."),
                both("[#1042] [3]"),
                both("!split 3", "!teilen 3"),
            ),
        ),
        needs=lambda _: Needs(entries=ALL_ENTRIES, opens=True),
    ),
)
