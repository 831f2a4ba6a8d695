"""Keys of agents and authors, into and out of rows."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, assert_never

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from gateway.model.address import fold
from gateway.model.key_changes import (
    ForgetAuthorKey,
    ForgetOpeningKey,
    KeepAuthorKey,
    KeyChange,
    PinKey,
    RenewPinned,
    SeeAuthorKey,
    UnpinKey,
    UseAuthorKey,
    UseSignature,
    WarnOfExpiry,
)
from gateway.model.keys import (
    MOST_KEYS,
    AuthorKey,
    Keys,
    KeySource,
    KeyState,
    PinnedKey,
)
from gateway.model.openpgp import Fingerprint, Key
from gateway.model.people import AgentId, AgentState
from gateway.store import schema
from gateway.store.occasion import Occasion
from gateway.store.rows import AnyRow
from gateway.store.schema_openpgp import agent_key, author_key, key_warning, used_signature

_REMEMBERED = timedelta(days=400)
"""How long used signatures are kept: far longer than one counts, and than a mail may wait."""

_AGENT = schema.agent
_PINNED = (
    select(agent_key, _AGENT.c.address_key)
    .join(_AGENT, _AGENT.c.id == agent_key.c.agent_id)
    .order_by(agent_key.c.pinned_at.desc(), agent_key.c.fingerprint)
)
_PINNED_OF = _PINNED.where(_AGENT.c.address_key.in_(bindparam("addresses", expanding=True)))
_PINNED_TO = _PINNED.where(agent_key.c.agent_id.in_(bindparam("agents", expanding=True)))
_PINNED_AS = _PINNED.where(agent_key.c.fingerprint.in_(bindparam("fingerprints", expanding=True)))
_ENDING = _PINNED.where(
    agent_key.c.expires < bindparam("before"),
    agent_key.c.revoked.is_(False),
    _AGENT.c.state == AgentState.ACTIVE.value,
)
_AUTHOR = select(author_key).order_by(author_key.c.last_seen.desc(), author_key.c.fingerprint)
_AUTHOR_OF = _AUTHOR.where(author_key.c.address_key.in_(bindparam("addresses", expanding=True)))
_USED = select(used_signature.c.queue_id).where(used_signature.c.digest == bindparam("which"))
_OLD = delete(used_signature).where(used_signature.c.used_at < bindparam("before"))
_KEEP = {
    name: (new := dialect.insert(author_key)).on_conflict_do_update(
        index_elements=list(author_key.primary_key),
        set_={column.name: new.excluded[column.name] for column in author_key.c
              if column.name not in ("address_key", "fingerprint", "first_seen")},
    )
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}  # fmt: skip


def write(connection: Connection, changes: Sequence[Any], occasion: Occasion) -> None:
    """Write the changes, which are all of one kind."""
    for change in changes:
        _write(connection, change, occasion.now)


def _write(connection: Connection, change: KeyChange, now: datetime) -> None:
    match change:
        case PinKey() | UnpinKey() | RenewPinned():
            _pin(connection, change, now)
        case KeepAuthorKey() | SeeAuthorKey() | UseAuthorKey() | ForgetAuthorKey():
            _author(connection, change)
        case ForgetOpeningKey(ticket):
            this = schema.ticket.c.id == ticket
            connection.execute(update(schema.ticket).where(this).values(came_with=""))
        case UseSignature(agent, digest, queue_id):
            connection.execute(_OLD, {"before": now - _REMEMBERED})
            # The primary key holds it: a second use, on whatever node, records nothing at all.
            values = {"digest": digest, "agent_id": agent, "queue_id": queue_id, "used_at": now}
            connection.execute(insert(used_signature), values)
        case WarnOfExpiry(fingerprint, expires, stage):
            values = {"fingerprint": fingerprint, "expires": expires, "stage": stage}
            connection.execute(insert(key_warning), values | {"told_at": now})
        case _:
            assert_never(change)


def _pin(connection: Connection, change: PinKey | UnpinKey | RenewPinned, now: datetime) -> None:
    match change:
        case PinKey(agent, fingerprint, key, by):
            values = {
                "fingerprint": fingerprint, "agent_id": agent, "pinned_at": now, "pinned_by": by,
                "seen_at": now if key else None,
            }  # fmt: skip
            connection.execute(insert(agent_key), values | (_of_key(key) if key else {}))
        case UnpinKey(agent, fingerprint):
            connection.execute(delete(agent_key).where(*_this_pin(agent, fingerprint)))
        case RenewPinned(agent, key, seen_at):
            this = _this_pin(agent, key.fingerprint)
            values = _of_key(key) | {"seen_at": seen_at}
            connection.execute(update(agent_key).where(*this).values(values))
        case _:
            assert_never(change)


def _this_pin(agent: AgentId, fingerprint: Fingerprint) -> tuple[Any, ...]:
    return agent_key.c.agent_id == agent, agent_key.c.fingerprint == fingerprint


def _author(
    connection: Connection,
    change: KeepAuthorKey | SeeAuthorKey | UseAuthorKey | ForgetAuthorKey,
) -> None:
    theirs = author_key.c.address_key == change.address
    match change:
        case KeepAuthorKey(address, found, state, seen_at):
            values = {
                "address_key": address,
                "fingerprint": found.key.fingerprint,
                "source": found.source.value,
                "state": state.value,
                "prefer_encrypt": found.prefer_encrypt,
                "first_seen": seen_at,
                "last_seen": seen_at,
            }
            connection.execute(_KEEP[connection.dialect.name], values | _of_key(found.key))
            _drop_oldest(connection, address)
        case SeeAuthorKey(_, fingerprint, prefer_encrypt, seen_at, renewed):
            values = {"prefer_encrypt": prefer_encrypt, "last_seen": seen_at}
            values |= _of_key(renewed) if renewed else {}
            this = author_key.c.fingerprint == fingerprint
            connection.execute(update(author_key).where(theirs, this).values(values))
        case UseAuthorKey(_, fingerprint):
            others = author_key.c.fingerprint != fingerprint
            connection.execute(delete(author_key).where(theirs, others))
            values = {"state": KeyState.USED.value}
            connection.execute(update(author_key).where(theirs).values(values))
        case ForgetAuthorKey(_, fingerprint):
            this = author_key.c.fingerprint == fingerprint
            connection.execute(delete(author_key).where(theirs, this))
        case _:
            assert_never(change)


def _drop_oldest(connection: Connection, address: str) -> None:
    """However many keys are sent in somebody's name, only a few are kept; the used one stays."""
    rows = connection.execute(_AUTHOR_OF, {"addresses": [address]}).all()
    waiting = [row.fingerprint for row in rows if row.state != KeyState.USED.value]
    gone = waiting[MOST_KEYS - 1 :]
    if gone:
        theirs = author_key.c.address_key == address
        connection.execute(delete(author_key).where(theirs, author_key.c.fingerprint.in_(gone)))


def keys_of(
    connection: Connection, addresses: Collection[str], now: datetime
) -> Mapping[str, Keys]:
    """The keys of each address (folded) that has any. Two look-ups, whatever there is."""
    wanted = sorted({fold(address) for address in addresses if address})
    if not wanted:
        return {}
    pinned: dict[str, list[Key]] = {}
    for row in connection.execute(_PINNED_OF, {"addresses": wanted}):
        if row.blob is not None:
            pinned.setdefault(row.address_key, []).append(_key(row, now))
    theirs: dict[str, list[AuthorKey]] = {}
    for row in connection.execute(_AUTHOR_OF, {"addresses": wanted}):
        theirs.setdefault(row.address_key, []).append(_author_key(row, now))
    return {
        address: _keys(pinned.get(address, []), theirs.get(address, []))
        for address in dict.fromkeys((*pinned, *theirs))
    }


def _keys(pinned: Sequence[Key], theirs: Sequence[AuthorKey]) -> Keys:
    used = next((each for each in theirs if each.state is KeyState.USED), None)
    unproved = [each for each in theirs if each.state is KeyState.UNPROVED]
    return Keys(
        tuple(pinned),
        used.key if used else None,
        tuple(each.key for each in theirs if each.state is KeyState.WAITING),
        used.prefer_encrypt if used else False,
        tuple(each.key for each in unproved),
        frozenset(each.key.fingerprint for each in unproved if each.prefer_encrypt),
    )


def author_keys(connection: Connection, address: str, now: datetime) -> tuple[AuthorKey, ...]:
    """The keys of one author, the one seen last first."""
    rows = connection.execute(_AUTHOR_OF, {"addresses": [fold(address)]})
    return tuple(_author_key(row, now) for row in rows)


def pinned_to(
    connection: Connection, agents: Collection[AgentId], now: datetime
) -> Mapping[AgentId, tuple[PinnedKey, ...]]:
    """The fingerprints of these agents, the newest first; those without any are left out."""
    if not agents:
        return {}
    found: dict[AgentId, list[PinnedKey]] = {}
    for row in connection.execute(_PINNED_TO, {"agents": sorted(agents)}):
        found.setdefault(AgentId(row.agent_id), []).append(_pinned(row, now))
    return {agent: tuple(keys) for agent, keys in found.items()}


def pinned_as(
    connection: Connection, fingerprints: Collection[Fingerprint], now: datetime
) -> Mapping[Fingerprint, PinnedKey]:
    """Whose these fingerprints are; those of nobody are left out."""
    if not fingerprints:
        return {}
    rows = connection.execute(_PINNED_AS, {"fingerprints": sorted(fingerprints)})
    return {Fingerprint(row.fingerprint): _pinned(row, now) for row in rows}


def all_pinned(connection: Connection, now: datetime) -> tuple[PinnedKey, ...]:
    """The fingerprints of all agents."""
    return tuple(_pinned(row, now) for row in connection.execute(_PINNED))


def pinned_ending(connection: Connection, before: datetime, now: datetime) -> tuple[PinnedKey, ...]:
    """The pinned keys of active agents that end before that moment, or have ended."""
    return tuple(_pinned(row, now) for row in connection.execute(_ENDING, {"before": before}))


def all_author_keys(connection: Connection, limit: int, now: datetime) -> tuple[AuthorKey, ...]:
    """The first keys of authors, by address."""
    wanted = select(author_key).order_by(*author_key.primary_key).limit(limit)
    return tuple(_author_key(row, now) for row in connection.execute(wanted))


def signature_used_for(connection: Connection, digest: str) -> str | None:
    """The queue id of the mail that the signature counted for; None when it counted for none."""
    found: str | None = connection.execute(_USED, {"which": digest}).scalar()
    return found


def warned(
    connection: Connection, keys: Collection[tuple[Fingerprint, datetime]]
) -> frozenset[tuple[Fingerprint, datetime, str]]:
    """The stages that the admins were told of already, for keys that expire then."""
    if not keys:
        return frozenset()
    wanted = or_(
        *((key_warning.c.fingerprint == which) & (key_warning.c.expires == at)
          for which, at in keys)
    )  # fmt: skip
    rows = connection.execute(select(key_warning).where(wanted))
    return frozenset((Fingerprint(row.fingerprint), row.expires, row.stage) for row in rows)


def _of_key(key: Key) -> dict[str, Any]:
    return {
        "blob": key.blob,
        "user_ids": key.user_ids,
        "algorithm": key.algorithm,
        "created": key.created,
        "expires": key.expires,
        "revoked": key.revoked,
        "can_encrypt": key.can_encrypt,
        "can_sign": key.can_sign,
    }


def _key(row: AnyRow, now: datetime) -> Key:
    """The key as it is now: one that was good when it came may have expired since."""
    expired = row.expires is not None and row.expires <= now
    dead = expired or row.revoked
    return Key(
        fingerprint=Fingerprint(row.fingerprint),
        blob=bytes(row.blob),
        user_ids=row.user_ids or (),
        created=row.created,
        expires=row.expires,
        revoked=row.revoked,
        expired=expired,
        can_encrypt=row.can_encrypt and not dead,
        can_sign=row.can_sign and not dead,
        algorithm=row.algorithm,
    )


def _pinned(row: AnyRow, now: datetime) -> PinnedKey:
    return PinnedKey(
        AgentId(row.agent_id),
        Fingerprint(row.fingerprint),
        _key(row, now) if row.blob is not None else None,
        row.pinned_at,
        row.pinned_by,
    )


def _author_key(row: AnyRow, now: datetime) -> AuthorKey:
    return AuthorKey(
        row.address_key,
        _key(row, now),
        KeySource(row.source),
        KeyState(row.state),
        row.prefer_encrypt,
        row.first_seen,
        row.last_seen,
    )
