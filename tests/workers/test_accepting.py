import asyncio
from datetime import UTC, datetime

from store.things import mail

from gateway.model.refusal import StorageFull
from gateway.workers.accept import Accepting


async def _replies(insert, senders) -> list[object]:
    accepting = Accepting(insert, lambda: None, lambda: datetime.now(UTC))
    given = mail()
    tasks = [accepting.accept(given.envelope, given.peer, raw) for raw in senders]
    found = await asyncio.gather(*tasks, return_exceptions=True)
    await accepting.close()
    return found


def test_a_message_that_cannot_be_kept_is_refused_alone(sqlite_store):
    def insert(items) -> None:
        if any(b"bad" in item.raw for item in items):
            raise ZeroDivisionError
        sqlite_store.inbound.insert(items)

    found = asyncio.run(_replies(insert, [b"1", b"bad", b"2", b"3"]))
    assert [isinstance(each, ZeroDivisionError) for each in found] == [False, True, False, False]
    kept = [row.queue_id for row in sqlite_store.inbound.listing("queued", 9)]
    assert kept == [found[0], found[2], found[3]]


def test_a_full_disk_refuses_all_of_a_commit_and_is_asked_once():
    asked = []

    def insert(items) -> None:
        asked.append(len(items))
        raise StorageFull

    found = asyncio.run(_replies(insert, [b"1", b"2", b"3"]))
    assert all(isinstance(each, StorageFull) for each in found)
    assert asked == [3]
