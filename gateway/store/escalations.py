"""What escalations look at of tickets, and when they look again.

Every change of a ticket raises its version; `looked` is the version that was looked at last. A
partial index holds those in which they differ, another one the moments at which time alone makes
something due: what is asked every second costs the same with ten open tickets and with 100,000.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from gateway.model.escalation import Mark, RuleId, Watched, WriteMarks
from gateway.model.people import DepartmentId
from gateway.model.ticket import FieldId, State, StatusId, TicketId, TopicId
from gateway.store import schema
from gateway.store.occasion import Occasion
from gateway.store.rows import AnyRow
from gateway.store.schema_times import mark
from gateway.store.schema_work import field_value, task

_T = schema.ticket
_SEEN = select(
    *(_T.c.id, _T.c.status, _T.c.state, _T.c.department, _T.c.topic, _T.c.responsible),
    *(_T.c.created_at, _T.c.updated_at, _T.c.asked_at, _T.c.replied_at, _T.c.rejected),
    *(_T.c.merged_into, _T.c.version),
)
_UNLOOKED = _T.c.looked != _T.c.version
_NEXT_UNLOOKED = (
    _SEEN.where(_UNLOOKED)
    .order_by(_T.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_ANY_UNLOOKED = select(_T.c.id).where(_UNLOOKED).limit(1)
_ONE = _SEEN.where(_T.c.id == bindparam("one"))
_DUE = (
    select(_T.c.id)
    .where(_T.c.look_at.is_not(None), _T.c.look_at <= bindparam("now", type_=_T.c.look_at.type))
    .order_by(_T.c.look_at)
    .limit(bindparam("most"))
)
_FIELDS = select(field_value.c.ticket_id, field_value.c.field, field_value.c.folded).where(
    field_value.c.ticket_id.in_(bindparam("tickets", expanding=True)), field_value.c.place == 0
)
_TASKS = (
    select(task.c.ticket_id, func.min(task.c.due).label("due"))
    .where(task.c.ticket_id.in_(bindparam("tickets", expanding=True)), ~task.c.done)
    .group_by(task.c.ticket_id)
)
_MARKS = select(mark).where(mark.c.ticket_id.in_(bindparam("tickets", expanding=True)))
_FORGET = delete(mark).where(mark.c.ticket_id == bindparam("ticket"))
_LOOKED = (
    update(_T)
    .where(_T.c.id == bindparam("ticket"))
    .values(
        looked=bindparam("seen"),
        look_at=bindparam("again", type_=_T.c.look_at.type),
    )
)
_AGAIN = (
    update(_T)
    .where(
        _T.c.id > bindparam("after"),
        _T.c.id <= bindparam("last"),
        _T.c.state.in_(bindparam("states", expanding=True)) | _T.c.look_at.is_not(None),
    )
    .values(looked=0)
)
_LAST = select(func.max(_T.c.id))
_COUNTER = schema.counter
_BY = "escalation-rules"

Found = tuple[Watched, Mapping[RuleId, Mark]]


def is_any_unlooked(connection: Connection) -> bool:
    """True when some ticket has changed since it was looked at."""
    return connection.execute(_ANY_UNLOOKED).first() is not None


def unlooked(connection: Connection, limit: int) -> Sequence[Found]:
    """The first tickets that have changed since they were looked at; no other node's."""
    return _found(connection, connection.execute(_NEXT_UNLOOKED, {"most": limit}).all())


def one(connection: Connection, ticket: TicketId) -> Found | None:
    """The ticket, which the caller has locked."""
    return next(iter(_found(connection, connection.execute(_ONE, {"one": ticket}).all())), None)


def due(connection: Connection, now: datetime, limit: int) -> Sequence[TicketId]:
    """The first tickets of which the time to look again has come."""
    found = connection.execute(_DUE, {"now": now, "most": limit})
    return [TicketId(row.id) for row in found]


def look_again(
    connection: Connection, after: TicketId, many: int, states: Collection[State]
) -> TicketId | None:
    """Up to `many` tickets behind `after` are to be looked at again; the last, None at the end."""
    newest = connection.execute(_LAST).scalar() or 0
    if after >= newest:
        return None
    last = min(after + many, newest)
    values = {"after": after, "last": last, "states": [each.value for each in states]}
    connection.execute(_AGAIN, values)
    return TicketId(last)


def rules(connection: Connection) -> int:
    """The number of the rules by which all tickets were looked at; 0: none."""
    found = select(_COUNTER.c.value).where(_COUNTER.c.name == _BY)
    return connection.execute(found).scalar() or 0


def set_rules(connection: Connection, number: int) -> None:
    """Remember the number of the rules."""
    change = update(_COUNTER).where(_COUNTER.c.name == _BY).values(value=number)
    if connection.execute(change).rowcount == 0:
        connection.execute(insert(_COUNTER).values(name=_BY, value=number))


def write(connection: Connection, changes: Sequence[WriteMarks], _: Occasion) -> None:
    """The marks anew, where they are others, and when to look again."""
    anew = [each for each in changes if each.marks is not None]
    if anew:
        connection.execute(_FORGET, [{"ticket": each.ticket} for each in anew])
    rows = [
        {
            "ticket_id": each.ticket,
            "rule": one.rule,
            "occasion": one.occasion,
            "since": one.since,
            "done": one.done,
        }
        for each in anew
        for one in each.marks or ()
    ]
    if rows:
        connection.execute(insert(mark), rows)
    connection.execute(
        _LOOKED,
        [{"ticket": each.ticket, "seen": each.version, "again": each.look_at} for each in changes],
    )


def _found(connection: Connection, rows: Sequence[AnyRow]) -> Sequence[Found]:
    if not rows:
        return ()
    tickets = {"tickets": [row.id for row in rows]}
    fields: dict[int, dict[FieldId, frozenset[str]]] = defaultdict(dict)
    for row in connection.execute(_FIELDS, tickets):
        fields[row.ticket_id][FieldId(row.field)] = frozenset({row.folded})
    due = {row.ticket_id: row.due for row in connection.execute(_TASKS, tickets)}
    marks: dict[int, dict[RuleId, Mark]] = defaultdict(dict)
    for row in connection.execute(_MARKS, tickets):
        rule = RuleId(row.rule)
        marks[row.ticket_id][rule] = Mark(rule, row.occasion, row.since, row.done)
    return [
        (
            Watched(
                id=TicketId(row.id),
                status=StatusId(row.status),
                state=State(row.state),
                department=DepartmentId(row.department),
                topic=TopicId(row.topic) if row.topic is not None else None,
                taken=row.responsible is not None,
                created_at=row.created_at,
                updated_at=row.updated_at,
                asked_at=row.asked_at,
                replied_at=row.replied_at,
                task_due=due.get(row.id),
                fields=fields.get(row.id, {}),
                ended=row.merged_into is not None or row.rejected,
                version=row.version,
            ),
            marks.get(row.id, {}),
        )
        for row in rows
    ]
