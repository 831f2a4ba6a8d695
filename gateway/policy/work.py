"""An agent's mail while its commands are gone through: what they mean and what came of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from gateway.model.command import At
from gateway.model.outgoing import Answer, NotificationEvent, ReceiptLine
from gateway.model.people import Agent
from gateway.model.text import Text, say
from gateway.model.ticket import TicketId
from gateway.policy.access import may_see
from gateway.policy.acts import NOTHING, Acts
from gateway.policy.facts import Facts, TicketFacts


@dataclass(frozen=True, slots=True)
class Work:
    """The mail while its commands are gone through: tickets as they stand, and what came of it."""

    tickets: Mapping[TicketId, TicketFacts]
    acts: Acts = NOTHING
    lines: tuple[ReceiptLine, ...] = ()
    answers: tuple[Answer, ...] = ()
    events: tuple[tuple[TicketId, NotificationEvent], ...] = ()
    responses: frozenset[TicketId] = field(default_factory=frozenset)

    @property
    def failed(self) -> bool:
        """True when one line cannot be done: then nothing is."""
        return any(not line.ok for line in self.lines)

    def noting(self, at: At, result: Text, *, ok: bool = True) -> "Work":
        """The same with one more line of the receipt."""
        return replace(self, lines=(*self.lines, ReceiptLine(ok, at.line, at.typed, result)))


def result(result: Text, about: TicketFacts, thread: TicketFacts | None) -> Text:
    """The result, with the ticket's number unless it is the thread's own ticket."""
    if thread is not None and thread.ticket.id == about.ticket.id:
        return result
    return say("#%(number)s: %(result)s", number=about.ticket.number, result=result)


def targets(
    numbers: tuple[str, ...],
    work: Work,
    facts: Facts,
    agent: Agent,
    thread: TicketFacts | None,
) -> Iterable[TicketFacts | Text]:
    """The tickets a command means, as they stand; a Text where there is none for this agent."""
    if not numbers:
        yield work.tickets[thread.ticket.id] if thread else no_ticket(facts)
    for number in numbers:
        ticket = facts.numbers.get(number)
        about = work.tickets.get(ticket) if ticket is not None else None
        if about is None or not may_see(agent, facts.tickets[about.ticket.id], facts.organisation):
            # One answer for "does not exist" and "not yours": numbers tell nothing.
            yield say("there is no ticket #%(number)s that you may see.", number=number)
        else:
            yield about


def no_ticket(facts: Facts) -> Text:
    """Why a command without a number, or a text, has no ticket to go to."""
    if facts.match is not None:
        return say("there is no ticket here that you may see.")
    return say(
        "this mail belongs to no ticket. Reply to a mail of the ticket, or name it: !close #1042."
    )
