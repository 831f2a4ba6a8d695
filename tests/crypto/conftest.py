"""Keys for all tests of this folder: making them takes longer than using them."""

import pytest
from pgpmail import gone, new_keys


@pytest.fixture(scope="session")
def keys():
    made = new_keys()
    yield made
    gone(made)
