"""The answer to an agent's mail: what was done, or that nothing was and what to send instead."""

import re
from collections.abc import Iterable
from dataclasses import replace

from gateway.model.answers import Answer, ReceiptLine, TicketList
from gateway.model.command import Problem
from gateway.model.decision import Decision, Outcome
from gateway.model.list_changes import ListLines
from gateway.model.outgoing import Receipt
from gateway.model.people import Agent
from gateway.model.text import Text, say
from gateway.policy import routes
from gateway.policy.acts import NOTHING, Acts
from gateway.policy.commands.lines import redacted
from gateway.policy.facts import Facts, TicketFacts
from gateway.policy.secrecy import is_touched
from gateway.policy.work import Work

_MAY_HOLD_A_CODE = re.compile(r"\W*(?:otp|code|kode)\b|\W*!\W*[\d•]", re.IGNORECASE)


def refused(
    facts: Facts,
    agent: Agent,
    thread: TicketFacts | None,
    lines: Iterable[ReceiptLine],
) -> Decision:
    """Nothing is done, nothing is sent but the answer that says so."""
    lines = not_done(lines)
    wrong = sum(not line.ok for line in lines)
    about = facts.tickets[thread.ticket.id] if thread else None
    head = say("NOTHING was changed and NOTHING was sent.")
    changes, answer = receipt(facts, agent, about, head, lines, done=False)
    return Decision(
        Outcome.COMMAND,
        f"{agent.handle}: not done, {wrong} problems",
        changes.changes,
        (replace(answer, own_text=own_text(facts)),),
        thread.ticket.id if thread else None,
    )


def tried(
    facts: Facts, agent: Agent, thread: TicketFacts | None, work: Work, doubts: Iterable[Text]
) -> Decision:
    """What a mail would do: its lines, and the reasons for which it would be held."""
    about = facts.tickets[thread.ticket.id] if thread else None
    head = say("Only tried: NOTHING was changed and NOTHING was sent. This would happen:")
    if work.failed:
        head = say("Only tried: NOTHING was changed and NOTHING was sent. It would be refused:")
    lines = (*work.lines, *(ReceiptLine(False, 0, "", doubt) for doubt in doubts))
    changes, answer = receipt(facts, agent, about, head, lines, done=not work.failed)
    listed, answer = answering(facts, agent, replace(answer, tried=True), work.answers)
    return Decision(
        Outcome.COMMAND,
        f"{agent.handle}: tried",
        changes.changes + listed.changes,
        (answer,),
        thread.ticket.id if thread else None,
    )


def answering(
    facts: Facts, agent: Agent, receipt: Receipt, answers: tuple[Answer, ...]
) -> tuple[Acts, Receipt]:
    """The receipt with the answers. Lines of lists are kept, so that they can be answered."""
    receipt = replace(receipt, answers=answers)
    lines = [line for each in answers if isinstance(each, TicketList) for line in each.lines]
    if not lines:
        return NOTHING, receipt
    route = routes.as_list(receipt.route, facts.organisation)
    tickets = tuple(line.ticket.id for line in lines)
    return Acts((ListLines(route.message_id, agent.id, tickets),)), replace(receipt, route=route)


def not_done(lines: Iterable[ReceiptLine]) -> tuple[ReceiptLine, ...]:
    """What was right is named as understood only: a result would read as if it had happened."""
    understood = say("understood, but not done")
    return tuple(
        replace(line, result=understood) if line.ok else line
        for line in lines
        if line.typed or not line.ok
    )


def own_text(facts: Facts) -> str:
    """What the agent wrote, so that it need not be typed twice; lines with a code stay out."""
    lines = redacted(facts.message.reply).splitlines()
    return "\n".join(line for line in lines if not _MAY_HOLD_A_CODE.match(line))


def receipt(
    facts: Facts,
    agent: Agent,
    about: TicketFacts | None,
    head: Text,
    lines: tuple[ReceiptLine, ...],
    *,
    done: bool,
    kind: str = "receipt",
) -> tuple[Acts, Receipt]:
    """The receipt, answerable into the ticket it is about, and what its route needs.

    `kind` tells two receipts of one mail apart.
    """
    route, changes = routes.to_agent_alone(facts, agent, kind), NOTHING
    if about is not None:
        route, changes = routes.to_agent(facts, about, agent, kind, answer=True)
    ticket = about.ticket if about is not None else None
    answer = Receipt(route, done, head, lines, ticket=ticket, confidential=is_touched(facts))
    return changes, answer


def line_of(problem: Problem) -> ReceiptLine:
    """The line of a receipt for something that was not understood."""
    return ReceiptLine(False, problem.at.line, problem.at.typed, problem.what)


def only_fields() -> ReceiptLine:
    """The line of a receipt for filled in fields with other text around them."""
    what = say(
        "Please answer with the filled in lines alone: other text would go to the requester. Write"
        " that in your answer to the notification."
    )
    return ReceiptLine(False, 1, "", what)


def nothing_new(hint: Text | None = None) -> ReceiptLine:
    """The line of a receipt for a mail without new text; `hint` says what may be missing."""
    what = hint or say("there is no new text above the quoted mail. Write your answer above it.")
    return ReceiptLine(False, 1, "", what)
