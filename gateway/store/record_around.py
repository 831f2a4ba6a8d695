"""What is around tickets, into rows: tasks, links, watchers, referrals, reminders, merges."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, assert_never

from sqlalchemy import Connection, Table, bindparam, delete, func, insert, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert

from gateway.model.address import fold
from gateway.model.around_changes import (
    AroundChange,
    CopyEntry,
    DropParty,
    DropReminder,
    ForgetReminders,
    LinkTickets,
    MergeTicket,
    Remind,
    UnlinkTickets,
    Unrefer,
    Watch,
    WriteTask,
)
from gateway.model.reminder import ReminderKind
from gateway.model.ticket import EntryKind
from gateway.store import schema
from gateway.store.occasion import Occasion
from gateway.store.schema_work import link, reminder, task, watcher
from gateway.store.statements import WORKER

_ENTRY = schema.entry
_REFERRAL = schema.referral
_TICKET = schema.ticket


def _upsert(table: Table, *changed: str) -> Mapping[str, Insert]:
    """For each dialect, an INSERT that of a row that is there already writes `changed` anew."""
    keys = list(table.primary_key)
    statements: dict[str, Insert] = {}
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql)):
        new = dialect.insert(table)
        statements[name] = (
            new.on_conflict_do_update(
                index_elements=keys, set_={each: new.excluded[each] for each in changed}
            )
            if changed
            else new.on_conflict_do_nothing(index_elements=keys)
        )
    return statements


_TASK = _upsert(task, "text", "agent_id", "due", "done")
_LINK = _upsert(link, "kind")
_WATCH = _upsert(watcher)
_UNWATCH = delete(watcher).where(
    watcher.c.ticket_id == bindparam("ticket"), watcher.c.agent_id == bindparam("agent")
)
_UNLINK = delete(link).where(
    link.c.ticket_id == bindparam("ticket"), link.c.other_id == bindparam("other")
)
_UNREFER = delete(_REFERRAL).where(
    _REFERRAL.c.ticket_id == bindparam("ticket"),
    _REFERRAL.c.department == bindparam("where"),
    _REFERRAL.c.agent_id == bindparam("agent"),
)
_DROP_PARTY = delete(schema.party).where(
    schema.party.c.ticket_id == bindparam("ticket"), schema.party.c.address_key == bindparam("who")
)
_MERGED = update(_TICKET).where(_TICKET.c.id == bindparam("ticket"))
_WATCHERS = select(watcher.c.agent_id).where(watcher.c.ticket_id == bindparam("ticket"))
_WORKERS = select(schema.ticket_worker.c.agent_id).where(
    schema.ticket_worker.c.ticket_id == bindparam("ticket")
)
_ONLY_AGENTS = delete(reminder).where(
    reminder.c.ticket_id == bindparam("ticket"), reminder.c.kind != ReminderKind.REMIND.value
)
_MOVE_REMINDERS = update(reminder).where(reminder.c.ticket_id == bindparam("ticket"))
_KEPT = ("kind", "author_address", "author_name", "created_at", "text", "agent_id", "flags")
_COPIED = [_ENTRY.c[each] for each in (*_KEPT, "attachments", "event", "message_id", "raw_id")]
_FORGET = delete(reminder).where(
    reminder.c.ticket_id == bindparam("ticket"), reminder.c.kind == bindparam("sort")
)
_FORGET_ONE = _FORGET.where(reminder.c.text == bindparam("words"))
_DROP = delete(reminder).where(reminder.c.id == bindparam("one"))
_DUE = (
    update(_TICKET)
    .where(_TICKET.c.id == bindparam("ticket"))
    .values(
        due=select(func.min(reminder.c.at))
        .where(reminder.c.ticket_id == bindparam("ticket"))
        .scalar_subquery()
    )
)


def write(connection: Connection, changes: Sequence[Any], occasion: Occasion) -> None:
    """Write the changes, which are all of one kind."""
    for change in changes:
        _write(connection, change, occasion.now)


def _write(connection: Connection, change: AroundChange, now: datetime) -> None:
    dialect = connection.dialect.name
    match change:
        case Unrefer() | DropParty():
            _leave(connection, change)
        case WriteTask():
            connection.execute(_TASK[dialect], _task(change))
        case Watch(ticket, agent, True):
            connection.execute(_WATCH[dialect], {"ticket_id": ticket, "agent_id": agent})
        case Watch(ticket, agent):
            connection.execute(_UNWATCH, {"ticket": ticket, "agent": agent})
        case LinkTickets():
            connection.execute(_LINK[dialect], _links(change))
        case UnlinkTickets(ticket, other):
            connection.execute(_UNLINK, [
                {"ticket": ticket, "other": other}, {"ticket": other, "other": ticket}
            ])  # fmt: skip
        case MergeTicket():
            _merge(connection, change)
        case CopyEntry():
            _copy(connection, change, now)
        case Remind() | ForgetReminders() | DropReminder():
            _reminders(connection, change)
        case _:
            assert_never(change)


def _leave(connection: Connection, change: Unrefer | DropParty) -> None:
    match change:
        case DropParty(ticket, address):
            connection.execute(_DROP_PARTY, {"ticket": ticket, "who": fold(address)})
        case Unrefer(ticket, department, agent):
            values = {"ticket": ticket, "where": department or "", "agent": agent or 0}
            connection.execute(_UNREFER, values)
        case _:
            assert_never(change)


def _task(change: WriteTask) -> Mapping[str, Any]:
    return {
        "ticket_id": change.ticket,
        "number": change.task.number,
        "text": change.task.text,
        "agent_id": change.task.agent,
        "due": change.task.due,
        "done": change.task.done,
    }


def _links(change: LinkTickets) -> list[Mapping[str, Any]]:
    ticket, other = change.ticket, change.other
    return [
        {"ticket_id": ticket, "other_id": other, "kind": change.kind.value},
        {"ticket_id": other, "other_id": ticket, "kind": change.back.value},
    ]


def _merge(connection: Connection, change: MergeTicket) -> None:
    ticket = {"ticket": change.ticket}
    connection.execute(_MERGED.values(merged_into=change.into), ticket)
    watchers = connection.execute(_WATCHERS, ticket).scalars().all()
    rows = [{"ticket_id": change.into, "agent_id": agent} for agent in watchers]
    if rows:
        connection.execute(_WATCH[connection.dialect.name], rows)
    workers = connection.execute(_WORKERS, ticket).scalars().all()
    rows = [{"ticket_id": change.into, "agent_id": agent} for agent in workers]
    if rows:
        connection.execute(WORKER[connection.dialect.name], rows)
    connection.execute(_ONLY_AGENTS, ticket)
    connection.execute(_MOVE_REMINDERS.values(ticket_id=change.into), ticket)
    connection.execute(_DUE, [ticket, {"ticket": change.into}])


def _copy(connection: Connection, change: CopyEntry, now: datetime) -> None:
    """The entry once more; an answer to its message is looked for by the Message-ID."""
    copied = select(literal(change.into, _ENTRY.c.id.type), *_COPIED).where(
        _ENTRY.c.id == change.entry
    )
    names = ["ticket_id", *(column.name for column in _COPIED)]
    connection.execute(insert(_ENTRY).from_select(names, copied))
    ref = schema.message_ref
    message = select(_ENTRY.c.message_id).where(_ENTRY.c.id == change.entry)
    connection.execute(
        update(ref)
        .where(ref.c.message_key == message.scalar_subquery())
        .values(ticket_id=change.into)
    )
    is_message = _ENTRY.c.kind == EntryKind.MESSAGE.value
    asked = select(_ENTRY.c.created_at).where(_ENTRY.c.id == change.entry, is_message)
    connection.execute(
        update(_TICKET)
        .where(_TICKET.c.id == change.into)
        .values(
            entry_count=_TICKET.c.entry_count + 1,
            updated_at=now,
            asked_at=func.coalesce(asked.scalar_subquery(), _TICKET.c.asked_at),
        )
    )


def _reminders(connection: Connection, change: Remind | ForgetReminders | DropReminder) -> None:
    ticket = change.ticket
    match change:
        case Remind(_, kind, at, text, agent):
            if kind is ReminderKind.WAIT:
                connection.execute(_FORGET, {"ticket": ticket, "sort": kind.value})
            values = {"ticket_id": ticket, "agent_id": agent, "kind": kind.value}
            connection.execute(insert(reminder), values | {"text": text, "at": at})
        case ForgetReminders(_, kind, None):
            connection.execute(_FORGET, {"ticket": ticket, "sort": kind.value})
        case ForgetReminders(_, kind, text):
            values = {"ticket": ticket, "sort": kind.value, "words": text}
            connection.execute(_FORGET_ONE, values)
        case DropReminder(_, one):
            connection.execute(_DROP, {"one": one})
        case _:
            assert_never(change)
    connection.execute(_DUE, {"ticket": ticket})
