"""Tickets that an agent may see and asked for, without reading those that nobody asked for.

Three ways, the first that fits:

- a condition that few tickets meet (`FEW`), by its own index;
- words: the full-text index holds the departments too, and is read in the order of the tickets, so
  that a common word costs as much as a rare one. What the agent sees beside their departments
  (their own tickets, those referred to them) is few and is tested ticket by ticket;
- all else: a union of scans, each in the order of one index and with its own end: the departments
  one by one, the agent's own tickets, those referred to them. With OR instead the planners would
  read every ticket.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, assert_never

from sqlalchemy import (
    ColumnElement,
    Connection,
    CursorResult,
    Row,
    Select,
    false,
    func,
    select,
    union,
)

from gateway.model.people import DepartmentId
from gateway.model.query import (
    Criterion,
    DepartmentIs,
    FieldIs,
    HeldBy,
    Late,
    Order,
    RequesterIs,
    Scope,
    StatusIs,
    TopicIs,
    Wanted,
)
from gateway.model.ticket import Ticket
from gateway.policy.facts import Listing
from gateway.store import rows, schema, words
from gateway.store.conditions import OPEN, field_rows, group_test, referred, visible

COUNTED = 500
"""So many tickets are counted; of a longer list is said that there are more."""

FEW = 20_000
"""So many tickets are read by the index of a condition; beyond, every fiftieth ticket or more meets
it, and reading in the order of the list finds enough soon."""
_FEW_WITH_WORDS = 300

_T = schema.ticket


@dataclass(frozen=True, slots=True)
class _Branch:
    """One scan: what it reads, and the index order it ends by when that is not the list's."""

    where: tuple[ColumnElement[bool], ...]
    by: ColumnElement[Any] | None = None


def list_tickets(
    connection: Connection, wanted: Wanted, scope: Scope, limit: int, skip: int = 0
) -> Listing:
    """`limit` tickets after the first `skip`; the total is exact up to `COUNTED`."""
    most = max(COUNTED, skip + limit) + 1
    ids = _found(connection, wanted, scope, most) if wanted.states else []
    total = len(ids)
    page = ids[skip : skip + limit]
    return Listing(_tickets(connection, page), min(total, most - 1), total >= most)


def _tickets(connection: Connection, ids: list[int]) -> tuple[Ticket, ...]:
    if not ids:
        return ()
    statement = select(*rows.TICKET_COLUMNS).where(_T.c.id.in_(ids))
    found = {row.id: rows.ticket(row) for row in connection.execute(statement)}
    return tuple(found[each] for each in ids)


def _found(connection: Connection, wanted: Wanted, scope: Scope, most: int) -> list[int]:
    index = words.Index(connection)
    by_words = [group for group in wanted.groups if words.is_words(group)]
    rest = [group_test(group, index) for group in wanted.groups if group not in by_words]
    few = _few(connection, wanted, _FEW_WITH_WORDS if by_words else FEW)
    if few is not None:
        tests = [group_test(group, index) for group in wanted.groups]
        branch = _Branch((_T.c.id.in_(few), _in_state(wanted), visible(scope)))
        return _ids(connection, _union([branch], tests, wanted.order, most))
    if not by_words:
        return _ids(connection, _union(_scans(wanted, scope), rest, wanted.order, most))
    found = _by_words(connection, by_words, rest, (wanted, scope), most)
    if scope.agent is None:
        return [ticket for _, ticket in found]
    tests = [group_test(group, index) for group in wanted.groups]
    beside = _union(list(_beside(wanted, scope)), tests, wanted.order, most)
    both = {*found, *((row.by, row.id) for row in connection.execute(beside))}
    _, last = _sort(wanted.order)
    ordered = sorted(both, key=lambda each: (each[0] or 0, each[1]), reverse=last)
    return [ticket for _, ticket in ordered][:most]


def _ids(connection: Connection, statement: Select[Any]) -> list[int]:
    return [row.id for row in connection.execute(statement)]


def _by_words(
    connection: Connection,
    groups: Iterable[tuple[Criterion, ...]],
    tests: Iterable[ColumnElement[bool]],
    asked: tuple[Wanted, Scope],
    most: int,
) -> list[tuple[Any, int]]:
    """Tickets of the departments, by the full-text index; a long thread is there several times."""
    wanted, scope = asked
    departments = _departments(wanted, scope)
    conditions = [[test.condition for test in group] for group in groups]
    if departments is not None and not departments:
        return []
    if not all(any(words.ways_of(each) for each in group) for group in conditions):
        return []
    index = words.Index(connection)
    by, last = _sort(wanted.order)
    looked_for = index.expression(conditions, departments)
    rights = () if departments is None else (_T.c.department.in_(sorted(departments)),)
    statement = index.tickets(looked_for, by, last_first=last, most=most)
    found = connection.execute(statement.where(_in_state(wanted), *rights, *tests))
    return list(dict.fromkeys((row.by, row.id) for row in _until(found, most)))


def _until(found: CursorResult[Any], most: int) -> Iterator[Row[Any]]:
    """The rows up to the last of the first `most` tickets; the database is asked for no more."""
    seen = set()
    for row in found:
        seen.add(row.id)
        yield row
        if len(seen) >= most:
            found.close()
            return


# --- the other ways -------------------------------------------------------------------------------


def _few(connection: Connection, wanted: Wanted, most: int) -> Select[Any] | None:
    """Ids of the tickets that meet the first condition met by so few; None when there is none."""
    for condition in _alone(wanted):
        if wanted.order is Order.WAITING and isinstance(condition, StatusIs):
            continue  # waiting lists have an index in their own order
        ids = _by_index(condition)
        if ids is None:
            continue
        some = select(func.count()).select_from(ids.limit(most + 1).subquery())
        if connection.execute(some).scalar_one() <= most:
            return ids
    return None


def _by_index(condition: object) -> Select[Any] | None:
    """Ids by the index of the condition."""
    match condition:
        case FieldIs():
            return field_rows(condition)
        case TopicIs(topic):
            return select(_T.c.id).where(_T.c.topic == topic)
        case RequesterIs(who, whole=True):
            return select(_T.c.id).where(_T.c.requester_key == who)
        case HeldBy(agent) if agent is not None:
            return select(_T.c.id).where(_T.c.responsible == agent)
        case StatusIs(statuses):
            return select(_T.c.id).where(_T.c.status.in_(sorted(statuses)))
        case _:
            return None


def _scans(wanted: Wanted, scope: Scope) -> list[_Branch]:
    departments = _departments(wanted, scope)
    beside = [] if departments is None else list(_beside(wanted, scope))
    found = list(_of_departments(wanted, departments))
    return [*found, *beside]


def _of_departments(
    wanted: Wanted, departments: frozenset[DepartmentId] | None
) -> Iterator[_Branch]:
    """Each department in the order of the list, or None: all of them together."""
    places: list[tuple[ColumnElement[bool], ...]] = [()]
    if departments is not None:
        places = [(_T.c.department == each,) for each in sorted(departments)]
    late = next((each for each in _alone(wanted) if isinstance(each, Late)), None)
    for place in places:
        if late is not None and departments is not None:
            yield _Branch((*place, _T.c.state == OPEN, _T.c.due < late.now), _T.c.due)
            unanswered = _T.c.asked_at < late.unanswered
            yield _Branch((*place, _T.c.state == OPEN, unanswered), _T.c.asked_at)
        elif wanted.order is Order.WAITING:
            yield _Branch((*place, _T.c.waiting_since.is_not(None), _in_state(wanted)))
        else:
            for state in sorted(wanted.states):
                yield _Branch((*place, _T.c.state == state.value))


def _beside(wanted: Wanted, scope: Scope) -> Iterator[_Branch]:
    """What the agent sees beside their departments: their own, and what was referred to them."""
    for state in sorted(wanted.states):
        yield _Branch((_T.c.responsible == scope.agent, _T.c.state == state.value))
    yield _Branch((_T.c.id.in_(referred(scope)), _in_state(wanted)))


def _alone(wanted: Wanted) -> Iterator[object]:
    """Conditions that each ticket of the list meets."""
    for group in wanted.groups:
        if len(group) == 1 and not group[0].negated:
            yield group[0].condition


def _departments(wanted: Wanted, scope: Scope) -> frozenset[DepartmentId] | None:
    """The departments to look at; None for the operator: all, those asked for are a condition."""
    asked = [each.departments for each in _alone(wanted) if isinstance(each, DepartmentIs)]
    if scope.agent is None:
        return asked[0].intersection(*asked) if asked else None
    return scope.departments.intersection(*asked)


def _in_state(wanted: Wanted) -> ColumnElement[bool]:
    """A test, hidden from the planners: no index of states is to be read for it."""
    return _T.c.state.concat("").in_(sorted(state.value for state in wanted.states))


def _sort(order: Order) -> tuple[ColumnElement[Any], bool]:
    match order:
        case Order.CHANGED_FIRST:
            return _T.c.updated_at, False
        case Order.CHANGED_LAST:
            return _T.c.updated_at, True
        case Order.OPENED_FIRST:
            return _T.c.id, False
        case Order.OPENED_LAST:
            return _T.c.id, True
        case Order.WAITING:
            return _T.c.waiting_since, False
        case _:
            assert_never(order)


def _union(
    branches: Iterable[_Branch], tests: Iterable[ColumnElement[bool]], order: Order, most: int
) -> Select[Any]:
    """The first of all branches together."""
    by, last = _sort(order)
    tests = list(tests)
    parts = []
    for branch in branches:
        ends_by = by if branch.by is None else branch.by
        is_last = last and branch.by is None
        ordered = (ends_by.desc(), _T.c.id.desc()) if is_last else (ends_by, _T.c.id)
        part = select(_T.c.id, by.label("by")).where(*branch.where, *tests)
        parts.append(part.order_by(*ordered).limit(most).subquery())
    if not parts:
        return select(_T.c.id, by.label("by")).where(false())
    found = union(*(select(each.c.id, each.c.by) for each in parts)).subquery()
    in_order = (found.c.by.desc(), found.c.id.desc()) if last else (found.c.by, found.c.id)
    return select(found.c.id, found.c.by).order_by(*in_order).limit(most)
