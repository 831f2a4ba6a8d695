"""Commands that only ask: `!list`, `!show`, `!help`. Only what the agent may see is answered."""

from dataclasses import replace

from gateway.model.command import At, Help, ListTickets, ListWhat, Show
from gateway.model.outgoing import Answer, HelpText, TicketLine, TicketList, TicketView
from gateway.model.people import Agent, AgentId
from gateway.model.text import Text, say
from gateway.policy.facts import Facts, TicketFacts
from gateway.policy.work import Work, result, targets

SHOWN_ENTRIES = 20
"""Most thread entries of `!show`; `!show full` gives all that were gathered."""


def _answered(work: Work, at: At, result: Text, answer: Answer) -> Work:
    return replace(work, answers=(*work.answers, answer)).noting(at, result)


def list_tickets(command: ListTickets, work: Work, facts: Facts) -> Work:
    """The tickets that were gathered for this `!list`."""
    if facts.command_mail is None:
        return work
    organisation = facts.organisation
    if command.department and command.department not in organisation.department_names:
        why = say("there is no department “%(name)s”.", name=command.department)
        return work.noting(command.at, why, ok=False)
    listing = facts.listings[facts.command_mail.commands.index(command)]
    lines = tuple(
        TicketLine(
            ticket,
            organisation.department(ticket.department).name,
            _name(facts, ticket.responsible),
        )
        for ticket in listing.tickets
    )
    answer = TicketList(_LIST_TITLES[command.what], lines, listing.total)
    result = say("%(count)s tickets", count=listing.total)
    return _answered(work, command.at, result, answer)


_LIST_TITLES: dict[ListWhat, Text] = {
    ListWhat.OPEN: say("Open tickets"),
    ListWhat.MINE: say("My tickets"),
    ListWhat.WAITING: say("Waiting list, oldest first"),
    ListWhat.CLOSED: say("Closed tickets"),
}


def _name(facts: Facts, agent: AgentId | None) -> str:
    found = facts.agents.get(agent) if agent is not None else None
    return found.name if found else ""


def show_tickets(
    command: Show, work: Work, facts: Facts, agent: Agent, thread: TicketFacts | None
) -> Work:
    """The tickets with their last entries; with `full`, all that were gathered."""
    for about in targets(command.tickets, work, facts, agent, thread):
        if isinstance(about, Text):
            work = work.noting(command.at, about, ok=False)
            continue
        view = TicketView(
            about.ticket,
            facts.organisation.department(about.ticket.department).name,
            about.responsible.name if about.responsible else "",
            about.entries if command.full else about.entries[-SHOWN_ENTRIES:],
            command.full,
            about.entry_count,
        )
        work = _answered(work, command.at, result(say("see below"), about, thread), view)
    return work


def help_card(command: Help, work: Work) -> Work:
    """The help card, or the entry of one word."""
    return _answered(work, command.at, say("help"), HelpText(command.word))
