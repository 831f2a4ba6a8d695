"""Offers and requests that fit: the oldest of each department, found by an index and an end."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    exists,
    literal_column,
    not_,
    select,
    union,
)

from gateway.model.fit import Fit, FitsWanted
from gateway.model.ticket import FieldId, LinkKind, TicketId, TopicId
from gateway.store import rows, schema
from gateway.store.schema_work import field_value, link, reserved

SCANNED = 1_000
"""So many of the oldest tickets of a department and topic are looked at for one field."""

_T = schema.ticket
_OTHER = _T.alias("other")
_OPEN: ColumnElement[str] = literal_column(
    "'open'"
)  # literal, or no planner sees that a partial index fits
_PARTNERS = (
    select(link.c.ticket_id, link.c.other_id, _OTHER.c.topic)
    .join(_OTHER, _OTHER.c.id == link.c.other_id)
    .where(
        link.c.ticket_id.in_(bindparam("tickets", expanding=True)),
        link.c.kind == LinkKind.RELATED.value,
        _OTHER.c.state == _OPEN,
        _OTHER.c.topic.is_not(None),
    )
)


def fits(connection: Connection, wanted: FitsWanted) -> tuple[Fit, ...]:
    """What is wanted, the oldest first."""
    branches = list(_branches(wanted))
    if not branches:
        return ()
    found = union(*(select(each.c.id, each.c.by) for each in branches)).subquery()
    statement = (
        select(*rows.TICKET_COLUMNS)
        .join(found, found.c.id == _T.c.id)
        .order_by(found.c.by, _T.c.id)
    )
    tickets = [rows.ticket(row) for row in connection.execute(statement)]
    if not tickets:
        return ()
    filled: dict[TicketId, set[FieldId]] = {}
    having = select(field_value.c.ticket_id, field_value.c.field).where(
        field_value.c.ticket_id.in_([each.id for each in tickets]),
        field_value.c.field.in_(sorted(wanted.fields)),
    )
    for row in connection.execute(having):
        filled.setdefault(TicketId(row.ticket_id), set()).add(FieldId(row.field))
    return tuple(Fit(each, frozenset(filled[each.id])) for each in tickets)


def _branches(wanted: FitsWanted) -> Iterator[Any]:
    """One scan for each department, topic and field, each with its own end."""
    for department in sorted(wanted.departments):
        for topic in sorted(wanted.topics):
            oldest = _oldest(department, topic, waiting=wanted.waiting).subquery()
            for field in sorted(wanted.fields):
                filled = exists().where(
                    field_value.c.ticket_id == oldest.c.id, field_value.c.field == field
                )
                taken = exists().where(reserved.c.ticket_id == oldest.c.id)
                linked = exists(
                    select(link.c.other_id)
                    .join(_OTHER, _OTHER.c.id == link.c.other_id)
                    .where(
                        link.c.ticket_id == oldest.c.id,
                        link.c.kind == LinkKind.RELATED.value,
                        _OTHER.c.state == _OPEN,
                        _OTHER.c.topic.in_(sorted(wanted.others)),
                    )
                )
                yield (
                    select(oldest.c.id, oldest.c.by)
                    .where(and_(filled, not_(taken), not_(linked)))
                    .order_by(oldest.c.by, oldest.c.id)
                    .limit(wanted.most)
                    .subquery()
                )


def _oldest(department: str, topic: str, *, waiting: bool) -> Select[Any]:
    by = _T.c.waiting_since if waiting else _T.c.id
    statement = select(_T.c.id, by.label("by")).where(
        _T.c.department == department, _T.c.topic == topic, _T.c.state == _OPEN
    )
    if waiting:
        statement = statement.where(_T.c.waiting_since.is_not(None))
    return statement.order_by(by, _T.c.id).limit(SCANNED)


def partners(
    connection: Connection, tickets: Collection[TicketId]
) -> Mapping[TicketId, Mapping[TicketId, TopicId]]:
    """The open tickets that each of these is linked with, and their topics."""
    found: dict[TicketId, dict[TicketId, TopicId]] = {}
    for row in connection.execute(_PARTNERS, {"tickets": sorted(tickets)}):
        known = found.setdefault(TicketId(row.ticket_id), {})
        known[TicketId(row.other_id)] = TopicId(row.topic)
    return found
