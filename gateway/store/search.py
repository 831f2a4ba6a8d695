"""Texts into the full-text index, in the transaction that records them."""

from collections.abc import Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet

from sqlalchemy import Connection, bindparam, delete, insert, select, text, update

from gateway.model.changes import AddEntry, Change, KeepSecret, MoveTicket, OpenTicket
from gateway.model.field_changes import SetField, SetSubject
from gateway.model.ticket import EntryKind, TicketId
from gateway.policy.query.folding import indexed
from gateway.store import schema
from gateway.store.prepared import Prepared
from gateway.store.schema_search import PARTS, ticket_text
from gateway.store.schema_work import field_value
from gateway.store.words import marks

LONGEST = 200_000
"""Characters of one entry that are indexed."""
_ROOM = 32_000
"""Characters of a part to which more is added; then a new part begins, so that no entry costs more
with the length of its thread."""

_NEW = Prepared(insert(ticket_text), "id", "head", "body")
_WORDS = text("INSERT INTO ticket_words (rowid, head, body) VALUES (:id, :head, :body)")
_NO_WORDS = text(
    "INSERT INTO ticket_words (ticket_words, rowid, head, body) "
    "VALUES ('delete', :id, :head, :body)"
)
_HAS = text("SELECT 1 FROM ticket_words WHERE ticket_words MATCH :word LIMIT 1")
_WORDS_BEHIND = text("SELECT word FROM word WHERE word > :behind ORDER BY word LIMIT :most")
_UNKNOWN = text("DELETE FROM word WHERE word = :word")
_KNOWN = "INSERT OR IGNORE INTO word (word) VALUES (?)"
_CHANGE = (
    update(ticket_text)
    .where(ticket_text.c.id == bindparam("part"))
    .values(head=bindparam("new_head"), body=bindparam("new_body"))
)
_ALL = (
    select(ticket_text)
    .where(ticket_text.c.id >= bindparam("first"), ticket_text.c.id < bindparam("end"))
    .order_by(ticket_text.c.id.desc())
)
_LAST = _ALL.limit(1)
_RENEWS = (SetField, SetSubject, MoveTicket)
_TICKET = select(
    schema.ticket.c.number,
    schema.ticket.c.subject,
    schema.ticket.c.requester_name,
    schema.ticket.c.requester_address,
    schema.ticket.c.department,
    schema.ticket.c.confidential,
).where(schema.ticket.c.id == bindparam("ticket"))
_SECRET = select(schema.ticket.c.id).where(
    schema.ticket.c.id.in_(bindparam("tickets", expanding=True)), schema.ticket.c.confidential
)
_FIELDS = select(field_value.c.field, field_value.c.value).where(
    field_value.c.ticket_id == bindparam("ticket")
)


def secret_ones(connection: Connection, tickets: Collection[TicketId]) -> AbstractSet[TicketId]:
    """The confidential ones of these tickets: of them only number and department are indexed.

    What came encrypted would stand in the index for everybody who has the database; and an agent
    without a key would learn by searching what is in it.
    """
    if not tickets:
        return frozenset()
    found = connection.execute(_SECRET, {"tickets": list(tickets)}).scalars()
    return frozenset(map(TicketId, found))


def index(connection: Connection, changes: Sequence[Change]) -> None:
    """Index what the changes bring; after they are written."""
    new = {c.ticket.id: c.ticket.confidential for c in changes if isinstance(c, OpenTicket)}
    heads = [*new]
    heads += [change.ticket for change in changes if isinstance(change, _RENEWS)]
    bodies: dict[TicketId, list[str]] = {ticket: [] for ticket in heads}
    for change in changes:
        if isinstance(change, AddEntry) and change.kind is not EntryKind.EVENT:
            said = " ".join((change.text[:LONGEST], *change.attachments))
            bodies.setdefault(change.ticket, []).append(indexed(said))
    hidden = [change.ticket for change in changes if isinstance(change, KeepSecret)]
    # Of a new ticket nothing is in the database that the changes do not say.
    secret = secret_ones(connection, {*bodies, *hidden} - new.keys()) | {
        ticket for ticket, confidential in new.items() if confidential or ticket in hidden
    }
    for ticket in hidden:
        forget(connection, [ticket])
        bodies[ticket] = []
    for ticket, added in bodies.items():
        said = "" if ticket in secret else " ".join(added)
        if said or ticket in heads or ticket in hidden:
            if ticket in new:
                _insert(connection, ticket * PARTS, _head(connection, ticket), said)
            else:
                _index(connection, ticket, said, renewed=ticket in heads)


def _index(connection: Connection, ticket: TicketId, added: str, *, renewed: bool) -> None:
    first = ticket * PARTS
    between = {"first": first, "end": first + PARTS}
    parts = connection.execute(_ALL if renewed else _LAST, between).all()
    head = _head(connection, ticket) if renewed or not parts else parts[0].head
    for place, part in enumerate(parts):
        more = added if place == 0 and len(part.body) + len(added) <= _ROOM else ""
        if more or part.head != head:
            body = f"{part.body} {more}".strip() if more else part.body
            _rewrite(connection, part.id, (part.head, part.body), (head, body))
        if more:
            added = ""
    if added or not parts:
        _insert(connection, parts[0].id + 1 if parts else first, head, added)


def forget(connection: Connection, tickets: Sequence[TicketId]) -> None:
    """Nothing of these tickets is found any more; `drop_unused` then takes their words away."""
    for ticket in tickets:
        first = ticket * PARTS
        for part in connection.execute(_ALL, {"first": first, "end": first + PARTS}).all():
            if connection.dialect.name == "sqlite":
                row = {"id": part.id, "head": part.head, "body": part.body}
                connection.execute(_NO_WORDS, row)
            connection.execute(delete(ticket_text).where(ticket_text.c.id == part.id))


def renew(connection: Connection, ticket: TicketId) -> None:
    """Index the ticket anew, from what its rows say now."""
    forget(connection, [ticket])
    entry = schema.entry
    said = connection.execute(
        select(entry.c.text, entry.c.attachments)
        .where(entry.c.ticket_id == ticket, entry.c.kind != EntryKind.EVENT.value)
        .order_by(entry.c.id)
    )
    _index(connection, ticket, "", renewed=True)
    if not secret_ones(connection, [ticket]):
        for row in said.all():
            text_of = indexed(" ".join((row.text[:LONGEST], *row.attachments)))
            _index(connection, ticket, text_of, renewed=False)


def drop_unused(connection: Connection, behind: str, most: int) -> str | None:
    """Of the first `most` words behind this one, those that no ticket has any more are gone.

    The last one that was looked at; None when there are no more (SQLite only).
    """
    found = connection.execute(_WORDS_BEHIND, {"behind": behind, "most": most}).scalars().all()
    for word in found:
        if connection.execute(_HAS, {"word": f'"{word}"'}).first() is None:
            connection.execute(_UNKNOWN, {"word": word})
    return found[-1] if len(found) == most else None


def _insert(connection: Connection, part: int, head: str, body: str) -> None:
    row = {"id": part, "head": head, "body": body}
    _NEW.run(connection, [row])
    if connection.dialect.name == "sqlite":
        connection.execute(_WORDS, row)
        _know(connection, head, body)


def _know(connection: Connection, *texts: str) -> None:
    """Remember the words of texts."""
    words = sorted({word for each in texts for word in each.split()})
    connection.exec_driver_sql(_KNOWN, [(word,) for word in words])


def _rewrite(connection: Connection, part: int, old: tuple[str, str], new: tuple[str, str]) -> None:
    is_sqlite = connection.dialect.name == "sqlite"
    if is_sqlite:
        connection.execute(_NO_WORDS, {"id": part, "head": old[0], "body": old[1]})
    connection.execute(_CHANGE, {"part": part, "new_head": new[0], "new_body": new[1]})
    if is_sqlite:
        connection.execute(_WORDS, {"id": part, "head": new[0], "body": new[1]})
        _know(connection, new[0] if new[0] != old[0] else "", new[1].removeprefix(old[1]))


def _head(connection: Connection, ticket: TicketId) -> str:
    """Number, subject, requester and fields of a ticket, folded, and its marks."""
    row = connection.execute(_TICKET, {"ticket": ticket}).one()
    if row.confidential:
        return f"{indexed(row.number)} {marks(row.department, '')}"
    fields: Iterable[str] = (
        f"{each.field} {each.value}" for each in connection.execute(_FIELDS, {"ticket": ticket})
    )
    said = (row.number, row.subject, row.requester_name, row.requester_address, *fields)
    requester = f"{row.requester_name} {row.requester_address}"
    return f"{indexed(' '.join(said)[:LONGEST])} {marks(row.department, requester)}"
