"""The outbox: decided mail on its way to the next hop, a row for each recipient."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from sqlalchemy import Connection, bindparam, func, literal_column, or_, select, update

from gateway import faultpoint
from gateway.model.openpgp import Fingerprint
from gateway.model.outbox import GivenUp, OutboxId, OutboxMail, Sent, Settled, TryAgain
from gateway.model.seal import Seal
from gateway.model.ticket import TicketId
from gateway.store import schema
from gateway.store.engine import Database
from gateway.store.packing import unpack
from gateway.store.rows import AnyRow
from gateway.store.schema import QUEUED, STATES
from gateway.store.types import EPOCH, key

_BOX = schema.outbox
_TAIL = schema.outbox_tail
_LISTED = (
    "id message_id kind mail_from rcpt_to next_hop ticket_id state attempts next_attempt_at "
    "last_error created_at finished_at"
).split()

_READY = (
    select(_BOX.c.id)
    .where(_BOX.c.state == QUEUED, _BOX.c.next_attempt_at <= bindparam("now"))
    .order_by(_BOX.c.next_attempt_at, _BOX.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_TAKE = (
    update(_BOX)
    .where(_BOX.c.id.in_(bindparam("ids", expanding=True)))
    .values(
        attempts=_BOX.c.attempts + 1,
        node=bindparam("by"),
        lease_until=bindparam("until"),
        next_attempt_at=bindparam("until"),
    )
)
_TAKEN = (
    select(_BOX, _TAIL.c.codec.label("tail_codec"), _TAIL.c.data.label("tail"))
    .outerjoin(_TAIL, _TAIL.c.id == _BOX.c.tail_id)
    .where(_BOX.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(_BOX.c.id)
)
_SETTLE = (
    update(_BOX)
    .where(_BOX.c.id == bindparam("row"), _BOX.c.state == QUEUED)
    .values(
        state=bindparam("new_state"),
        lease_until=None,
        node=None,
        next_attempt_at=bindparam("until"),
        last_error=bindparam("error"),
        finished_at=bindparam("finished"),
    )
)
_SETTLE_HELD = _SETTLE.where(
    or_(literal_column("'delivered'") == bindparam("new_state"), _BOX.c.node == bindparam("by"))
)
_HEADS = select(_BOX.c.codec, _BOX.c.head).where(
    _BOX.c.id.in_(
        select(func.min(_BOX.c.id))
        .where(_BOX.c.message_key.in_(bindparam("ids", expanding=True)))
        .group_by(_BOX.c.message_key)
    )
)
_RENEW = (
    update(_BOX)
    .where(_BOX.c.lease_until.is_not(None), _BOX.c.node == bindparam("by"), _BOX.c.state == QUEUED)
    .values(lease_until=bindparam("until"), next_attempt_at=bindparam("until"))
    .returning(_BOX.c.id)
)


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """A row of the outbox as it is listed."""

    id: OutboxId
    message_id: str
    kind: str
    mail_from: str | None
    rcpt_to: str
    next_hop: str
    ticket_id: TicketId | None
    state: str
    attempts: int
    next_attempt_at: datetime
    last_error: str | None
    created_at: datetime
    finished_at: datetime | None


class Outbox:
    """The outbox of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, node: str, limit: int, now: datetime, lease: timedelta) -> list[OutboxMail]:
        """Mails that are this node's until `now + lease`, in order of writing.

        The attempt is counted in the same commit, before anybody dials.
        """
        with self._database.writing() as connection:
            ids = connection.execute(_READY, {"now": now, "most": limit}).scalars().all()
            if not ids:
                return []
            connection.execute(_TAKE, {"ids": ids, "by": node, "until": now + lease})
            taken = connection.execute(_TAKEN, {"ids": ids}).all()
        tails: dict[int, bytes] = {}
        return [_mail(row, tails) for row in taken]

    def release(self, node: str) -> int:
        """Give back what this node holds (at its start); how many there were."""
        held = _BOX.c.lease_until.is_not(None), _BOX.c.node == node, _BOX.c.state == QUEUED
        with self._database.writing() as connection:
            statement = update(_BOX).where(*held)
            values = {"lease_until": None, "node": None, "next_attempt_at": EPOCH}
            return connection.execute(statement.values(values)).rowcount

    def renew(self, node: str, now: datetime, lease: timedelta) -> frozenset[OutboxId]:
        """Prolong the lease of what this node still holds; the ids of that."""
        until = now + lease
        with self._database.writing() as connection:
            held = connection.execute(_RENEW, {"by": node, "until": until}).scalars().all()
        return frozenset(held)

    def settle(
        self,
        results: Sequence[tuple[OutboxId, Settled]],
        now: datetime,
        *,
        node: str | None = None,
    ) -> None:
        """Write how the attempts ended, all in one commit.

        A `node` that lost its lease is believed only that it has sent a mail: of the others it
        knows nothing, because another node may be sending them.
        """
        if not results:
            return
        rows = [{"row": mail, **_values(settled, now), "by": node} for mail, settled in results]
        with self._database.writing() as connection:
            connection.execute(_SETTLE if node is None else _SETTLE_HELD, rows)
            faultpoint.reach("delivered-before-commit")
        faultpoint.reach("delivered-after-commit")

    def retry(self, mail: OutboxId) -> bool:
        """Try a failed mail again; false when there is none with this id."""
        statement = update(_BOX).where(_BOX.c.id == mail, _BOX.c.state == STATES["failed"])
        values = {"state": "queued", "next_attempt_at": EPOCH, "finished_at": None}
        with self._database.writing() as connection:
            return connection.execute(statement.values(values)).rowcount == 1

    def listing(self, state: str, limit: int) -> list[OutboxEntry]:
        """The last `limit` rows in this state (`queued`, `delivered`, `failed`), oldest first."""
        statement = (
            select(*(_BOX.c[name] for name in _LISTED))
            .where(_BOX.c.state == STATES[state])
            .order_by(_BOX.c.id.desc())
            .limit(limit)
        )
        with self._database.reading() as connection:
            return [OutboxEntry(*row) for row in reversed(connection.execute(statement).all())]

    def counts(self) -> dict[str, int]:
        """How many mails are `queued` and how many `failed`."""
        with self._database.reading() as connection:
            return {
                state: connection.execute(
                    select(func.count()).select_from(_BOX).where(_BOX.c.state == STATES[state])
                ).scalar_one()
                for state in ("queued", "failed")
            }

    def deferred(self) -> int:
        """How many mails wait for another attempt."""
        statement = select(func.count()).where(_BOX.c.state == QUEUED, _BOX.c.attempts > 0)
        with self._database.reading() as connection:
            return connection.execute(statement).scalar_one()

    def oldest(self) -> datetime | None:
        """When the oldest mail that still waits was written."""
        statement = select(func.min(_BOX.c.created_at)).where(_BOX.c.state == QUEUED)
        with self._database.reading() as connection:
            return connection.execute(statement).scalar()


def sent_contents(connection: Connection, message_ids: Collection[str]) -> list[bytes]:
    """The outgoing mails with these Message-IDs, without the tails that hold their attachments."""
    found = connection.execute(_HEADS, {"ids": list(map(key, message_ids))})
    return [unpack(row.codec, row.head) for row in found]


def _values(settled: Settled, now: datetime) -> Mapping[str, object]:
    match settled:
        case Sent():
            return {"new_state": "delivered", "until": EPOCH, "error": None, "finished": now}
        case TryAgain(until, error):
            return {"new_state": "queued", "until": until, "error": error, "finished": None}
        case GivenUp(error=error):
            return {"new_state": "failed", "until": EPOCH, "error": error, "finished": now}
        case _:
            assert_never(settled)


def _mail(row: AnyRow, tails: dict[int, bytes]) -> OutboxMail:
    """`tails` holds those already unpacked, so that ten mails of one tail share its bytes."""
    content = unpack(row.codec, row.head)
    if row.tail_id is not None:
        if row.tail_id not in tails:
            tails[row.tail_id] = unpack(row.tail_codec, row.tail)
        content += tails[row.tail_id]
    return OutboxMail(
        id=OutboxId(row.id),
        message_id=row.message_id,
        kind=row.kind,
        mail_from=row.mail_from,
        rcpt_to=row.rcpt_to,
        content=content,
        next_hop=row.next_hop,
        ticket=row.ticket_id,
        attempts=row.attempts,
        created_at=row.created_at,
        seal=Seal(Fingerprint(row.sign_with), Fingerprint(row.encrypt_to)),
    )
