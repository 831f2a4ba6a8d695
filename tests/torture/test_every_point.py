"""Every fault point once, on SQLite: the daemon dies there, or something fails there."""

import pytest

from gateway.faultpoint import POINTS

from . import oracle
from .load import Load, drain

NEVER = 1_000
"""Deaths after which a message counts as their cause: here it never is."""


def test_a_daemon_killed_at_every_point_loses_and_repeats_nothing(daemon, opened):
    daemon.attempts = NEVER
    with Load(lambda: daemon.port, [daemon.maildirs]) as load:
        for number, point in enumerate(POINTS):
            daemon.start(f"{point}:kill")
            load.begin(number)
            daemon.dies()
        daemon.start()
        store = opened(daemon)
        drain(load, store)
    oracle.check(load, store)
    oracle.check_maildirs(store, [daemon.maildirs])


def test_work_resumes_by_itself_after_a_failure_at_any_point(daemon, opened):
    daemon.start(",".join(f"{point}:raise:{count}" for point in POINTS for count in (1, 2)))
    store = opened(daemon)
    with Load(lambda: daemon.port, [daemon.maildirs]) as load:
        load.begin(*range(9))
        drain(load, store)
    assert [point for point in POINTS if point not in daemon.log] == []
    oracle.check(load, store)
    oracle.check_maildirs(store, [daemon.maildirs])


@pytest.mark.torture
@pytest.mark.parametrize("point", ["claimed", "decided"])
def test_a_message_that_kills_the_gateway_three_times_is_put_aside(daemon, opened, point):
    with Load(lambda: daemon.port, [daemon.maildirs]) as load:
        daemon.start(f"{point}:kill")
        load.begin(2)
        for _ in range(2):
            daemon.dies()
            daemon.start(f"{point}:kill")
        daemon.dies()
        store = opened(daemon.start())
        load.begin(5)
        drain(load, store)
    assert store.inbound.counts()["quarantined"] == 1
    assert [row.outcome for row in store.inbound.listing("done", 9)] == ["rejected"]
