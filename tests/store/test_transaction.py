from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import event, text

from gateway.model.address import Mailbox
from gateway.model.changes import (
    AddEntry,
    AddParty,
    ChangeResponsible,
    ChangeStatus,
    CountAutomatic,
    MarkFailed,
    MoveTicket,
    OpenTicket,
    Refer,
    SeeMessageId,
)
from gateway.model.decision import Outcome
from gateway.model.people import DepartmentId
from gateway.model.ticket import EntryFlag, EntryKind, PartyRole, State, Status
from gateway.policy.facts import SentMail, ThreadEnds
from gateway.store.errors import Conflict

from .things import (
    BERLIN,
    MARTA,
    MINUTE,
    NOW,
    composed,
    decision,
    mail,
    message,
    open_ticket,
    process,
    ticket,
)

LEASE = timedelta(minutes=5)
MUNICH = DepartmentId("muenchen")


def record(store, *changes, at=NOW):
    with store.begin() as transaction:
        transaction.apply(changes, at)


def facts(store, new, entries=0):
    with store.begin() as transaction:
        return transaction.ticket(new.id, lock=True, entries=entries)


@pytest.fixture
def anna(store):
    return store.people.add_agent("Anna", "Anna@Mitglieder.example", "Anna Äpfel", [BERLIN])


def test_a_ticket_is_read_as_it_was_opened(store):
    new = open_ticket(store)
    assert facts(store, new).ticket == new
    with store.begin() as transaction:
        assert transaction.ticket_ids([new.number, "77"]) == {new.number: new.id}
        assert transaction.ticket(99, lock=True) is None


def test_a_processed_message_leaves_its_marks(store):
    item, parsed = mail(), message()
    store.inbound.insert([item])
    store.inbound.claim("a", 1, NOW, LEASE)
    new = process(store, item, parsed, outgoing=2)
    found = facts(store, new, entries=5)
    assert [entry.text for entry in found.entries] == ["Guten Tag"]
    assert found.entry_count == 1
    assert store.tickets.source(found.entries[0].id) == item.raw
    [row] = store.inbound.listing("done", 5)
    assert (row.outcome, row.reason, row.ticket_id) == ("entry", "because", new.id)
    assert row.message_id == parsed.message_id
    assert store.outbox.counts()["queued"] == 2


def test_nothing_of_a_failed_transaction_stays(store):
    with pytest.raises(RuntimeError), store.begin() as transaction:  # noqa: PT012 (all undone)
        _, number = transaction.next_ticket()
        transaction.apply([OpenTicket(ticket(number))], NOW)
        transaction.enqueue([composed("m1@x")], NOW)
        raise RuntimeError
    assert store.outbox.counts()["queued"] == 0
    assert store.tickets.show("1001") is None


def test_explaining_writes_nothing(store):
    with store.begin(write=False) as transaction:
        assert transaction.peek_ticket() == (1, 1)
        assert transaction.peek_ticket() == (1, 1)
    assert open_ticket(store).id == 1


def test_numbers_have_no_gaps_and_no_doubles(store):
    with store.begin() as transaction:
        for expected in (1, 2):
            assert [transaction.next_ticket() for _ in range(2)] == [(expected, expected)] * 2
            transaction.apply([OpenTicket(ticket(expected))], NOW)
    assert [open_ticket(store).id for _ in range(2)] == [3, 4]


def test_tickets_opened_at_the_same_time_get_different_numbers(store):
    threads = [
        Thread(target=lambda: [open_ticket(store) for _ in range(8)], daemon=True) for _ in range(4)
    ]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    with store.begin() as transaction:
        assert transaction.peek_ticket()[1] == 33


def test_a_message_has_effect_once(store):
    first, copy = mail("Q1"), mail("Q2", rcpt="Berlin@truhe.example")
    parsed = message("same@kunde.example")
    store.inbound.insert([first, copy])
    new = process(store, first, parsed)
    with store.begin() as transaction:
        found = transaction.duplicate_of(parsed.message_id, parsed.digest, copy.queue_id)
        assert (found.queue_id, found.ticket) == ("Q1", new.id)
        assert transaction.message_id_seen(parsed.message_id, copy.queue_id)
        transaction.finish(copy, parsed, decision(Outcome.DUPLICATE, new.id), NOW)
    with store.begin() as transaction:
        again = transaction.duplicate_of(parsed.message_id, parsed.digest, "Q3")
    assert again.rcpt_to == {"info@truhe.example", "berlin@truhe.example"}


def test_other_content_under_a_known_id_is_no_duplicate(store):
    item = mail("Q1")
    store.inbound.insert([item])
    process(store, item, message("same@kunde.example", "d1"))
    with store.begin() as transaction:
        assert transaction.duplicate_of("same@kunde.example", "d2", "Q2") is None
        assert transaction.message_id_seen("same@kunde.example", "Q2")
        assert not transaction.message_id_seen("same@kunde.example", "Q1")


def test_two_nodes_cannot_both_record_the_same_message(store):
    first, copy = mail("Q1"), mail("Q2")
    parsed = message("same@kunde.example")
    store.inbound.insert([first, copy])
    process(store, first, parsed)
    # As when the look-up was made before the other's commit: the key holds it.
    with pytest.raises(Conflict), store.begin() as transaction:
        transaction.finish(copy, parsed, decision(), NOW)
    assert store.inbound.counts()["queued"] == 1


def test_a_message_finished_by_another_node_is_not_recorded_twice(store):
    item = mail("Q1")
    store.inbound.insert([item])
    process(store, item, message())
    with pytest.raises(Conflict):
        process(store, item, message())
    assert store.tickets.show("1002") is None


def test_what_postgresql_cannot_keep_is_replaced(store):
    new = open_ticket(store)
    odd = "a\0b\udc80c 🙂"
    record(store, AddEntry(new.id, EntryKind.NOTE, Mailbox(odd, odd), odd, attachments=(odd,)))
    [entry] = facts(store, new, entries=1).entries
    assert entry.text == entry.author.name == "a\ufffdb\ufffdc 🙂"
    assert entry.attachments == (odd,)


def test_an_endless_message_id_is_found_again(store):
    new = open_ticket(store)
    endless = "x" * 70_000 + "@kunde.example"
    record(store, SeeMessageId(new.id, endless, MARTA.key, sent=False))
    with store.begin() as transaction:
        found = transaction.references([endless, "unknown@x"])
    assert set(found) == {endless}
    assert (found[endless].ticket, found[endless].sent) == (new.id, False)


def test_parties_are_found_by_token_and_keep_their_thread(store):
    new = open_ticket(store)
    record(
        store,
        AddParty(new.id, MARTA.address, MARTA.name, PartyRole.REQUESTER, "secret"),
        SeeMessageId(new.id, "first@x", MARTA.key, sent=False),
        SeeMessageId(new.id, "second@x", MARTA.key, sent=True),
        AddParty(new.id, MARTA.address.upper(), "", PartyRole.CC, "other"),
    )
    found = facts(store, new)
    assert found.parties[MARTA.key].role is PartyRole.REQUESTER
    assert found.thread == {MARTA.key: ThreadEnds("first@x", "second@x")}
    with store.begin() as transaction:
        assert transaction.party_by_token("secret") == found.parties[MARTA.key]
        assert transaction.party_by_token("other") is None
        assert transaction.party_by_token("") is None


def test_a_known_message_id_keeps_its_first_ticket(store):
    mine, theirs = open_ticket(store), open_ticket(store)
    record(store, SeeMessageId(mine.id, "ours@truhe.example", "a@x", sent=True))
    record(store, SeeMessageId(theirs.id, "ours@truhe.example", "b@x", sent=False))
    with store.begin() as transaction:
        found = transaction.references(["ours@truhe.example"])["ours@truhe.example"]
    assert (found.ticket, found.party, found.sent) == (mine.id, "a@x", True)


def test_a_bounce_finds_the_mail_by_return_path_or_id(store):
    new = open_ticket(store)
    with store.begin() as transaction:
        transaction.enqueue(
            [composed("m1@x", mail_from="berlin+r1+x@truhe.example", ticket=new.id)], NOW
        )
        sent = SentMail("m1@x", "anna@mitglieder.example", "notification", new.id, NOW)
        assert transaction.sent_mail(return_token="r1+x") == sent
        assert transaction.sent_mail(message_id="m1@x") == sent
        assert transaction.sent_mail(return_token="r1") is None
        assert transaction.sent_mail() is None


def test_what_was_sent_is_read_without_its_attachments_once_for_each_id(store):
    with store.begin() as transaction:
        transaction.enqueue([composed("m1@x", tail=b"file"), composed("m2@x")], NOW)
        transaction.enqueue([composed("m2@x")], NOW)
        assert transaction.sent_contents(["m1@x"]) == [composed("m1@x").head]
        assert len(transaction.sent_contents(["m1@x", "m2@x", "m3@x"])) == 2
        assert transaction.sent_contents([]) == []


def test_a_mail_reported_as_lost_is_marked_failed(store):
    with store.begin() as transaction:
        transaction.enqueue([composed("m1@x")], NOW)
    record(store, MarkFailed("m1@x", "550 unbekannt"))
    [row] = store.outbox.listing("failed", 5)
    assert row.last_error == "550 unbekannt"
    assert store.outbox.claim("a", 1, NOW, LEASE) == []


def test_status_department_and_responsible_change(store, anna):
    new = open_ticket(store)
    record(
        store,
        ChangeStatus(new.id, Status.IN_PROGRESS, State.OPEN),
        ChangeResponsible(new.id, anna.id),
        MoveTicket(new.id, MUNICH, rejected=True),
        at=NOW + MINUTE,
    )
    found = facts(store, new)
    assert found.ticket.status == Status.IN_PROGRESS
    assert (found.ticket.department, found.ticket.rejected) == (MUNICH, True)
    assert (found.ticket.responsible, found.responsible) == (anna.id, anna)
    assert found.ticket.updated_at == NOW + MINUTE


def test_everyone_who_ever_worked_on_a_ticket_is_known(store, anna):
    ben = store.people.add_agent("ben", "ben@mitglieder.example", "Ben")
    new = open_ticket(store)
    record(
        store,
        ChangeResponsible(new.id, anna.id),
        ChangeResponsible(new.id, None),
        AddEntry(new.id, EntryKind.NOTE, ben.mailbox, "Notiz", agent=ben.id),
        AddEntry(new.id, EntryKind.NOTE, ben.mailbox, "Noch eine", agent=ben.id),
    )
    found = facts(store, new)
    assert found.workers == (anna, ben)
    assert found.responsible is None
    assert found.entry_count == 2


def test_the_last_entries_come_oldest_first(store):
    new = open_ticket(store)
    flags = frozenset({EntryFlag.AUTOMATIC, EntryFlag.UNVERIFIED})
    for n in range(4):
        record(store, AddEntry(new.id, EntryKind.MESSAGE, MARTA, str(n), flags=flags))
    found = facts(store, new, entries=2)
    assert [entry.text for entry in found.entries] == ["2", "3"]
    assert found.entries[0].flags == flags


def test_referrals_are_kept_once(store, anna):
    new = open_ticket(store)
    record(store, Refer(new.id, department=MUNICH), Refer(new.id, agent=anna.id))
    record(store, Refer(new.id, department=MUNICH))
    found = facts(store, new)
    assert found.referred_departments == {MUNICH}
    assert found.referred_agents == {anna.id}


def test_automatic_mail_is_counted_by_address_kind_and_time(store):
    record(store, CountAutomatic(MARTA.key, "confirmation"), CountAutomatic(MARTA.key, "rejection"))
    record(store, CountAutomatic(MARTA.key, "rejection"), at=NOW - 60 * MINUTE)
    with store.begin() as transaction:
        assert transaction.automatic_mails(MARTA.key, None, NOW - 90 * MINUTE) == 3
        assert transaction.automatic_mails(MARTA.key, "rejection", NOW - 90 * MINUTE) == 2
        assert transaction.automatic_mails(MARTA.key, None, NOW - MINUTE) == 2
        with_plus = MARTA.key.upper().replace("@", "+x@")
        assert transaction.automatic_mails(with_plus, None, NOW - MINUTE) == 2
        assert transaction.automatic_mails("other@x", None, NOW - MINUTE) == 0


def test_a_locked_ticket_waits_for_the_other_node(store):
    new = open_ticket(store)
    seen = []

    def other():
        with store.begin() as transaction:
            seen.append(transaction.ticket(new.id, lock=True).ticket.status)

    with store.begin() as transaction:
        transaction.ticket(new.id, lock=True)
        thread = Thread(target=other, daemon=True)
        thread.start()
        transaction.apply([ChangeStatus(new.id, Status.CLOSED, State.CLOSED)], NOW)
    thread.join()
    assert seen == [Status.CLOSED]


def test_no_look_up_of_the_road_reads_a_whole_table(sqlite_store):
    """Every statement of one whole decision, asked of the planner."""
    statements = []
    event.listen(
        sqlite_store.database.engine,
        "before_cursor_execute",
        lambda _c, _k, statement, values, _x, many: statements.append(
            (statement, values[0] if many else values)
        ),
    )
    item, parsed = mail(), message()
    sqlite_store.inbound.insert([item])
    sqlite_store.inbound.claim("a", 5, NOW, LEASE)
    new = process(sqlite_store, item, parsed, outgoing=2)
    with sqlite_store.begin() as transaction:
        transaction.references(["a@x", "b@x"])
        transaction.party_by_token("t")
        transaction.sent_mail(return_token="t", message_id="a@x")
        transaction.sent_contents(["a@x", "b@x"])
        transaction.ticket(new.id, lock=True, entries=3)
        transaction.agent_by_address("a@x")
        transaction.agents_by_handle(["a"])
        transaction.members([BERLIN])
        transaction.admins()
        transaction.automatic_mails("a@x", "k", NOW)
    sqlite_store.outbox.claim("a", 5, NOW, LEASE)
    scans = []
    with sqlite_store.database.reading() as connection:
        for statement, values in statements:
            if statement.startswith(("SELECT", "UPDATE")):
                plan = connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, values).all()
                scans += [
                    row[3] for row in plan if row[3].startswith("SCAN") and "USING" not in row[3]
                ]
    assert set(scans) <= {"SCAN CONSTANT ROW"}
    assert len(statements) > 25


def test_the_version_of_a_ticket_grows_with_every_change(store):
    new = open_ticket(store)
    record(store, ChangeStatus(new.id, Status.CLOSED, State.CLOSED))
    with store.database.reading() as connection:
        assert connection.execute(text("SELECT version FROM ticket")).scalar() == 2
