"""What an agent's commands need: the tickets they name, lists, and the agents they mean."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import timedelta

from gateway.gather.looking import Looking
from gateway.mail.body import new_text_of_html
from gateway.mail.forward import text_above
from gateway.model.command import Command, CommandMail
from gateway.model.history import PastAct
from gateway.model.organisation import AddressKind
from gateway.model.people import Agent
from gateway.model.statistics import Figures
from gateway.model.ticket import PartyRole, TicketId
from gateway.policy.commands.read import NO_LINES, read
from gateway.policy.commands.verbs.ask import SHOWN_ACTS, SHOWN_ENTRIES, Show
from gateway.policy.commands.verbs.stats import WEEKS, ShowStatistics, wanted
from gateway.policy.commands.words import verb_of
from gateway.policy.facts import Match, Trust


def command_mail(
    looking: Looking,
    agent: Agent | None,
    trust: Trust,
    found: Match | None,
    fields: Collection[str] = (),
    listed: Mapping[int, str] = NO_LINES,
) -> CommandMail | None:
    """The commands of a proved agent; nobody else's text is read for commands.

    `fields`: lines with these keys fill in fields. `listed`: the lines of the list it answers.
    """
    if agent is None or not trust.proved or looking.message.automatic.is_auto_generated:
        return None
    party = found.party if found else None
    if party is not None and party.role is not PartyRole.AGENT:
        return None
    mail = read(_typed(looking), _typed_as_html(looking), fields=fields, lines=listed)
    is_command = any(r.address.kind is AddressKind.COMMAND for r in looking.recipients)
    speaks = found is not None or is_command or bool(mail.commands or mail.problems or mail.codes)
    return mail if speaks else None


def corrected_mail(
    looking: Looking, mail: CommandMail | None, listed: Mapping[int, str]
) -> CommandMail | None:
    """The mail with its misspelt words as they were meant, where nothing else is wrong with it."""
    if mail is None or not mail.problems or not all(each.corrected for each in mail.problems):
        return None
    corrected = read(_typed(looking), _typed_as_html(looking), corrected=True, lines=listed)
    return None if corrected.problems else corrected


def _typed(looking: Looking) -> str:
    """What the agent typed: no line of a mail that they pass on is ever a command."""
    return text_above(looking.message)


def _typed_as_html(looking: Looking) -> str | None:
    text = new_text_of_html(looking.message.html)
    return text_above(replace(looking.message, text=text, reply=text)) if text else None


def command_tickets(
    looking: Looking, mail: CommandMail | None, found: Match | None
) -> dict[str, TicketId]:
    """Ticket numbers in the commands that exist; the tickets themselves are read."""
    if mail is None:
        return {}
    wanted = [
        number
        for command in mail.commands
        for number in (*command.tickets, *verb_of(command).needs(command).tickets)
    ]
    known = dict(looking.transaction.ticket_ids(wanted)) if wanted else {}
    for ticket in sorted(known.values()):
        looking.ticket(ticket)
    if found is not None and mail.reply:
        looking.ticket(found.ticket, SHOWN_ENTRIES)  # for what must not go out unasked
    for command in sorted(mail.commands, key=_entries_wanted):
        _entries(looking, command, known, found)
    return known


def _entries(
    looking: Looking, command: Command, known: dict[str, TicketId], found: Match | None
) -> None:
    """The thread of each ticket that is shown or handed on."""
    wanted = _entries_wanted(command)
    if not wanted:
        return
    tickets = [known[number] for number in command.tickets if number in known]
    if not command.tickets and found is not None:
        tickets = [found.ticket]
    for ticket in tickets:
        looking.ticket(ticket, wanted)


def histories(
    looking: Looking, mail: CommandMail | None, known: Mapping[str, TicketId], found: Match | None
) -> dict[TicketId, tuple[PastAct, ...]]:
    """The history of each ticket of which it is asked for."""
    wanted: set[TicketId] = set()
    for command in mail.commands if mail is not None else ():
        if isinstance(command, Show) and command.history:
            wanted |= {known[number] for number in command.tickets if number in known}
            if not command.tickets and found is not None:
                wanted.add(found.ticket)
    acts = looking.transaction.acts_about
    return {ticket: tuple(acts(ticket, SHOWN_ACTS)) for ticket in wanted}


def figures(looking: Looking, mail: CommandMail | None, agent: Agent | None) -> dict[str, Figures]:
    """The statistics that commands ask for, by the department named."""
    if mail is None or agent is None:
        return {}
    since = looking.now - timedelta(weeks=WEEKS - 1)
    return {
        command.department: looking.transaction.figures(
            wanted(command, agent, looking.organisation), since
        )
        for command in mail.commands
        if isinstance(command, ShowStatistics)
    }


def named_agents(looking: Looking, mail: CommandMail | None) -> dict[str, Agent]:
    """The agents that commands name, by the word used."""
    commands = mail.commands if mail else ()
    names = [name for command in commands for name in verb_of(command).needs(command).agents]
    return dict(looking.transaction.agents_by_handle(names)) if names else {}


def _entries_wanted(command: Command) -> int:
    """How many entries of its tickets a command needs, the last ones."""
    return verb_of(command).needs(command).entries


def opens_ticket(mail: CommandMail | None) -> bool:
    """True when a command of the mail opens a ticket."""
    commands = mail.commands if mail else ()
    return any(verb_of(command).needs(command).opens for command in commands)
