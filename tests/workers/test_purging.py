"""What is left of a ticket that was purged: a number and a date, in no file anything else.

Words that stand nowhere else are written into every place of a ticket; then all bytes of the
folder (of the server's data, on PostgreSQL) are looked through for them.
"""

import pytest
from sqlalchemy import create_engine, select

from gateway.model.history import Intact
from gateway.store import finishing, inbound, purging, sweeping
from gateway.store.packing import PLAIN
from gateway.store.schema import metadata
from gateway.store.store import open_store
from tests.workers.retention_desk import ALL, DORA, command, desk, letter

MARKS = (
    "Waschbaerbauch",  # subject
    "Zaunkoenigin",  # body
    "Quittenbaumblatt",  # attachment
    "schrankwandtuer.txt",  # its name
    "Kellerasselheim",  # note
    "adelheid.sonderbar",  # address
    "Adelheid Sonderling",  # name
    "Fliederbuschtal",  # reply
    "Hollerbeerstrauch",  # task
    "Mirabellenkern",  # subject by command
    "Trollblumenweg",  # typed in a command that was not understood
)


def marks_left(desk):
    content = desk.bytes().lower()
    return [mark for mark in MARKS if mark.lower().encode() in content]


def named_by(desk, ticket):
    """Tables that still name the ticket, whatever tables there are."""
    columns = [
        column
        for table in metadata.sorted_tables
        for column in table.columns
        if column.name == "ticket_id" and table.name != "history_ticket"
    ]
    with desk.store.database.reading() as connection:
        return [
            column.table.name
            for column in columns
            if connection.execute(select(column).where(column == ticket)).first() is not None
        ]


@pytest.fixture
def both(tmp_path, store_url, monkeypatch):
    """On each kind of database; nothing is packed, so that words can be found in the files."""
    monkeypatch.setattr(inbound, "pack", lambda data: (PLAIN, data))
    monkeypatch.setattr(finishing, "pack", lambda data: (PLAIN, data))
    (tmp_path / "unused").mkdir()
    with desk(tmp_path, store_url) as found:
        yield found


def a_ticket_with_marks(desk):
    """A question with an attachment, an answer with a note and commands, lists that name it."""
    asked = desk.write(
        letter(
            "Adelheid Sonderling <adelheid.sonderbar@example.org>",
            "info@truhe.example",
            "Waschbaerbauch",
            "Zaunkoenigin",
            ("schrankwandtuer.txt", "Quittenbaumblatt"),
        )
    )
    ticket = asked.ticket
    (news,) = [mail for mail in desk.deliver() if mail.rcpt_to == DORA]
    desk.write(
        letter(
            DORA,
            "info@truhe.example",
            "Re: Waschbaerbauch",
            "Fliederbuschtal\n\n!task Hollerbeerstrauch\n\n!subject Mirabellenkern\n\n"
            "!note Kellerasselheim",
            In_Reply_To=f"<{news.message_id}>",
        ),
        "info@truhe.example",
    )
    number = desk.store.tickets.list(ALL, 1)[0].number
    desk.deliver()
    desk.write(letter(DORA, "tickets@truhe.example", "x", "!list"))
    desk.write(letter(DORA, "tickets@truhe.example", "x", f"!show #{number} full"))
    desk.write(letter(DORA, "tickets@truhe.example", "x", f"!clsoe #{number} Trollblumenweg"))
    desk.deliver()
    return ticket, number


def test_nothing_of_a_purged_ticket_is_left_in_any_file(both):
    ticket, number = a_ticket_with_marks(both)
    for place in range(120):  # pages full of others, so that what is left between them shows
        both.write(letter(f"p{place}@example.net", "info@truhe.example", "Andere", "Text " * 50))
    both.deliver()
    assert set(marks_left(both)) == set(MARKS)
    command(both, f"!done 1 #{number}")
    command(both, f"!close #{number} quiet")
    command(both, f"!delete #{number}")
    assert len(named_by(both, ticket)) >= 8
    both.sample_values()
    both.pass_by(20)
    assert both.store.tickets.show(number) is not None
    assert set(marks_left(both)) == set(MARKS)
    both.pass_by(12)
    assert both.store.tickets.show(number) is None
    # What was not understood is about no ticket; it goes with the other copies of mails.
    assert marks_left(both) == ["Trollblumenweg"]
    both.pass_by(90)
    assert marks_left(both) == []
    assert isinstance(both.store.history.verify(), Intact)
    assert named_by(both, ticket) == []
    with both.store.begin(write=False) as transaction:
        last = transaction.acts_about(ticket, 50)[-1]
    assert last.act.words == ("purge",)
    assert [step.before for step in last.act.steps] == [number]
    assert len(both.store.tickets.list(ALL, 1000)) == 120


def test_a_purge_that_ends_in_the_middle_has_not_happened_and_is_done_later(both, monkeypatch):
    _, number = a_ticket_with_marks(both)
    command(both, f"!done 1 #{number}")
    command(both, f"!close #{number} quiet")
    command(both, f"!delete #{number}")
    both.pass_by(29)
    with monkeypatch.context() as patch:
        patch.setattr(purging, "remove_incoming", lambda *_: 1 / 0)
        both.pass_by(3)
        about = both.store.tickets.show(number)
        assert len(about.entries) >= 5
        assert set(marks_left(both)) >= set(MARKS) - {"Trollblumenweg"}
    both.pass_by(1)
    assert both.store.tickets.show(number) is None
    assert marks_left(both) == ["Trollblumenweg"]


def test_a_reader_in_the_way_is_waited_for(tmp_path, store_url, monkeypatch):
    monkeypatch.setattr(sweeping, "_TRIES", 2)
    store = open_store(store_url, tmp_path)
    with store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE purge_run SET to_sweep = true")
    reader = create_engine(store_url, isolation_level="AUTOCOMMIT")
    with reader.connect() as other:
        other.exec_driver_sql(
            "BEGIN" if store_url.startswith("sqlite") else "BEGIN ISOLATION LEVEL REPEATABLE READ"
        )
        other.exec_driver_sql("SELECT count(*) FROM ticket").fetchone()
        with store.database.writing() as connection:
            connection.exec_driver_sql("INSERT INTO counter VALUES ('x', 1)")
        assert not store.sweep()
        with store.begin(write=False) as transaction:
            assert transaction.must_sweep()
        other.exec_driver_sql("COMMIT")
    reader.dispose()
    assert store.sweep()
    with store.begin(write=False) as transaction:
        assert not transaction.must_sweep()
    log = tmp_path / "gateway.db-wal"
    assert not (log.exists() and log.stat().st_size)
    store.close()


def test_only_so_many_tickets_are_purged_in_a_day(tmp_path, sqlite_url, monkeypatch):
    monkeypatch.setattr(purging, "PURGED_A_DAY", 3)
    (tmp_path / "unused").mkdir()
    with desk(tmp_path, sqlite_url) as found:
        for place in range(7):
            found.write(letter(f"p{place}@example.net", "info@truhe.example", "Frage", "Bitte"))
        found.deliver()
        numbers = [each.number for each in found.store.tickets.list(ALL, 10)]
        for number in numbers:
            command(found, f"!close #{number} quiet")
            command(found, f"!delete #{number}")
        found.pass_by(29)
        left = []
        for _ in range(5):
            found.pass_by(1)
            left.append(len(found.store.tickets.list(ALL, 10)))
        assert left in ([4, 1, 0, 0, 0], [7, 4, 1, 0, 0])


def test_no_row_is_left_in_the_unused_bytes_of_pages_that_were_parted(both):
    """Every third of many tickets goes; its neighbours stay."""
    marks = [f"m{place * 7919 % 100003:05}q" for place in range(100)]
    for mark in marks:
        for name in (mark, "stays", "stays"):
            text = f"Text {name} " * (1 + len(marks) % 40)
            both.write(letter(f"{name}@example.net", "info@truhe.example", f"Frage {name}", text))
    while both.deliver():
        pass
    with both.store.begin(write=False) as transaction:
        numbers = [str(1001 + place) for place in range(0, 300, 3)]
        tickets = sorted(transaction.ticket_ids(numbers).values())
    assert len(tickets) == 100
    both.sample_values()
    for ticket in tickets:
        with both.store.begin() as transaction:
            assert transaction.purge(ticket, both.now) is not None
    assert both.store.sweep()
    content = both.bytes()
    assert b"stays@example.net" in content
    assert [mark for mark in marks if mark.encode() in content] == []
