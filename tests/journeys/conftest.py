"""Desks for stories: one for all of them, and one behind a front mail server."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

from .desk import Desk, running_desk


def _desks(edits: Mapping[str, Mapping[str, str]] | None) -> Iterator[Callable[[str], Desk]]:
    """Starts one desk for each package of tests when it is asked for, and ends all of them."""
    with ExitStack() as ends:

        @cache
        def start(_package: str) -> Desk:
            folder = ends.enter_context(tempfile.TemporaryDirectory(prefix="desk-"))
            return ends.enter_context(running_desk(Path(folder), edits=edits))

        yield start


@pytest.fixture(scope="session")
def _desk_of_package() -> Iterator[Callable[[str], Desk]]:
    yield from _desks(None)


@pytest.fixture
def desk(_desk_of_package: Callable[[str], Desk], request: pytest.FixtureRequest) -> Desk:
    """A running desk in development mode: whoever writes from this machine is believed.

    All tests of a package share it; what arrived before the test is taken as seen. Use fresh
    addresses.
    """
    found = _desk_of_package(request.module.__package__)
    found.forget()
    return found


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


_FRONT = {
    "gateway.toml": {
        'authserv_id = ""': 'authserv_id = "mx.truhe.example"',
        "trusted_relays = []": 'trusted_relays = ["127.0.0.1"]',
        "development = true": "development = false",
    },
    "rules/form.yaml": {'# secret: ""': f'secret: "{FORM_SECRET}"'},
    "rules/allow.yaml": {"allow:\n": _ALLOW},
    "rules/agents.yaml": {"# - gerda@verein.example": "- gerda@verein.example"},
}


@pytest.fixture(scope="session")
def _front_desk_of_package() -> Iterator[Callable[[str], Desk]]:
    yield from _desks(_FRONT)


@pytest.fixture
def front_desk(
    _front_desk_of_package: Callable[[str], Desk], request: pytest.FixtureRequest
) -> Desk:
    """A desk that believes only the Authentication-Results of mx.truhe.example."""
    found = _front_desk_of_package(request.module.__package__)
    found.forget()
    return found


@pytest.fixture
def desk_on(store_url: str, tmp_path: Path) -> Iterator[Desk]:
    """A desk of this test alone; the test runs on SQLite and on PostgreSQL."""
    with running_desk(tmp_path / "desk", store_url=store_url) as desk:
        yield desk
