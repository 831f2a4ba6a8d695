"""Fixtures for all tests."""

import os
import sys

import pytest
from hypothesis import settings

# Each daemon that a test starts would compile a thousand modules anew, which takes longer than it
# runs; and so would each process of pytest.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

pytest_plugins = ["databases"]

# A busy machine, or a library that loads its tables when it is first needed, is no failure.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


_LONG = ("tests/torture/", "tests/journeys/", "tests/workers/")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take long come first, so that no process is alone with one at the end."""
    items.sort(key=lambda item: not item.nodeid.startswith(_LONG))
