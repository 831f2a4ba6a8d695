"""The tickets of `!list` and `!search`, and the lines of a list that is answered."""

from collections.abc import Mapping
from dataclasses import replace

from gateway.gather.looking import Looking
from gateway.model.command import CommandMail
from gateway.model.people import Agent
from gateway.model.query import Query, Scope
from gateway.model.text import Text
from gateway.policy.access import readable
from gateway.policy.commands.verbs.lists import (
    LIST_LENGTH,
    ForgetQuery,
    ListTickets,
    bare_name,
    key_of,
)
from gateway.policy.facts import Listing
from gateway.policy.query.condition import Around
from gateway.policy.query.read import read
from gateway.policy.query.resolve import people, resolve


def saved_queries(
    looking: Looking, mail: CommandMail | None, agent: Agent | None
) -> Mapping[str, str]:
    """The agent's saved queries, where a command may mean one."""
    commands = mail.commands if mail else ()
    if agent is None or not any(isinstance(c, ListTickets | ForgetQuery) for c in commands):
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
    query, lists = command.query, not command.texts
    known = saved.get(bare_name(query)) if lists else None
    if known is not None:
        found = read(known, lists=False)
        if isinstance(found, Query):
            query, lists = replace(found, page=query.page, csv=query.csv), False
    agents = looking.transaction.agents_by_handle(people(query)) if people(query) else {}
    around = Around(looking.organisation, agent, looking.now, lists, agents)
    wanted = resolve(query, around)
    if isinstance(wanted, Text):
        return Listing((), 0, problem=wanted)
    scope = Scope(readable(agent, looking.organisation), agent.id)
    skip = (query.page - 1) * LIST_LENGTH
    return looking.transaction.list_tickets(wanted, scope, LIST_LENGTH, skip)


def lines(looking: Looking, agent: Agent) -> Mapping[int, str]:
    """The ticket numbers of the list of ours that the mail answers, by the places of its lines."""
    answered = looking.message.in_reply_to[:1]
    return looking.transaction.listed(answered, agent.id) if answered else {}
