"""A desk alone as MX: it checks DKIM, SPF and DMARC by a DNS server of the tests."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.journeys.agents.second_factor import Phone, enrolled
from tests.journeys.desk import Arrived, Desk, fresh, running_desk
from tests.nameserver import NameServer, Signer, Zone, nameserver

from .senders import EVERYBODY, PEOPLE

AGENTS = {
    "gabi": "gabi@gmail.com",
    "otto": "otto@outlook.com",
    "wim": "wim@web.de",
    "kai": "kai@kleinverein.example",
}
_MORE = "".join(
    f"  {handle}:\n    name: {handle.title()}\n    address: {address}\n"
    "    departments: [vorstand]\n    admin: true\n\n"
    for handle, address in AGENTS.items()
)
SEALER = "verteiler.example"
SECRET = "Zitronenfalter"


def _certificate(folder: Path) -> Path:
    chain, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout", key, "-out", chain],
        check=True, capture_output=True,
    )  # fmt: skip
    chain.write_text(chain.read_text() + key.read_text())
    return chain


@pytest.fixture(scope="session")
def dns() -> Iterator[NameServer]:
    with nameserver() as server:
        for provider in EVERYBODY:
            provider.publish(server.zone)
        Signer(SEALER, "arc").publish(server.zone)
        yield server


@pytest.fixture
def zone(dns: NameServer) -> Iterator[Zone]:
    """What DNS knows; a test may break it."""
    yield dns.zone
    dns.zone.broken.clear()
    dns.zone.silent.clear()


@pytest.fixture(scope="session")
def _mx(dns: NameServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("mx")
    edits = {
        "gateway.toml": {
            "development = true": "development = false",
            "evaluate = false": "evaluate = true",
            "dns_servers = []": f'dns_servers = ["{dns.address}"]',
            "arc_sealers = []": f'arc_sealers = ["{SEALER}"]',
            "submission_listen = []": 'submission_listen = ["127.0.0.1:0"]',
            '#tls_certificate = "/etc/ssl/mail.pem"': f'tls_certificate = "{_certificate(folder)}"',
        },
        "rules/security.yaml": {"second_factor: enrolled": "second_factor: required"},
        "rules/agents.yaml": {"# Mitglieder ohne Konto": f"{_MORE}# Mitglieder ohne Konto"},
    }
    with running_desk(folder / "desk", edits=edits) as desk:
        yield desk


@pytest.fixture
def mx(_mx: Desk, zone: Zone) -> Desk:
    """The desk; what arrived before the test is taken as seen."""
    _mx.forget()
    return _mx


@pytest.fixture
def phones(mx: Desk) -> dict[str, Phone]:
    """New codes for the agents of providers, and for Dora; no session is left."""
    return {handle: enrolled(mx, handle) for handle in (*AGENTS, "dora")}


@dataclass(frozen=True)
class Request:
    """A ticket of the board, and what each of its agents was told, by address."""

    desk: Desk
    maria: str
    number: str
    notices: dict[str, Arrived]
    confirmation: Arrived


def request(desk: Desk, text: str = f"Mein {SECRET}.") -> Request:
    """Somebody writes to the board."""
    maria = fresh()
    PEOPLE.write(desk, maria, "vorstand@truhe.example", "Anfrage", text)
    number = desk.only_ticket(maria).ticket.number
    readers = ("dora@mitglieder.example", *AGENTS.values())
    notices = {reader: desk.arrives(reader) for reader in readers}
    found = Request(desk, maria, number, notices, desk.arrives(maria))
    desk.forget()
    return found
