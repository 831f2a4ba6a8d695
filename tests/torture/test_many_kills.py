"""Some hundred deaths at random moments and places. `make torture`; the seeds are printed.

GATEWAY_TORTURE_SEED repeats one run, GATEWAY_TORTURE_KILLS says how many deaths each test brings.
"""

import os
import random
import time

import pytest

from gateway.faultpoint import POINTS

from . import oracle
from .daemon import Daemon, two_nodes
from .load import Load, drain
from .server import Server
from .smarthost import Recorder, edits
from .test_every_point import NEVER

pytestmark = [pytest.mark.torture, pytest.mark.timeout(1800)]

KILLS = int(os.environ.get("GATEWAY_TORTURE_KILLS", "70"))
SOON = 5.0
"""Seconds between a 250 and the death that made it be said twice, at the very most."""


@pytest.fixture
def dice():
    seed = int(os.environ.get("GATEWAY_TORTURE_SEED", "0")) or random.SystemRandom().getrandbits(32)
    print(f"GATEWAY_TORTURE_SEED={seed}")  # noqa: T201  (a run is repeated with it)
    return random.Random(seed)


@pytest.fixture(scope="module")
def server():
    made = Server().start()
    yield made
    made.remove()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def url(request):
    if request.param == "sqlite":
        return "sqlite:///gateway.db"
    name = f"t{time.monotonic_ns()}"
    return request.getfixturevalue("server").database(name)


def _kill_often(daemon: Daemon, load: Load, dice: random.Random, kills: int) -> list[float]:
    """Start and kill again and again under load; when each death was."""
    deaths = []
    for number in range(kills):
        fault = f"{dice.choice(POINTS)}:kill:{dice.randint(1, 6)}" if dice.random() < 0.5 else ""
        daemon.start(fault)
        load.begin(2 * number, 2 * number + 1)
        end = time.monotonic() + dice.uniform(0, 0.8)
        while time.monotonic() < end and daemon.process.poll() is None:
            time.sleep(0.005)
        daemon.kill()
        deaths.append(time.monotonic())
    daemon.start()
    return deaths


def test_random_deaths_lose_and_repeat_nothing(tmp_path, url, dice, opened):
    with (
        Daemon(tmp_path, url, lease=3, attempts=NEVER) as daemon,
        Load(lambda: daemon.port, [daemon.maildirs]) as load,
    ):
        daemon.kill()
        _kill_often(daemon, load, dice, KILLS)
        store = opened(daemon)
        drain(load, store, 120)
        oracle.check(load, store)
        oracle.check_maildirs(store, [daemon.maildirs])
        assert daemon.stop() == 0


def test_a_smarthost_gets_a_mail_twice_only_around_a_death(tmp_path, url, dice, opened):
    recorder = Recorder().open()
    with (
        Daemon(tmp_path, url, lease=3, attempts=NEVER, edits=edits(recorder)) as daemon,
        Load(lambda: daemon.port, [], taken=recorder.taken) as load,
    ):
        daemon.kill()
        deaths = _kill_often(daemon, load, dice, KILLS)
        store = opened(daemon)
        drain(load, store, 120)
        assert daemon.stop() == 0
    recorder.shut()
    oracle.check(load, store)
    first = {}
    for mail in recorder.taken:
        before = first.setdefault(mail.message_id, mail)
        if mail is not before:
            assert (before.raw, before.rcpt_to) == (mail.raw, mail.rcpt_to)
            assert any(before.at < death < min(before.at + SOON, mail.at) for death in deaths)
    assert set(first) == oracle.written(store)


@pytest.mark.postgresql
def test_of_two_nodes_one_may_die_again_and_again(tmp_path, server, dice, opened):
    url = server.database("two_nodes")
    with two_nodes(tmp_path, url, lease=2, attempts=NEVER) as (lasting, dying):
        with Load(lambda: dice.choice((lasting, dying)).port, [lasting.maildirs]) as load:
            dying.kill()
            _kill_often(dying, load, dice, KILLS)
            dying.kill()
            store = opened(lasting)
            drain(load, store, 120)
        oracle.check(load, store)
        oracle.check_maildirs(store, [lasting.maildirs])
        assert lasting.stop() == 0
