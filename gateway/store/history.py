"""The history as a chain: acts are appended, read, and looked at for gaps and changes.

One chain for all nodes. Whoever appends holds a lock until the end of their transaction, and takes
it as the last thing before the commit, so that nobody waits for anything else meanwhile.
"""

import json
import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, text, update

from gateway.model.history import Act, ActKind, BrokenChain, Intact, PastAct, Step
from gateway.model.people import AgentId
from gateway.model.ticket import TicketId
from gateway.store import schema
from gateway.store.engine import Database
from gateway.store.prepared import Prepared
from gateway.store.rows import AnyRow
from gateway.store.schema_history import history, history_detail, history_ticket
from gateway.store.types import EPOCH, clean

_COUNTER = "history"
_LOCK = text("SELECT pg_advisory_xact_lock(1751741545)")
_END = "SELECT id, digest FROM history ORDER BY id DESC LIMIT 1"
_APPEND = Prepared(insert(history), "id", "at", "kind", "data", "detail_digest", "digest")
_DETAIL = Prepared(insert(history_detail), "history_id", "at", "salt", "data")
_ABOUT = Prepared(insert(history_ticket), "ticket_id", "history_id")
_COUNT = Prepared(
    update(schema.counter)
    .where(schema.counter.c.name == _COUNTER)
    .values(value=bindparam("length"))
)
_COUNTED = select(schema.counter.c.value).where(schema.counter.c.name == _COUNTER)
_ALL = (
    select(history, history_detail.c.salt, history_detail.c.data.label("detail"))
    .outerjoin(history_detail, history_detail.c.history_id == history.c.id)
    .order_by(history.c.id)
)
_OF_TICKET = (
    _ALL.join(history_ticket, history_ticket.c.history_id == history.c.id)
    .where(history_ticket.c.ticket_id == bindparam("ticket"))
    .order_by(None)
    .order_by(history.c.id.desc())
    .limit(bindparam("most"))
)
_NEXT = _ALL.where(history.c.id > bindparam("last")).limit(bindparam("most"))
_AT_ONCE = 1000
_MICROSECOND = timedelta(microseconds=1)


def append(connection: Connection, acts: Sequence[tuple[datetime, Act]]) -> None:
    """Add the acts to the end of the chain."""
    if not acts:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK)
    last = connection.exec_driver_sql(_END).first()
    place, before = (last.id, last.digest) if last is not None else (0, "")
    rows, details, about = [], [], []
    for at, act in acts:
        place += 1
        salt, detail = secrets.token_bytes(16), _json(list(act.details))
        row: dict[str, Any] = {"id": place, "at": at, "kind": act.kind.value, "data": _data(act)}
        row["detail_digest"] = _detail_digest(salt, detail) if act.details else ""
        row["digest"] = before = _digest(before, row)
        rows.append(row)
        if act.details:
            details.append({"history_id": place, "at": at, "salt": salt, "data": detail})
        about += [{"ticket_id": each, "history_id": place} for each in act.tickets]
    _APPEND.run(connection, rows)
    if details:
        _DETAIL.run(connection, details)
    if about:
        _ABOUT.run(connection, about)
    _COUNT.run(connection, [{"length": place}])


def of_ticket(connection: Connection, ticket: TicketId, most: int) -> tuple[PastAct, ...]:
    """The last acts about the ticket, oldest first."""
    found = connection.execute(_OF_TICKET, {"ticket": ticket, "most": most}).all()
    return tuple(_past(row) for row in reversed(found))


def erase_details(connection: Connection, tickets: Sequence[TicketId]) -> None:
    """What was typed in acts about these tickets is gone; the acts stay, and the chain holds."""
    about = select(history_ticket.c.history_id).where(history_ticket.c.ticket_id.in_(tickets))
    connection.execute(delete(history_detail).where(history_detail.c.history_id.in_(about)))


def erase_details_before(connection: Connection, at: datetime, most: int) -> int:
    """The same for the first `most` acts before that moment; how many there were."""
    old = select(history_detail.c.history_id).where(history_detail.c.at < at).limit(most)
    gone = delete(history_detail).where(history_detail.c.history_id.in_(old.scalar_subquery()))
    return connection.execute(gone).rowcount


def erase_details_with(connection: Connection, address: str) -> None:
    """What was typed about this address is gone: commands about an account that was removed."""
    names = func.lower(history_detail.c.data).contains(address.lower(), autoescape=True)
    connection.execute(delete(history_detail).where(names))


class History:
    """The history of one database, for the operator."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, act: Act, now: datetime) -> None:
        """Add what the operator did."""
        with self._database.writing() as connection:
            append(connection, [(now, act)])

    def verify(self, known: tuple[int, str] | None = None) -> Intact | BrokenChain:
        """Whether every act is as it was written, and none is missing.

        `known` is a place and the digest that it had when somebody looked before: with it even a
        history that was written anew from the beginning is found out.
        """
        with self._database.reading() as connection:
            place, before = 0, ""
            for row in _each(connection):
                place += 1
                if (why := _wrong(row, place, before)) is not None:
                    return BrokenChain(place, row.at, why)
                before = row.digest
                if known is not None and known[0] == place and known[1] != before:
                    return BrokenChain(place, row.at, "it has another digest than the known one")
            counted = connection.execute(_COUNTED).scalar() or 0
        length = max(counted, known[0] if known is not None else 0)
        if place < length:
            return BrokenChain(place + 1, None, f"{length} acts were written, {place} are there")
        return Intact(place, before)

    def head(self) -> Intact:
        """The end of the chain, not looked at."""
        with self._database.reading() as connection:
            last = connection.exec_driver_sql(_END).first()
        return Intact(last.id, last.digest) if last is not None else Intact(0, "")


def _each(connection: Connection) -> Iterator[AnyRow]:
    """All acts in their order, some at a time."""
    last = 0
    while rows := connection.execute(_NEXT, {"last": last, "most": _AT_ONCE}).all():
        yield from rows
        last = rows[-1].id


def _wrong(row: AnyRow, place: int, before: str) -> str | None:
    if row.id != place:
        return f"act {place} is missing, the next one is {row.id}"
    values = {name: row._mapping[name] for name in ("id", "at", "kind", "data", "detail_digest")}  # noqa: SLF001
    if row.digest != _digest(before, values):
        return "it was changed, or it does not belong behind the act before it"
    if row.detail is not None and row.detail_digest != _detail_digest(row.salt, row.detail):
        return "its details were changed"
    return None


def _digest(before: str, row: dict[str, Any]) -> str:
    at = (row["at"] - EPOCH) // _MICROSECOND
    said = [before, row["id"], at, row["kind"], row["data"], row["detail_digest"]]
    return sha256(_json(said).encode()).hexdigest()


def _detail_digest(salt: bytes, detail: str) -> str:
    return sha256(bytes(salt) + detail.encode()).hexdigest()


def _data(act: Act) -> str:
    """All of the act that stays, as one line; what is empty is left out."""
    found = {
        "words": act.words,
        "result": act.result,
        "agent": act.agent,
        "queue_id": act.queue_id,
        "mail": act.mail,
        "answered": act.answered,
        "level": act.level,
        "proof": act.proof,
        "steps": [(each.what, each.before, each.after) for each in act.steps],
        "tickets": act.tickets,
        "answers": act.answers,
    }
    return _json({name: value for name, value in found.items() if value})


def _json(value: object) -> str:
    return clean(json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True))


def _past(row: AnyRow) -> PastAct:
    data = json.loads(row.data)
    act = Act(
        ActKind(row.kind),
        tuple(data.get("words", ())),
        data.get("result", ""),
        AgentId(data["agent"]) if "agent" in data else None,
        data.get("queue_id", ""),
        data.get("mail", ""),
        data.get("answered", ""),
        data.get("level", 0),
        data.get("proof", ""),
        tuple(Step(*each) for each in data.get("steps", ())),
        tuple(TicketId(each) for each in data.get("tickets", ())),
        tuple(data.get("answers", ())),
    )
    if not row.detail_digest:
        return PastAct(row.id, row.at, act, ())
    details = None if row.detail is None else tuple(json.loads(row.detail))
    return PastAct(row.id, row.at, act, details)
