"""What a step of an escalation does: the ticket is changed, its history says why, people are told.

Where several steps of a rule are due at once, after a time in which the gateway did not run, they
have the sense of the last one: each sort of action is done once, as its last step has it. A step
after which the rule is no longer about the ticket ends its row, and a rule that another one has
taken the ticket from is not carried out. Everybody gets one mail about the ticket.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import assert_never

from gateway.model.decision import Decision, Outcome
from gateway.model.escalation import (
    Action,
    Assign,
    Escalation,
    Mark,
    Move,
    Remind,
    SetStatus,
    Since,
    Step,
    Tell,
    Upcoming,
    Watched,
    WriteMarks,
    WriteNote,
)
from gateway.model.people import Agent, AgentState, DepartmentId
from gateway.model.text import Text, say
from gateway.model.ticket import Status
from gateway.policy import escalation_acts as acts_of
from gateway.policy.escalation_acts import Readers, Turn, in_a_row
from gateway.policy.facts import Facts, TicketFacts
from gateway.policy.said import event
from gateway.policy.spans import elapsed
from gateway.policy.watching import Marks, marked, matches, upcoming


@dataclass(frozen=True, slots=True)
class Under:
    """A ticket with what the rules look at, its marks, and the agents that rules name."""

    about: TicketFacts
    seen: Watched
    marks: Marks
    named: Mapping[str, Agent] = field(default_factory=dict)
    """Active agents by folded short name."""


def escalate(facts: Facts, under: Under) -> Decision | None:
    """All that is due now, with the marks as they are afterwards; None: nothing is."""
    organisation, ticket = facts.organisation, under.about.ticket
    rules, zone = organisation.escalations, organisation.zone
    marks = dict(marked(rules, under.seen, under.marks, facts.now, zone))
    coming = upcoming(rules, under.seen, marks, zone)
    due = [each for each in coming if each.at <= facts.now]
    if not due:
        return None
    row = _Row(Turn(facts, under.about), under.seen)
    for rule in dict.fromkeys(each.rule for each in due):
        mark = marks[rule.id]
        row, done = _have_turn(row, under, mark, [each for each in due if each.rule is rule])
        marks[rule.id] = replace(mark, done=mark.done + done)
    turn = acts_of.tell(row.turn, in_a_row(row.told), row.readers, "")
    # Its history grows, so it is looked at again at once: another rule may be due.
    write = WriteMarks(ticket.id, under.seen.version, tuple(marks.values()), None)
    return Decision(
        Outcome.ENTRY,
        f"escalation: {', '.join(row.rules)}",
        (write, *turn.acts.changes),
        turn.acts.outgoing,
        ticket.id,
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """The rules that are due, one after the other: the ticket, and what is to be said of it."""

    turn: Turn
    seen: Watched
    told: tuple[Text, ...] = ()
    readers: Readers = field(default_factory=Readers)
    rules: tuple[str, ...] = ()


def _have_turn(row: _Row, under: Under, mark: Mark, due: Sequence[Upcoming]) -> tuple[_Row, int]:
    """One rule has its turn, if it is still about the ticket; how many of its steps are done."""
    rule, seen, taken = due[0].rule, row.seen, list[Step]()
    for each in due:
        if not matches(rule.when, seen):
            break
        taken.append(each.step)
        seen = _foreseen(each.step, seen)
    if not taken:
        return row, 0
    step = _sense(taken)
    turn = replace(row.turn, done=())
    for kind in (Assign, SetStatus, Move, WriteNote):
        for action in step.actions:
            if isinstance(action, kind):
                turn = _change(turn, action, under.named)
    why = in_a_row((_why(rule, mark, under, turn.facts.now), *turn.done))
    what = say("Escalation “%(name)s”: %(why)s", name=rule.name, why=why)
    told = say("%(own)s %(why)s", own=step.text, why=why) if step.text else why
    return _Row(
        turn.adding(event(under.about.ticket.id, what)),
        seen,
        (*row.told, told),
        row.readers.and_those(_readers(under, step)),
        (*row.rules, f"{rule.id} {mark.done + len(taken)} of {len(rule.steps)}"),
    ), len(taken)


def _foreseen(step: Step, seen: Watched) -> Watched:
    for action in step.actions:
        match action:
            case Move(department):
                seen = replace(seen, department=department)
            case SetStatus(status):
                seen = replace(seen, status=status)
            case Assign():
                seen = replace(seen, taken=True)
            case Remind() | Tell() | WriteNote():
                pass
            case _:
                assert_never(action)
    return seen


def _sense(steps: list[Step]) -> Step:
    """The steps as one: of each sort of action the last, told of in the words of the last."""
    found: dict[type, Action] = {}
    for step in steps:
        if any(isinstance(action, Remind | Tell) for action in step.actions):
            found = {kind: act for kind, act in found.items() if kind not in (Remind, Tell)}
        found |= {type(action): action for action in step.actions}
    return Step(steps[-1].after, tuple(found.values()), steps[-1].text)


def _change(turn: Turn, action: Action, named: Mapping[str, Agent]) -> Turn:
    match action:
        case Assign(handle):
            return acts_of.assign(turn, named.get(handle), handle)
        case SetStatus(status):
            return acts_of.set_status(turn, status)
        case Move(department):
            return acts_of.move(turn, department)
        case WriteNote(text):
            return acts_of.note(turn, text)
        case Remind() | Tell():
            return turn
        case _:
            assert_never(action)


def _readers(under: Under, step: Step) -> Readers:
    """Who is told: whom the matrix names, those whom the rule names, or both."""
    agents: list[Agent] = []
    departments: list[DepartmentId] = []
    matrix = admins = False
    for action in step.actions:
        match action:
            case Remind() | Move() | SetStatus() | Assign():
                matrix = True
            case Tell():
                found = (under.named.get(handle) for handle in action.agents)
                agents += [each for each in found if each and each.state is AgentState.ACTIVE]
                departments += action.departments
                admins = admins or action.admins
            case WriteNote():
                pass
            case _:
                assert_never(action)
    return Readers(matrix, tuple(agents), tuple(departments), admins)


def _why(rule: Escalation, mark: Mark, under: Under, now: datetime) -> Text:
    """What has gone on too long, for how long."""
    so_long = elapsed(mark.since, now)
    ticket = under.about.ticket
    match rule.since:
        case Since.OPENED:
            return say("It was opened %(span)s ago.", span=so_long)
        case Since.MESSAGE:
            return say("The requester has waited for an answer for %(span)s.", span=so_long)
        case Since.ANSWER:
            return say("The requester has not answered for %(span)s.", span=so_long)
        case Since.DUE:
            return say("A task of it is overdue for %(span)s.", span=so_long)
        case Since.MATCHING if rule.when.taken is False:
            return say("Nobody has taken it for %(span)s.", span=so_long)
        case Since.MATCHING if ticket.status == Status.ON_WAITING:
            return say("It has been on the waiting list for %(span)s.", span=so_long)
        case Since.MATCHING:
            return say("It has been as it is for %(span)s.", span=so_long)
        case _:
            assert_never(rule.since)
