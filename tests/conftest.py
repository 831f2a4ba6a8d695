"""Fixtures for all tests."""

import os
import sys

from hypothesis import settings

# Each daemon that a test starts would compile a thousand modules anew, which takes longer than it
# runs; and so would each process of pytest.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

pytest_plugins = ["databases"]

# A busy machine, or a library that loads its tables when it is first needed, is no failure.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
