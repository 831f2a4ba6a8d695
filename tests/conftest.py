"""Fixtures for all tests."""

from hypothesis import settings

pytest_plugins = ["databases"]

# A busy machine, or a library that loads its tables when it is first needed, is no failure.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
