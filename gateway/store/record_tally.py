"""Counting as things happen, and reading the counts."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    bindparam,
    case,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert

from gateway.model.changes import AddEntry, ChangeStatus, OpenTicket
from gateway.model.people import DepartmentId
from gateway.model.statistics import Counted, Figures, Standing, Tally, week_of
from gateway.model.ticket import EntryKind, State, Status, TopicId
from gateway.store import schema
from gateway.store.occasion import Occasion
from gateway.store.prepared import Prepared
from gateway.store.schema_work import tally
from gateway.store.types import EPOCH

_TICKET = schema.ticket
MOST = 10_000
"""Open tickets of a department that are looked at for its standing."""

_HOUR, _DAY = 3_600_000_000, 86_400_000_000  # microseconds, as times are kept


def _counting(source: Select[Any] | None = None) -> Mapping[str, Insert]:
    """For each dialect, an INSERT that adds to the count that is there."""
    statements: dict[str, Insert] = {}
    for dialect in (sqlite, postgresql):
        new = dialect.insert(tally)
        counted = new.from_select([*tally.c.keys()], source) if source is not None else new
        statements[dialect.__name__.rpartition(".")[2]] = counted.on_conflict_do_update(
            index_elements=list(tally.primary_key),
            set_={"times": tally.c.times + new.excluded.times},
        )
    return statements


def _of_ticket(what: ColumnElement[Any]) -> Select[Any]:
    return select(
        bindparam("in_week", type_=tally.c.week.type),
        _TICKET.c.department,
        func.coalesce(_TICKET.c.topic, ""),
        what,
        literal(1),
    ).where(_TICKET.c.id == bindparam("ticket"))


_AGE = bindparam("now", type_=_TICKET.c.created_at.type) - _TICKET.c.created_at
_BUCKET = case(
    (_AGE <= _HOUR, Tally.WITHIN_HOUR.value),
    (_AGE <= 4 * _HOUR, Tally.WITHIN_FOUR_HOURS.value),
    (_AGE <= _DAY, Tally.WITHIN_DAY.value),
    (_AGE <= 3 * _DAY, Tally.WITHIN_THREE_DAYS.value),
    (_AGE <= 7 * _DAY, Tally.WITHIN_WEEK.value),
    else_=Tally.LATER.value,
)
_COUNT = Prepared(_counting(), "week", "department", "topic", "kind", "times")
_CLOSED = _counting(
    _of_ticket(literal(Tally.CLOSED.value)).where(_TICKET.c.state == State.OPEN.value)
)
_ANSWERED = _counting(_of_ticket(_BUCKET))
_FIRST = (
    update(_TICKET)
    .where(_TICKET.c.id == bindparam("ticket"), _TICKET.c.answered_at.is_(None))
    .values(answered_at=bindparam("now"))
)


def opened(connection: Connection, changes: Sequence[OpenTicket], occasion: Occasion) -> None:
    """New tickets, and rejected mail apart from them."""
    _COUNT.run(
        connection,
        [
            {
                "week": week_of(occasion.now),
                "department": each.ticket.department,
                "topic": each.ticket.topic or "",
                "kind": (Tally.REJECTED if each.ticket.rejected else Tally.OPENED).value,
                "times": 1,
            }
            for each in changes
        ],
    )


def closing(connection: Connection, changes: Sequence[ChangeStatus], occasion: Occasion) -> None:
    """Tickets that will be closed: to be called while they are still open."""
    statement = _CLOSED[connection.dialect.name]
    for each in changes:
        if each.state is State.CLOSED and each.status != Status.SPAM:
            values = {"in_week": week_of(occasion.now), "ticket": each.ticket}
            connection.execute(statement, values)


def answered(connection: Connection, changes: Sequence[AddEntry], occasion: Occasion) -> None:
    """First answers of agents, by how long they took."""
    for ticket in {each.ticket for each in changes if each.kind is EntryKind.RESPONSE}:
        values: dict[str, object] = {"ticket": ticket, "now": occasion.now}
        if connection.execute(_FIRST, values).rowcount == 1:
            values["in_week"] = week_of(occasion.now)
            connection.execute(_ANSWERED[connection.dialect.name], values)


_READ = select(tally).where(
    tally.c.department.in_(bindparam("names", expanding=True)), tally.c.week >= bindparam("since")
)
_OPEN = (
    select(
        _TICKET.c.created_at,
        (_TICKET.c.responsible.is_(None)).label("free"),
        (_TICKET.c.status == Status.ON_WAITING).label("waits"),
    )
    .where(_TICKET.c.department == bindparam("name"), _TICKET.c.state == State.OPEN.value)
    .limit(MOST)
    .subquery()
)
_STANDING = select(
    func.count().label("open"),
    func.sum(case((_OPEN.c.free & ~_OPEN.c.waits, 1), else_=0)).label("free"),
    func.sum(case((_OPEN.c.waits, 1), else_=0)).label("waiting"),
    func.min(_OPEN.c.created_at).label("oldest"),
    func.avg(_OPEN.c.created_at).label("mean"),
)


def figures(
    connection: Connection, departments: Collection[DepartmentId], since: datetime
) -> Figures:
    """What was counted since the week of that moment, and what stands now."""
    values = {"names": list(departments), "since": week_of(since)}
    counted = tuple(
        Counted(
            row.week,
            DepartmentId(row.department),
            TopicId(row.topic) if row.topic else None,
            Tally(row.kind),
            row.times,
        )
        for row in connection.execute(_READ, values)
    )
    return Figures(counted, tuple(_standing(connection, each) for each in departments))


def _standing(connection: Connection, department: DepartmentId) -> Standing:
    row = connection.execute(_STANDING, {"name": department}).one()
    mean = EPOCH + timedelta(microseconds=float(row.mean)) if row.mean is not None else None
    return Standing(
        department,
        row.open,
        int(row.free or 0),
        int(row.waiting or 0),
        row.oldest,
        mean,
        more=row.open == MOST,
    )
