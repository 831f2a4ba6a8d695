"""A person is forgotten: their tickets are purged, and in those that stay there is a pseudonym."""

import json
import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, select, update

from gateway.model.address import fold, mailbox_of
from gateway.model.history import Act, ActKind, Step
from gateway.model.ticket import State, TicketId
from gateway.store import history, schema, schema_openpgp, schema_work, search
from gateway.store.engine import Database
from gateway.store.persons import KnownTicket, from_person, tickets_of, to_person
from gateway.store.purging import (
    forget_work,
    hide_messages,
    incoming,
    outgoing,
    purge,
    remove_incoming,
    remove_outgoing,
)
from gateway.store.schema_retention import purge_run

_TICKET = schema.ticket
_ENTRY = schema.entry
_IN = schema.inbound
_OUT = schema.outbox
_HELD = schema_work.held
_FIELD = schema_work.field_value
_LEAST_NAME = 5
"""A name of fewer letters stands in too many words by chance."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What becomes of each ticket, by its number, and how many other mails go."""

    purged: tuple[str, ...]
    pseudonymised: tuple[str, ...]
    kept: tuple[str, ...]
    later: tuple[str, ...] = ()
    """Mail about them is still under way; the same command takes them later."""
    mails: int = 0


def plan(database: Database, address: str, now: datetime) -> Forgotten:
    """What `forget` would do."""
    with database.reading() as connection:
        known = tickets_of(connection, address, now)
        received, written = _mails(connection, address, known)
    return Forgotten(
        tuple(each.number for each in known if _goes(each)),
        tuple(each.number for each in known if not each.kept and not _goes(each)),
        tuple(each.number for each in known if each.kept),
        mails=len(received) + len(written),
    )


def forget(database: Database, address: str, now: datetime) -> Forgotten:
    """Do it, a ticket at a time: ended anywhere, the same command goes on."""
    with database.reading() as connection:
        known = tickets_of(connection, address, now)
    pseudonym = f"person-{secrets.token_hex(4)}"
    purged: list[str] = []
    changed: list[str] = []
    later: list[str] = []
    for each in known:
        if each.kept:
            continue
        with database.writing() as connection:
            if not _goes(each):
                done_with = _pseudonymise(connection, each, address, pseudonym)
                (changed if done_with else later).append(each.number)
            elif (done := purge(connection, each.id, now)) is not None:
                history.append(connection, [(now, done.act)])
                purged.append(each.number)
            else:
                later.append(each.number)
    with database.writing() as connection:
        mails = _forget_beside(connection, address, known)
        steps = tuple(
            Step(f"tickets {what}", "", str(len(numbers)))
            for what, numbers in (("purged", purged), ("pseudonymised", changed))
            if numbers
        )
        history.append(connection, [(now, Act(ActKind.OPERATOR, ("forget",), steps=steps))])
        connection.execute(update(purge_run).values(to_sweep=True))
    kept = tuple(each.number for each in known if each.kept)
    return Forgotten(tuple(purged), tuple(changed), kept, tuple(later), mails)


def _goes(ticket: KnownTicket) -> bool:
    """The whole ticket is theirs, and nobody works on it any more."""
    return ticket.requester and not ticket.kept and ticket.state is not State.OPEN


def _mails(
    connection: Connection, address: str, known: tuple[KnownTicket, ...]
) -> tuple[list[int], list[int]]:
    """Mails from and to them that belong to no ticket which is kept; those under way wait."""
    kept = [each.id for each in known if each.kept]
    waits = select(_HELD.c.queue_id).where(_HELD.c.state == "held")
    of_kept = select(_ENTRY.c.raw_id).where(
        _ENTRY.c.ticket_id.in_(kept), _ENTRY.c.raw_id.is_not(None)
    )
    received = select(_IN.c.id).where(
        from_person(address, agent=False),
        _IN.c.state == "done",
        _IN.c.queue_id.not_in(waits),
        _IN.c.raw_id.not_in(of_kept),
    )
    written = select(_OUT.c.id, _OUT.c.ticket_id).where(
        to_person(address, agent=False), _OUT.c.state != "queued"
    )
    sent = [row.id for row in connection.execute(written) if row.ticket_id not in kept]
    return list(connection.execute(received).scalars()), sent


def _forget_beside(connection: Connection, address: str, known: tuple[KnownTicket, ...]) -> int:
    received, sent = _mails(connection, address, known)
    _remove(connection, received)
    remove_outgoing(connection, sent)
    key = fold(address)
    counted, keys = schema.automatic_mail, schema_openpgp.author_key
    connection.execute(delete(counted).where(counted.c.address == mailbox_of(address)))
    connection.execute(delete(keys).where(keys.c.address_key == key))
    return len(received) + len(sent)


def _remove(connection: Connection, rows: list[int]) -> None:
    """Mails from the queue's table; what entries had of them is text that stays."""
    found = connection.execute(
        select(_IN.c.id, _IN.c.raw_id, _IN.c.queue_id).where(_IN.c.id.in_(rows))
    ).all()
    raws = [row.raw_id for row in found]
    without = update(_ENTRY).where(_ENTRY.c.raw_id.in_(raws))
    connection.execute(without.values(raw_id=None, attachments=()))
    hide_messages(connection, [row.queue_id for row in found])
    remove_incoming(connection, [row.id for row in found], raws)


def _pseudonymise(connection: Connection, known: KnownTicket, address: str, pseudonym: str) -> bool:
    """The ticket without address, name and mails of the person; the words in it stay.

    Mails of agents quote them, so all mails go. False while one of them is still under way.
    """
    ticket, key = known.id, fold(address)
    mails, sent = incoming(connection, [ticket]), outgoing(connection, [ticket])
    if mails is None or sent is None:
        return False
    row = connection.execute(select(_TICKET).where(_TICKET.c.id == ticket).with_for_update()).one()
    here = _ENTRY.c.ticket_id == ticket
    entries = connection.execute(select(_ENTRY).where(here)).all()
    theirs = [each for each in entries if fold(each.author_address) == key]
    names = {each.author_name for each in theirs}
    if row.requester_key == key:
        names.add(row.requester_name)
        connection.execute(
            update(_TICKET)
            .where(_TICKET.c.id == ticket)
            .values(requester_address="", requester_key="", requester_name=pseudonym)
        )
    parties = connection.execute(select(schema.party).where(_party(ticket, key))).all()
    names |= {each.name for each in parties}
    without = _Without(address, names, pseudonym)
    subject = without(row.subject)
    connection.execute(update(_TICKET).where(_TICKET.c.id == ticket).values(subject=subject))
    for each in entries:
        values = {"text": without(each.text), "event": without.in_event(each.event)}
        if each in theirs:
            values |= {"author_address": "", "author_name": pseudonym}
        connection.execute(update(_ENTRY).where(_ENTRY.c.id == each.id).values(**values))
    _in_work(connection, ticket, without)
    connection.execute(delete(schema.party).where(_party(ticket, key)))
    refs = schema.message_ref
    connection.execute(
        update(refs).where(refs.c.ticket_id == ticket, refs.c.party == key).values(party="")
    )
    remove_outgoing(connection, sent)
    forget_work(connection, [ticket])
    _remove(connection, mails.rows)
    history.erase_details(connection, [ticket])
    search.renew(connection, ticket)
    return True


def _party(ticket: TicketId, key: str) -> ColumnElement[bool]:
    party = schema.party
    return (party.c.ticket_id == ticket) & (party.c.address_key == key)


def _in_work(connection: Connection, ticket: TicketId, without: "_Without") -> None:
    """In tasks, reminders and fields of the ticket."""
    for table, column in ((schema_work.task, "text"), (schema_work.reminder, "text")):
        here = table.c.ticket_id == ticket
        for row in connection.execute(select(table).where(here)).all():
            said = without(row._mapping[column])  # noqa: SLF001
            one = [each == row._mapping[each.name] for each in table.primary_key]  # noqa: SLF001
            connection.execute(update(table).where(*one).values({column: said}))
    for row in connection.execute(select(_FIELD).where(_FIELD.c.ticket_id == ticket)).all():
        said = without(row.value)
        if said != row.value:
            one = [each == row._mapping[each.name] for each in _FIELD.primary_key]  # noqa: SLF001
            connection.execute(update(_FIELD).where(*one).values(value=said, folded=said.lower()))


class _Without:
    """Texts without an address and names."""

    def __init__(self, address: str, names: set[str], pseudonym: str) -> None:
        known = {each.strip() for each in names if len(each.strip()) >= _LEAST_NAME}
        words = sorted((re.escape(each) for each in (address, *known)), key=len, reverse=True)
        self._found = re.compile("|".join(words), re.IGNORECASE)
        self._instead = pseudonym

    def __call__(self, text: str) -> str:
        return self._found.sub(self._instead, text)

    def in_event(self, event: str) -> str:
        """An event is JSON; its values are texts."""
        try:
            said = json.loads(event)
        except ValueError:
            return self(event)
        return json.dumps(self._replaced(said), ensure_ascii=False, separators=(",", ":"))

    def _replaced(self, said: object) -> object:
        match said:
            case str():
                return self(said)
            case list():
                return [self._replaced(each) for each in said]
            case dict():
                return {key: self._replaced(each) for key, each in said.items()}
            case _:
                return said
