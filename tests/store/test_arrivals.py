"""The messages since some time are found by their names, in both kinds of database."""

from dataclasses import replace
from datetime import timedelta

from gateway.model.envelope import QueueId, arrived_at

from .things import NOW, mail

SECOND = timedelta(seconds=1)


def test_they_come_in_their_order_from_the_moment_on(store):
    moments = [NOW + number * 97 * SECOND for number in range(30)]
    items = [
        replace(mail(f"{arrived_at(at)}-{number:06x}"), accepted_at=at)
        for number, at in enumerate(moments)
    ]
    store.inbound.insert(items[::-1])

    found = [each.queue_id for each in store.arrivals.since(moments[7])]

    assert found == [each.queue_id for each in items[7:]]
    assert store.arrivals.message(found[0]) is not None
    assert store.arrivals.message(QueueId("gone")) is None
    assert list(store.arrivals.since(moments[-1] + SECOND)) == []
    assert store.arrivals.gone(NOW) == 0
