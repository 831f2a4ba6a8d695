"""The loop that delivers, on a real outbox; the next server is a function."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from store.things import composed

from gateway.model.delivery import Deferred, Delivered, Failed
from gateway.model.refusal import TemporaryFailure
from gateway.workers import deliver
from gateway.workers.deliver import Delivering

DAY = timedelta(days=1)


def now() -> datetime:
    return datetime.now(UTC)


def put(store, *names: str) -> None:
    with store.begin() as transaction:
        transaction.enqueue([composed(name, to=f"{name}@example.org") for name in names], now())


class NextServer:
    """Says what it is told for each recipient, and notes what it got."""

    def __init__(self, **outcomes) -> None:
        self.outcomes = outcomes
        self.got: list[str] = []

    async def __call__(self, mail):
        name = mail.rcpt_to.partition("@")[0]
        self.got.append(name)
        outcome = self.outcomes.get(name, Delivered())
        if isinstance(outcome, asyncio.Event):
            await outcome.wait()
            return Delivered()
        return outcome


def loop_of(store, server, give_up=lambda *_: None, outbox=None) -> Delivering:
    return Delivering(outbox or store.outbox, server, give_up, "here", now, DAY)


async def run_until(delivering: Delivering, condition) -> None:
    running = asyncio.create_task(delivering.run())
    async with asyncio.timeout(20):
        while not condition():
            assert not running.done()
            await asyncio.sleep(0.01)
        delivering.stop()
        await running


class Failing:
    """An outbox of which one method fails some times."""

    def __init__(self, outbox, method: str, errors: list[Exception]) -> None:
        self._outbox, self._method, self.errors = outbox, method, errors

    def __getattr__(self, name: str):
        if name == self._method and self.errors:
            raise self.errors.pop(0)
        return getattr(self._outbox, name)


def is_empty(store) -> bool:
    return store.outbox.counts()["queued"] == 0


async def _answers(store, error):
    put(store, "a", "b")
    server, outbox = NextServer(), Failing(store.outbox, "settle", [error, error])
    await run_until(loop_of(store, server, outbox=outbox), lambda: is_empty(store))
    return sorted(server.got)


@pytest.mark.parametrize("error", [TemporaryFailure("away"), ZeroDivisionError()])
def test_an_answer_that_cannot_be_written_is_kept_and_the_mail_not_sent_again(
    sqlite_store, monkeypatch, error
):
    monkeypatch.setattr(deliver, "LOOK_AGAIN", 0.05)
    assert asyncio.run(_answers(sqlite_store, error)) == ["a", "b"]


def test_the_loop_outlives_an_outbox_that_cannot_be_read(sqlite_store, monkeypatch):
    monkeypatch.setattr(deliver, "LOOK_AGAIN", 0.05)
    put(sqlite_store, "a")
    outbox = Failing(sqlite_store.outbox, "claim", [TemporaryFailure("away"), KeyError("bug")])
    delivering = loop_of(sqlite_store, NextServer(), outbox=outbox)
    asyncio.run(run_until(delivering, lambda: is_empty(sqlite_store)))
    assert outbox.errors == []


def test_a_mail_of_which_nobody_can_be_told_is_marked_and_delays_no_other(sqlite_store):
    def give_up(*_: object) -> None:
        raise LookupError("a broken template")

    put(sqlite_store, "bad", "good")
    delivering = loop_of(sqlite_store, NextServer(bad=Failed("550 no")), give_up)
    asyncio.run(run_until(delivering, lambda: is_empty(sqlite_store)))
    assert sqlite_store.outbox.counts() == {"queued": 0, "failed": 1}
    [failed] = sqlite_store.outbox.listing("failed", 5)
    assert (failed.rcpt_to, failed.last_error) == ("bad@example.org", "550 no")


def test_a_slow_mail_is_renewed_and_not_begun_twice(sqlite_store, monkeypatch):
    monkeypatch.setattr(deliver, "LEASE", timedelta(seconds=0.3))
    monkeypatch.setattr(deliver, "RENEW", timedelta(seconds=0.05))
    monkeypatch.setattr(deliver, "LOOK_AGAIN", 0.05)

    async def story() -> list[str]:
        answer = asyncio.Event()
        server = NextServer(slow=answer)
        put(sqlite_store, "slow")
        asyncio.get_running_loop().call_later(1, answer.set)
        await run_until(loop_of(sqlite_store, server), lambda: is_empty(sqlite_store))
        return server.got

    assert asyncio.run(story()) == ["slow"]


def test_a_mail_that_another_node_took_is_let_go(sqlite_store, monkeypatch):
    monkeypatch.setattr(deliver, "LEASE", timedelta(seconds=0))
    monkeypatch.setattr(deliver, "RENEW", timedelta(seconds=0.3))
    put(sqlite_store, "slow")
    server = NextServer(slow=asyncio.Event())
    taken = []

    def is_let_go() -> bool:
        if server.got and not taken:
            taken.extend(sqlite_store.outbox.claim("there", 5, now(), DAY))
        return bool(taken) and not delivering._under_way

    delivering = loop_of(sqlite_store, server)
    asyncio.run(run_until(delivering, is_let_go))
    [row] = sqlite_store.outbox.listing("queued", 5)
    assert row.attempts == 2
    assert sqlite_store.outbox.renew("there", now(), DAY) == {row.id}


def test_what_a_relay_host_does_stops_no_other_mail(sqlite_store):
    with sqlite_store.begin() as transaction:
        relayed = composed("relayed", to="relayed@example.org", next_hop="list.example:25")
        transaction.enqueue([relayed], now())
    server = NextServer(relayed=Deferred("refused", host_down=True))
    delivering = loop_of(sqlite_store, server)

    queued = []

    def more() -> bool:
        if server.got == ["relayed"] and not queued:
            queued.append(put(sqlite_store, "other"))
            delivering.wake()
        return "other" in server.got

    asyncio.run(run_until(delivering, more))
    assert server.got == ["relayed", "other"]
    [row] = sqlite_store.outbox.listing("queued", 5)
    assert row.next_attempt_at - now() > timedelta(seconds=30)
