"""The end of a decision: outgoing mail into the outbox, the inbound row done, the message known."""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from sqlalchemy import Connection, bindparam, insert, update

from gateway.model.address import fold
from gateway.model.composed import Composed
from gateway.model.decision import Decision, Outcome
from gateway.model.envelope import QueuedMessage
from gateway.model.message import Message
from gateway.model.outbox import OutboxId
from gateway.policy.facts import Duplicate
from gateway.store import schema
from gateway.store.errors import Conflict
from gateway.store.packing import pack
from gateway.store.prepared import Prepared
from gateway.store.schema import QUEUED
from gateway.store.types import EPOCH

_INBOUND = schema.inbound
_SEEN = schema.seen_message
_TAIL = schema.outbox_tail
_MOST_COPIES = 1000

_NEW_TAIL = insert(_TAIL).returning(_TAIL.c.id)
_ENQUEUE = Prepared(
    insert(schema.outbox),
    *("message_id", "message_key", "kind", "mail_from", "return_token", "rcpt_to"),
    *("codec", "head", "tail_id", "next_hop", "sign_with", "encrypt_to", "ticket_id"),
    *("state", "next_attempt_at", "created_at"),
)
_DONE = Prepared(
    update(_INBOUND)
    .where(_INBOUND.c.queue_id == bindparam("queue"), _INBOUND.c.state == QUEUED)
    .values(
        state=bindparam("new_state"),
        outcome=bindparam("how"),
        reason=bindparam("why"),
        ticket_id=bindparam("ticket"),
        message_id=bindparam("message"),
        digest=bindparam("content"),
        finished_at=bindparam("now"),
        lease_until=None,
        node=None,
        last_error=None,
    )
)
_KNOW = Prepared(insert(_SEEN), "message_key", "digest", "queue_id", "ticket_id", "rcpt_to")
_FAIL = (
    update(schema.outbox)
    .where(schema.outbox.c.id == bindparam("row"), schema.outbox.c.state == QUEUED)
    .values(
        state="failed",
        lease_until=None,
        node=None,
        last_error=bindparam("error"),
        finished_at=bindparam("now"),
    )
)
_KNOW_COPY = (
    update(_SEEN)
    .where(_SEEN.c.message_key == bindparam("message"), _SEEN.c.digest == bindparam("content"))
    .values(rcpt_to=bindparam("addresses"))
)


def give_up(connection: Connection, mail: OutboxId, error: str, now: datetime) -> bool:
    """Mark a mail that will never arrive; false when it is no longer queued."""
    return connection.execute(_FAIL, {"row": mail, "error": error, "now": now}).rowcount == 1


def enqueue(connection: Connection, composed: Sequence[Composed], now: datetime) -> None:
    """Put outgoing mail into the outbox; equal tails are stored once."""
    tails: dict[bytes, int] = {}
    for mail in composed:
        if mail.tail and mail.tail not in tails:
            codec, data = pack(mail.tail)
            values = {"codec": codec, "data": data}
            tails[mail.tail] = connection.execute(_NEW_TAIL, values).scalar_one()
    if composed:
        rows = [_row(mail, tails.get(mail.tail), now) for mail in composed]
        _ENQUEUE.run(connection, rows)


def _row(mail: Composed, tail: int | None, now: datetime) -> dict[str, object]:
    codec, head = pack(mail.head)
    return {
        "message_id": mail.message_id,
        "message_key": mail.message_id,
        "kind": mail.kind,
        "mail_from": mail.mail_from,
        "return_token": return_token(mail.mail_from),
        "rcpt_to": mail.rcpt_to,
        "codec": codec,
        "head": head,
        "tail_id": tail,
        "next_hop": mail.next_hop,
        "sign_with": mail.seal.sign_with,
        "encrypt_to": mail.seal.encrypt_to,
        "ticket_id": mail.ticket,
        "state": "queued",
        "next_attempt_at": mail.not_before or EPOCH,
        "created_at": now,
    }


def return_token(mail_from: str | None) -> str | None:
    """What stands between the first `+` and the last `@` of a return path, or None."""
    local = (mail_from or "").rpartition("@")[0]
    return local.partition("+")[2] or None


def finish(
    connection: Connection,
    item: QueuedMessage,
    message: Message,
    decision: Decision,
    now: datetime,
) -> None:
    """Mark the inbound row done. Raises `Conflict` when it is no longer queued."""
    kept = decision.outcome is Outcome.QUARANTINED
    values = {
        "queue": item.queue_id,
        "new_state": "quarantined" if kept else "done",
        "how": decision.outcome.value,
        "why": decision.reason,
        "ticket": decision.ticket,
        "message": message.message_id,
        "content": message.digest,
        "now": now,
    }
    if _DONE.run(connection, [values]) != 1:
        raise Conflict(f"{item.queue_id} was finished elsewhere")


def know(
    connection: Connection,
    item: QueuedMessage,
    message: Message,
    decision: Decision,
    earlier: Duplicate | None,
) -> None:
    """Remember the message, so that the next copy of it is known.

    The primary key holds it: when another node recorded the same message since `earlier` was
    looked up, this raises an integrity error, and the whole decision is tried again.
    """
    came_for = {fold(address) for address in item.envelope.rcpt_to}
    key = {"message": message.message_id, "content": message.digest}
    if earlier is None:
        row = {"message_key": key["message"], "digest": key["content"]}
        rest = {"queue_id": item.queue_id, "ticket_id": decision.ticket}
        _KNOW.run(connection, [row | rest | {"rcpt_to": tuple(sorted(came_for))}])
    elif not came_for <= earlier.rcpt_to:
        addresses = islice(sorted(earlier.rcpt_to | came_for), _MOST_COPIES)
        connection.execute(_KNOW_COPY, key | {"addresses": tuple(addresses)})
