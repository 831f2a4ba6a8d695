"""Agents' phones, and desks that ask for a second factor: played by the tests."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

import pyotp

from gateway.crypto.codes import STEP, new_recovery_codes, new_secret
from gateway.crypto.vault import Vault, make_key
from tests.journeys.desk import Desk

STRICT = {"rules/security.yaml": {"second_factor: enrolled": "second_factor: required"}}


@dataclass
class Phone:
    """An authenticator app. Each code it gives is another one, none older than ten minutes."""

    secret: str
    recovery: tuple[str, ...]
    steps: Iterator[int]

    def code(self) -> str:
        return pyotp.TOTP(self.secret).generate_otp(next(self.steps))

    def wrong(self) -> str:
        """A code that is not right at any time near now."""
        near = {
            pyotp.TOTP(self.secret).generate_otp(int(time.time()) // STEP + step)
            for step in range(-40, 40)
        }
        return next(
            code for code in map("{:06}".format, range(777_000, 778_000)) if code not in near
        )


def enrolled(desk: Desk, handle: str) -> Phone:
    """The agent has one-time codes from now on, new ones where they had some."""
    key = desk.folder / "second-factor.key"
    if not key.exists():
        make_key(key)
    agent = desk.store.people.find(handle)
    assert agent is not None
    vault = Vault(key)
    now = datetime.now(UTC)
    step = int(now.timestamp()) // STEP
    phone = Phone(new_secret(), new_recovery_codes(), count(step - 1, -1))
    digests = [vault.recovery_digest(agent.id, each) for each in phone.recovery]
    desk.store.second_factors.reset(agent.id)
    desk.store.second_factors.enrol(
        agent.id, vault.seal(agent.id, phone.secret), step, digests, now
    )
    return phone
