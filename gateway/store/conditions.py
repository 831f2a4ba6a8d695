"""Conditions on the row of a ticket: each is one look-up, however many tickets there are."""

from typing import Any, assert_never

from sqlalchemy import (
    ColumnElement,
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
    true,
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
    PriorityIs,
    RequesterIs,
    Scope,
    StatusIs,
    TagIs,
    TextHas,
    TopicIs,
)
from gateway.store import schema
from gateway.store.schema_work import field_value, ticket_tag
from gateway.store.types import key
from gateway.store.words import Index, ways_of

_T = schema.ticket
_E = schema.entry
_R = schema.referral
OPEN: ColumnElement[str] = literal_column("'open'")
"""Not a parameter: only so the planners see that a partial index fits."""


def visible(scope: Scope) -> ColumnElement[bool]:
    """Whether the reader may see the ticket."""
    if scope.agent is None:
        return true()
    return or_(
        _T.c.department.in_(sorted(scope.departments)),
        _T.c.responsible == scope.agent,
        exists(referred(scope).where(_R.c.ticket_id == _T.c.id).correlate(_T)),
    )


def referred(scope: Scope) -> Select[Any]:
    """Ids of the tickets that were referred to the reader or to their departments."""
    departments = sorted(scope.departments)
    return select(_R.c.ticket_id).where(
        or_(
            _R.c.agent_id == scope.agent,
            and_(_R.c.department.in_(departments), _R.c.department != ""),
        )
    )


def group_test(group: tuple[Criterion, ...], index: Index) -> ColumnElement[bool]:
    """Whether one of the conditions holds."""
    return or_(*(_test(test, index) for test in group))


def _test(test: Criterion, index: Index) -> ColumnElement[bool]:
    found = _condition(test.condition, index)
    return not_(func.coalesce(found, false())) if test.negated else found


def _condition(condition: Condition, index: Index) -> ColumnElement[bool]:  # noqa: C901, PLR0912 (one case each)
    match condition:
        case StatusIs():
            return _T.c.status.in_(sorted(condition.statuses))
        case DepartmentIs():
            return _T.c.department.in_(sorted(condition.departments))
        case TopicIs():
            return _T.c.topic == condition.topic
        case TagIs():
            tagged = select(ticket_tag.c.ticket_id).where(ticket_tag.c.tag == key(condition.tag))
            return _T.c.id.in_(tagged)
        case PriorityIs():
            return or_(_T.c.priority == condition.priority.value, _by_topic(condition))
        case FieldIs():
            values = field_rows(condition).where(field_value.c.ticket_id == _T.c.id)
            return exists(values.correlate(_T))
        case RequesterIs(whole=True):
            return _T.c.requester_key == condition.who
        case RequesterIs() | TextHas():
            return index.holds(condition) if ways_of(condition) else false()
        case HeldBy(agent=None):
            return func.coalesce(_T.c.responsible, 0) == 0  # not by the index: most are nobody's
        case HeldBy():
            return _T.c.responsible == condition.agent
        case CreatedBefore():
            return _T.c.created_at < condition.moment
        case CreatedSince():
            return _T.c.created_at >= condition.moment
        case ChangedSince():
            return _T.c.updated_at >= condition.moment
        case Late():
            late = or_(_T.c.due < condition.now, _T.c.asked_at < condition.unanswered)
            return and_(_T.c.state == OPEN, func.coalesce(late, false()))
        case HasAttachment():
            return exists().where(_E.c.ticket_id == _T.c.id, _E.c.attachments.cast(Text) != "[]")
        case _:
            assert_never(condition)


def _by_topic(condition: PriorityIs) -> ColumnElement[bool]:
    """Whether none was set, and the topic gives this one."""
    fits: ColumnElement[bool] = _T.c.topic.in_(sorted(condition.topics))
    if condition.others:
        unknown = _T.c.topic.not_in(sorted(condition.known))
        fits = or_(fits, _T.c.topic.is_(None), unknown)
    return and_(_T.c.priority.is_(None), func.coalesce(fits, false()))


def field_rows(condition: FieldIs) -> Select[Any]:
    """Ids of the tickets with such a value, by the index of values."""
    wanted = [field_value.c.field == condition.field]
    if condition.starts:
        start = key(condition.starts)
        wanted += [field_value.c.folded >= start, field_value.c.folded < start + "\U0010fffd"]
    return select(field_value.c.ticket_id).where(*wanted)
