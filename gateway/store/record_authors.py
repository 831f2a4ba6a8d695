"""Entries about authors, and what was not let in: into rows and back."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, assert_never

from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert

from gateway.mail.keyblob import key_ids
from gateway.model.author_changes import (
    AuthorChange,
    CountRejected,
    EndEntry,
    EnterAuthor,
    RenewEntry,
)
from gateway.model.authors import Allow, AuthorEntry, Block, ByCommand, key_of
from gateway.model.openpgp import NOBODY, Fingerprint
from gateway.model.people import DepartmentId
from gateway.model.statistics import Rejected, RejectedMail, Rejections, week_of
from gateway.store import schema
from gateway.store.occasion import Occasion
from gateway.store.rows import AnyRow
from gateway.store.schema_authors import author_entry as _entry
from gateway.store.schema_authors import listed_key as _key
from gateway.store.schema_authors import rejected_mail as _mail

_ALLOW, _BLOCK = "allow", "block"
TOP_DOMAINS = 10

_COLUMNS = (
    *(_entry.c[name] for name in ("entry_key", "author", "kind", "subdomains", "departments")),
    *(_entry.c[name] for name in ("until", "authenticated", "reason", "entered_at", "fingerprint")),
    schema.agent.c.name.label("agent_name"),
)
_IN_FORCE = (
    select(*_COLUMNS)
    .join(schema.agent, schema.agent.c.id == _entry.c.agent_id)
    .where(_entry.c.ended_at.is_(None))
    .order_by(_entry.c.id)
)
_ABOUT = _IN_FORCE.where(_entry.c.author_key.in_(bindparam("keys", expanding=True)))
_KEYS = select(_key.c.blob).where(_key.c.key_id == bindparam("which"))
_KEEP = {
    name: (new := dialect.insert(_key)).on_conflict_do_update(
        index_elements=list(_key.primary_key), set_={"blob": new.excluded.blob}
    )
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}
_END = (
    update(_entry)
    .where(_entry.c.entry_key == bindparam("which"), _entry.c.ended_at.is_(None))
    .values(ended_at=bindparam("now"), ended_by=bindparam("agent"))
)
_RENEW = (
    update(_entry)
    .where(_entry.c.entry_key == bindparam("which"))
    .values(ended_at=None, ended_by=None)
)


def _counting() -> Mapping[str, Insert]:
    statements: dict[str, Insert] = {}
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql)):
        new = dialect.insert(_mail)
        statements[name] = new.on_conflict_do_update(
            index_elements=list(_mail.primary_key),
            set_={"times": _mail.c.times + new.excluded.times},
        )
    return statements


_COUNT = _counting()
_WANTED = (
    _mail.c.department.in_(bindparam("names", expanding=True)),
    _mail.c.week >= bindparam("since"),
)
_TIMES = func.sum(_mail.c.times).label("total")
_MAILS = (
    select(_mail.c.week, _mail.c.department, _mail.c.why, _TIMES)
    .where(*_WANTED)
    .group_by(_mail.c.week, _mail.c.department, _mail.c.why)
    .order_by(_mail.c.week, _mail.c.department, _mail.c.why)
)
_DOMAINS = (
    select(_mail.c.domain, _TIMES)
    .where(*_WANTED, _mail.c.domain != "")
    .group_by(_mail.c.domain)
    .order_by(_TIMES.desc(), _mail.c.domain)
    .limit(TOP_DOMAINS)
)


def write(connection: Connection, run: list[Any], occasion: Occasion) -> None:
    """Write changes that are all of one kind."""
    for change in run:
        _write(connection, change, occasion.now)


def _write(connection: Connection, change: AuthorChange, now: datetime) -> None:
    match change:
        case EnterAuthor():
            connection.execute(insert(_entry), _row(change, now))
            _keep(connection, change)
        case EndEntry(key, agent):
            connection.execute(_END, {"which": key, "now": now, "agent": agent})
        case RenewEntry(key):
            connection.execute(_RENEW, {"which": key})
        case CountRejected(department, why, domain):
            values = {"department": department, "week": week_of(now), "why": why.value}
            counted = values | {"domain": domain, "times": 1}
            connection.execute(_COUNT[connection.dialect.name], counted)
        case _:
            assert_never(change)


def _keep(connection: Connection, change: EnterAuthor) -> None:
    """The key of the entry, found again by whatever part of it has signed."""
    name = change.entry.fingerprint if isinstance(change.entry, Allow) else NOBODY
    for key_id in key_ids(change.key) if change.key else ():
        values = {"key_id": key_id, "fingerprint": name, "blob": change.key}
        connection.execute(_KEEP[connection.dialect.name], values)


def keys_named(connection: Connection, key_id: str) -> tuple[bytes, ...]:
    """The keys of entries that have this key id (16 digits) among their parts."""
    return tuple(map(bytes, connection.execute(_KEYS, {"which": key_id}).scalars()))


def _row(change: EnterAuthor, now: datetime) -> Mapping[str, Any]:
    entry = change.entry
    if not isinstance(entry.source, ByCommand):
        raise TypeError("an entry of a rule file cannot be entered")
    allow = entry if isinstance(entry, Allow) else None
    return {
        "entry_key": entry.source.key,
        "author_key": key_of(entry),
        "author": entry.author,
        "fingerprint": allow.fingerprint if allow else "",
        "kind": _ALLOW if allow else _BLOCK,
        "subdomains": entry.subdomains,
        "departments": tuple(sorted(allow.departments)) if allow else (),
        "until": entry.until,
        "authenticated": allow.authenticated if allow else False,
        "reason": entry.reason,
        "agent_id": change.agent,
        "entered_at": now,
    }


def entries_about(connection: Connection, keys: Collection[str]) -> tuple[AuthorEntry, ...]:
    """The entries in force with these keys (`authors.author_keys`), the oldest first."""
    if not keys:
        return ()
    return tuple(map(_read, connection.execute(_ABOUT, {"keys": list(keys)})))


def entries(connection: Connection, limit: int) -> tuple[AuthorEntry, ...]:
    """All entries in force, the oldest first."""
    return tuple(map(_read, connection.execute(_IN_FORCE.limit(limit))))


def _read(row: AnyRow) -> AuthorEntry:
    source = ByCommand(row.entry_key, row.agent_name, row.entered_at.date())
    if row.kind == _BLOCK:
        return Block(row.author, row.reason, row.until, row.subdomains, source)
    return Allow(
        row.author,
        row.reason,
        departments=frozenset(map(DepartmentId, row.departments)),
        until=row.until,
        authenticated=row.authenticated,
        subdomains=row.subdomains,
        source=source,
        fingerprint=Fingerprint(row.fingerprint),
    )


def rejections(
    connection: Connection, departments: Collection[DepartmentId], since: datetime
) -> Rejections:
    """What was not let in since the week of that moment."""
    values = {"names": list(departments), "since": week_of(since)}
    mails = tuple(
        RejectedMail(row.week, DepartmentId(row.department), Rejected(row.why), int(row.total))
        for row in connection.execute(_MAILS, values)
    )
    if not mails:
        return Rejections()
    found = connection.execute(_DOMAINS, values)
    return Rejections(mails, tuple((row.domain, int(row.total)) for row in found))
