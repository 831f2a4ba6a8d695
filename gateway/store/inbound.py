"""The inbound queue: from the commit before 250 to the recorded decision.

A row is `queued` until the decision about it is recorded (`done`) or a person has to look at it
(`quarantined`). A claimed row carries the node's lease: its `next_attempt_at` is the end of the
lease, so that a node that dies gives its rows back by itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection, Update, bindparam, func, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from gateway import faultpoint
from gateway.model.authentication import Authentication
from gateway.model.envelope import Envelope, Peer, Protocol, QueuedMessage, QueueId
from gateway.model.refusal import Refusal, TemporaryFailure
from gateway.model.ticket import TicketId
from gateway.store import schema
from gateway.store.engine import Database
from gateway.store.packing import pack, unpack
from gateway.store.rows import AnyRow
from gateway.store.schema import QUEUED, STATES
from gateway.store.types import EPOCH

_QUEUE = schema.inbound
_RAW = schema.raw_message
_CLAIMED_BYTES = 33_554_432  # as much raw mail as one claim may bring into memory
_LISTED = (
    "queue_id state accepted_at mail_from rcpt_to attempts next_attempt_at node last_error outcome "
    "reason ticket_id message_id finished_at"
).split()

_INSERT_RAW = insert(_RAW).returning(_RAW.c.id, sort_by_parameter_order=True)
_INSERT = insert(_QUEUE)
_READY = (
    select(_QUEUE.c.id, _QUEUE.c.attempts, _RAW.c.size)
    .join(_RAW, _RAW.c.id == _QUEUE.c.raw_id)
    .where(_QUEUE.c.state == QUEUED, _QUEUE.c.next_attempt_at <= bindparam("now"))
    .order_by(_QUEUE.c.next_attempt_at, _QUEUE.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=_QUEUE)
)
_TAKE = (
    update(_QUEUE)
    .where(_QUEUE.c.id.in_(bindparam("ids", expanding=True)))
    .values(
        attempts=_QUEUE.c.attempts + 1,
        node=bindparam("by"),
        lease_until=bindparam("until"),
        next_attempt_at=bindparam("until"),
    )
)
_TAKEN = (
    select(_QUEUE, _RAW.c.codec, _RAW.c.data)
    .join(_RAW, _RAW.c.id == _QUEUE.c.raw_id)
    .where(_QUEUE.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(_QUEUE.c.next_attempt_at, _QUEUE.c.id)
)
_FREE: dict[str, object] = {"lease_until": None, "node": None}


@dataclass(frozen=True, slots=True)
class InboundEntry:
    """A row of the queue as it is listed; `size` is that of the raw message in bytes."""

    queue_id: QueueId
    state: str
    accepted_at: datetime
    mail_from: str | None
    rcpt_to: tuple[str, ...]
    attempts: int
    next_attempt_at: datetime
    node: str | None
    last_error: str | None
    outcome: str | None
    reason: str | None
    ticket_id: TicketId | None
    message_id: str | None
    finished_at: datetime | None
    size: int


class Inbound:
    """The inbound queue of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def insert(self, batch: Sequence[QueuedMessage]) -> None:
        """Keep all of the messages, in one commit that is on disk when this returns.

        Raises `StorageFull` or `TemporaryFailure`; then none of them is kept.
        """
        raws = [_raw_row(item.raw) for item in batch]
        try:
            self._database.check_room(sum(len(item.raw) for item in batch))
            with self._database.writing() as connection:
                ids = connection.execute(_INSERT_RAW, raws).scalars().all()
                rows = [_row(item, raw) for item, raw in zip(batch, ids, strict=True)]
                connection.execute(_INSERT, rows)
                faultpoint.reach("inbound-before-commit")
        except (SQLAlchemyError, Refusal) as error:
            raise _refusal(error) from error
        faultpoint.reach("inbound-after-commit")

    def claim(self, node: str, limit: int, now: datetime, lease: timedelta) -> list[QueuedMessage]:
        """Messages that are this node's until `now + lease`: in order of arrival, then retries.

        The attempt is counted in the same commit, so that a message that kills the process is
        counted too. One that was tried before comes alone: if it kills again, it takes no other
        with it. May bring fewer than `limit` when they are big.
        """
        with self._database.writing() as connection:
            ready = connection.execute(_READY, {"now": now, "most": limit}).all()
            ids = list(_together(ready))
            if not ids:
                return []
            values = {"ids": ids, "by": node, "until": now + lease}
            connection.execute(_TAKE, values)
            taken = connection.execute(_TAKEN, {"ids": ids}).all()
        return [_message(row) for row in taken]

    def renew(self, node: str, now: datetime, lease: timedelta) -> frozenset[QueueId]:
        """Prolong the lease of what this node still holds; the names of that."""
        values = {"lease_until": now + lease, "next_attempt_at": now + lease}
        statement = _held_by(node).values(values).returning(_QUEUE.c.queue_id)
        with self._database.writing() as connection:
            return frozenset(connection.execute(statement).scalars().all())

    def release(self, node: str, *, counted: bool = True) -> int:
        """Give back what this node holds; how many there were.

        `counted`, at its start: one of them may have killed it. Otherwise none was begun.
        """
        values = _FREE | {"next_attempt_at": EPOCH}
        if not counted:
            values["attempts"] = _QUEUE.c.attempts - 1
        with self._database.writing() as connection:
            return connection.execute(_held_by(node).values(values)).rowcount

    def postpone(
        self, queue_id: QueueId, until: datetime, error: str, *, counted: bool = True
    ) -> None:
        """Try the message again at `until`. Not `counted`: the attempt was not its fault."""
        values: dict[str, object] = {"next_attempt_at": until, "last_error": error}
        if not counted:
            values["attempts"] = _QUEUE.c.attempts - 1
        self._change(queue_id, "queued", values)

    def quarantine(self, queue_id: QueueId, reason: str, now: datetime) -> None:
        """Keep the message for a person; it is not tried again."""
        values = {"state": "quarantined", "outcome": "quarantined", "finished_at": now}
        self._change(queue_id, "queued", values | {"reason": reason})

    def judge(self, queue_id: QueueId, found: Authentication) -> bool:
        """Keep what was found about the sender, and take the message at once.

        False when it waits no longer, or a node is at it.
        """
        statement = (
            update(_QUEUE)
            .where(
                _QUEUE.c.queue_id == queue_id,
                _QUEUE.c.state == QUEUED,
                _QUEUE.c.lease_until.is_(None),
            )
            .values(authentication=found, next_attempt_at=EPOCH)
        )
        with self._database.writing() as connection:
            return connection.execute(statement).rowcount == 1

    def retry(self, queue_id: QueueId) -> bool:
        """Take a quarantined message back into the queue; false when there is none of that name."""
        values = {"state": "queued", "outcome": None, "reason": None, "finished_at": None}
        return self._change(
            queue_id,
            "quarantined",
            values | {"attempts": 0, "next_attempt_at": EPOCH, "released": True},
        )

    def listing(self, state: str, limit: int) -> list[InboundEntry]:
        """The last `limit` rows in this state (`queued`, `done`, `quarantined`), oldest first."""
        statement = (
            select(*(_QUEUE.c[name] for name in _LISTED), _RAW.c.size)
            .join(_RAW, _RAW.c.id == _QUEUE.c.raw_id)
            .where(_QUEUE.c.state == STATES[state])
            .order_by(_QUEUE.c.id.desc())
            .limit(limit)
        )
        with self._database.reading() as connection:
            return [InboundEntry(*row) for row in reversed(connection.execute(statement).all())]

    def counts(self) -> dict[str, int]:
        """How many messages are `queued` and how many `quarantined`."""
        with self._database.reading() as connection:
            return {state: _count(connection, state) for state in ("queued", "quarantined")}

    def outcomes(self) -> dict[str, int]:
        """How many messages ended in each outcome; reads the whole table."""
        statement = (
            select(_QUEUE.c.outcome, func.count())
            .where(_QUEUE.c.outcome.is_not(None))
            .group_by(_QUEUE.c.outcome)
        )
        with self._database.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(statement)}

    def oldest(self) -> datetime | None:
        """When the oldest message that still waits was accepted."""
        statement = select(func.min(_QUEUE.c.accepted_at)).where(_QUEUE.c.state == QUEUED)
        with self._database.reading() as connection:
            return connection.execute(statement).scalar()

    def raw(self, queue_id: QueueId) -> bytes:
        """The bytes as they were accepted. Raises KeyError for an unknown name."""
        statement = (
            select(_RAW.c.codec, _RAW.c.data)
            .join(_QUEUE, _QUEUE.c.raw_id == _RAW.c.id)
            .where(_QUEUE.c.queue_id == queue_id)
        )
        with self._database.reading() as connection:
            row = connection.execute(statement).first()
        if row is None:
            raise KeyError(queue_id)
        return unpack(row.codec, row.data)

    def _change(self, queue_id: QueueId, state: str, values: Mapping[str, object]) -> bool:
        statement = update(_QUEUE).where(
            _QUEUE.c.queue_id == queue_id, _QUEUE.c.state == STATES[state]
        )
        with self._database.writing() as connection:
            return connection.execute(statement.values({**_FREE, **values})).rowcount == 1


def _held_by(node: str) -> Update:
    return update(_QUEUE).where(
        _QUEUE.c.lease_until.is_not(None), _QUEUE.c.node == node, _QUEUE.c.state == QUEUED
    )


def _raw_row(raw: bytes) -> dict[str, object]:
    codec, data = pack(raw)
    return {"sha256": sha256(raw).digest(), "size": len(raw), "codec": codec, "data": data}


def _row(item: QueuedMessage, raw_id: int) -> dict[str, object]:
    return {
        "queue_id": item.queue_id,
        "accepted_at": item.accepted_at,
        "mail_from": item.envelope.mail_from,
        "rcpt_to": item.envelope.rcpt_to,
        "peer_ip": item.peer.ip,
        "peer_helo": item.peer.helo,
        "protocol": item.peer.protocol.value,
        "peer_login": item.peer.login,
        "authentication": item.authentication,
        "raw_id": raw_id,
        "state": "queued",
    }


def _refusal(error: Exception) -> Refusal:
    return error if isinstance(error, Refusal) else TemporaryFailure(str(error))


def _together(ready: Iterable[AnyRow]) -> Iterable[int]:
    """Ids of the first rows that may be processed together."""
    total = 0
    for place, row in enumerate(ready):
        total += row.size
        if place > 0 and (row.attempts > 0 or total > _CLAIMED_BYTES):
            return
        yield row.id
        if row.attempts > 0:
            return


def message_of(connection: Connection, queue_id: str) -> QueuedMessage | None:
    """The accepted message of this name, in whatever state; None when it is no longer there."""
    statement = (
        select(_QUEUE, _RAW.c.codec, _RAW.c.data)
        .join(_RAW, _RAW.c.id == _QUEUE.c.raw_id)
        .where(_QUEUE.c.queue_id == queue_id)
    )
    row = connection.execute(statement).first()
    return None if row is None else _message(row)


def _message(row: AnyRow) -> QueuedMessage:
    return QueuedMessage(
        queue_id=QueueId(row.queue_id),
        envelope=Envelope(row.mail_from, row.rcpt_to),
        peer=Peer(row.peer_ip, row.peer_helo, Protocol(row.protocol), row.peer_login),
        accepted_at=row.accepted_at,
        raw=unpack(row.codec, row.data),
        attempts=row.attempts,
        authentication=row.authentication,
        released=bool(row.released),
    )


def _count(connection: Connection, state: str) -> int:
    return connection.execute(
        select(func.count()).select_from(_QUEUE).where(_QUEUE.c.state == STATES[state])
    ).scalar_one()
