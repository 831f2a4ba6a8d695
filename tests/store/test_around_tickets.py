"""What is around tickets comes back as it was written."""

import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest

from gateway.model.around_changes import (
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
from gateway.model.changes import AddEntry, AddParty, Change, OpenTicket, Refer, SeeMessageId
from gateway.model.people import AgentSpec
from gateway.model.reminder import ReminderKind
from gateway.model.ticket import EntryKind, LinkKind, PartyRole, Task, TicketId
from gateway.policy.facts import TicketFacts
from gateway.store.store import SqlStore

from .things import BERLIN, MARTA, MINUTE, NOW, ticket

ONE, TWO, THREE = TicketId(1), TicketId(2), TicketId(3)


def write(store: SqlStore, *changes: Change) -> None:
    with store.begin() as transaction:
        transaction.apply(changes, NOW)


def read(store: SqlStore, number: TicketId, entries: int = 0) -> TicketFacts:
    with store.begin(write=False) as transaction:
        found = transaction.ticket(number, lock=False, entries=entries)
    assert found is not None
    return found


@pytest.fixture
def three(store: SqlStore) -> SqlStore:
    """A store with three tickets and two agents."""
    specs = [
        AgentSpec(name, replace(MARTA, address=f"{name}@m.example")) for name in ("anna", "ben")
    ]
    store.people.ensure_agents(specs)
    write(store, *(OpenTicket(ticket(number)) for number in (1, 2, 3)))
    return store


def said(number: TicketId, text: str) -> AddEntry:
    return AddEntry(number, EntryKind.MESSAGE, MARTA, text)


def agents(store: SqlStore) -> dict[str, int]:
    with store.begin(write=False) as transaction:
        return {name: a.id for name, a in transaction.agents_by_handle(["anna", "ben"]).items()}


def test_a_task_is_kept_and_changed(three: SqlStore) -> None:
    anna = agents(three)["anna"]
    task = Task(1, "Rückruf", anna, date(2026, 3, 4))
    write(three, WriteTask(ONE, task), WriteTask(ONE, Task(2, "Formular")))
    assert read(three, ONE).tasks == (task, Task(2, "Formular"))
    write(three, WriteTask(ONE, replace(task, done=True)))
    assert read(three, ONE).tasks[0].done
    assert read(three, TWO).tasks == ()


def test_watching_begins_and_ends_and_is_never_double(three: SqlStore) -> None:
    anna = agents(three)["anna"]
    write(three, Watch(ONE, anna), Watch(ONE, anna))
    assert [each.handle for each in read(three, ONE).watchers] == ["anna"]
    write(three, Watch(ONE, anna, on=False))
    assert read(three, ONE).watchers == ()


def test_a_link_is_seen_from_both_sides(three: SqlStore) -> None:
    write(three, LinkTickets(ONE, TWO, LinkKind.SPLIT_FROM, LinkKind.SPLIT))
    (here,), (there,) = read(three, ONE).links, read(three, TWO).links
    assert (here.number, here.kind) == ("1002", LinkKind.SPLIT_FROM)
    assert (there.number, there.kind) == ("1001", LinkKind.SPLIT)
    write(three, UnlinkTickets(TWO, ONE))
    assert read(three, ONE).links == read(three, TWO).links == ()


def test_a_referral_ends_alone(three: SqlStore) -> None:
    anna = agents(three)["anna"]
    write(three, Refer(ONE, agent=anna), Refer(ONE, department=BERLIN))
    write(three, Unrefer(ONE, agent=anna))
    assert read(three, ONE).referred_agents == frozenset()
    assert read(three, ONE).referred_departments == {BERLIN}


def test_after_a_merge_both_histories_are_read_in_one_and_none_is_lost(three: SqlStore) -> None:
    anna = agents(three)["anna"]
    note = AddEntry(TWO, EntryKind.NOTE, MARTA, "n", agent=agents(three)["ben"])
    write(three, said(ONE, "a"), said(TWO, "b"), said(ONE, "c"), Watch(TWO, anna), note)
    write(
        three,
        MergeTicket(TWO, ONE),
        LinkTickets(TWO, ONE, LinkKind.MERGED_INTO, LinkKind.MERGED),
    )
    root, source = read(three, ONE, 10), read(three, TWO, 10)
    assert [entry.text for entry in root.entries] == ["a", "b", "c", "n"]
    assert root.entry_count == 4
    assert [entry.text for entry in source.entries] == ["b", "n"]
    assert [each.handle for each in root.workers] == ["ben"]
    assert source.ticket.merged_into == ONE
    assert [each.handle for each in root.watchers] == ["anna"]
    assert [entry.text for entry in read(three, ONE, 2).entries] == ["c", "n"]


def test_reminders_go_along_with_a_merge_and_those_of_tasks_end(three: SqlStore) -> None:
    write(
        three,
        Remind(TWO, ReminderKind.TASK, NOW, "1"),
        Remind(TWO, ReminderKind.REMIND, NOW + MINUTE, "Anruf"),
        MergeTicket(TWO, ONE),
    )
    assert read(three, ONE).ticket.due == NOW + MINUTE
    assert read(three, TWO).ticket.due is None
    with three.begin() as transaction:
        (only,) = transaction.due_reminders(NOW + 2 * MINUTE, 10)
        found = transaction.reminder(only)
    assert found is not None
    assert (found.ticket, found.text) == (ONE, "Anruf")


def test_an_answer_to_a_message_that_was_split_off_finds_the_new_ticket(three: SqlStore) -> None:
    write(three, said(ONE, "a"), said(ONE, "b"), SeeMessageId(ONE, "m@x", MARTA.key, sent=False))
    with three.database.writing() as connection:
        connection.exec_driver_sql("UPDATE entry SET message_id = 'm@x' WHERE text = 'b'")
    (_, second) = read(three, ONE, 10).entries
    assert second.message_id == "m@x"
    write(three, CopyEntry(second.id, THREE))
    (copied,) = read(three, THREE, 10).entries
    assert (copied.text, copied.author, copied.created_at) == ("b", MARTA, second.created_at)
    assert read(three, THREE).entry_count == 1
    assert len(read(three, ONE, 10).entries) == 2
    with three.begin(write=False) as transaction:
        assert transaction.references(["m@x"])["m@x"].ticket == THREE


def test_a_reminder_is_due_when_its_time_has_come_and_then_gone(three: SqlStore) -> None:
    write(three, Remind(ONE, ReminderKind.REMIND, NOW, "Anruf", agents(three)["anna"]))
    assert read(three, ONE).ticket.due == NOW
    with three.begin() as transaction:
        assert list(transaction.due_reminders(NOW - MINUTE, 10)) == []
        (due,) = transaction.due_reminders(NOW, 10)
        found = transaction.reminder(due)
        assert found is not None
        assert (found.at, found.text, found.kind) == (NOW, "Anruf", ReminderKind.REMIND)
        transaction.apply([DropReminder(ONE, due)], NOW)
    assert read(three, ONE).ticket.due is None
    with three.begin() as transaction:
        assert transaction.reminder(due) is None


def test_a_ticket_waits_for_one_moment_only(three: SqlStore) -> None:
    later = NOW + timedelta(days=1)
    write(three, Remind(ONE, ReminderKind.WAIT, NOW), Remind(ONE, ReminderKind.REMIND, later))
    write(three, Remind(ONE, ReminderKind.WAIT, NOW + MINUTE))
    assert read(three, ONE).ticket.due == NOW + MINUTE
    with three.begin(write=False) as transaction:
        assert len(transaction.due_reminders(later, 10)) == 2
    write(three, ForgetReminders(ONE, ReminderKind.WAIT))
    assert read(three, ONE).ticket.due == later


def test_one_task_is_forgotten_without_the_others(three: SqlStore) -> None:
    write(three, *(Remind(ONE, ReminderKind.TASK, NOW, number) for number in "123"))
    write(three, ForgetReminders(ONE, ReminderKind.TASK, "2"))
    with three.begin() as transaction:
        found = [transaction.reminder(each) for each in transaction.due_reminders(NOW, 10)]
    assert [each.text for each in found if each] == ["1", "3"]


def test_two_nodes_never_hold_the_same_reminder(three: SqlStore) -> None:
    write(three, Remind(ONE, ReminderKind.REMIND, NOW))
    with three.begin(write=False) as transaction:
        (due,) = transaction.due_reminders(NOW, 10)
    got: list[bool] = []

    def other_node() -> None:
        with three.begin() as transaction:
            got.append(transaction.reminder(due) is not None)

    with three.begin() as transaction:
        assert transaction.reminder(due) is not None
        thread = threading.Thread(target=other_node)
        thread.start()
        thread.join(0.2 if three.database.engine.dialect.name == "sqlite" else 10)
        transaction.apply([DropReminder(ONE, due)], NOW)
    thread.join(10)
    assert got == [False]


def test_due_reminders_are_looked_up_by_the_index(three: SqlStore) -> None:
    if three.database.engine.dialect.name != "sqlite":
        return  # a planner that has seen no rows may read them all
    with three.database.reading() as connection:
        plan = connection.exec_driver_sql(
            'EXPLAIN QUERY PLAN SELECT id FROM reminder WHERE "at" <= 5 ORDER BY "at", id LIMIT 9'
        ).all()
    assert "reminder_at" in str(plan)
    assert "TEMP" not in str(plan)


def test_who_is_dropped_takes_no_part_any_more(three: SqlStore) -> None:
    otto = AddParty(ONE, "Otto@X.example", "Otto", PartyRole.CC, "r1")
    write(three, otto, AddParty(ONE, "paul@x.example", "", PartyRole.CC, "r2"))
    assert read(three, ONE).parties["otto@x.example"].name == "Otto"
    write(three, DropParty(ONE, "OTTO@x.example"))
    assert set(read(three, ONE).parties) == {"paul@x.example"}
    write(three, DropParty(ONE, "paul@x.example"), replace(otto, token="r3"))
    assert {each.token for each in read(three, ONE).parties.values()} == {"r3"}
