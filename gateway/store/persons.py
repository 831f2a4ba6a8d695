"""All that is stored about a person, found by their address: to be given to them, or forgotten.

These look through whole tables: somebody asks a few times a year.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select

from gateway.model.address import fold, mailbox_of
from gateway.model.people import AgentId
from gateway.model.ticket import EntryKind, PartyRole, State, TicketId
from gateway.store import schema, schema_authors, schema_openpgp
from gateway.store.cleaning import TO_REQUESTERS
from gateway.store.engine import Database
from gateway.store.packing import unpack
from gateway.store.rows import AnyRow

_TICKET = schema.ticket
_PARTY = schema.party
_ENTRY = schema.entry
_IN = schema.inbound
_OUT = schema.outbox
_TAIL = schema.outbox_tail
_RAW = schema.raw_message
_ENTRIES = schema_authors.author_entry
_KEYS = schema_openpgp.author_key
SHOWN = TO_REQUESTERS | {"rejection", "undeliverable", "relay"}
"""Kinds of mails that are about the person alone, also where the person is an agent."""


@dataclass(frozen=True, slots=True)
class KnownTicket:
    """A ticket of the person: as requester, or as somebody who takes part in it."""

    id: TicketId
    number: str
    requester: bool
    state: State
    kept: bool


@dataclass(frozen=True, slots=True)
class MailFrom:
    """A mail that came from the person, with how it came."""

    queue_id: str
    accepted_at: datetime
    peer: str
    protocol: str
    authentication: object
    ticket: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class MailTo:
    """A mail that was written to the person, and what became of it."""

    message_id: str
    kind: str
    created_at: datetime
    finished_at: datetime | None
    state: str
    ticket: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known beside tickets and mails: entries of lists, OpenPGP keys, automatic mail."""

    lists: tuple[str, ...]
    keys: tuple[str, ...]
    automatic: int


class Persons:
    """The persons of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def agent(self, address: str) -> AgentId | None:
        """The account with this address, unless it was removed."""
        account = select(schema.agent.c.id).where(schema.agent.c.address_key == fold(address))
        with self._database.reading() as connection:
            found = connection.execute(account).scalar()
        return AgentId(found) if found is not None else None

    def tickets(self, address: str, now: datetime) -> Sequence[KnownTicket]:
        """Their tickets, oldest first."""
        with self._database.reading() as connection:
            return tickets_of(connection, address, now)

    def thread(self, ticket: TicketId, address: str, *, requester: bool) -> list[dict[str, Any]]:
        """Their words in a ticket; of the requester also what was answered to them."""
        theirs = func.lower(_ENTRY.c.author_address) == address.lower()
        own = theirs & (_ENTRY.c.kind == EntryKind.MESSAGE.value)
        shown = or_(own, _ENTRY.c.kind == EntryKind.RESPONSE.value) if requester else own
        found = (
            select(_ENTRY.c.kind, _ENTRY.c.created_at, _ENTRY.c.text, _ENTRY.c.attachments)
            .where(_ENTRY.c.ticket_id == ticket, shown)
            .order_by(_ENTRY.c.id)
        )
        with self._database.reading() as connection:
            return [
                {
                    "kind": row.kind,
                    "at": row.created_at.isoformat(),
                    "text": row.text,
                    "attachments": list(row.attachments),
                }
                for row in connection.execute(found)
            ]

    def mails_from(self, address: str, *, agent: bool) -> Iterator[MailFrom]:
        """The mails that came from them, as they came. Of an `agent` not what they did as one."""
        with self._database.reading() as connection:
            rows = connection.execute(
                select(_IN.c.id).where(from_person(address, agent=agent)).order_by(_IN.c.id)
            ).all()
        for row in rows:
            yield self._mail_from(row.id)

    def _mail_from(self, row_id: int) -> MailFrom:
        found = (
            select(_IN, _RAW.c.codec, _RAW.c.data, _TICKET.c.number)
            .join(_RAW, _RAW.c.id == _IN.c.raw_id)
            .outerjoin(_TICKET, _TICKET.c.id == _IN.c.ticket_id)
            .where(_IN.c.id == row_id)
        )
        with self._database.reading() as connection:
            row = connection.execute(found).one()
        return MailFrom(
            row.queue_id,
            row.accepted_at,
            f"{row.peer_helo} [{row.peer_ip}]",
            row.protocol,
            row.authentication,
            row.number or "",
            unpack(row.codec, row.data),
        )

    def mails_to(self, address: str, *, agent: bool) -> Iterator[MailTo]:
        """The mails that were written to them. Of an `agent` not those that they got as one."""
        with self._database.reading() as connection:
            rows = connection.execute(
                select(_OUT.c.id).where(to_person(address, agent=agent)).order_by(_OUT.c.id)
            ).all()
        for row in rows:
            yield self._mail_to(row.id)

    def _mail_to(self, row_id: int) -> MailTo:
        found = (
            select(
                _OUT,
                _TAIL.c.codec.label("tail_codec"),
                _TAIL.c.data.label("tail"),
                _TICKET.c.number,
            )
            .outerjoin(_TAIL, _TAIL.c.id == _OUT.c.tail_id)
            .outerjoin(_TICKET, _TICKET.c.id == _OUT.c.ticket_id)
            .where(_OUT.c.id == row_id)
        )
        with self._database.reading() as connection:
            row = connection.execute(found).one()
        return MailTo(
            row.message_id,
            row.kind,
            row.created_at,
            row.finished_at,
            row.state,
            row.number or "",
            unpack(row.codec, row.head) + _tail(row),
        )

    def beside(self, address: str) -> Beside:
        """What else is known of the address."""
        key, counted = fold(address), schema.automatic_mail
        with self._database.reading() as connection:
            lists = connection.execute(
                select(_ENTRIES.c.kind, _ENTRIES.c.entered_at, _ENTRIES.c.ended_at).where(
                    _ENTRIES.c.author_key == key
                )
            ).all()
            keys = connection.execute(
                select(_KEYS.c.fingerprint).where(_KEYS.c.address_key == key)
            ).scalars()
            of_person = counted.c.address == mailbox_of(address)
            sent = select(func.count()).select_from(counted).where(of_person)
            return Beside(
                tuple(f"{row.kind} since {row.entered_at:%Y-%m-%d}" for row in lists),
                tuple(keys),
                connection.execute(sent).scalar_one(),
            )


def tickets_of(connection: Connection, address: str, now: datetime) -> tuple[KnownTicket, ...]:
    """The tickets in which this address is the requester's or a participant's."""
    key = fold(address)
    parts = select(_PARTY.c.ticket_id).where(
        _PARTY.c.address_key == key, _PARTY.c.role != PartyRole.AGENT.value
    )
    wrote = select(_ENTRY.c.ticket_id).where(
        func.lower(_ENTRY.c.author_address) == address.lower(), _ENTRY.c.agent_id.is_(None)
    )
    found = (
        select(_TICKET)
        .where(
            or_(_TICKET.c.requester_key == key, _TICKET.c.id.in_(parts), _TICKET.c.id.in_(wrote))
        )
        .order_by(_TICKET.c.id)
    )
    return tuple(
        KnownTicket(
            TicketId(row.id),
            row.number,
            row.requester_key == key,
            State(row.state),
            row.kept_reason is not None and (row.kept_until is None or row.kept_until > now),
        )
        for row in connection.execute(found)
    )


def from_person(address: str, *, agent: bool) -> ColumnElement[bool]:
    """Mails whose envelope or whose entry names the address as the author."""
    wrote = select(_ENTRY.c.raw_id).where(
        func.lower(_ENTRY.c.author_address) == address.lower(),
        _ENTRY.c.raw_id.is_not(None),
        _ENTRY.c.agent_id.is_(None),
    )
    if agent:
        return _IN.c.raw_id.in_(wrote)
    return or_(func.lower(_IN.c.mail_from) == address.lower(), _IN.c.raw_id.in_(wrote))


def to_person(address: str, *, agent: bool) -> ColumnElement[bool]:
    """Mails to the address."""
    theirs = func.lower(_OUT.c.rcpt_to) == address.lower()
    return theirs & _OUT.c.kind.in_(SHOWN) if agent else theirs


def _tail(row: AnyRow) -> bytes:
    return unpack(row.tail_codec, row.tail) if row.tail_id is not None else b""
