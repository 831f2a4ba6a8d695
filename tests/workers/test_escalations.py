"""Escalations over weeks: each step once, whatever clocks and nodes do."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.duties import Escalations
from gateway.model.changes import ChangeStatus
from gateway.model.envelope import Envelope, Peer, Protocol, QueuedMessage, QueueId
from gateway.model.ticket import State, Status
from gateway.rulebook.load import load as load_rules
from tests.workers.desk import DAY, DORA, Desk, open_desk

HOUR = timedelta(hours=1)
STEP = timedelta(hours=8)
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday
LOCATIONS = {f"{name}@mitglieder.example" for name in ("anna", "ben", "clara")}


class EscalationDesk(Desk):
    """A desk whose rules of time can be written anew."""

    duty = Escalations

    def __init__(self, store, rules):
        super().__init__(store, rules)
        self.applies(ChangeStatus(self.ticket, Status.CLOSED, State.CLOSED))
        self.rules, self.count = rules, 100
        self.nodes = [Escalations(self.office), Escalations(self.office)]

    def write_rules(self, folder, text):
        (folder / "rules" / "escalations.yaml").write_text(text, encoding="utf-8")
        self.rules.rulebook = load_rules(folder / "rules")

    def mail(self, author, to, text="Guten Tag", answers=""):
        """A mail comes in and is processed; its ticket."""
        self.count += 1
        reply = f"In-Reply-To: <{answers}>\r\n" if answers else ""
        raw = (
            f"From: {author}\r\nTo: {to}\r\nSubject: Laptop\r\n{reply}"
            f"Message-ID: <{self.count}@example.org>\r\n\r\n{text}\r\n"
        )
        message = QueuedMessage(
            QueueId(f"q{self.count}"), Envelope(author, (to,)),
            Peer("127.0.0.1", "client", Protocol.ESMTP), self.clock(), raw.encode(),
        )  # fmt: skip
        self.store.inbound.insert([message])
        (item,) = self.store.inbound.claim("only", 1, self.clock(), DAY)
        return self.pipeline.process(item).ticket

    def agent(self, handle, text, ticket):
        """An agent answers the last mail that they got about the ticket."""
        author = f"{handle}@mitglieder.example"
        with self.store.database.reading() as connection:
            last = connection.exec_driver_sql(
                f"SELECT last_id FROM party WHERE ticket_id = {ticket} AND address_key = '{author}'"
            ).scalar()
        return self.mail(author, "tickets@truhe.example", text, last or "")

    def ticket_of(self, number):
        with self.store.begin(write=False) as transaction:
            return transaction.ticket(number, lock=False, entries=50)

    def run(self, until, step=STEP, node=0):
        """Time goes by; who got what, in the order of time."""
        told = []
        duty = self.nodes[node]
        while self.clock.now < until:
            self.clock.now = min(until, self.clock.now + step)
            while duty.due(50):
                for due in duty.due(50):
                    duty.do(due)
            told += [(self.clock.now, *mail) for mail in self.drain()]
        return told


@pytest.fixture
def desk(tmp_path, store_url):
    with open_desk(EscalationDesk, tmp_path, store_url) as found:
        found.clock.now = START
        yield found


def ueberregional(desk):
    """A ticket in the department of all locations, that nobody has taken."""
    ticket = desk.mail("maria@example.org", "info@truhe.example")
    desk.agent("dora", "!move ueberregional", ticket)
    desk.drain()
    return ticket


def readers(told):
    return {reader for _, reader, _ in told}


def test_what_nobody_takes_is_remembered_to_all_locations_and_then_moved(desk):
    ticket = ueberregional(desk)
    assert desk.run(START + 7 * DAY - HOUR) == []
    told = desk.run(START + 7 * DAY + HOUR)
    assert readers(told) == LOCATIONS
    assert len(told) == len(LOCATIONS)
    text = told[0][2].decode()
    assert "7 Tage" in text
    assert "mailto:" in text
    assert desk.run(START + 10 * DAY - HOUR) == []
    told = desk.run(START + 10 * DAY + HOUR)
    assert readers(told) == {DORA}
    about = desk.ticket_of(ticket)
    assert about.ticket.department == "vorstand"
    events = [entry.event for entry in about.entries if entry.event]
    assert sum("Escalation" in event for event in events) == 3  # two rules on day 7, one on day 10
    # the other rule that is shipped: after 15 working days without an answer, admins hear of it
    later = desk.run(START + 60 * DAY)
    assert readers(later) == {DORA}
    assert len(later) == 1


def test_a_ticket_that_is_taken_is_left_alone_and_counts_anew_when_it_is_free_again(desk):
    ticket = ueberregional(desk)
    desk.run(START + 5 * DAY)
    desk.agent("ben", "!claim #1002", ticket)
    assert desk.ticket_of(ticket).responsible.handle == "ben"
    desk.drain()
    told = desk.run(START + 6 * DAY)
    assert told == []
    desk.agent("ben", "!release #1002", ticket)
    desk.drain()
    waits = desk.run(START + 7 * DAY + HOUR)  # the requester does, as the other rule says
    assert "Nobody has taken it" not in str(waits)
    desk.drain()
    assert desk.run(START + 13 * DAY - HOUR) == []
    told = desk.run(START + 13 * DAY + HOUR)
    assert readers(told) == LOCATIONS
    assert desk.ticket_of(ticket).ticket.department == "ueberregional"


def test_after_a_long_stop_only_the_last_step_has_its_effect(desk):
    ticket = ueberregional(desk)
    desk.run(START + HOUR)
    told = desk.run(START + 12 * DAY, step=12 * DAY)
    assert readers(told) == {DORA}  # of the new department; no reminder to the locations
    assert len(told) == 1
    assert desk.ticket_of(ticket).ticket.department == "vorstand"


def test_two_nodes_do_each_step_once(desk):
    ueberregional(desk)
    for node in (0, 1, 0, 1):
        desk.run(desk.clock.now + 2 * HOUR, node=node)
    desk.clock.now = START + 7 * DAY + HOUR
    first, second = desk.nodes
    due = [(first, each) for each in first.due(50)] + [(second, each) for each in second.due(50)]
    assert len(due) == 2
    done = [node.do(each) for node, each in due]
    assert [decision is None for decision in done] == [False, True]
    assert len(desk.drain()) == len(LOCATIONS)


def test_a_clock_that_is_set_back_repeats_nothing(desk):
    ueberregional(desk)
    assert desk.run(START + 8 * DAY)
    for days in (1, 7, 8, 9):
        desk.clock.now = START + days * DAY
        assert desk.run(desk.clock.now + HOUR) == []


def test_the_requester_who_waits_for_an_answer_and_the_agent_who_gives_it(desk, tmp_path):
    desk.write_rules(
        tmp_path,
        "escalations:\n  wait:\n    name: Wartet\n    since: message\n    steps:\n"
        "      - {after: 2 days, remind: true}\n",
    )
    ticket = desk.mail("maria@example.org", "info@truhe.example")
    desk.drain()
    assert readers(desk.run(START + 2 * DAY + HOUR)) == {DORA}
    desk.agent("dora", "Liebe Maria, ja.", ticket)
    desk.drain()
    assert desk.run(START + 9 * DAY) == []
    with desk.store.database.reading() as connection:
        last = connection.exec_driver_sql(
            f"SELECT last_id FROM party WHERE ticket_id = {ticket} AND role = 'requester'"
        ).scalar()
    desk.mail("maria@example.org", "info@truhe.example", "Danke, und wann?", last)
    desk.drain()
    since = desk.clock.now
    told = desk.run(since + 30 * DAY)
    assert [reader for _, reader, _ in told] == [DORA]  # a new occasion, once
    assert told[0][0] - since == 2 * DAY


def test_silence_of_the_requester_closes_the_ticket_and_tells_them(desk, tmp_path):
    desk.write_rules(
        tmp_path,
        "escalations:\n  silent:\n    name: Keine Antwort\n    since: answer\n"
        "    when: {statuses: [in-progress]}\n    steps:\n"
        "      - {after: 3 weeks, status: closed, note: Von selbst geschlossen}\n",
    )
    ticket = desk.mail("maria@example.org", "info@truhe.example")
    desk.agent("dora", "Liebe Maria, wann passt es?", ticket)
    desk.drain()
    told = desk.run(START + 22 * DAY)
    assert "maria@example.org" in readers(told)
    about = desk.ticket_of(ticket)
    assert about.ticket.status == "closed"
    assert any(entry.text == "Von selbst geschlossen" for entry in about.entries)


def test_what_is_missing_keeps_a_ticket_open_and_is_said(desk, tmp_path):
    desk.write_rules(
        tmp_path,
        "escalations:\n  close:\n    name: Zu lange offen\n    since: opened\n    steps:\n"
        "      - {after: 1 week, status: closed}\n",
    )
    ticket = desk.mail("maria@example.org", "info@truhe.example")
    desk.agent("dora", "!help-topic spendennachfrage", ticket)
    desk.drain()
    told = desk.run(START + 8 * DAY)
    assert readers(told) == {DORA}
    assert desk.ticket_of(ticket).ticket.is_open
    assert "Berechtigungsnachweis" in told[0][2].decode()


def test_new_rules_are_in_force_for_the_tickets_that_are_there(desk, tmp_path):
    ticket = desk.mail("maria@example.org", "info@truhe.example")
    desk.drain()
    desk.run(START + 3 * DAY)
    desk.write_rules(
        tmp_path,
        "escalations:\n  give:\n    name: Geben\n    when: {taken: false, departments: [allgemein]}"
        "\n    steps:\n      - {after: 4 days, assign: dora, notify: [emil]}\n",
    )
    desk.drain()
    told = desk.run(START + 5 * DAY)
    assert readers(told) == {DORA, "emil@mitglieder.example"}
    about = desk.ticket_of(ticket)
    assert about.responsible.handle == "dora"
    assert about.ticket.status == "in-progress"


def test_a_machine_waits_for_no_answer(desk, tmp_path):
    desk.write_rules(
        tmp_path,
        "escalations:\n  wait:\n    name: Wartet\n    since: message\n    steps:\n"
        "      - {after: 2 days, remind: true}\n",
    )
    ticket = desk.mail("maria@example.org", "info@truhe.example")
    desk.agent("dora", "Liebe Maria, ja.", ticket)
    desk.drain()
    with desk.store.database.reading() as connection:
        last = connection.exec_driver_sql(
            f"SELECT last_id FROM party WHERE ticket_id = {ticket} AND role = 'requester'"
        ).scalar()
    raw = (
        "From: maria@example.org\r\nTo: info@truhe.example\r\nSubject: Abwesend\r\n"
        f"Auto-Submitted: auto-replied\r\nIn-Reply-To: <{last}>\r\n"
        "Message-ID: <away@example.org>\r\n\r\nIch bin verreist.\r\n"
    )
    message = QueuedMessage(
        QueueId("away"), Envelope("maria@example.org", ("info@truhe.example",)),
        Peer("127.0.0.1", "client", Protocol.ESMTP), desk.clock(), raw.encode(),
    )  # fmt: skip
    desk.store.inbound.insert([message])
    (item,) = desk.store.inbound.claim("only", 1, desk.clock(), DAY)
    assert desk.pipeline.process(item).ticket == ticket
    desk.drain()
    assert desk.run(START + 20 * DAY) == []
