"""A query as the store looks it up, or the sentence of its problem."""

from collections.abc import Iterable

from gateway.model.query import (
    Asked,
    Bare,
    Criterion,
    Key,
    Late,
    Named,
    Order,
    Query,
    RequesterIs,
    SortBy,
    StatusIs,
    TextHas,
    Wanted,
)
from gateway.model.text import Text
from gateway.model.ticket import State, Status
from gateway.policy.commands.folding import folded
from gateway.policy.query import words
from gateway.policy.query.condition import (
    CLOSED,
    OPEN,
    STATES,
    Around,
    condition_of,
    handle,
    is_pronoun,
)


def people(query: Query) -> tuple[str, ...]:
    """The agents that a query names, as `resolve` looks them up."""
    named = (term.asked for group in query.groups for term in group)
    return tuple(
        handle(asked.value)
        for asked in named
        if isinstance(asked, Named) and asked.key == Key.AGENT and not is_pronoun(asked.value)
    )


def resolve(query: Query, around: Around) -> Wanted | Text:
    """What the store looks up for the query."""
    states: frozenset[State] | None = None
    groups = []
    for group in query.groups:
        tests = []
        for term in group:
            found = condition_of(term, around)
            if isinstance(found, Text):
                return found
            tests.append(found)
        if len(group) == 1 and not group[0].negated and (only := _list_states(group[0].asked)):
            states = only if states is None else states & only
            continue
        named = _states_of(tests, around)
        if named:
            states = named if states is None else states & named
        groups.append(tuple(tests))
    if states is None:
        states = OPEN if around.lists else OPEN | CLOSED
    found_groups = tuple(groups)
    return Wanted(states - {State.DELETED}, found_groups, _order(query, states, found_groups))


def _list_states(asked: Asked) -> frozenset[State] | None:
    """The states that `open`, `closed` and `all` mean."""
    match asked:
        case Bare():
            return STATES.get(words.LISTS.get(folded(asked.word), ""))
        case Named(key=Key.IS):
            return STATES.get(asked.value)
        case Named(key=Key.STATUS) if folded(asked.value) in ("all", "alle"):
            return STATES["all"]
        case _:
            return None


def _states_of(tests: Iterable[Criterion], around: Around) -> frozenset[State]:
    """The states that a group is about; empty when it can be any."""
    found: set[State] = set()
    for test in tests:
        if not isinstance(test.condition, StatusIs | Late) or test.negated:
            return frozenset()
        if isinstance(test.condition, Late):
            found.add(State.OPEN)
        else:
            found |= {around.organisation.workflow.state(each) for each in test.condition.statuses}
    return frozenset(found)


def _order(
    query: Query, states: frozenset[State], groups: tuple[tuple[Criterion, ...], ...]
) -> Order:
    """Waiting lists by their turn, what is to be done from the longest untouched on."""
    conditions = [group[0].condition for group in groups if len(group) == 1]
    by_text = any(isinstance(each, TextHas | RequesterIs) for each in conditions)
    if query.sort is SortBy.NEWEST:
        return Order.OPENED_LAST if by_text else Order.CHANGED_LAST
    if query.sort is SortBy.OLDEST:
        return Order.OPENED_FIRST if by_text else Order.CHANGED_FIRST
    if any(each == StatusIs(frozenset({Status.ON_WAITING})) for each in conditions):
        return Order.WAITING
    if by_text:
        return Order.OPENED_LAST
    return Order.CHANGED_FIRST if states == OPEN else Order.CHANGED_LAST
