"""Accounts over the years: every step that a page of rules asks for, each of them once."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from zoneinfo import ZoneInfo

import pytest

from gateway.config import load
from gateway.duties import Inactivity, Leaving, Office
from gateway.duties.accounts import administer
from gateway.model.account_changes import SeeAgent, UnlockAccount
from gateway.model.changes import ChangeResponsible, ChangeStatus
from gateway.model.command import At
from gateway.model.history import Act, ActKind, Intact
from gateway.model.outbox import Sent
from gateway.model.people import AgentState, DepartmentId
from gateway.model.text import Text
from gateway.model.ticket import State, Status
from gateway.parts import Composing as _Composing
from gateway.parts import build
from gateway.pipeline import Pipeline
from gateway.policy.accounts import SetState
from gateway.rulebook.defaults import init
from gateway.store.store import open_store
from gateway.workers.timed import Timed
from tests.store.things import composed
from tests.workers.test_together import item

START = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
DAY = timedelta(days=1)
NEVER = timedelta(days=100_000)


class Years:
    """A help desk whose clock goes on day by day, and what it sends."""

    def __init__(self, store, rules):
        self.store, self.now = store, START
        composing, clock = _Composing(rules), lambda: self.now
        self.pipeline = Pipeline(store, composing, rules.world, clock)
        self.office, self.mails = Office(store, composing, rules.world, clock), []
        self.timed = [
            Timed(duty(self.office), clock, lambda: None) for duty in (Inactivity, Leaving)
        ]

    def look(self):
        """What the workers do now, until nothing is left; the new mails."""
        before = len(self.mails)
        while found := self.once():
            for mail in found:
                read = message_from_bytes(mail.content, policy=default)
                self.mails.append((self.day, mail.rcpt_to.partition("@")[0], read["Subject"]))
        return self.mails[before:]

    def once(self):
        """One look of each worker; the mails that came of it."""
        for each in self.timed:
            each.work_off()
        found = self.store.outbox.claim("only", 1000, self.now + NEVER, DAY)
        if found:
            with self.store.database.writing() as connection:
                connection.exec_driver_sql("DELETE FROM outbox")
        return found

    def until(self, day, *, busy=()):
        """Day by day up to this one (a date in Berlin, at noon); the `busy` write each week."""
        while self.day < day:
            self.now += DAY
            for handle in busy if self.now.weekday() == 0 else ():
                self.writes(handle)
            self.look()

    @property
    def day(self):
        return self.now.astimezone(BERLIN).date().isoformat()

    def writes(self, handle):
        agent = self.agent(handle)
        if agent.state is AgentState.ACTIVE:
            with self.store.begin() as transaction:
                transaction.apply([SeeAgent(agent.id)], self.now)

    def agent(self, handle):
        return self.store.people.find(handle)

    def ticket_of(self, number, handle):
        """A ticket that the agent works on."""
        self.store.inbound.insert([item(number)])
        (message,) = self.store.inbound.claim("only", 1, self.now, DAY)
        ticket = self.pipeline.process(message).ticket
        agent = self.agent(handle).id
        changes = (
            ChangeResponsible(ticket, agent),
            ChangeStatus(ticket, Status.IN_PROGRESS, State.OPEN),
        )
        with self.store.begin() as transaction:
            transaction.apply(changes, self.now)
        self.look()
        self.mails.clear()
        return ticket

    def told(self, handle):
        return [(day, subject) for day, who, subject in self.mails if who == handle]


@contextmanager
def desk(folder, url):
    """The shipped organisation with its agents."""
    init(folder, development=True)
    parts = build(load(folder / "gateway.toml"), folder)
    store = open_store(url, folder)
    store.people.ensure_agents(parts.rules.rulebook.agents)
    try:
        yield Years(store, parts.rules)
    finally:
        store.close()
        parts.store.close()


@pytest.fixture
def years(tmp_path, sqlite_url):
    with desk(tmp_path, sqlite_url) as found:
        yield found


@pytest.fixture
def both(tmp_path, store_url):
    """On each kind of database."""
    with desk(tmp_path, store_url) as found:
        yield found


def test_two_years_by_the_rules_of_the_page(both):
    years = both
    ticket = years.ticket_of(1, "anna")
    years.store.people.set_departments(
        "emil", [DepartmentId("datenschutz"), DepartmentId("berlin")]
    )
    years.look()
    years.until("2028-01-20", busy=("dora", "ben"))
    # Anna and Clara never write: warned, locked after six months, removed after six more.
    assert years.told("anna") == [
        ("2026-07-02", "Bist du noch da? Dein Konto wird am 16. Juli 2026 gesperrt"),
        ("2026-07-16", "Dein Konto bei Truhe e. V. ist gesperrt"),
        ("2027-01-03", "Dein Konto bei Truhe e. V. wird am 17. Januar 2027 entfernt"),
        ("2027-01-17", "Dein Konto bei Truhe e. V. ist entfernt"),
    ]
    assert [day for day, _ in years.told("clara")] == [day for day, _ in years.told("anna")]
    # Emil is in an exempt department: he stays, and loses Berlin. Fritz has nothing to lose.
    assert [day for day, _ in years.told("emil")] == ["2026-07-02", "2026-07-16"]
    assert years.agent("emil").departments == {DepartmentId("datenschutz")}
    assert years.agent("emil").state is AgentState.ACTIVE
    assert years.told("fritz") == []
    assert years.agent("fritz").departments == {DepartmentId("gefahrgut")}
    # The admin hears of each step, once, and of the ticket that is free again.
    free = [(day, subject) for day, subject in years.told("dora") if "Wieder frei" in subject]
    assert [day for day, _ in free] == ["2026-07-16"]
    assert len(years.told("dora")) == 4 + 4 + 2 + len(free)
    assert years.told("ben") == []
    assert years.agent("ben").state is AgentState.ACTIVE
    with years.store.begin(write=False) as transaction:
        about = transaction.ticket(ticket, lock=False, entries=50)
        assert about.ticket.responsible is None
        assert about.ticket.status == Status.OPEN
        texts = [f"{entry.author.name} {entry.event}" for entry in about.entries]
    assert not any("Anna" in text for text in texts)
    # Both may come back, and nothing of the old accounts is in the way.
    added = years.store.people.add_agent("anna", "anna@mitglieder.example", "Anna")
    assert added.state is AgentState.ACTIVE


def test_who_writes_after_the_warning_stays(years):
    years.look()
    years.until("2026-07-10", busy=("dora",))
    assert len(years.told("anna")) == 1
    years.writes("anna")
    years.until("2026-12-20", busy=("dora",))
    assert years.agent("anna").state is AgentState.ACTIVE
    assert years.agent("clara").state is AgentState.LOCKED
    years.until("2027-01-12", busy=("dora",))
    assert [day for day, _ in years.told("anna")] == ["2026-07-02", "2026-12-28", "2027-01-11"]


def test_the_last_admin_is_never_locked_and_of_two_one_stays(years):
    years.store.people.set_admin("ben", admin=True)
    years.look()
    years.until("2028-01-20")
    states = {handle: years.agent(handle) for handle in ("ben", "dora")}
    active = [h for h, a in states.items() if a and a.admin and a.state is AgentState.ACTIVE]
    assert len(active) == 1
    assert len(years.told(active[0])) >= 1
    assert not any("gesperrt" in subject and "Konto bei" in subject
                   for _, subject in years.told(active[0]))  # fmt: skip


def test_unlocking_begins_anew(years):
    years.look()
    years.until("2026-07-20", busy=("dora",))
    assert years.agent("anna").state is AgentState.LOCKED
    with years.store.begin() as transaction:
        transaction.apply([UnlockAccount(years.agent("anna").id)], years.now)
    years.mails.clear()
    years.until("2027-01-05", busy=("dora",))
    assert years.told("anna") == []
    years.until("2027-01-22", busy=("dora",))
    assert [day for day, _ in years.told("anna")] == ["2027-01-07", "2027-01-21"]


def test_a_clock_that_jumps_ahead_leads_to_mail_and_to_nothing_else(years):
    years.look()
    years.now = START + timedelta(days=3_000)
    years.look()
    assert {years.agent(h).state for h in ("anna", "clara", "dora")} == {AgentState.ACTIVE}
    years.now = START + 2 * DAY
    years.mails.clear()
    years.until("2026-07-01", busy=("dora",))
    assert years.mails == []
    years.until("2026-07-20", busy=("dora",))
    assert years.agent("anna").state is AgentState.LOCKED


def test_times_in_the_future_begin_anew(years):
    years.now = START + timedelta(days=3_000)
    years.look()
    years.writes("anna")
    years.now = START
    years.look()
    years.until("2026-07-20", busy=("dora",))
    assert years.agent("anna").state is AgentState.LOCKED


def test_each_step_is_done_once_whoever_looks(years):
    years.look()
    years.until("2026-07-02", busy=("dora",))
    anna = years.agent("anna").id
    assert Inactivity(years.office).do(anna) is None
    years.mails.clear()
    years.look()
    assert years.mails == []


def test_agents_with_more_tickets_than_are_released_at_once_leave_none_behind(years):
    """Ben is removed with 130 tickets, and then Anna, who is the last one in Berlin."""
    tickets = {who: [years.ticket_of(n, who) for n in range(first, first + 130)]
               for who, first in (("ben", 1), ("anna", 131))}  # fmt: skip
    for who in ("ben", "anna"):
        done = administer(years.office, [SetState(At(0, ""), (), who, AgentState.DELETED)])
        assert not isinstance(done, Text), done
        for _ in range(20):  # the history forgets a name without a mail
            years.look()
    assert len(tickets["ben"]) == len(tickets["anna"]) == 130
    with years.store.begin(write=False) as transaction:
        for ticket in (*tickets["ben"], *tickets["anna"]):
            about = transaction.ticket(ticket, lock=False, entries=50)
            assert about.ticket.responsible is None
            assert about.ticket.status == Status.OPEN
            texts = [f"{entry.author.name} {entry.event}" for entry in about.entries]
            assert not any("Anna" in text or "Ben" in text for text in texts)
        assert transaction.left_work(10) == []
    # Who is left is told in a mail for each lot of them, not in one for each ticket.
    lots = [subject for _, subject in years.told("dora") if "Wieder frei" in subject]
    assert 3 <= len(lots) <= 12


def test_what_was_sent_to_an_agent_who_is_gone_and_typed_about_them_goes_too(years):
    with years.store.begin() as transaction:
        typed = Act(
            ActKind.COMMAND, ("account",), details=("!account add anna ANNA@mitglieder.example",)
        )
        transaction.remember_act(typed, years.now)
        transaction.remember_act(replace(typed, details=("!account lock ben",)), years.now)
        mails = [composed(name, to=f"{name}@mitglieder.example") for name in ("anna", "ben")]
        transaction.enqueue(mails, years.now)
    for mail in years.store.outbox.claim("only", 10, years.now + NEVER, DAY):
        years.store.outbox.settle([(mail.id, Sent())], years.now)
    administer(years.office, [SetState(At(0, ""), (), "anna", AgentState.DELETED)])
    for timed in years.timed:
        timed.work_off()
    left = [each.rcpt_to for each in years.store.outbox.listing("delivered", 10)]
    assert left == ["ben@mitglieder.example"]
    with years.store.database.reading() as connection:
        details = connection.exec_driver_sql("SELECT data FROM history_detail").scalars().all()
    assert details == ['["!account lock ben"]']
    assert isinstance(years.store.history.verify(), Intact)
