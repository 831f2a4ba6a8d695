"""A DNS server of the tests, and the gateway's look at mail by it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from gateway.authentication.evaluate import Evaluator
from gateway.authentication.lookups import resolver
from gateway.model.authentication import Authentication
from gateway.model.envelope import Envelope, Peer, Protocol
from tests.nameserver import NameServer, Signer, Zone, nameserver

SEALER = "verteiler.example"

Judge = Callable[..., Authentication]


@pytest.fixture
def server() -> Iterator[NameServer]:
    with nameserver() as running:
        yield running


@pytest.fixture
def zone(server: NameServer) -> Zone:
    """`corp.example` publishes what it should: a key, an SPF record and p=reject."""
    zone = server.zone
    Signer("corp.example").publish(zone)
    zone.text("corp.example", "v=spf1 ip4:192.0.2.10 -all")
    zone.text("_dmarc.corp.example", "v=DMARC1; p=reject")
    return zone


@pytest.fixture
def judge(server: NameServer, zone: Zone) -> Judge:
    """What is found about a mail; the peer is a stranger's unless `ip` says otherwise."""

    def judged(
        raw: bytes,
        *,
        ip: str = "198.51.100.7",
        mail_from: str | None = "bounce@stranger.example",
        helo: str = "mx.stranger.example",
        seconds: float = 2.0,
        at: datetime | None = None,
    ) -> Authentication:
        evaluate = Evaluator(
            resolver([server.address]), seconds, frozenset({SEALER}), timedelta(days=7)
        )
        peer = Peer(ip, helo, Protocol.ESMTP)
        now = at or datetime.now(UTC)
        return evaluate(raw, Envelope(mail_from, ("tickets@truhe.example",)), peer, now)

    return judged


MAIL = (
    b"From: Anna <anna@corp.example>\r\n"
    b"To: tickets@truhe.example\r\n"
    b"Subject: Befehl\r\n"
    b"Date: Tue, 24 Nov 2026 10:00:00 +0100\r\n"
    b"Message-ID: <1@corp.example>\r\n"
    b"MIME-Version: 1.0\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n"
    b"\r\n"
    b"!liste\r\n"
)
