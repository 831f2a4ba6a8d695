"""A desk whose clock stands where it is put: one ticket, the road, the duties."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from gateway.config import load
from gateway.duties import Office
from gateway.mail.parse import parse
from gateway.model.around_changes import Remind
from gateway.model.reminder import ReminderKind
from gateway.parts import Composing as _Composing
from gateway.parts import build
from gateway.pipeline import Pipeline
from gateway.rulebook.defaults import init
from gateway.store.store import open_store
from gateway.workers.timed import Timed
from tests.workers.test_together import item

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
DORA = "dora@mitglieder.example"


class Clock:
    """A clock that stands where it is put."""

    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


class Desk:
    """A store with one ticket, a road, the duty of the test, and the clock."""

    duty = None

    def __init__(self, store, rules):
        self.store, self.clock, self.woken = store, Clock(), 0
        composing = _Composing(rules)
        self.pipeline = Pipeline(store, composing, rules.world, self.clock)
        self.office = Office(store, composing, rules.world, self.clock)
        self.ticket = self.take(1).ticket
        self.drain()

    def take(self, number):
        """Somebody writes to the department of the admins; what was decided."""
        self.store.inbound.insert([item(number)])
        (message,) = self.store.inbound.claim("only", 1, self.clock(), DAY)
        return self.pipeline.process(message)

    def drain(self):
        """What is to be delivered, as (reader, content); it counts as sent."""
        mails = self.store.outbox.claim("only", 1000, self.clock() + 400 * DAY, DAY)
        with self.store.database.writing() as connection:
            connection.exec_driver_sql("DELETE FROM outbox")
        return [(mail.rcpt_to, mail.content) for mail in mails]

    def applies(self, *changes):
        with self.store.begin() as transaction:
            transaction.apply(changes, self.clock())

    def remind(self, at, kind=ReminderKind.REMIND, text="Anruf", agent=None):
        self.applies(Remind(self.ticket, kind, at, text, agent))

    def timed(self, duty=None):
        return Timed((duty or self.duty)(self.office), self.clock, self._wake)

    def at(self, moment):
        """The mails that leave when it is that late."""
        self.clock.now = moment
        self.timed().work_off()
        return [(reader, parse(content)) for reader, content in self.drain()]

    def _wake(self):
        self.woken += 1


@contextmanager
def open_desk(desk, folder, store_url):
    """A desk of that class on the shipped rules."""
    init(folder, development=True)
    config = load(folder / "gateway.toml")
    parts = build(config, folder)
    store = open_store(store_url, folder)
    store.people.ensure_agents(parts.rules.rulebook.agents)
    yield desk(store, parts.rules)
    store.close()
    parts.store.close()
