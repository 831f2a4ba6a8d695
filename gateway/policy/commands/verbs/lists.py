"""Lists of tickets: `!list`, `!search`, and queries that are saved under a name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from gateway.model.answers import TicketList
from gateway.model.command import Command
from gateway.model.list_changes import SaveQuery
from gateway.model.query import Query
from gateway.model.text import Text, say
from gateway.policy.acts import Acts
from gateway.policy.commands.arguments import missing
from gateway.policy.commands.folding import folded
from gateway.policy.commands.verb import Asked, Built, Needs, Rank, Verb, Word, both
from gateway.policy.commands.verbs import saved
from gateway.policy.commands.verbs.saved import ForgetQuery, ShowSaved
from gateway.policy.facts import Listing
from gateway.policy.query import words
from gateway.policy.query.printed import parts
from gateway.policy.query.read import read, saved_as
from gateway.policy.query.resolve import people
from gateway.policy.table import table, ticket_line
from gateway.policy.work import Desk, Work

LIST_LENGTH = 50
"""Lines of one page."""

TABLE_LENGTH = 5000
"""Lines of a table for a spreadsheet program: about a megabyte."""

EVERYTHING = Query()


@dataclass(frozen=True, slots=True)
class ListTickets(Command):
    """`!list …` and, with `texts`, `!search …`. `name`: the query is saved under it (folded)."""

    query: Query = EVERYTHING
    texts: bool = False
    name: str = ""


def key_of(command: ListTickets) -> str:
    """What the gathered tickets of a list are found by."""
    return " ".join(
        ("search" if command.texts else "list", *parts(command.query, lists=not command.texts))
    )


def meant(command: ListTickets, known: Mapping[str, str]) -> tuple[Query, bool] | Text:
    """What is looked up: the query, and whether its bare words are words of texts."""
    return saved.meant(command.query, known, texts=command.texts)


def asks_for_saved(command: Command) -> bool:
    """True when the command may mean saved queries."""
    return isinstance(command, ForgetQuery | ShowSaved) or (
        isinstance(command, ListTickets) and bool(command.name or not command.texts)
    )


def _list(command: ListTickets, work: Work, desk: Desk) -> Work:
    """The tickets that were gathered for it."""
    facts = desk.facts
    listing = facts.listings.get(key_of(command))
    if listing is None:
        return work
    problem = listing.problem
    if command.name and problem is None:
        problem = saved.unusable(command.name, facts.saved_queries, facts.organisation)
    if problem is not None:
        return work.noting(command.at, problem, ok=False)
    work = replace(work, answers=(*work.answers, _answer(command, listing, work, desk)))
    result = _counted(listing)
    if command.query.csv:
        result = _with_table(result, listing)
    if command.name:
        line = saved.kept(command.query, texts=command.texts)
        work = replace(work, acts=work.acts + Acts((SaveQuery(desk.agent.id, command.name, line),)))
        result = say(
            "%(result)s; saved: “!list %(name)s” finds them again", result=result, name=command.name
        )
    return work.noting(command.at, result)


def _answer(command: ListTickets, listing: Listing, work: Work, desk: Desk) -> TicketList:
    facts = desk.facts
    before = sum(len(each.lines) for each in work.answers if isinstance(each, TicketList))
    return TicketList(
        _title(command),
        tuple(ticket_line(ticket, facts) for ticket in listing.tickets),
        listing.total,
        first=before + 1,
        more=listing.more,
        skipped=(command.query.page - 1) * LIST_LENGTH,
        table=table(listing, desk.agent, facts) if command.query.csv else None,
    )


def _counted(listing: Listing) -> Text:
    if listing.more:
        return say("more than %(count)s tickets", count=listing.total)
    if listing.total == 1:
        return say("one ticket")
    return say("%(count)s tickets", count=listing.total)


def _with_table(result: Text, listing: Listing) -> Text:
    if listing.more:
        return say(
            "%(result)s; the attached table has the first %(count)s. Ask for fewer to get all",
            result=result,
            count=len(listing.table),
        )
    return say("%(result)s; the attached table has all of them", result=result)


_TITLES: dict[str, Text] = {
    "": say("Open tickets"),
    "open": say("Open tickets"),
    "mine": say("My tickets"),
    "waiting": say("Waiting list, oldest first"),
    "closed": say("Closed tickets"),
}


def _title(command: ListTickets) -> Text:
    line = " ".join(parts(replace(command.query, page=1, csv=False), lists=not command.texts))
    known = None if command.texts else _TITLES.get(words.LISTS.get(line, line))
    return known or say("Tickets: %(query)s", query=line)


def _read_list(asked: Asked) -> Built:
    if len(asked.words) == 1 and folded(asked.words[0]) in words.SAVED:
        return ShowSaved(asked.at)
    return _read(asked, texts=False)


def _read_search(asked: Asked) -> Built:
    if not asked.words:
        return ShowSaved(asked.at)
    if folded(asked.words[0]) in words.FORGET:
        name = folded(" ".join(asked.words[1:]))
        return ForgetQuery(asked.at, name=name) if name else missing(asked)
    return _read(asked, texts=True)


def _read(asked: Asked, *, texts: bool) -> Built:
    typed, name = saved_as(asked.text)
    query = read(typed, lists=not texts)
    if isinstance(query, Text):
        return query
    if texts and not query.groups:
        return missing(asked)
    return ListTickets(asked.at, query=query, texts=texts, name=folded(name))


def _printed(command: ListTickets) -> Iterator[str]:
    yield from (
        "search" if command.texts else "list",
        *parts(command.query, lists=not command.texts),
    )
    yield f'as "{command.name}"' if command.name else ""


def _needs(command: ListTickets) -> Needs:
    return Needs(agents=people(command.query))


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
                    "To work on its lines, reply to it: “3 !claim”."
                ),
                both(
                    "[open|mine|free|waiting|late|closed|all] [dept x] [topic or field] "
                    "[page 2] [csv] [as name]",
                    "[offen|meine|frei|wartend|frist|geschlossen|alle] [abteilung x] "
                    "[Thema oder Feld] [seite 2] [csv] [als Name]",
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
                    "Behind “as” stands a name for !list; !search forget name removes it, "
                    "!search alone shows all names."
                ),
                both(
                    "[words [status:x] [from:x] [older 7d] [not x] [csv] [as name]]",
                    "[Wörter [status:x] [von:x] [älter 7d] [nicht x] [csv] [als Name]]",
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
    *saved.VERBS,
)
