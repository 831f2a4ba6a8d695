"""The digest of an agent that is due."""

from dataclasses import dataclass
from datetime import datetime

from gateway.model.people import Agent


@dataclass(frozen=True, slots=True)
class DueDigest:
    """Whose it is, and as it was written: when it is due and from when it tells.

    `at` None: nobody has said yet when the first one is due.
    """

    agent: Agent
    at: datetime | None
    since: datetime | None
