"""Lists and searches with more and more tickets: they may cost no more than an index look-up.

The tickets are written as the store writes them (`head`, `body` and marks in the full-text index),
but in bulk. One in twenty is open, one in two has the common word, each has a rare one. An agent of
a large department, one who reads all locations, and one of a department with fifty tickets ask.
"""

import random
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine, Table, text

from gateway.model.address import Mailbox
from gateway.model.organisation import Organisation
from gateway.model.people import Agent, AgentId, DepartmentId
from gateway.model.query import Query, Scope
from gateway.policy.access import readable
from gateway.policy.query.condition import Around
from gateway.policy.query.folding import indexed
from gateway.policy.query.read import read
from gateway.policy.query.resolve import resolve
from gateway.rulebook.load import load
from gateway.store import schema
from gateway.store.listing import list_tickets
from gateway.store.schema_search import PARTS, ticket_text
from gateway.store.schema_work import field_value
from gateway.store.store import open_store
from gateway.store.types import EPOCH
from gateway.store.words import marks

RULES = Path(__file__).parent.parent / "rules"
SIZES = (1_000, 100_000, 1_000_000)
RUNS = 7
_LARGE = tuple(DepartmentId(name) for name in ("berlin", "freiburg", "muenchen"))
_SMALL = DepartmentId("vorstand")
_IN_SMALL = 50
_AT_ONCE = 20_000

CASES = (
    ("open of a department", "anna", "list berlin"),
    ("mine", "anna", "list mine"),
    ("waiting list", "anna", "list waiting"),
    ("late", "anna", "list late"),
    ("nobody is responsible", "all", "list free"),
    ("closed", "all", "list closed"),
    ("closed, of a small department", "few", "list closed"),
    ("a rare word", "all", "search seltenwort777"),
    ("a common word", "anna", "search laptop"),
    ("a common word, small department", "few", "search laptop"),
    ("two common words", "all", "search laptop bildschirm"),
    ("a common word or another", "all", "search laptop oder bildschirm"),
    ("a common word, not another", "all", "search laptop nicht bildschirm"),
    ("the beginning of words", "anna", "search selt"),
    ("a rare value of a field", "all", "list alle reservierung:MR-2023-000777"),
    ("a common value of a field", "anna", "list laptop geschlossen"),
    ("a rare topic", "all", "list alle thema:spendennachfrage"),
    ("a common topic", "anna", "list alle thema:spendenangebot"),
    ("a requester", "all", "search from:person77@example.org"),
    ("a part of a requester", "all", "search from:person77"),
    ("a common part of a requester", "few", "search from:example.org"),
)


@dataclass(frozen=True)
class _Ticket:
    """What the rows of one ticket are made from."""

    number: int
    department: str
    status: str
    topic: str | None
    changed: int
    age: int

    @property
    def is_open(self) -> bool:
        return self.status in ("open", "on-waiting")


def measure(folder: Path, url: str, name: str, sizes: Sequence[int] = SIZES) -> None:
    """Print milliseconds for each case and size, and how often the largest costs the smallest."""
    store = open_store(url, folder)
    store.people.add_agent("anna", "anna@agents.example", "Anna", [_LARGE[0]])
    organisation = load(RULES).organisation
    engine = store.database.engine
    found: dict[str, list[float]] = {case: [] for case, _, _ in CASES}
    have = 0
    for size in sizes:
        start = time.perf_counter()
        fill(engine, have, size)
        have = size
        print(f"{name}: {size} tickets written in {time.perf_counter() - start:.0f} s")
        for case, who, line in CASES:
            found[case].append(_milliseconds(engine, organisation, who, line))
    print(f"\n{name}: lists and searches, milliseconds (median of {RUNS})")
    print(f"{'':34}" + "".join(f"{size:>12,}" for size in sizes) + "   last/first")
    for case, times in found.items():
        row = "".join(f"{each:>12.2f}" for each in times)
        print(f"{case:34}{row}{times[-1] / times[0]:>12.1f}")
    store.close()


def _milliseconds(engine: Engine, organisation: Organisation, who: str, line: str) -> float:
    departments = {"anna": _LARGE[:1], "all": _LARGE, "few": (_SMALL,)}[who]
    agent = Agent(AgentId(1), who, Mailbox(f"{who}@x.example"), frozenset(departments))
    word, _, asked = line.partition(" ")
    query = read(asked, lists=word == "list")
    assert isinstance(query, Query), query
    around = Around(organisation, agent, _NOW, word == "list", {})
    wanted = resolve(query, around)
    assert not hasattr(wanted, "msgid"), wanted
    scope = Scope(readable(agent, organisation) - {DepartmentId("ueberregional")}, agent.id)
    times = []
    with engine.connect() as connection:
        for _ in range(RUNS):
            start = time.perf_counter()
            listing = list_tickets(connection, wanted, scope, 50)
            times.append(time.perf_counter() - start)
    assert who == "few" or listing.total, f"{line}: nothing found"
    return statistics.median(times) * 1000


# --- many tickets ---------------------------------------------------------------------------------

_NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
_MINUTE = 60_000_000
_START = (_NOW - timedelta(days=3650) - EPOCH) // timedelta(microseconds=1)
_SPAN = 3650 * 24 * 60 * _MINUTE


def fill(engine: Engine, have: int, size: int) -> None:
    """Tickets `have` + 1 to `size` with their entries, fields and texts."""
    chance = random.Random(have)
    bodies = [_body(chance) for _ in range(2_000)]
    with engine.connect() as connection:
        connection.execution_options(writing=True)
        with connection.begin():
            for first in range(have + 1, size + 1, _AT_ONCE):
                tickets = [
                    _ticket(number, size, chance)
                    for number in range(first, min(first + _AT_ONCE, size + 1))
                ]
                _write(connection, tickets, bodies, chance)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA optimize = 0x10002")
        else:
            connection.exec_driver_sql("VACUUM ANALYZE")


def _ticket(number: int, size: int, chance: random.Random) -> _Ticket:
    department = _SMALL if number <= _IN_SMALL else chance.choice(_LARGE)
    status = "closed"
    if chance.random() < 0.05:
        status = chance.choice(("open", "open", "on-waiting"))
    topic = {0: None, 1: "spendenangebot"}[chance.randrange(2)]
    if number % 1000 == 777:
        topic = "spendennachfrage"
    age = _START + _SPAN * number // max(SIZES)
    changed = age + chance.randrange(1, 20_000) * _MINUTE
    return _Ticket(number, department, status, topic, changed, age)


def _body(chance: random.Random) -> str:
    words = [f"wort{min(int(chance.paretovariate(0.7)), 20_000)}" for _ in range(50)]
    for common in ("laptop", "bildschirm"):
        if chance.random() < 0.5:
            words.insert(chance.randrange(50), common)
    return " ".join(words)


def _write(
    connection: Connection, tickets: Sequence[_Ticket], bodies: Sequence[str], chance: random.Random
) -> None:
    _insert(connection, schema.ticket, map(_ticket_row, tickets))
    _insert(connection, schema.entry, (row for each in tickets for row in _entry_rows(each)))
    _insert(connection, field_value, (row for each in tickets for row in _field_rows(each)))
    texts = [_text_row(each, chance.choice(bodies)) for each in tickets]
    _insert(connection, ticket_text, texts)
    if connection.dialect.name == "sqlite":
        statement = text("INSERT INTO ticket_words (rowid, head, body) VALUES (:id, :head, :body)")
        connection.execute(statement, texts)
        known = {word for each in texts for name in ("head", "body") for word in each[name].split()}
        sql = "INSERT OR IGNORE INTO word VALUES (?)"
        connection.connection.cursor().executemany(sql, [(word,) for word in sorted(known)])


def _insert(connection: Connection, table: Table, rows: object) -> None:
    rows = list(rows)
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        names = list(rows[0])
        marks_ = ", ".join(f":{name}" for name in names)
        sql = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks_})"
        connection.connection.cursor().executemany(sql, rows)
        return
    names = list(rows[0])
    cursor = connection.connection.cursor()
    with cursor.copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([row[name] for name in names])


def _address(ticket: _Ticket) -> str:
    return f"person{ticket.number // 3}@example.org"


def _ticket_row(ticket: _Ticket) -> dict[str, object]:
    is_late = ticket.is_open and ticket.number % 5 == 0
    return {
        "id": ticket.number,
        "number": str(ticket.number + 1000),
        "subject": f"Anfrage {ticket.number}",
        "status": ticket.status,
        "state": "open" if ticket.is_open else "closed",
        "department": ticket.department,
        "responsible": 1 if ticket.is_open and ticket.number % 100 < 9 else None,
        "rejected": False,
        "requester_address": _address(ticket),
        "requester_key": _address(ticket),
        "requester_name": f"Person {ticket.number // 3}",
        "language": "de",
        "created_at": ticket.age,
        "updated_at": ticket.changed,
        "waiting_since": ticket.changed if ticket.status == "on-waiting" else None,
        "topic": ticket.topic,
        "asked_at": ticket.age if is_late else None,
        "entry_count": 2,
        "version": 1,
    }


def _entry_rows(ticket: _Ticket) -> Iterator[dict[str, object]]:
    for place, kind in enumerate(("message", "response")):
        yield {
            "id": ticket.number * 2 + place,
            "ticket_id": ticket.number,
            "kind": kind,
            "author_address": _address(ticket),
            "author_name": "",
            "created_at": ticket.age,
            "text": "…",
            "flags": "[]",
            "attachments": "[]",
            "event": "",
        }


def _field_rows(ticket: _Ticket) -> Iterator[dict[str, object]]:
    if ticket.number % 3 == 0:
        yield _value(ticket, "laptop", "yes")
    if ticket.number % 100 == 77:
        yield _value(ticket, "reservierung", f"MR-2023-{ticket.number:06}")


def _value(ticket: _Ticket, field: str, value: str) -> dict[str, object]:
    folded = value.casefold()
    return {
        "ticket_id": ticket.number,
        "field": field,
        "place": 0,
        "value": value,
        "folded": folded,
    }


def _text_row(ticket: _Ticket, body: str) -> dict[str, object]:
    said = f"{ticket.number + 1000} Anfrage {ticket.number} Person {ticket.number // 3}"
    head = indexed(f"{said} {_address(ticket)}")
    marked = marks(ticket.department, f"Person {ticket.number // 3} {_address(ticket)}")
    return {
        "id": ticket.number * PARTS,
        "head": f"{head} {marked}",
        "body": f"{body} seltenwort{ticket.number}",
    }
