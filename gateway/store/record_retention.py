"""What keeps tickets from being deleted, into rows."""

from typing import Any, assert_never

from sqlalchemy import Connection, bindparam

from gateway.model.retention_changes import (
    KeepNoLonger,
    KeepTicket,
    ProposeTicket,
    RetentionChange,
)
from gateway.store.occasion import Occasion
from gateway.store.schema import ticket
from gateway.store.statements import CHANGED, NEXT

_KEEP = CHANGED.values(
    NEXT | {"kept_reason": bindparam("reason"), "kept_until": bindparam("until")}
)
_PROPOSE = CHANGED.values({"proposed_at": bindparam("now", type_=ticket.c.proposed_at.type)})


def write(connection: Connection, run: list[Any], occasion: Occasion) -> None:
    """Write changes that are all of one kind."""
    for change in run:
        _write(connection, change, occasion)


def _write(connection: Connection, change: RetentionChange, occasion: Occasion) -> None:
    values: dict[str, Any] = {"ticket": change.ticket, "now": occasion.now}
    match change:
        case KeepTicket(_, reason, until):
            connection.execute(_KEEP, values | {"reason": reason, "until": until})
        case KeepNoLonger():
            connection.execute(_KEEP, values | {"reason": None, "until": None})
        case ProposeTicket():
            connection.execute(_PROPOSE, values)
        case _:
            assert_never(change)
