"""What must be true afterwards, whatever happened meanwhile."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from sqlalchemy import select

from gateway.store import schema
from gateway.store.store import SqlStore

from .load import NUMBER, Load

Shape = Counter[tuple[str, ...]]
"""What one conversation left behind: its entries and its outgoing mails, without their numbers."""


def check(load: Load, store: SqlStore) -> None:
    """All conversations of a kind left the same behind, once, and nothing is half done."""
    check_ledger(load, store)
    shapes = conversations(load, store)
    for number, shape in shapes.items():
        kind = load.letters[number, "question"].kind
        assert shape == EXPECTED[kind], (number, kind)
    assert set(shapes) == {number for number, _ in load.letters}


def check_ledger(load: Load, store: SqlStore) -> None:
    """Every accepted message is done, holds no lease, and was filed once."""
    inbound, entry, ticket = schema.inbound, schema.entry, schema.ticket
    with store.database.reading() as connection:
        rows = connection.execute(select(inbound)).all()
        filed = connection.execute(
            select(entry.c.message_id).where(entry.c.kind.in_(["message", "response"]))
        ).scalars()
        numbers = [int(n) for n in connection.execute(select(ticket.c.number)).scalars()]
        outbox = connection.execute(select(schema.outbox)).all()
        assert Counter(filed) == Counter(load.accepted)
    for row in rows:
        assert (row.state, row.lease_until, row.node) == ("done", None, None), row
        assert row.outcome, row
    assert {row.message_id for row in rows} == load.accepted
    effective = Counter(row.message_id for row in rows if row.outcome != "duplicate")
    assert effective == Counter(load.accepted), effective - Counter(load.accepted)
    assert sorted(numbers) == list(range(1001, 1001 + len(numbers)))
    for row in outbox:
        assert (row.state, row.lease_until) == ("delivered", None), row


def conversations(load: Load, store: SqlStore) -> dict[int, Shape]:
    """The shape of each conversation."""
    entry, ticket, outbox = schema.entry, schema.ticket, schema.outbox
    shapes: dict[int, Shape] = defaultdict(Counter)
    with store.database.reading() as connection:
        numbers = {
            row.id: int(NUMBER.search(row.subject)[1])
            for row in connection.execute(select(ticket.c.id, ticket.c.subject))
        }
        for row in connection.execute(select(entry)):
            shapes[numbers[row.ticket_id]]["entry", row.kind, _first(row)] += 1
        for row in connection.execute(select(outbox)):
            reader = row.rcpt_to.partition("@")[0].rstrip("0123456789")
            shapes[numbers[row.ticket_id]]["mail", row.kind, reader] += 1
    return dict(shapes)


def _first(row) -> str:
    if row.kind == "event":
        return row.event.partition(",")[0].strip('[{"')[:40]
    return NUMBER.sub("", row.text.partition("\n")[0]).strip()


def arrived(folders: Iterable[Path]) -> Counter[str]:
    """How often each Message-ID lies in the Maildirs."""
    return Counter(
        str(message_from_bytes(file.read_bytes(), policy=default)["Message-ID"]).strip("<>")
        for folder in folders
        for file in folder.glob("*/new/*")
    )


def check_maildirs(store: SqlStore, folders: Iterable[Path]) -> None:
    """Each reader has each mail once."""
    assert arrived(folders) == Counter(written(store))


def written(store: SqlStore) -> set[str]:
    """The Message-IDs of all outgoing mails; each mail has its own."""
    with store.database.reading() as connection:
        found = list(connection.execute(select(schema.outbox.c.message_id)).scalars())
    assert len(found) == len(set(found))
    return set(found)


def _conversation(agent: str, others: tuple[str, ...]) -> Shape:
    return Counter(
        {
            ("entry", "message", "Frage"): 1,
            ("entry", "response", "Antwort"): 1,
            ("entry", "note", "Notiz"): 1,
            ("entry", "event", "%(name)s is responsible now"): 1,
            ("entry", "message", "Danke"): 1,
            ("mail", "confirmation", "person"): 1,
            ("mail", "notification", agent): 2,
            **{("mail", "notification", other): 1 for other in others},
            ("mail", "receipt", agent): 1,
            ("mail", "response", "person"): 1,
        }
    )


EXPECTED: dict[str, Shape] = {
    "public": _conversation("dora", ()),
    "form": _conversation("anna", ("ben",)),
    "internal": Counter(
        {
            ("entry", "message", "Angebot"): 1,
            ("entry", "event", "Not let in: %(why)s."): 1,
            ("mail", "rejection", "person"): 1,
        }
    ),
}
