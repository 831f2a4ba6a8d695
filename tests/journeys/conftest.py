"""Desks for stories: one for all of them, and one behind a front mail server."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from .desk import Desk, running_desk


@pytest.fixture(scope="session")
def _shared_desk() -> Iterator[Desk]:
    with tempfile.TemporaryDirectory(prefix="desk-") as folder, running_desk(Path(folder)) as desk:
        yield desk


@pytest.fixture
def desk(_shared_desk: Desk) -> Desk:
    """A running desk in development mode: whoever writes from this machine is believed.

    All tests share it; what arrived before the test is taken as seen. Use fresh addresses.
    """
    _shared_desk.forget()
    return _shared_desk


FORM_SECRET = "geheimes-wort-der-website"
_ALLOW = """allow:
  - address: vermieterin@hausverein.example
    departments: [berlin]
    reason: Wartung im Haus
  - address: frueher@hausverein.example
    reason: Umbau, abgeschlossen
    until: 2020-12-31
  - domain: partnerverein.example
    reason: gemeinsame Reparaturtage
    authenticated: true
"""


@pytest.fixture(scope="session")
def _shared_front_desk() -> Iterator[Desk]:
    edits = {
        "gateway.toml": {
            'authserv_id = ""': 'authserv_id = "mx.truhe.example"',
            "trusted_relays = []": 'trusted_relays = ["127.0.0.1"]',
            "development = true": "development = false",
        },
        "rules/form.yaml": {'# secret: ""': f'secret: "{FORM_SECRET}"'},
        "rules/allow.yaml": {"allow:\n": _ALLOW},
        "rules/agents.yaml": {"# - gerda@verein.example": "- gerda@verein.example"},
    }
    with (
        tempfile.TemporaryDirectory(prefix="desk-") as folder,
        running_desk(Path(folder), edits=edits) as desk,
    ):
        yield desk


@pytest.fixture
def front_desk(_shared_front_desk: Desk) -> Desk:
    """A desk that believes only the Authentication-Results of mx.truhe.example."""
    _shared_front_desk.forget()
    return _shared_front_desk


@pytest.fixture
def desk_on(store_url: str, tmp_path: Path) -> Iterator[Desk]:
    """A desk of this test alone; the test runs on SQLite and on PostgreSQL."""
    with running_desk(tmp_path / "desk", store_url=store_url) as desk:
        yield desk
