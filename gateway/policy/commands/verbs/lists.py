"""Lists of tickets: `!list`, `!search`, queries that are saved, and what is done to their lines."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from gateway.model.command import Command
from gateway.model.list_changes import SaveQuery
from gateway.model.outgoing import TicketLine, TicketList
from gateway.model.people import AgentId
from gateway.model.query import Bare, Named, Query
from gateway.model.text import Text, say
from gateway.policy.acts import Acts
from gateway.policy.commands.arguments import missing
from gateway.policy.commands.folding import folded
from gateway.policy.commands.verb import Asked, Built, Needs, Rank, Verb, Word, both
from gateway.policy.facts import Facts
from gateway.policy.query import words
from gateway.policy.query.printed import parts
from gateway.policy.query.read import read, saved_as
from gateway.policy.query.resolve import people
from gateway.policy.work import Desk, Work

LIST_LENGTH = 50
"""Lines of one page."""


EVERYTHING = Query()


@dataclass(frozen=True, slots=True)
class ListTickets(Command):
    """`!list …` and, with `texts`, `!search …`. `name`: the query is saved under it (folded)."""

    query: Query = EVERYTHING
    texts: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class ForgetQuery(Command):
    """`!search forget "name"`."""

    name: str = ""


def key_of(command: ListTickets) -> str:
    """What the gathered tickets of a list are found by."""
    return " ".join(("search" if command.texts else "list", *parts(command.query)))


def bare_name(query: Query) -> str:
    """The folded words of a list that may be the name of a saved query."""
    asked = [term.asked for group in query.groups for term in group]
    return folded(" ".join(each.word for each in asked if isinstance(each, Bare)))


def _list(command: ListTickets, work: Work, desk: Desk) -> Work:
    """The tickets that were gathered for it."""
    facts = desk.facts
    listing = facts.listings.get(key_of(command))
    if listing is None:
        return work
    if listing.problem is not None:
        return work.noting(command.at, listing.problem, ok=False)
    before = sum(len(each.lines) for each in work.answers if isinstance(each, TicketList))
    organisation = facts.organisation
    lines = tuple(
        TicketLine(
            ticket,
            organisation.department(ticket.department).name,
            _name(facts, ticket.responsible),
        )
        for ticket in listing.tickets
    )
    page = command.query.page
    answer = TicketList(
        _title(command),
        lines,
        listing.total,
        first=before + 1,
        more=listing.more,
        skipped=(page - 1) * LIST_LENGTH,
    )
    result = (
        say("more than %(count)s tickets", count=listing.total)
        if listing.more
        else say("%(count)s tickets", count=listing.total)
    )
    work = replace(work, answers=(*work.answers, answer))
    if command.name:
        line = " ".join(parts(replace(command.query, page=1, csv=False)))
        work = replace(work, acts=work.acts + Acts((SaveQuery(desk.agent.id, command.name, line),)))
        result = say("%(result)s, saved as “%(name)s”", result=result, name=command.name)
    return work.noting(command.at, result)


def _forget(command: ForgetQuery, work: Work, desk: Desk) -> Work:
    if command.name not in desk.facts.saved_queries:
        known = ", ".join(sorted(desk.facts.saved_queries)) or "–"
        why = say(
            "you have no saved query “%(name)s”. Saved are: %(known)s.",
            name=command.name,
            known=known,
        )
        return work.noting(command.at, why, ok=False)
    acts = work.acts + Acts((SaveQuery(desk.agent.id, command.name, ""),))
    return replace(work, acts=acts).noting(command.at, say("the saved query is forgotten"))


_TITLES: dict[str, Text] = {
    "": say("Open tickets"),
    "open": say("Open tickets"),
    "mine": say("My tickets"),
    "waiting": say("Waiting list, oldest first"),
    "closed": say("Closed tickets"),
}


def _title(command: ListTickets) -> Text:
    line = " ".join(parts(replace(command.query, page=1, csv=False)))
    known = None if command.texts else _TITLES.get(words.LISTS.get(line, line))
    return known or say("Tickets: %(query)s", query=line)


def _name(facts: Facts, agent: AgentId | None) -> str:
    found = facts.agents.get(agent) if agent is not None else None
    return found.name if found else ""


def _read_list(asked: Asked) -> Built:
    query = read(asked.text, lists=True)
    return query if isinstance(query, Text) else ListTickets(asked.at, query=query)


def _read_search(asked: Asked) -> Built:
    if asked.words and folded(asked.words[0]) in words.FORGET:
        name = folded(" ".join(asked.words[1:]))
        return ForgetQuery(asked.at, name=name) if name else missing(asked)
    typed, name = saved_as(asked.text)
    query = read(typed, lists=False)
    if isinstance(query, Text):
        return query
    if not query.groups:
        return missing(asked)
    return ListTickets(asked.at, query=query, texts=True, name=folded(name))


def _printed(command: ListTickets) -> Iterator[str]:
    yield from ("search" if command.texts else "list", *parts(command.query))
    yield f'as "{command.name}"' if command.name else ""


def _needs(command: ListTickets) -> Needs:
    return Needs(agents=people(command.query))


def asks_names(command: ListTickets) -> bool:
    """True when saved queries may be meant."""
    return any(isinstance(t.asked, Bare | Named) for group in command.query.groups for t in group)


VERBS = (
    Verb(
        ListTickets,
        Rank.ASK,
        _list,
        _printed,
        (
            Word(
                ("list",),
                ("liste",),
                _read_list,
                1,
                say(
                    "Sends you a list of tickets that you may see. "
                    "To work on its lines, reply to it: 3 !claim."
                ),
                both(
                    "[open|mine|free|waiting|late|closed|all] [dept x] [topic or field] [page 2]",
                    "[offen|meine|frei|wartend|frist|geschlossen|alle] [abteilung x] "
                    "[Thema oder Feld] [seite 2]",
                ),
                both("!list waiting laptop", "!liste wartend laptop"),
                numbers=False,
                free_text=True,
            ),
            Word(
                ("search",),
                ("suche",),
                _read_search,
                1,
                say(
                    "Finds tickets by words of their text and by what is known of them. "
                    "Behind “as” stands a name for !list; !search forget name removes it."
                ),
                both(
                    "words [status:x] [from:x] [older 7d] [not x] [as name]",
                    "Wörter [status:x] [von:x] [älter 7d] [nicht x] [als Name]",
                ),
                both(
                    "!search müller laptop status:closed", "!suche müller laptop status:geschlossen"
                ),
                numbers=False,
                free_text=True,
            ),
        ),
        needs=_needs,
    ),
    Verb(
        ForgetQuery,
        Rank.ASK,
        _forget,
        lambda command: ("search", "forget", f'"{command.name}"'),
        (),
    ),
)
