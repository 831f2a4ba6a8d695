"""Topic, fields, subject, priority, tags and reservations of tickets into rows."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, assert_never

from sqlalchemy import Connection, Update, bindparam, delete, insert, select

from gateway.model.address import fold
from gateway.model.field_changes import (
    FieldChange,
    Reserve,
    SetField,
    SetPriority,
    SetSubject,
    SetTags,
    SetTopic,
)
from gateway.model.ticket import FieldId, TicketId
from gateway.store.occasion import Occasion
from gateway.store.schema_work import field_value, reserved, ticket_tag
from gateway.store.statements import CHANGED, NEXT

_TOPIC = CHANGED.values(NEXT | {"topic": bindparam("to")})
_SUBJECT = CHANGED.values(NEXT | {"subject": bindparam("to")})
_PRIORITY = CHANGED.values(NEXT | {"priority": bindparam("to")})
_TAGS = CHANGED.values(NEXT | {"tags": bindparam("to")})
_TOUCHED = CHANGED.values(NEXT)
_EMPTY = delete(field_value).where(
    field_value.c.ticket_id == bindparam("ticket"), field_value.c.field == bindparam("of")
)
_FILL = insert(field_value)
_UNTAG = delete(ticket_tag).where(ticket_tag.c.ticket_id == bindparam("ticket"))
_TAG = insert(ticket_tag)
_RELEASE = delete(reserved).where(reserved.c.ticket_id == bindparam("ticket"))
_RESERVE = insert(reserved)


def write(connection: Connection, run: list[Any], occasion: Occasion) -> None:
    """Write changes that are all of one kind."""
    first: FieldChange = run[0]
    match first:
        case SetTopic():
            _change(connection, _TOPIC, [(each.ticket, each.topic) for each in run], occasion.now)
        case SetSubject():
            _change(
                connection, _SUBJECT, [(each.ticket, each.subject) for each in run], occasion.now
            )
        case SetField():
            for each in run:
                _set_field(connection, each, occasion.now)
        case Reserve():
            _reserve(connection, run)
        case SetPriority():
            _change(
                connection,
                _PRIORITY,
                [(each.ticket, each.priority.value) for each in run],
                occasion.now,
            )
        case SetTags():
            for each in run:
                _set_tags(connection, each, occasion.now)
        case _:
            assert_never(first)


def _change(
    connection: Connection, statement: Update, values: list[tuple[TicketId, str]], now: datetime
) -> None:
    for ticket, value in values:
        connection.execute(statement, {"ticket": ticket, "now": now, "to": value})


def _set_field(connection: Connection, change: SetField, now: datetime) -> None:
    connection.execute(_EMPTY, {"ticket": change.ticket, "of": change.field})
    rows = [
        {
            "ticket_id": change.ticket,
            "field": change.field,
            "place": place,
            "value": value,
            "folded": folded,
        }
        for place, (value, folded) in enumerate(zip(change.values, change.folded, strict=True))
    ]
    if rows:
        connection.execute(_FILL, rows)
    connection.execute(_TOUCHED, {"ticket": change.ticket, "now": now})


def _set_tags(connection: Connection, change: SetTags, now: datetime) -> None:
    """In the row as they are shown, and beside it as they are looked up."""
    values = {"ticket": change.ticket, "now": now, "to": change.tags}
    connection.execute(_TAGS, values)
    connection.execute(_UNTAG, {"ticket": change.ticket})
    folded = dict.fromkeys(map(fold, change.tags))
    if folded:
        rows = [{"ticket_id": change.ticket, "tag": tag} for tag in folded]
        connection.execute(_TAG, rows)


def _reserve(connection: Connection, changes: Sequence[Reserve]) -> None:
    """What each ticket holds. The primary key decides between two nodes: the later one fails.

    All are released before any is taken, and taken in one order, so that nodes wait for each other
    and never in a circle.
    """
    release(connection, [change.ticket for change in changes])
    rows = [
        {"field": field, "value": value, "ticket_id": change.ticket}
        for change in changes
        for field, value in change.held
    ]
    if rows:
        rows.sort(key=lambda row: (str(row["field"]), str(row["value"])))
        connection.execute(_RESERVE, rows)


_HELD = select(reserved).where(
    reserved.c.field == bindparam("of"), reserved.c.value == bindparam("held")
)


def holders(
    connection: Connection, values: Collection[tuple[FieldId, str]]
) -> dict[tuple[FieldId, str], TicketId]:
    """The open tickets that hold the values."""
    found: dict[tuple[FieldId, str], TicketId] = {}
    for field, value in values:
        row = connection.execute(_HELD, {"of": field, "held": value}).first()
        if row is not None:
            found[field, value] = TicketId(row.ticket_id)
    return found


def release(connection: Connection, tickets: Collection[TicketId]) -> None:
    """Whatever leaves the state open holds nothing any more."""
    for ticket in sorted(tickets):
        connection.execute(_RELEASE, {"ticket": ticket})
