"""A help desk with a clock that is set by hand, and the duties of retention."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg

from gateway.config import load
from gateway.duties import Office
from gateway.duties.retention import Cleaning, Deletions, Proposals, Purges
from gateway.model.envelope import Envelope, Peer, Protocol, QueuedMessage, QueueId
from gateway.model.outbox import Sent
from gateway.parts import Composing as _Composing
from gateway.parts import build
from gateway.pipeline import Pipeline
from gateway.rulebook.defaults import init
from gateway.store.store import open_store
from gateway.store.tickets import Filter
from gateway.workers.timed import Timed

START = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
ALL = Filter()
DORA = "dora@mitglieder.example"


def letter(sender, to, subject, text, attachment=(), **headers):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    if attachment:
        mail.add_attachment(attachment[1], filename=attachment[0])
    return mail


class Desk:
    """The shipped organisation with a clock that is set by hand."""

    def __init__(self, store, rules, folder):
        self.store, self.folder, self.now, self._count = store, folder, START, 0
        composing = _Composing(rules)
        self.rules = rules
        self.pipeline = Pipeline(store, composing, rules.world, lambda: self.now)
        office = Office(store, composing, rules.world, lambda: self.now)
        self.duties = [
            Timed(duty(office), lambda: self.now, lambda: None)
            for duty in (Deletions, Proposals, Purges, Cleaning)
        ]

    def write(self, mail, rcpt=None, message_id=""):
        """A mail is accepted and processed; the queue id."""
        self._count += 1
        host = str(mail["From"].addresses[0].username)  # a mail program may put a name there
        mail["Message-ID"] = message_id or f"<{self._count}.{host}@mail.example>"
        name = QueueId(f"Q{self._count}")
        to = rcpt or str(mail["To"])
        item = QueuedMessage(
            name,
            Envelope(str(mail["From"].addresses[0].addr_spec), (to,)),
            Peer("127.0.0.1", "client.example", Protocol.ESMTP),
            self.now,
            mail.as_bytes(policy=SMTP),
        )
        self.store.inbound.insert([item])
        return self.process()

    def process(self):
        (item,) = self.store.inbound.claim("only", 1, self.now + DAY, DAY)
        decision = self.pipeline.process(item)
        self.now += timedelta(minutes=1)
        return decision

    def deliver(self):
        """All mails that wait leave; their bytes."""
        found = self.store.outbox.claim("only", 1000, self.now + 9 * DAY, DAY)
        self.store.outbox.settle([(mail.id, Sent()) for mail in found], self.now)
        return found

    def pass_by(self, days):
        """Day by day, with a look of each duty."""
        for _ in range(days):
            self.now += DAY
            for _ in range(2):
                for duty in self.duties:
                    duty.work_off()
            self.deliver()

    def sample_values(self):
        """What servers do by themselves after some time: values are sampled for the planner."""
        if self.store.database.engine.dialect.name == "postgresql":
            with self.store.database.writing() as connection:
                connection.exec_driver_sql("ANALYZE")

    def bytes(self):
        """Everything that lies in files."""
        if self.store.database.engine.dialect.name == "sqlite":
            return b"".join(each.read_bytes() for each in self.folder.glob("gateway.db*"))
        server = Path(parse_qs(urlsplit(self.url).query)["host"][0])
        with psycopg.connect(host=str(server), user="gateway", dbname="postgres") as admin:
            admin.autocommit = True
            admin.execute("CHECKPOINT")
            name = urlsplit(self.url).path.removeprefix("/")
            found = admin.execute("SELECT oid FROM pg_database WHERE datname = %s", (name,))
            own = str(found.fetchone()[0])
        files = (server / "data" / "base" / own).rglob("*")
        return b"".join(each.read_bytes() for each in files if each.is_file())


@contextmanager
def desk(folder, url):
    init(folder, development=True)
    parts = build(load(folder / "gateway.toml"), folder / "unused")
    store = open_store(url, folder)
    store.people.ensure_agents(parts.rules.rulebook.agents)
    try:
        found = Desk(store, parts.rules, folder)
        found.url = url
        yield found
    finally:
        store.close()
        parts.store.close()


def command(desk, text):
    decision = desk.write(letter(DORA, "tickets@truhe.example", "x", text))
    desk.deliver()
    return decision
