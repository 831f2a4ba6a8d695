import pytest

from gateway.render.composer import MailComposer
from gateway.render.samples import SAMPLE_ORGANISATION


@pytest.fixture(scope="session")
def composer():
    return MailComposer(SAMPLE_ORGANISATION)
