"""Queries under a name of the agent's own: which there are, what a name means, forgetting one."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from gateway.model.answers import SavedQueries
from gateway.model.command import Command
from gateway.model.list_changes import SaveQuery
from gateway.model.organisation import Organisation
from gateway.model.query import Bare, Query
from gateway.model.text import Text, say
from gateway.policy.acts import Acts
from gateway.policy.commands.folding import folded
from gateway.policy.commands.verb import Rank, Verb
from gateway.policy.query import words
from gateway.policy.query.printed import parts
from gateway.policy.query.read import read
from gateway.policy.work import Desk, Work

LONGEST_NAME = 60
MOST_SAVED = 100
"""Queries that an agent may have saved."""

_SEARCH, _LIST = "search", "list"


@dataclass(frozen=True, slots=True)
class ForgetQuery(Command):
    """`!search forget "name"`; the name is folded."""

    name: str = ""


@dataclass(frozen=True, slots=True)
class ShowSaved(Command):
    """`!search` alone."""


def kept(query: Query, *, texts: bool) -> str:
    """The line that is saved: the query as it is typed behind its word."""
    return " ".join(
        (_SEARCH if texts else _LIST, *parts(replace(query, page=1, csv=False), lists=not texts))
    )


def meant(query: Query, saved: Mapping[str, str], *, texts: bool) -> tuple[Query, bool] | Text:
    """The query with a saved one in the place of its name, and whether bare words are texts."""
    name, run = ("", ()) if texts else _named(query, saved)
    if not name:
        return query, texts
    word, _, line = saved[name].partition(" ")
    found = read(line, lists=word == _LIST)
    if isinstance(found, Text):
        return found
    further = tuple(group for place, group in enumerate(query.groups) if place not in run)
    groups = found.groups + further
    return Query(groups, query.sort or found.sort, query.page, query.csv), word == _SEARCH


def _named(query: Query, saved: Mapping[str, str]) -> tuple[str, Collection[int]]:
    """The longest run of bare words that is the name of a saved query, and its groups."""
    bare = [(place, *group) for place, group in enumerate(query.groups) if len(group) == 1]
    named = [
        (place, term.asked.word)
        for place, term in bare
        if isinstance(term.asked, Bare) and not term.negated
    ]
    for length in range(len(named), 0, -1):
        for start in range(len(named) - length + 1):
            run = named[start : start + length]
            name = folded(" ".join(word for _, word in run))
            if name in saved:
                return name, {place for place, _ in run}
    return "", ()


def unusable(name: str, saved: Mapping[str, str], organisation: Organisation) -> Text | None:
    """Why a query cannot be saved under this folded name; None when it can."""
    if len(name) > LONGEST_NAME:
        return say("a name has at most %(limit)s characters.", limit=LONGEST_NAME)
    topics = organisation.topics
    names = (
        words.LISTS,
        words.RESERVED,
        words.SAVED,
        organisation.department_names,
        organisation.workflow.names,
        topics.topic_names,
        topics.field_names,
    )
    if any(name in known for known in names):
        return say("“%(name)s” means something in lists already. Take another name.", name=name)
    if name not in saved and len(saved) >= MOST_SAVED:
        return say(
            "you have %(limit)s saved queries. Remove one first: !search forget name",
            limit=MOST_SAVED,
        )
    return None


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


def _show(command: ShowSaved, work: Work, desk: Desk) -> Work:
    saved = tuple(sorted(desk.facts.saved_queries.items()))
    work = replace(work, answers=(*work.answers, SavedQueries(saved)))
    return work.noting(command.at, say("%(count)s saved queries", count=len(saved)))


def _printed_forget(command: ForgetQuery) -> Iterator[str]:
    yield from (_SEARCH, "forget", f'"{command.name}"')


VERBS = (
    Verb(ForgetQuery, Rank.ASK, _forget, _printed_forget, ()),
    Verb(ShowSaved, Rank.ASK, _show, lambda _: (_SEARCH,), ()),
)
