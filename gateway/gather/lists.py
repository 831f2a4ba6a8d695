"""The tickets of `!list` and `!search`, and the lines of a list that is answered."""

from collections.abc import Mapping
from dataclasses import replace

from gateway.gather.looking import Looking
from gateway.model.command import CommandMail
from gateway.model.people import Agent
from gateway.model.query import Scope
from gateway.model.text import Text
from gateway.policy.access import readable
from gateway.policy.commands.verbs.lists import (
    LIST_LENGTH,
    TABLE_LENGTH,
    ListTickets,
    asks_for_saved,
    key_of,
    meant,
)
from gateway.policy.facts import Listing
from gateway.policy.query.condition import Around
from gateway.policy.query.resolve import people, resolve
from gateway.policy.routes import list_of


def saved_queries(
    looking: Looking, mail: CommandMail | None, agent: Agent | None
) -> Mapping[str, str]:
    """The agent's saved queries, where a command may mean one."""
    commands = mail.commands if mail else ()
    if agent is None or not any(map(asks_for_saved, commands)):
        return {}
    return looking.transaction.saved_queries(agent.id)


def listings(
    looking: Looking, mail: CommandMail | None, agent: Agent | None, saved: Mapping[str, str]
) -> dict[str, Listing]:
    """The tickets of each list, by `key_of` its command."""
    if mail is None or agent is None:
        return {}
    return {
        key_of(command): _listing(looking, command, agent, saved)
        for command in mail.commands
        if isinstance(command, ListTickets)
    }


def _listing(
    looking: Looking, command: ListTickets, agent: Agent, saved: Mapping[str, str]
) -> Listing:
    found = meant(command, saved)
    if isinstance(found, Text):
        return Listing((), 0, problem=found)
    query, texts = found
    agents = looking.transaction.agents_by_handle(people(query)) if people(query) else {}
    around = Around(looking.organisation, agent, looking.now, not texts, agents, frozenset(saved))
    wanted = resolve(query, around)
    if isinstance(wanted, Text):
        return Listing((), 0, problem=wanted)
    scope = Scope(readable(agent, looking.organisation), agent.id)
    skip = (query.page - 1) * LIST_LENGTH
    if not query.csv:
        return looking.transaction.list_tickets(wanted, scope, LIST_LENGTH, skip)
    table = looking.transaction.list_tickets(wanted, scope, TABLE_LENGTH, 0)
    fields = looking.transaction.fields_of([ticket.id for ticket in table.tickets])
    page = table.tickets[skip : skip + LIST_LENGTH]
    return replace(table, tickets=page, table=table.tickets, fields=fields)


def lines(looking: Looking, agent: Agent | None) -> Mapping[int, str]:
    """The ticket numbers of the list of ours that the mail answers, by the places of its lines.

    Only the mail answered itself counts, not what stands further up in the thread; where a program
    lost its Message-ID, the reply address names it.
    """
    message = looking.message
    answered = message.in_reply_to[:1] or message.references[-1:]
    tokens = (recipient.token for recipient in looking.recipients)
    named = tuple(filter(None, (list_of(token, looking.organisation) for token in tokens)))
    if agent is None or not (answered or named):
        return {}
    return looking.transaction.listed((*answered, *named), agent.id)
