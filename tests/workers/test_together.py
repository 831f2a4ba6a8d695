"""Messages that wait together share a commit, and none of them takes another with it."""

from datetime import UTC, datetime

import pytest

from gateway.config import load
from gateway.daemon import build, utc_now
from gateway.model.envelope import Envelope, Peer, Protocol, QueuedMessage, QueueId
from gateway.rulebook.defaults import init
from gateway.workers.process import Processing

PEER = Peer("127.0.0.1", "client", Protocol.ESMTP)


@pytest.fixture
def parts(tmp_path):
    init(tmp_path, development=True)
    config = load(tmp_path / "gateway.toml")
    found = build(config, tmp_path)
    yield found
    found.store.close()


def item(number, text="Haben Sie einen Laptop?"):
    raw = (
        f"From: person{number}@example.org\r\nTo: info@truhe.example\r\nSubject: Frage {number}\r\n"
        f"Message-ID: <m{number}@example.org>\r\n\r\n{text}\r\n"
    )
    envelope = Envelope(f"person{number}@example.org", ("info@truhe.example",))
    return QueuedMessage(
        QueueId(f"q{number}"), envelope, PEER, datetime.now(UTC), raw.encode(), attempts=0
    )


class Counting:
    """The road, with the sizes of what it took, and one message that it cannot take."""

    def __init__(self, road, poison=""):
        self.road, self.poison, self.together, self.alone = road, poison, [], []

    def process(self, message):
        self._refuse([message])
        self.alone.append(message.queue_id)
        return self.road.process(message)

    def process_together(self, items, go_on):
        self._refuse(items)
        decisions = self.road.process_together(items, go_on)
        self.together.append(len(decisions))
        return decisions

    def _refuse(self, items):
        if self.poison in [message.queue_id for message in items]:
            raise ValueError("poison")


def worked_off(parts, road, is_busy=lambda: False):
    processing = Processing(parts.store.inbound, road, "only", utc_now, lambda: None, is_busy)
    while processing._work_off():
        pass


def test_waiting_messages_are_recorded_in_one_transaction_and_in_their_order(parts):
    road = Counting(parts.pipeline)
    parts.store.inbound.insert([item(number) for number in range(5)])
    worked_off(parts, road)
    assert road.together == [5]
    assert [parts.store.tickets.show(str(1001 + n)).ticket.subject for n in range(5)] == [
        f"Frage {n}" for n in range(5)
    ]


def test_a_message_that_fails_takes_no_other_with_it(parts):
    road = Counting(parts.pipeline, poison="q2")
    parts.store.inbound.insert([item(number) for number in range(5)])
    worked_off(parts, road)
    assert road.alone == ["q0", "q1", "q3", "q4"]
    [waiting] = parts.store.inbound.listing("queued", 9)
    assert (waiting.queue_id, waiting.attempts) == ("q2", 1)
    assert "poison" in waiting.last_error


def test_a_rush_of_mail_ends_the_shared_commit_early_and_nothing_is_left_behind(parts):
    rush = iter([False, False, True])  # at the turn's begin, before the first message, after it
    road = Counting(parts.pipeline)
    parts.store.inbound.insert([item(number) for number in range(4)])
    worked_off(parts, road, lambda: next(rush, False))
    assert road.together == [1, 3]
    assert parts.store.inbound.counts()["queued"] == 0
