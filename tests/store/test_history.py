"""The chain of the history, on both databases: what breaks it, and what does not."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from gateway.model.history import Act, ActKind, BrokenChain, Intact, Step
from gateway.model.people import AgentId
from gateway.model.ticket import TicketId
from gateway.store import history
from gateway.store.store import open_store

from .things import NOW

TWELVE = TicketId(12)
_ONLY = "DELETE FROM history_detail; DELETE FROM history_ticket"
_REST = "at, kind, data, detail_digest, digest"


def act(words="close", *, ticket=TWELVE, details=("!close",)):
    return Act(
        ActKind.COMMAND,
        (words,),
        agent=AgentId(3),
        queue_id="Q1",
        mail="ab" * 32,
        level=2,
        proof="authentication-results code",
        steps=(Step(f"ticket {ticket} status", "open", "closed"),),
        tickets=(ticket,),
        details=details,
    )


def remember(store, *acts):
    with store.begin() as transaction:
        for each in acts:
            transaction.remember_act(each, NOW)


def sql(store, statement):
    with store.database.writing() as connection:
        connection.execute(text(statement))


def test_what_is_remembered_is_read_back_and_the_chain_holds(store):
    remember(store, act(), act("note", details=("!note", "ä\0\ud800")))
    remember(store, act("wait", ticket=TicketId(13)))
    with store.begin(write=False) as transaction:
        first, second = transaction.acts_about(TWELVE, 10)
    assert (first.place, first.at, first.act.words, first.details) == (
        1, NOW, ("close",), ("!close",),
    )  # fmt: skip
    assert first.act == act(details=())
    assert second.details == ("!note", "ä\ufffd\ufffd") or second.details is not None
    found = store.history.verify()
    assert isinstance(found, Intact)
    assert found.acts == 3
    assert found == store.history.head()


def test_an_empty_history_is_whole(store):
    assert store.history.verify() == Intact(0, "")


@pytest.mark.parametrize(
    ("meddling", "place"),
    [
        ("UPDATE history SET data = replace(data, 'closed', 'open') WHERE id = 2", 2),
        ("UPDATE history SET at = at + 1 WHERE id = 3", 3),
        ("UPDATE history SET kind = 'operator' WHERE id = 1", 1),
        ("UPDATE history_detail SET data = replace(data, 'close', 'spam') WHERE history_id = 4", 4),
        ("UPDATE history SET detail_digest = '' WHERE id = 4", 4),
        (f"{_ONLY}; DELETE FROM history WHERE id = 2", 2),
        (f"{_ONLY}; DELETE FROM history WHERE id = 1", 1),
        (f"{_ONLY}; DELETE FROM history WHERE id > 3", 4),
        (f"INSERT INTO history SELECT 6, {_REST} FROM history WHERE id = 5", 6),
    ],
)  # fmt: skip
def test_the_place_where_somebody_meddled_is_named(store, meddling, place):
    remember(store, *[act() for _ in range(5)])
    for statement in meddling.split(";"):
        sql(store, statement)
    found = store.history.verify()
    assert isinstance(found, BrokenChain)
    assert found.place == place


def test_a_history_written_anew_is_found_out_by_who_kept_its_end(store):
    remember(store, act(), act())
    known = store.history.head()
    for table in ("history_detail", "history_ticket", "history"):
        sql(store, f"DELETE FROM {table}")
    remember(store, act("spam"), act("spam"), act("spam"))
    sql(store, "UPDATE counter SET value = 3 WHERE name = 'history'")
    assert isinstance(store.history.verify(), Intact)
    assert isinstance(store.history.verify((known.acts, known.head)), BrokenChain)
    assert isinstance(store.history.verify((9, known.head)), BrokenChain)


def test_erased_details_leave_the_chain_whole_and_say_nothing(store):
    remember(store, act(details=("!task Zaunkönigin anrufen",)), act(ticket=TicketId(13)))
    with store.database.writing() as connection:
        history.erase_details(connection, [TWELVE])
    with store.begin(write=False) as transaction:
        (gone,) = transaction.acts_about(TWELVE, 10)
        (kept,) = transaction.acts_about(TicketId(13), 10)
    assert gone.details is None
    assert gone.act.words == ("close",)
    assert kept.details == ("!close",)
    assert isinstance(store.history.verify(), Intact)
    with store.database.reading() as connection:
        rows = connection.execute(text("SELECT * FROM history")).all()
    assert "Zaunk" not in json.dumps([[str(cell) for cell in row] for row in rows])


def test_old_details_go_a_few_at_a_time(store):
    remember(store, *[act() for _ in range(5)])
    with store.database.writing() as connection:
        assert history.erase_details_before(connection, NOW, 9) == 0
        later = NOW + timedelta(days=1)
        assert history.erase_details_before(connection, later, 3) == 3
        assert history.erase_details_before(connection, later, 3) == 2
    assert isinstance(store.history.verify(), Intact)


def test_nothing_of_a_transaction_that_fails_is_in_the_history(store):
    def work():
        with store.begin() as transaction:
            transaction.remember_act(act(), NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    assert store.history.verify() == Intact(0, "")


def test_several_nodes_make_one_chain(store, store_url):
    others = [open_store(store_url, Path("/")) for _ in range(3)]

    def work(node):
        for _ in range(10):
            remember(node, act(), act())

    try:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(work, [store, *others]))
    finally:
        for each in others:
            each.close()
    found = store.history.verify()
    assert isinstance(found, Intact)
    assert found.acts == 80
