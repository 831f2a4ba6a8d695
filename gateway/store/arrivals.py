"""The messages that were accepted since some time, as far as they are kept, for looking back.

They are found by their names in the queue, which begin with the time (`arrived_at`), so that the
index of the names is one of the arrivals too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, exists, func, select

from gateway.model.envelope import QueuedMessage, QueueId, arrived_at
from gateway.store import schema
from gateway.store.engine import Database
from gateway.store.inbound import message_of

_QUEUE = schema.inbound
_TICKET = schema.ticket
_SEEN = schema.seen_message
_PAGE = 200

_NEXT = (
    select(_QUEUE.c.queue_id, _TICKET.c.number, _TICKET.c.department, _TICKET.c.confidential)
    .outerjoin(_TICKET, _TICKET.c.id == _QUEUE.c.ticket_id)
    .where(_QUEUE.c.queue_id > bindparam("after"))
    .order_by(_QUEUE.c.queue_id)
    .limit(_PAGE)
)
_GONE = (
    select(func.count())
    .select_from(_SEEN)
    .where(
        _SEEN.c.queue_id > bindparam("after"),
        ~exists().where(_QUEUE.c.queue_id == _SEEN.c.queue_id),
    )
)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message that was accepted, and the ticket that it went to; empty: to none."""

    queue_id: QueueId
    number: str
    department: str
    confidential: bool


class Arrivals:
    """What came into one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def since(self, moment: datetime) -> Iterator[Arrived]:
        """The messages in the order of their arrival, a few at a time."""
        after = arrived_at(moment)
        while True:
            with self._database.reading() as connection:
                page = connection.execute(_NEXT, {"after": after}).all()
            for row in page:
                yield Arrived(
                    QueueId(row.queue_id),
                    row.number or "",
                    row.department or "",
                    bool(row.confidential),
                )
            if len(page) < _PAGE:
                return
            after = page[-1].queue_id

    def message(self, queue_id: QueueId) -> QueuedMessage | None:
        """The message itself; None when it was removed meanwhile."""
        with self._database.reading() as connection:
            return message_of(connection, queue_id)

    def gone(self, moment: datetime) -> int:
        """How many different messages came since then whose copies are gone; reads all names."""
        with self._database.reading() as connection:
            return connection.execute(_GONE, {"after": arrived_at(moment)}).scalar_one()
