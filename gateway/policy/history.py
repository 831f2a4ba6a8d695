"""What the history keeps of a decision: ids and digests for ever, words until a purge."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from itertools import chain
from typing import assert_never

from gateway.model.account_changes import (
    AccountChange,
    AddAccount,
    AnnounceStep,
    CountFromNow,
    Enrol,
    ForgetName,
    GiveRole,
    LockAccount,
    NarrowAccount,
    RemoveAccount,
    SeeAgent,
    UnlockAccount,
)
from gateway.model.around_changes import MergeTicket
from gateway.model.changes import (
    AddEntry,
    Change,
    ChangeResponsible,
    ChangeStatus,
    MoveTicket,
    OpenTicket,
    Refer,
)
from gateway.model.decision import Decision, Outcome
from gateway.model.envelope import QueuedMessage
from gateway.model.field_changes import SetField, SetSubject, SetTopic
from gateway.model.held_changes import HoldMail
from gateway.model.history import Act, ActKind, Step
from gateway.model.outgoing import Receipt
from gateway.model.proof_changes import ForgetSecondFactor, SetUpCodes
from gateway.model.ticket import EntryKind, TicketId
from gateway.policy.commands.plan import ordered, printed
from gateway.policy.facts import Facts, TicketFacts
from gateway.policy.levels import parts
from gateway.policy.proof import proven


def of_mail(
    facts: Facts, decision: Decision, item: QueuedMessage, source: QueuedMessage
) -> Act | None:
    """The act of an agent's command mail, whatever came of it; None for all other mail.

    `source` is the mail that was decided: `item` itself, or the held one that `item` releases.
    """
    agent = facts.author_agent
    if decision.outcome is not Outcome.COMMAND or agent is None:
        return None
    mail = facts.command_mail
    thread = facts.tickets.get(facts.match.ticket) if facts.match else None
    lines = tuple(printed(each) for each in ordered(mail.commands)) if mail else ()
    proof = proven(facts)
    return Act(
        ActKind.COMMAND,
        tuple(dict.fromkeys(parts(facts, mail, thread))) if mail else (),
        _result(decision),
        agent.id,
        item.queue_id,
        digest(item.raw),
        digest(source.raw) if source is not item else "",
        proof.level,
        f"{facts.trust.proof} {proof.factor}" if proof.factor else str(facts.trust.proof),
        tuple(_steps(decision.changes, facts)),
        tuple(sorted(_touched(decision, thread) | {*facts.numbers.values()})),
        tuple(e.route.message_id for e in decision.outgoing if isinstance(e, Receipt)),
        (*lines, *_texts(decision.changes)),
    )


def of_duty(kind: ActKind, word: str, changes: Iterable[Change]) -> Act | None:
    """The act of what no mail led to; None when it changes no account."""
    changes = tuple(changes)
    steps = tuple(_account_steps(changes))
    if not steps:
        return None
    return Act(kind, (word,), steps=steps, details=tuple(_texts(changes)))


def digest(raw: bytes) -> str:
    """What the history keeps of a mail."""
    return sha256(raw).hexdigest()


def _result(decision: Decision) -> str:
    if any(isinstance(each, HoldMail) for each in decision.changes):
        return "held"
    receipts = [each for each in decision.outgoing if isinstance(each, Receipt)]
    if any(each.tried for each in receipts):
        return "tried"
    return "done" if any(each.done for each in receipts) else "refused"


def _touched(decision: Decision, thread: TicketFacts | None) -> set[TicketId]:
    found = {thread.ticket.id} if thread else set[TicketId]()
    if decision.ticket is not None:
        found.add(decision.ticket)
    for change in decision.changes:
        match change:
            case OpenTicket(ticket):
                found.add(ticket.id)
            case MergeTicket(ticket, into):
                found |= {ticket, into}
            case _:
                about = getattr(change, "ticket", None)
                if isinstance(about, int):
                    found.add(TicketId(about))
    return found


def _steps(changes: Iterable[Change], facts: Facts) -> Iterator[Step]:
    changes = tuple(changes)
    found: dict[str, Step] = {}
    for step in chain(_ticket_steps(changes, facts), _account_steps(changes)):
        earlier = found.get(step.what)
        found[step.what] = replace(step, before=earlier.before) if earlier else step
    return (step for step in found.values() if step.before != step.after)


def _ticket_steps(changes: Iterable[Change], facts: Facts) -> Iterator[Step]:
    for change in changes:
        step = _ticket_step(change, facts)
        if step is not None:
            yield step


def _ticket_step(change: Change, facts: Facts) -> Step | None:
    match change:
        case OpenTicket(ticket):
            return Step(f"ticket {ticket.id} number", "", ticket.number)
        case ChangeStatus(about, status):
            return Step(f"ticket {about} status", _was(facts, about, "status"), status)
        case MoveTicket(about, department):
            return Step(f"ticket {about} department", _was(facts, about, "department"), department)
        case ChangeResponsible(about, agent):
            before = _was(facts, about, "responsible")
            return Step(f"ticket {about} responsible", before, str(agent or ""))
        case SetTopic(about, topic):
            return Step(f"ticket {about} topic", _was(facts, about, "topic"), topic)
        case Refer(about, department, agent):
            return Step(f"ticket {about} referred", "", department or f"agent {agent}")
        case MergeTicket(about, into):
            return Step(f"ticket {about} merged", "", str(into))
        case AddEntry(about, kind) if kind is not EntryKind.EVENT:
            return Step(f"ticket {about} {kind}", "", "1")
        case _:
            return None


def _was(facts: Facts, ticket: TicketId, what: str) -> str:
    about = facts.tickets.get(ticket)
    value = getattr(about.ticket, what) if about is not None else None
    return "" if value is None else str(value)


def _account_steps(changes: Iterable[Change]) -> Iterator[Step]:
    for change in changes:
        if isinstance(change, AccountChange | ForgetSecondFactor | SetUpCodes):
            step = _account_step(change)
            if step is not None:
                yield step


def _account_step(change: AccountChange | ForgetSecondFactor | SetUpCodes) -> Step | None:
    """What an account was before stands in an earlier act."""
    match change:
        case AddAccount(spec):
            return Step("account added", "", ", ".join(sorted(spec.departments)) or "-")
        case LockAccount(agent) | UnlockAccount(agent) | RemoveAccount(agent):
            return Step(f"agent {agent} state", "", _STATES[type(change)])
        case GiveRole(agent, admin):
            return Step(f"agent {agent} admin", str(not admin).lower(), str(admin).lower())
        case Enrol(agent, departments) | NarrowAccount(agent, departments):
            return Step(f"agent {agent} departments", "", ", ".join(sorted(departments)) or "-")
        case AnnounceStep(agent):
            return Step(f"agent {agent} warned", "", "1")
        case ForgetSecondFactor(agent):
            return Step(f"agent {agent} codes", "", "reset")
        case SetUpCodes(agent):
            return Step(f"agent {agent} codes", "", "set up")
        case CountFromNow() | SeeAgent() | ForgetName():
            return None
        case _:
            assert_never(change)


_STATES: Mapping[type[AccountChange], str] = {
    LockAccount: "locked",
    UnlockAccount: "active",
    RemoveAccount: "deleted",
}


def _texts(changes: Iterable[Change]) -> Iterator[str]:
    """What people wrote, as far as it is part of a change: this is erased with the ticket."""
    for change in changes:
        match change:
            case SetSubject(about, subject):
                yield f"ticket {about} subject: {subject}"
            case SetField(about, name, values):
                yield f"ticket {about} {name}: {', '.join(values)}"
            case _:
                pass
