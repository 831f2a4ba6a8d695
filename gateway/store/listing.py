"""Tickets that an agent may see and asked for.

A list is a union of scans, each in the order of one index and with its own end: the departments the
agent reads one by one, their own tickets, those referred to them. With OR instead the planners
would read every ticket. What is looked for by its text, requester or field comes from that index.
"""

from collections.abc import Iterator
from typing import Any, assert_never

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Text,
    and_,
    exists,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    text,
    true,
    union,
)

from gateway.model.query import (
    ChangedSince,
    Condition,
    CreatedBefore,
    CreatedSince,
    Criterion,
    DepartmentIs,
    FieldIs,
    HasAttachment,
    HeldBy,
    Late,
    Order,
    RequesterIs,
    Scope,
    StatusIs,
    TextHas,
    TopicIs,
    Wanted,
)
from gateway.model.ticket import EntryKind, State, Ticket
from gateway.policy.facts import Listing
from gateway.store import rows, schema
from gateway.store.schema_search import PARTS, VECTOR
from gateway.store.schema_work import field_value
from gateway.store.types import key

COUNTED = 500
"""So many tickets are counted; of a longer list is said that there are more."""

_T = schema.ticket
_E = schema.entry
_R = schema.referral
_PREFIX = 3
"""A word of so many letters or more also finds what begins with it."""


def list_tickets(
    connection: Connection, wanted: Wanted, scope: Scope, limit: int, skip: int = 0
) -> Listing:
    """`limit` tickets after the first `skip`; the total is exact up to `COUNTED`."""
    most = max(COUNTED, skip + limit) + 1
    dialect = connection.dialect.name
    ids = [row.id for row in connection.execute(_ids(wanted, scope, most, dialect))]
    page = ids[skip : skip + limit]
    total = len(ids)
    return Listing(_tickets(connection, page), min(total, most - 1), total >= most)


def _tickets(connection: Connection, ids: list[int]) -> tuple[Ticket, ...]:
    if not ids:
        return ()
    statement = select(*rows.TICKET_COLUMNS).where(_T.c.id.in_(ids))
    found = {row.id: rows.ticket(row) for row in connection.execute(statement)}
    return tuple(found[each] for each in ids)


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


def _ids(wanted: Wanted, scope: Scope, most: int, dialect: str) -> Select[Any]:
    by, last = _sort(wanted.order)
    tests = [_group(group, dialect) for group in wanted.groups]
    branches = [
        select(_T.c.id, by.label("by"))
        .where(*branch, *tests)
        .order_by(by.desc() if last else by, _T.c.id.desc() if last else _T.c.id)
        .limit(most)
        .subquery()
        for branch in _branches(wanted, scope)
    ]
    if not branches:
        return select(_T.c.id).where(false())
    found = union(*(select(each.c.id, each.c.by) for each in branches)).subquery()
    ordered = (found.c.by.desc(), found.c.id.desc()) if last else (found.c.by, found.c.id)
    return select(found.c.id).order_by(*ordered).limit(most)


def _branches(wanted: Wanted, scope: Scope) -> Iterator[list[ColumnElement[bool]]]:
    """The parts of the union; one with all rights in it where another index leads."""
    states = sorted(state.value for state in wanted.states)
    if not states:
        return
    in_state = _T.c.state.in_(states)
    alone = [group[0] for group in wanted.groups if len(group) == 1 and not group[0].negated]
    if any(_leads(test.condition) for test in alone):
        yield [in_state, _visible(scope)]
    elif scope.agent is None:
        for state in states:
            yield [_T.c.state == state]
    else:
        asked = [t.condition.departments for t in alone if isinstance(t.condition, DepartmentIs)]
        departments = scope.departments.intersection(*asked)
        for state in states:
            for department in sorted(departments):
                yield [_T.c.department == department, _T.c.state == state]
            yield [_T.c.responsible == scope.agent, _T.c.state == state]
        yield [in_state, _T.c.id.in_(_referred(scope))]


def _leads(condition: Condition) -> bool:
    """True when the index of this condition is what to begin with."""
    match condition:
        case TextHas() | HeldBy(agent=int()):
            return True
        case RequesterIs(whole=whole):
            return whole
        case FieldIs(starts=starts):
            return len(starts) > len("nein")
        case _:
            return False


def _referred(scope: Scope) -> Select[Any]:
    departments = sorted(scope.departments)
    return select(_R.c.ticket_id).where(
        or_(
            _R.c.agent_id == scope.agent,
            and_(_R.c.department.in_(departments), _R.c.department != ""),
        )
    )


def _visible(scope: Scope) -> ColumnElement[bool]:
    if scope.agent is None:
        return true()
    referred = _referred(scope).where(_R.c.ticket_id == _T.c.id).correlate(_T)
    return or_(
        _T.c.department.in_(sorted(scope.departments)),
        _T.c.responsible == scope.agent,
        exists(referred),
    )


def _group(group: tuple[Criterion, ...], dialect: str) -> ColumnElement[bool]:
    return or_(*(_test(test, dialect) for test in group))


def _test(test: Criterion, dialect: str) -> ColumnElement[bool]:
    found = _condition(test.condition, dialect)
    return not_(func.coalesce(found, false())) if test.negated else found


def _condition(condition: Condition, dialect: str) -> ColumnElement[bool]:  # noqa: C901, PLR0912 (one case each)
    match condition:
        case StatusIs():
            return _T.c.status.in_(sorted(condition.statuses))
        case DepartmentIs():
            return _T.c.department.in_(sorted(condition.departments))
        case TopicIs():
            return _T.c.topic == condition.topic
        case FieldIs():
            return _field(condition)
        case RequesterIs(whole=True):
            return _T.c.requester_key == condition.who
        case RequesterIs():
            shown = func.lower(_T.c.requester_name + " " + _T.c.requester_address)
            return shown.contains(condition.who, autoescape=True)
        case HeldBy(agent=None):
            return _T.c.responsible.is_(None)
        case HeldBy():
            return _T.c.responsible == condition.agent
        case CreatedBefore():
            return _T.c.created_at < condition.moment
        case CreatedSince():
            return _T.c.created_at >= condition.moment
        case ChangedSince():
            return _T.c.updated_at >= condition.moment
        case Late():
            return _late(condition)
        case HasAttachment():
            return exists().where(_E.c.ticket_id == _T.c.id, _E.c.attachments.cast(Text) != "[]")
        case TextHas():
            return _T.c.id.in_(_with_text(condition, dialect))
        case _:
            assert_never(condition)


def _field(condition: FieldIs) -> ColumnElement[bool]:
    wanted = [field_value.c.field == condition.field]
    if condition.starts:
        start = key(condition.starts)
        wanted += [field_value.c.folded >= start, field_value.c.folded < start + "\U0010fffd"]
    return _T.c.id.in_(select(field_value.c.ticket_id).where(*wanted))


def _late(condition: Late) -> ColumnElement[bool]:
    said = (EntryKind.MESSAGE.value, EntryKind.RESPONSE.value)
    last = (
        select(func.max(_E.c.id))
        .where(_E.c.ticket_id == _T.c.id, _E.c.kind.in_(said))
        .correlate(_T)
        .scalar_subquery()
    )
    unanswered = exists().where(
        _E.c.id == last,
        _E.c.kind == EntryKind.MESSAGE.value,
        _E.c.created_at < condition.unanswered,
    )
    return and_(_T.c.state == State.OPEN.value, or_(_T.c.due < condition.now, unanswered))


def _with_text(condition: TextHas, dialect: str) -> Select[Any]:
    """Ids of the tickets with the words; each word is a quoted string to both databases."""
    if dialect == "sqlite":
        wanted = " OR ".join(
            f'"{" ".join(way)}"{_more(way, condition, "*")}' for way in condition.words
        )
        found = text(
            "SELECT rowid / :parts AS id FROM ticket_words WHERE ticket_words MATCH :words"
        )
        bound = found.bindparams(parts=PARTS, words=wanted).columns(literal_column("id"))
        return select(bound.subquery().c.id)
    ways = (
        " <-> ".join(f"'{word}'" for word in way) + _more(way, condition, ":*")
        for way in condition.words
    )
    query = func.to_tsquery(
        literal_column("'simple'::regconfig"), " | ".join(f"({w})" for w in ways)
    )
    return (
        select(literal_column(f"ticket_text.id / {PARTS}"))
        .select_from(text("ticket_text"))
        .where(literal_column(VECTOR).op("@@")(query))
    )


def _more(way: tuple[str, ...], condition: TextHas, mark: str) -> str:
    return "" if condition.exact or len(way[-1]) < _PREFIX else mark
