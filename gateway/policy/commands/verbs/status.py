"""The status of a ticket: one class, and a word for each status that is always there."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from gateway.model.around_changes import ForgetReminders, Remind
from gateway.model.command import Command, CommandMail
from gateway.model.outgoing import NotificationEvent
from gateway.model.reminder import ReminderKind
from gateway.model.text import Text, say
from gateway.model.ticket import State, Status, StatusId
from gateway.model.topic import Field
from gateway.model.workflow import STATUS_NAMES, Holder, StatusRule
from gateway.policy.around import moment_text
from gateway.policy.commands.arguments import (
    missing,
    numbered,
    quoted,
    too_much,
    without,
)
from gateway.policy.commands.folding import folded
from gateway.policy.commands.moments import When, moment
from gateway.policy.commands.spam_block import and_blocked
from gateway.policy.commands.verb import Asked, Builder, Built, Goal, Rank, Sort, Verb, Word, both
from gateway.policy.commands.verbs.responsible import take
from gateway.policy.commands.when import when
from gateway.policy.facts import TicketFacts
from gateway.policy.fields import missing_fields
from gateway.policy.said import event
from gateway.policy.work import Desk, Impossible, Step, on_tickets
from gateway.policy.workflow import enumerated, impossible, is_possible, with_status

QUIET = frozenset({"quiet", "still", "leise"})
_BLOCK = frozenset({"block", "deny", "sperren", "sperre", "gesperrt"})

_WORDS = {
    Status.OPEN: "open",
    Status.IN_PROGRESS: "progress",
    Status.ON_WAITING: "wait",
    Status.CLOSED: "close",
    Status.SPAM: "spam",
    Status.ARCHIVED: "archive",
    Status.DELETED: "delete",
}


@dataclass(frozen=True, slots=True)
class SetStatus(Command):
    """`status` is the folded name of one, by the workflow of the organisation.

    `quiet`: the requester is not told. `back`: only for a ticket that is away (`!restore`).
    `until`: how long it is to wait; then its department is told. `block`: with its requester, who
    is heard no more.
    """

    status: str = ""
    quiet: bool = False
    back: bool = False
    until: When | None = None
    block: bool = False


def _set(command: SetStatus, about: TicketFacts, desk: Desk) -> Step | Impossible:
    workflow = desk.facts.organisation.workflow
    ticket = about.ticket
    wanted = workflow.names.get(command.status)
    if wanted is None:
        return Impossible(_no_status(command.status, desk))
    rule = workflow.rule(wanted)
    why = _why_not(rule, about, desk)
    if rule.state is State.DELETED and ticket.kept and ticket.kept.holds(desk.facts.now):
        why = say(
            "it is kept, because: %(reason)s. To delete it all the same, write !unkeep #%(number)s"
            " first.",
            reason=ticket.kept.reason,
            number=ticket.number,
        )
    fields = missing_fields(about, desk.facts.organisation) if why is None else ()
    if rule.needs_fields and fields and ticket.status != rule.id:
        return Impossible(_to_be_filled_in(fields, about, command), missing=fields)
    if command.back and ticket.status not in (Status.ARCHIVED, Status.DELETED):
        why = say("it is neither archived nor deleted, there is nothing to bring back.")
    if why is not None:
        return Impossible(why)
    if rule.holder is Holder.ACTOR and wanted == Status.IN_PROGRESS:
        return take(about, about.responsible or desk.agent, desk, force=False)
    step = _entered(rule, about, desk, quiet=command.quiet, block=command.block)
    return and_blocked(step, desk) if command.block else _until(command, step, desk)


def _is_for_all(command: SetStatus, desk: Desk) -> bool:
    """Whatever department a ticket belongs to: its archiving and its end are the admins' duty."""
    workflow = desk.facts.organisation.workflow
    wanted = workflow.names.get(command.status)
    return desk.agent.admin and (
        command.back or (wanted is not None and workflow.rule(wanted).admins)
    )


def _until(command: SetStatus, step: Step, desk: Desk) -> Step | Impossible:
    """The end of the waiting; one that was set before holds no longer."""
    about, ticket = step.about, step.about.ticket
    if ticket.status != Status.ON_WAITING:
        return step
    forget = ForgetReminders(ticket.id, ReminderKind.WAIT)
    if command.until is None:
        return replace(step, changes=(*step.changes, forget)) if ticket.due else step
    zone = desk.facts.organisation.zone
    at = moment(command.until, desk.facts.now, zone)
    if isinstance(at, Text):
        return Impossible(at)
    what = say("it waits until %(moment)s", moment=moment_text(at, desk.facts.organisation))
    changes = (Remind(ticket.id, ReminderKind.WAIT, at), event(ticket.id, what, desk.agent))
    after = replace(about, ticket=replace(ticket, due=at))
    result = say("%(status)s, %(until)s", status=step.result, until=what)
    return replace(step, about=after, result=result, changes=(*step.changes, *changes))


def _why_not(rule: StatusRule, about: TicketFacts, desk: Desk) -> Text | None:
    """What stands in the way of a status, and how to clear it away; None when nothing does."""
    workflow = desk.facts.organisation.workflow
    now = about.ticket.status
    if rule.id == now:
        return None
    if not is_possible(workflow, now, rule.id):
        return impossible(workflow, now, rule.id, desk.agent)
    if (rule.admins or workflow.rule(now).admins) and not desk.agent.admin:
        return say("only an admin may do that.")
    if rule.needs_tasks and (undone := [task for task in about.tasks if not task.done]):
        return say(
            "tasks are still open: %(tasks)s. When they are done, write !done %(number)s.",
            tasks=", ".join(f"{task.number} ({task.text[:40]})" for task in undone[:5]),
            number=" ".join(str(task.number) for task in undone[:5]),
        )
    return None


def _to_be_filled_in(fields: tuple[Field, ...], about: TicketFacts, command: SetStatus) -> Text:
    name = fields[0].name
    if command.tickets:
        name = say("#%(number)s %(field)s", number=about.ticket.number, field=name)
    return say(
        "still to be filled in: %(fields)s. Write, for example: !set %(name)s = …",
        fields=enumerated(field.name for field in fields),
        name=name,
    )


def _entered(rule: StatusRule, about: TicketFacts, desk: Desk, *, quiet: bool, block: bool) -> Step:
    ticket = about.ticket
    holder = {
        Holder.KEEP: about.responsible,
        Holder.ACTOR: about.responsible or desk.agent,
        Holder.NOBODY: None,
    }[rule.holder]
    after, changes = with_status(about, rule.id, holder, desk.facts)
    if not changes:
        return Step(about, say("the status was “%(status)s” already", status=rule.name))
    before = desk.facts.organisation.workflow.rule(ticket.status).name
    what = say("status: %(before)s → %(after)s", before=before, after=rule.name)
    informs = rule.informs and not quiet and ticket.status != rule.id
    closes = ticket.is_open and rule.state is State.CLOSED
    told = frozenset({NotificationEvent.CLOSED} if closes else ())
    result = _and_blocking(what, about) if rule.id == Status.SPAM and not block else what
    return Step(after, result, (*changes, event(ticket.id, what, desk.agent)), told, informs)


def _and_blocking(what: Text, about: TicketFacts) -> Text:
    address = about.ticket.requester.address
    if "@" not in address:
        return what
    return say(
        "%(what)s. To hear no more of that address, an admin sends: !deny %(address)s reason",
        what=what,
        address=address,
    )


def _no_status(name: str, desk: Desk) -> Text:
    workflow = desk.facts.organisation.workflow
    return say(
        "there is no status “%(name)s”. Statuses: %(statuses)s.",
        name=name,
        statuses=enumerated(rule.name for rule in workflow.statuses.values()),
    )


def one_target(mail: CommandMail) -> tuple[str, ...] | None:
    """The number of the only ticket whose status a mail sets, empty for the thread's; else None."""
    targets = {each.tickets for each in mail.commands if isinstance(each, SetStatus)}
    target = next(iter(targets), None)
    return target if target is not None and len(targets) == 1 and len(target) <= 1 else None


def _becomes(status: StatusId, *, back: bool = False) -> Builder:
    """Builder of a word that stands for one status and takes nothing but numbers."""

    def build(asked: Asked) -> Built:
        return too_much(asked, asked.words) or SetStatus(
            asked.at, asked.tickets, _WORDS[status], back=back
        )

    return build


def _read_close(asked: Asked) -> Built:
    rest, quiet = without(asked.words, QUIET)
    return too_much(asked, rest) or SetStatus(asked.at, asked.tickets, "close", quiet)


def _read_spam(asked: Asked) -> Built:
    rest, block = without(asked.words, _BLOCK)
    return too_much(asked, rest) or SetStatus(asked.at, asked.tickets, "spam", block=block)


def _read_wait(asked: Asked) -> Built:
    found = when(asked.words) if asked.words else None
    if isinstance(found, Text):
        return found
    until, rest = found or (None, asked.words)
    return too_much(asked, rest) or SetStatus(asked.at, asked.tickets, "wait", until=until)


def _read_status(asked: Asked) -> Built:
    """`!status X`, with the names of statuses in both languages."""
    rest, quiet = without(asked.words, QUIET)
    if not rest:
        return missing(asked)
    name = folded(" ".join(rest)).replace("-", " ")
    known = STATUS_NAMES.get(name)
    return SetStatus(asked.at, asked.tickets, _WORDS[known] if known else name, quiet)


def _printed(command: SetStatus) -> Iterator[str]:
    named = () if command.status in _WORDS.values() else ("status",)
    word = "restore" if command.back else quoted(command.status)
    if named:
        yield from (*named, *numbered(command.tickets), word)
    else:
        yield from (word, *numbered(command.tickets))
    yield "quiet" if command.quiet else ""
    yield "block" if command.block else ""
    yield str(command.until or "")


VERBS = (
    Verb(
        SetStatus,
        Rank.STATUS,
        on_tickets(_set, unseen=_is_for_all),
        _printed,
        (
            Word(
                ("open",),
                ("offen",),
                _becomes(Status.OPEN),
                1,
                say("Status: open."),
                both("[#1042 …]"),
                both("!open #1042", "!offen #1042"),
            ),
            Word(
                ("progress",),
                ("arbeit",),
                _becomes(Status.IN_PROGRESS),
                1,
                say("Status: in progress."),
                both("[#1042 …]"),
                both("!progress #1042", "!arbeit #1042"),
            ),
            Word(
                ("wait",),
                ("warten",),
                _read_wait,
                1,
                say("Status: on waiting. The ticket goes to the waiting list and is released."),
                both("[#1042 …] [+14d]"),
                both("!wait +14d", "!warten bis 1.3."),
            ),
            Word(
                ("close",),
                ("zu", "fertig", "schließen"),
                _read_close,
                1,
                say("Status: closed. With the last word the requester is not told."),
                both("[#1042 …] [quiet]", "[#1042 …] [still]"),
                both("!close #812 #815 quiet", "!zu #812 #815 still"),
            ),
            Word(
                ("reopen",),
                ("wieder",),
                _becomes(Status.OPEN),
                1,
                say("A closed ticket is open again."),
                both("[#1042 …]"),
                both("!reopen #1042", "!wieder #1042"),
            ),
            Word(
                ("status",),
                ("status",),
                _read_status,
                1,
                say("Sets the status by its name: open, in progress, on waiting, closed, spam."),
                both("[#1042 …] name", "[#1042 …] Name"),
                both("!status waiting", "!status warteliste"),
            ),
            Word(
                ("spam",),
                ("spam",),
                _read_spam,
                2,
                say(
                    "Closed as spam. Nothing goes to the requester; with block, for admins, nobody"
                    " hears of their mail any more."
                ),
                both("[#1042 …] [block]", "[#1042 …] [sperren]"),
                both("!spam #1042"),
            ),
            Word(
                ("ham",),
                ("keinspam",),
                _becomes(Status.OPEN),
                2,
                say("It was no spam: the ticket is open again."),
                both("[#1042 …]"),
                both("!ham #1042", "!keinspam #1042"),
            ),
            Word(
                ("archive",),
                ("archiv",),
                _becomes(Status.ARCHIVED),
                2,
                say("Admins only: the ticket is in no list any more."),
                both("[#1042 …]"),
                both("!archive #1042", "!archiv #1042"),
            ),
            Word(
                ("delete",),
                ("löschen",),
                _becomes(Status.DELETED),
                3,
                say("Admins only: the ticket is deleted; until it is purged it can be restored."),
                both("[#1042 …]"),
                both("!delete #1042", "!löschen #1042"),
                suggested=False,
            ),
            Word(
                ("restore",),
                ("zurückholen",),
                _becomes(Status.OPEN, back=True),
                3,
                say("Admins only: a deleted or archived ticket is open again."),
                both("[#1042 …]"),
                both("!restore #1042", "!zurückholen #1042"),
                suggested=False,
            ),
        ),
        decides=lambda command: Goal(
            Sort.STATUS, f"{command.status} {command.quiet} {command.block} {command.until or ''}"
        ),
    ),
)
