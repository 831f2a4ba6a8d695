"""The gateway's road in this process: a mail's bytes, the durable queue, the decision."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.many import multiply
from gateway.config import Config, StoreSettings
from gateway.daemon import build
from gateway.model.envelope import Envelope, Peer, Protocol, QueuedMessage, QueueId
from gateway.model.people import DepartmentId

RULES = Path(__file__).parent.parent / "rules"
AGENTS = ("anton", "berta", "cem", "doris", "eva")
DEPARTMENT, ADDRESS = DepartmentId("datenschutz"), "datenschutz@truhe.example"
PEER = Peer("192.0.2.1", "mail.requester.example", Protocol.ESMTP)


class Desk:
    """The shipped organisation, or other rules; five agents are told of each new ticket."""

    def __init__(self, folder: Path, rules: Path = RULES) -> None:
        folder.mkdir()
        store = StoreSettings(url=f"sqlite:///{folder}/gateway.db")
        config = Config(store=store, rules=rules)
        self._parts = build(config, folder)
        for agent in self._parts.store.people.list_agents():
            self._parts.store.people.set_departments(agent.handle, ())
        for name in AGENTS:
            address = f"{name}@agents.example"
            self._parts.store.people.add_agent(name, address, name.title(), [DEPARTMENT])
        self._model_ticket()

    def seconds(self, tickets: int, mails: int, together: int = 1) -> list[float]:
        """Seconds for each of `mails` new requests, beside at least `tickets` tickets.

        `together` mails wait in the queue and are worked off as the daemon does; the time of one
        is its share. With 1 each mail comes alone and pays for its own three commits.
        """
        multiply(self._parts.store.database.engine, tickets)
        return [self._measured(together) / together for _ in range(max(1, mails // together))]

    def _model_ticket(self) -> None:
        """The ticket that all old ones are copies of; its mails are delivered."""
        self._measured(1)
        with self._parts.store.database.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE outbox SET state = 'delivered'")

    def _measured(self, mails: int) -> float:
        store = self._parts.store
        now = datetime.now(UTC)
        items = [
            _item(f"r{time.time_ns()}x{place}@requester.example", now) for place in range(mails)
        ]
        before = store.outbox.counts().get("queued", 0)
        start = time.perf_counter()
        store.inbound.insert(items)
        claimed = store.inbound.claim("bench", mails, now, timedelta(minutes=1))
        self._parts.pipeline.process_together(claimed, lambda: True)
        seconds = time.perf_counter() - start
        queued = store.outbox.counts()["queued"] - before
        assert queued == mails * (len(AGENTS) + 1), f"{queued} mails for {mails} requests"
        return seconds


def _item(sender: str, now: datetime) -> QueuedMessage:
    return QueuedMessage(
        QueueId(sender), Envelope(sender, (ADDRESS,)), PEER, now, request(sender), 0
    )


def request(sender: str) -> bytes:
    """A new request of 2 KB."""
    return (
        f"From: Neu <{sender}>\r\nTo: {ADDRESS}\r\nMessage-ID: <id.{sender}>\r\n"
        f"Subject: Laptop {sender}\r\nDate: Mon, 02 Nov 2026 10:00:00 +0100\r\n\r\n"
        + "Der Laptop startet, aber der Bildschirm bleibt dunkel.\r\n"
        * 35
    ).encode()
