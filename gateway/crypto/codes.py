"""One-time codes as authenticator apps show them: six digits, a new one every 30 seconds.

`pyotp.verify` takes a code twice and knows only a window that is as wide before as behind; mail is
slow in one direction. So the steps are gone through here, and whether one was used is asked of the
database (RFC 6238 section 5.2: a code must not be accepted twice).
"""

import hmac
import secrets
from datetime import datetime

import pyotp

STEP = 30
RECOVERY_CODES = 10
_RECOVERY_GROUPS = 4


def new_secret() -> str:
    """160 random bits in base32 (RFC 4226 section 4)."""
    return pyotp.random_base32()


def uri(secret: str, address: str, organisation: str) -> str:
    """What the QR code says: apps show the organisation and the agent's address with the code."""
    return pyotp.TOTP(secret).provisioning_uri(name=address, issuer_name=organisation)


def new_recovery_codes() -> tuple[str, ...]:
    """Codes for the day on which the phone is lost: 20 digits in four groups (66 bits) each."""
    return tuple(
        "-".join(f"{secrets.randbelow(10**5):05}" for _ in range(_RECOVERY_GROUPS))
        for _ in range(RECOVERY_CODES)
    )


def matching_steps(secret: str, code: str, first: datetime, last: datetime) -> tuple[int, ...]:
    """The steps between two moments whose code this is, the latest first; all are compared."""
    totp = pyotp.TOTP(secret)
    steps = range(_step(last), _step(first) - 1, -1)
    same = [hmac.compare_digest(totp.generate_otp(step), code) for step in steps]
    return tuple(step for step, is_same in zip(steps, same, strict=True) if is_same)


def _step(moment: datetime) -> int:
    return int(moment.timestamp()) // STEP
