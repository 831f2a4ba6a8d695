"""What the rules of retention may not delete: `!keep`, `!unkeep`, and the answer to a proposal."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from gateway.model.command import Command
from gateway.model.retention_changes import KeepNoLonger, KeepTicket
from gateway.model.text import Text, say
from gateway.model.ticket import Kept
from gateway.policy.around import moment_text
from gateway.policy.commands.arguments import missing, numbered, too_much
from gateway.policy.commands.moments import When, moment
from gateway.policy.commands.verb import Asked, Built, Goal, Rank, Sort, Verb, Word, both
from gateway.policy.commands.when import find_when
from gateway.policy.facts import TicketFacts
from gateway.policy.said import event
from gateway.policy.work import Desk, Impossible, Step, on_tickets


@dataclass(frozen=True, slots=True)
class Keep(Command):
    """`!keep #12 reason [until date]`: nothing deletes the ticket, for ever or until then."""

    reason: str = ""
    until: When | None = None


@dataclass(frozen=True, slots=True)
class Unkeep(Command):
    """`!unkeep #12`."""


def _keep(command: Keep, about: TicketFacts, desk: Desk) -> Step | Impossible:
    facts, ticket = desk.facts, about.ticket
    until = moment(command.until, facts.now, facts.organisation.zone) if command.until else None
    if isinstance(until, Text):
        return Impossible(until)
    what = say(
        "nothing deletes it until somebody writes !unkeep: %(reason)s", reason=command.reason
    )
    if until is not None:
        what = say(
            "nothing deletes it until %(moment)s: %(reason)s",
            moment=moment_text(until, facts.organisation),
            reason=command.reason,
        )
    after = replace(about, ticket=replace(ticket, kept=Kept(command.reason, until)))
    changes = (KeepTicket(ticket.id, command.reason, until), event(ticket.id, what, desk.agent))
    return Step(after, what, changes)


def _unkeep(_: Unkeep, about: TicketFacts, desk: Desk) -> Step | Impossible:
    ticket = about.ticket
    if ticket.kept is None:
        return Step(about, say("nothing kept it from being deleted anyway"))
    what = say("the rules of retention hold for it again")
    after = replace(about, ticket=replace(ticket, kept=None))
    return Step(after, what, (KeepNoLonger(ticket.id), event(ticket.id, what, desk.agent)))


def _read_keep(asked: Asked) -> Built:
    found = find_when(asked.words)
    if isinstance(found, Text):
        return found
    until, rest = found or (None, asked.words)
    if not rest:
        return missing(asked)
    return Keep(asked.at, asked.tickets, " ".join(rest), until)


def _read_unkeep(asked: Asked) -> Built:
    return too_much(asked, asked.words) or Unkeep(asked.at, asked.tickets)


def _printed_keep(command: Keep) -> Iterator[str]:
    yield from ("keep", *numbered(command.tickets), command.reason)
    yield f"until {command.until}" if command.until else ""


def _printed_unkeep(command: Unkeep) -> Iterator[str]:
    yield from ("unkeep", *numbered(command.tickets))


def _for_admins(_: Keep | Unkeep, desk: Desk) -> bool:
    """Whatever department a ticket belongs to: its end is the admins' duty."""
    return desk.agent.admin


VERBS = (
    Verb(
        Keep,
        Rank.TICKET,
        on_tickets(_keep, rejected=True, unseen=_for_admins),
        _printed_keep,
        (
            Word(
                ("keep",),
                ("behalten",),
                _read_keep,
                2,
                say(
                    "Nothing deletes the ticket, neither the rules of retention nor a person, for"
                    " the reason that stands behind it."
                ),
                both("[#1042 …] reason [until date]", "[#1042 …] Grund [bis Datum]"),
                both("!keep #1042 lawsuit until 1.3.2030", "!behalten #1042 Streit bis 1.3.2030"),
                one_line=True,
            ),
        ),
        decides=lambda command: Goal(Sort.RETENTION, f"{command.reason} {command.until or ''}"),
    ),
    Verb(
        Unkeep,
        Rank.TICKET,
        on_tickets(_unkeep, rejected=True, unseen=_for_admins),
        _printed_unkeep,
        (
            Word(
                ("unkeep",),
                ("nichtbehalten",),
                _read_unkeep,
                2,
                say("A ticket that was kept may be deleted again."),
                both("[#1042 …]"),
                both("!unkeep #1042", "!nichtbehalten #1042"),
            ),
        ),
        decides=lambda _: Goal(Sort.RETENTION, ""),
    ),
)
