"""An agent's mail while its commands are gone through: what they mean and what came of them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from gateway.model.answers import Answer, ReceiptLine
from gateway.model.changes import Change
from gateway.model.command import At, Command, CommandMail
from gateway.model.outgoing import NotificationEvent
from gateway.model.people import Agent
from gateway.model.route import Action, File
from gateway.model.text import Text, say
from gateway.model.ticket import LinkKind, TicketId
from gateway.model.topic import Field
from gateway.policy.access import may_see
from gateway.policy.acts import NOTHING, Acts
from gateway.policy.facts import Facts, TicketFacts

CommandT = TypeVar("CommandT", bound=Command)


@dataclass(frozen=True, slots=True)
class Desk:
    """What a command is run with: the facts, the agent, and the ticket whose mail is answered."""

    facts: Facts
    agent: Agent
    thread: TicketFacts | None
    mail: CommandMail | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """What the agent may want to do next, and the links that do it."""

    why: Text
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A ticket after a command, the changes that lead there, and what to tell the agent.

    `events` are those that others have to be told of. `informs`: the requester hears of it, unless
    the same mail answers them. `answer` is shown below the receipt, and so is `offer` where the
    mail itself did not see to it.
    """

    about: TicketFacts
    result: Text
    changes: tuple[Change, ...] = ()
    events: frozenset[NotificationEvent] = field(default_factory=frozenset)
    informs: bool = False
    acts: Acts = NOTHING
    answer: Answer | None = None
    offer: Offer | None = None


@dataclass(frozen=True, slots=True)
class Impossible:
    """Why a command cannot be done, and what can be done instead."""

    why: Text
    answer: Answer | None = None
    missing: tuple[Field, ...] = ()
    """Fields that would make it possible."""


@dataclass(frozen=True, slots=True)
class Inserted:
    """What a command puts into the agent's text in its own place, and files that go with it."""

    text: str
    files: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True)
class Work:
    """The mail while its commands are gone through: tickets as they stand, and what came of it."""

    tickets: Mapping[TicketId, TicketFacts]
    acts: Acts = NOTHING
    lines: tuple[ReceiptLine, ...] = ()
    answers: tuple[Answer, ...] = ()
    events: tuple[tuple[TicketId, NotificationEvent], ...] = ()
    responses: frozenset[TicketId] = field(default_factory=frozenset)
    inserted: Mapping[int, Inserted] = field(default_factory=dict)
    """By the line of the command."""
    opened: TicketId | None = None
    """The ticket that the mail opens for somebody; its text goes there."""
    missing: tuple[Field, ...] = ()
    """Fields that some line needs to be filled in."""
    offer: Offer | None = None
    """For the ticket whose mail is answered."""

    @property
    def failed(self) -> bool:
        """True when one line cannot be done: then nothing is."""
        return any(not line.ok for line in self.lines)

    @property
    def wants_only_fields(self) -> bool:
        """True when fields to be filled in are all that stands in the way."""
        return bool(self.missing) and sum(not line.ok for line in self.lines) == 1

    def noting(
        self, at: At, result: Text, *, ok: bool = True, missing: tuple[Field, ...] = ()
    ) -> "Work":
        """The same with one more line of the receipt."""
        line = ReceiptLine(ok, at.line, at.typed, result)
        return replace(self, lines=(*self.lines, line), missing=(*self.missing, *missing))


Run = Callable[[CommandT, Work, Desk], Work]
"""What carries out a command."""


def on_tickets(
    step: Callable[[CommandT, TicketFacts, Desk], Step | Impossible],
    *,
    rejected: bool = False,
    unseen: Callable[[CommandT, Desk], bool] = lambda _, __: False,
) -> Run[CommandT]:
    """A `Run` that does `step` to each ticket that the command names, or to the thread's.

    `rejected`: also to a rejected direct mail that was not accepted yet. `unseen`: whether the
    command is also for tickets that the agent does not see; its results then tell nothing of them.
    """

    def run(command: CommandT, work: Work, desk: Desk) -> Work:
        for about in targets(command.tickets, work, desk, unseen=unseen(command, desk)):
            if isinstance(about, Text):
                work = work.noting(command.at, about, ok=False)
            elif about.ticket.rejected and not rejected:
                work = work.noting(command.at, _NOT_ACCEPTED, ok=False)
            elif about.ticket.merged_into is not None:
                work = work.noting(command.at, was_merged(about), ok=False)
            else:
                work = _taken(step(command, about, desk), about, command, work, desk)
        return work

    return run


def was_merged(about: TicketFacts) -> Text:
    """Where a merged ticket went."""
    into = [link.number for link in about.links if link.kind is LinkKind.MERGED_INTO]
    return say(
        "#%(number)s was merged into #%(into)s. Write #%(into)s instead.",
        number=about.ticket.number,
        into=into[-1] if into else "?",
    )


_NOT_ACCEPTED = say(
    "this is a rejected direct mail. Send !accept first: it becomes a normal ticket."
)


def _taken(
    step: Step | Impossible, before: TicketFacts, command: Command, work: Work, desk: Desk
) -> Work:
    answers = (*work.answers, step.answer) if step.answer else work.answers
    if isinstance(step, Impossible):
        return replace(work, answers=answers).noting(
            command.at, step.why, ok=False, missing=step.missing
        )
    ticket = before.ticket.id
    informed = {ticket} if step.informs else set()
    return replace(
        work,
        tickets={**work.tickets, ticket: step.about},
        acts=work.acts + Acts(step.changes) + step.acts,
        answers=answers,
        events=(*work.events, *((ticket, event) for event in sorted(step.events))),
        responses=work.responses | informed,
        offer=step.offer if _is_thread(before, desk) else work.offer,
    ).noting(command.at, result(step.result, before, desk.thread))


def _is_thread(about: TicketFacts, desk: Desk) -> bool:
    return desk.thread is not None and desk.thread.ticket.id == about.ticket.id


def result(result: Text, about: TicketFacts, thread: TicketFacts | None) -> Text:
    """The result, with the ticket's number unless it is the thread's own ticket."""
    if thread is not None and thread.ticket.id == about.ticket.id:
        return result
    return say("#%(number)s: %(result)s", number=about.ticket.number, result=result)


def targets(
    numbers: tuple[str, ...], work: Work, desk: Desk, *, unseen: bool = False
) -> Iterable[TicketFacts | Text]:
    """The tickets a command means, as they stand; a Text where there is none for this agent."""
    facts, agent, thread = desk.facts, desk.agent, desk.thread
    if not numbers:
        yield work.tickets[thread.ticket.id] if thread else no_ticket(facts)
    for number in numbers:
        ticket = facts.numbers.get(number)
        about = work.tickets.get(ticket) if ticket is not None else None
        if about is None or not (
            unseen or may_see(agent, facts.tickets[about.ticket.id], facts.organisation)
        ):
            # One answer for "does not exist" and "not yours": numbers tell nothing.
            yield say("there is no ticket #%(number)s that you may see.", number=number)
        else:
            yield about


def no_ticket(facts: Facts) -> Text:
    """Why a command without a number, or a text, has no ticket to go to."""
    if facts.match is not None:
        return say("there is no ticket here that you may see.")
    if facts.listed:
        return say(
            "put the number of the line in front: “3 !claim”. A text belongs to a single ticket: "
            "reply to one of its mails."
        )
    return say(
        "this mail belongs to no ticket. Reply to a mail of the ticket, or name it: !close #1042."
    )
