"""A ticket is purged: everything that belongs to it is gone from the tables, in one transaction.

What is left: an act in the history with number and date, and digests of its messages, so that a
copy of one that comes again is still known. `sweeping` then takes the text out of the files.
Tables that name a ticket, an entry or a raw message are found by their foreign keys, so that a new
one is purged too; the few whose rows outlive a ticket are named here.
"""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Table,
    and_,
    delete,
    exists,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    true,
    update,
)

from gateway.model.address import mailbox_of
from gateway.model.history import Act, ActKind, Step
from gateway.model.retention import PURGED_A_DAY, TRUSTED_AFTER, Purged, RetentionRule, Retiring
from gateway.model.ticket import Status, TicketId
from gateway.store import history, schema, schema_history, schema_work, search
from gateway.store.schema_openpgp import author_key
from gateway.store.schema_retention import purge_run
from gateway.store.types import hidden, key

_TICKET = schema.ticket
_ENTRY = schema.entry
_IN = schema.inbound
_OUT = schema.outbox
_TAIL = schema.outbox_tail
_RAW = schema.raw_message
_SEEN = schema.seen_message
_HELD = schema_work.held
_LISTED = schema_work.listed
_OUTLIVE = frozenset({"inbound", "outbox", "seen_message", "ticket"})
"""Tables whose rows stay when the ticket that they name goes; they name none then."""
_CLOSED: ColumnElement[str] = literal_column("'closed'")
_STEP = timedelta(minutes=10)
_BACK = timedelta(hours=1)
"""So far a clock may be set back without being suspected."""


def due(connection: Connection, before: datetime, now: datetime, limit: int) -> list[TicketId]:
    """The first tickets that were deleted before then and that nothing keeps."""
    found = (
        select(_TICKET.c.id)
        .where(_TICKET.c.deleted_at.is_not(None), _TICKET.c.deleted_at <= before, _is_free(now))
        .order_by(_TICKET.c.deleted_at, _TICKET.c.id)
        .limit(limit)
    )
    return [TicketId(row.id) for row in connection.execute(found)]


def is_trusted(connection: Connection, now: datetime) -> bool:
    """Whether the clock has gone on steadily for a day; notes that it was looked at.

    A clock that moved by more than a day, or that nobody looked at for so long, may be wrong, and
    what it says would be irrevocable.
    """
    run = connection.execute(select(purge_run).with_for_update()).one()
    steady = run.looked_at is not None and -_BACK <= now - run.looked_at <= TRUSTED_AFTER
    if not steady or now - run.looked_at >= _STEP:
        not_before = run.not_before if steady else now + TRUSTED_AFTER
        connection.execute(update(purge_run).values(looked_at=now, not_before=not_before))
    return bool(steady and run.not_before is not None and now >= run.not_before)


def left_today(connection: Connection, now: datetime) -> int:
    """How many tickets may still be purged today."""
    run = connection.execute(select(purge_run)).one()
    return PURGED_A_DAY - (run.purged if run.day == now.date() else 0)


def purge(connection: Connection, ticket: TicketId, now: datetime) -> Purged | None:
    """Remove the ticket; None when mail about it is still on its way, or it is kept after all."""
    group = _with_merged(connection, ticket)
    rows = connection.execute(
        select(_TICKET.c.id, _TICKET.c.number, _TICKET.c.requester_key)
        .where(_TICKET.c.id.in_(group), _is_free(now))
        .with_for_update()
    ).all()
    if len(rows) < len(group):
        return None
    mails = incoming(connection, group)
    sent = outgoing(connection, group)
    if mails is None or sent is None:
        return None
    people = [row.requester_key for row in rows] + _parties(connection, group)
    search.forget(connection, group)
    forget_work(connection, group)
    history.erase_details(connection, group)
    remove_outgoing(connection, sent)
    _hide(connection, or_(_SEEN.c.ticket_id.in_(group), _SEEN.c.queue_id.in_(mails.queue_ids)))
    _clear(connection, _TICKET, _TICKET.c.id.in_(group))
    remove_incoming(connection, mails.rows, mails.raws)
    _forget_people(connection, people)
    _count(connection, len(rows), now)
    numbers = tuple(row.number for row in rows)
    steps = tuple(Step(f"ticket {row.id} purged", row.number, "") for row in rows)
    act = Act(ActKind.RETENTION, ("purge",), steps=steps, tickets=tuple(group))
    return Purged(numbers, act)


def _is_free(now: datetime) -> ColumnElement[bool]:
    """Nothing keeps the ticket."""
    return or_(
        _TICKET.c.kept_reason.is_(None),
        (_TICKET.c.kept_until.is_not(None)) & (_TICKET.c.kept_until <= now),
    )


def _with_merged(connection: Connection, ticket: TicketId) -> list[TicketId]:
    """The ticket and all that were merged into it: they are one."""
    found, new = [ticket], [ticket]
    while new:
        merged = select(_TICKET.c.id).where(_TICKET.c.merged_into.in_(new))
        new = [TicketId(row.id) for row in connection.execute(merged) if row.id not in found]
        found += new
    return found


@dataclass(frozen=True, slots=True)
class Incoming:
    """Rows of `inbound` and raw messages that go, and the names of all that were looked at."""

    rows: list[int]
    raws: list[int]
    queue_ids: list[str]


def incoming(connection: Connection, group: Sequence[TicketId]) -> Incoming | None:
    """Mails of the thread, and agents' mails about it; not those that another ticket has too."""
    raws_here = select(_ENTRY.c.raw_id).where(_ENTRY.c.ticket_id.in_(group))
    about = select(_HELD.c.queue_id).where(_HELD.c.ticket_id.in_(group))
    named = set(connection.execute(about).scalars())
    named |= {name for name, _ in _in_history(connection, group) if name}
    found = connection.execute(
        select(_IN.c.id, _IN.c.queue_id, _IN.c.raw_id, _IN.c.state).where(
            or_(
                _IN.c.ticket_id.in_(group),
                _IN.c.raw_id.in_(raws_here),
                _IN.c.queue_id.in_(sorted(named)),
            )
        )
    ).all()
    if any(row.state == "queued" and row.queue_id not in named for row in found):
        return None
    done = [row for row in found if row.state == "done"]
    others = select(_ENTRY.c.raw_id).where(
        _ENTRY.c.raw_id.in_([row.raw_id for row in done]), _ENTRY.c.ticket_id.not_in(group)
    )
    wait = select(_HELD.c.queue_id).where(
        _HELD.c.queue_id.in_([row.queue_id for row in done]),
        _HELD.c.state == "held",
        or_(_HELD.c.ticket_id.is_(None), _HELD.c.ticket_id.not_in(group)),
    )
    kept = set(connection.execute(others).scalars())
    waiting = set(connection.execute(wait).scalars())
    gone = [row for row in done if row.raw_id not in kept and row.queue_id not in waiting]
    return Incoming(
        [row.id for row in gone], [row.raw_id for row in gone], [row.queue_id for row in gone]
    )


def _in_history(
    connection: Connection, group: Sequence[TicketId]
) -> Iterator[tuple[str, list[str]]]:
    """The mails that led to acts about these tickets, and the answers to them."""
    table, about = schema_history.history, schema_history.history_ticket
    acts = (
        select(table.c.data)
        .join(about, about.c.history_id == table.c.id)
        .where(about.c.ticket_id.in_(group))
    )
    for data in connection.execute(acts).scalars():
        act = json.loads(data)
        yield act.get("queue_id", ""), act.get("answers", [])


def outgoing(connection: Connection, group: Sequence[TicketId]) -> list[int] | None:
    """Mails about these tickets, lists and answers that show them, copies that were passed on."""
    lists = select(_LISTED.c.message_key).where(_LISTED.c.ticket_id.in_(group))
    of_entries = select(_ENTRY.c.message_id).where(
        _ENTRY.c.ticket_id.in_(group), _ENTRY.c.message_id.is_not(None)
    )
    named = list(connection.execute(of_entries).scalars())
    named += [each for _, answers in _in_history(connection, group) for each in answers]
    found = connection.execute(
        select(_OUT.c.id, _OUT.c.state).where(
            or_(
                _OUT.c.ticket_id.in_(group),
                _OUT.c.message_key.in_(lists),
                _OUT.c.message_key.in_([key(each) for each in named]),
            )
        )
    ).all()
    return None if any(row.state == "queued" for row in found) else [row.id for row in found]


def remove_outgoing(connection: Connection, rows: Collection[int]) -> None:
    """These mails are gone from the outbox, and what no other mail shares with them."""
    tails = select(_OUT.c.tail_id).where(_OUT.c.id.in_(rows), _OUT.c.tail_id.is_not(None))
    shared = sorted(set(connection.execute(tails).scalars()))
    keys = select(_OUT.c.message_key).where(_OUT.c.id.in_(rows))
    connection.execute(delete(_LISTED).where(_LISTED.c.message_key.in_(keys)))
    connection.execute(delete(_OUT).where(_OUT.c.id.in_(rows)))
    unused = ~exists().where(_OUT.c.tail_id == _TAIL.c.id)
    connection.execute(delete(_TAIL).where(_TAIL.c.id.in_(shared), unused))


def remove_incoming(connection: Connection, rows: Collection[int], raws: Collection[int]) -> None:
    """These rows are gone from the queue, and the raw messages that nothing else names."""
    connection.execute(delete(_IN).where(_IN.c.id.in_(rows)))
    unused = ~exists().where(_IN.c.raw_id == _RAW.c.id) & ~exists().where(
        _ENTRY.c.raw_id == _RAW.c.id
    )
    gone = select(_RAW.c.id).where(_RAW.c.id.in_(raws), unused)
    _clear(connection, _RAW, _RAW.c.id.in_(list(connection.execute(gone).scalars())))


def hide_messages(connection: Connection, queue_ids: Collection[str]) -> None:
    """Of the messages of these names only digests are known."""
    _hide(connection, _SEEN.c.queue_id.in_(queue_ids))


def _hide(connection: Connection, which: ColumnElement[bool]) -> None:
    found = connection.execute(select(_SEEN.c.message_key, _SEEN.c.digest).where(which)).all()
    for row in found:
        connection.execute(
            update(_SEEN)
            .where(_SEEN.c.message_key == row.message_key, _SEEN.c.digest == row.digest)
            .values(message_key=hidden(row.message_key), rcpt_to=(), ticket_id=None)
        )


def _clear(connection: Connection, table: Table, which: ColumnElement[bool]) -> None:
    """Delete rows, and before them the rows that name them."""
    for child, column in _naming(table):
        names = column.in_(select(table.c.id).where(which))
        if child.name in _OUTLIVE:
            connection.execute(update(child).where(names).values({column.name: None}))
        else:
            _clear(connection, child, names)
    connection.execute(delete(table).where(which))


@cache
def _naming(table: Table) -> Sequence[tuple[Table, Column[object]]]:
    return tuple(
        (child, column)
        for child in schema.metadata.sorted_tables
        for column in child.columns
        if any(each.column is table.c.get("id") for each in column.foreign_keys)
    )


def _parties(connection: Connection, group: Sequence[TicketId]) -> list[str]:
    found = select(schema.party.c.address_key).where(schema.party.c.ticket_id.in_(group))
    return list(connection.execute(found).scalars())


def forget_work(connection: Connection, group: Sequence[TicketId]) -> None:
    """What these tickets were like before agents' last mails cannot be brought back any more."""
    work = schema_work.work_done
    for ticket in group:
        names = or_(work.c.ticket_id == ticket, work.c.data.contains(f'"ticket":{ticket},'))
        connection.execute(delete(work).where(names))


def _forget_people(connection: Connection, people: Sequence[str]) -> None:
    """The keys of people whom no ticket names any more, and how many automatic mails they got."""
    counted, keys = schema.automatic_mail.c.address, author_key.c.address_key
    for column, gone in ((counted, list(map(mailbox_of, people))), (keys, people)):
        connection.execute(
            delete(column.table).where(
                column.in_(gone),
                ~exists().where(schema.party.c.address_key == column),
                ~exists().where(_TICKET.c.requester_key == column),
            )
        )


def _count(connection: Connection, tickets: int, now: datetime) -> None:
    run = connection.execute(select(purge_run).with_for_update()).one()
    before = run.purged if run.day == now.date() else 0
    values = {"day": now.date(), "purged": before + tickets, "to_sweep": True}
    connection.execute(update(purge_run).values(values))


def retiring(
    connection: Connection, wanted: Retiring, asked_before: datetime, now: datetime, limit: int
) -> list[TicketId]:
    """The first tickets whose first fitting rule says `wanted.then`, and that nothing keeps.

    Those of which admins were asked since `asked_before` are left out.
    """
    earlier: list[ColumnElement[bool]] = []
    meant: list[ColumnElement[bool]] = []
    for rule, before in zip(wanted.rules, wanted.closed_until, strict=True):
        fits = _fits(rule)
        if rule.then is wanted.then:
            meant.append(and_(fits, *earlier, _TICKET.c.closed_at <= before))
        earlier.append(not_(fits))
    found = (
        select(_TICKET.c.id)
        .where(
            _TICKET.c.state == _CLOSED,
            _TICKET.c.merged_into.is_(None),
            or_(_TICKET.c.proposed_at.is_(None), _TICKET.c.proposed_at < asked_before),
            _is_free(now),
            or_(false(), *meant),
        )
        .order_by(_TICKET.c.closed_at, _TICKET.c.id)
        .limit(limit)
    )
    return [TicketId(row.id) for row in connection.execute(found)]


def _fits(rule: RetentionRule) -> ColumnElement[bool]:
    """As `policy.retention.is_meant`; never NULL, so that it can be negated."""
    found: list[ColumnElement[bool]] = [true()]
    if rule.departments:
        found.append(_TICKET.c.department.in_(sorted(rule.departments)))
    if rule.topics:
        found.append(func.coalesce(_TICKET.c.topic, "").in_(sorted(rule.topics)))
    if rule.rejected is not None:
        found.append(_TICKET.c.rejected == rule.rejected)
    if rule.spam is not None:
        is_spam = _TICKET.c.status == Status.SPAM
        found.append(is_spam if rule.spam else not_(is_spam))
    return and_(*found)


def is_first_today(connection: Connection, what: str, now: datetime) -> bool:
    """True when this was not done today."""
    done = connection.execute(select(purge_run.c[what])).scalar()
    return bool(done != now.date())


def once_a_day(connection: Connection, what: str, now: datetime) -> bool:
    """True the first time in a day; then it is noted."""
    column = purge_run.c[what]
    is_other = or_(column.is_(None), column != now.date())
    changed = connection.execute(update(purge_run).where(is_other).values({what: now.date()}))
    return changed.rowcount == 1


def must_sweep(connection: Connection) -> bool:
    """True when something was removed since the files were swept."""
    return bool(connection.execute(select(purge_run.c.to_sweep)).scalar())
