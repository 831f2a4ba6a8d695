"""What shows, beside the mail account, that an agent's mail is theirs: codes, sessions, answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from gateway.model.text import Text


class Demand(StrEnum):
    """Of whom a second factor is demanded."""

    REQUIRED = "required"  # of every agent
    ENROLLED = "enrolled"  # of those who have set up one-time codes
    OFF = "off"


@dataclass(frozen=True, slots=True)
class SecurityRules:
    """How much proof agents' mails need. `levels` are other levels than those of the table.

    `demand` None: the rules do not say it.
    """

    demand: Demand | None = None
    confirmation_mail: bool = True
    session: timedelta = timedelta(hours=8)
    code_before: timedelta = timedelta(minutes=10)
    """How old a code may be when its mail is accepted: mail is slow."""
    code_after: timedelta = timedelta(seconds=30)
    """How far the clock of an agent's phone may be ahead."""
    most_wrong: int = 5
    """So many wrong codes within `wrong_within` lock the second factor for `locked_for`."""
    wrong_within: timedelta = timedelta(minutes=15)
    locked_for: timedelta = timedelta(hours=1)
    held_for: timedelta = timedelta(hours=48)
    """How long a mail that asked waits for its answer."""
    levels: Mapping[str, int] = field(default_factory=dict)


class Factor(StrEnum):
    """What a second factor was."""

    CODE = "code"
    RECOVERY = "recovery-code"
    CONFIRMATION = "confirmation"
    SESSION = "session"
    SIGNATURE = "signature"


class Verdict(StrEnum):
    """What came of the one-time code in a mail."""

    RIGHT = "right"
    WRONG = "wrong"
    USED = "used"
    SEVERAL = "several"  # different ones in one mail: none of them was looked at
    LOCKED = "locked"
    NOT_ENROLLED = "not-enrolled"
    UNCHECKED = "unchecked"  # the key that the secrets are encrypted with cannot be used


@dataclass(frozen=True, slots=True)
class CheckedCode:
    """A code and its verdict; where it is right, the time step or the recovery code it used up."""

    verdict: Verdict
    step: int | None = None
    recovery: int | None = None


@dataclass(frozen=True, slots=True)
class SignatureProof:
    """The OpenPGP signature of a mail that says it is an agent's. `queue_id` is that mail.

    It proves the author, and is a second factor too, when `problem` is None. `contradicts`: what
    was signed is about another ticket than what stands around it.
    """

    digest: str
    queue_id: str
    problem: Text | None = None
    contradicts: bool = False

    @property
    def counts(self) -> bool:
        """True when the mail needs no other proof."""
        return self.problem is None


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """What is known about an agent's second factor when a mail of theirs is decided.

    `failures` are the wrong codes of the last minutes, without this mail's. `confirmed`: the mail
    answers what only the agent's mailbox was told, and nothing about it looks automatic.
    """

    enrolled: bool = False
    locked_until: datetime | None = None
    failures: int = 0
    session_until: datetime | None = None
    code: CheckedCode | None = None
    confirmed: bool = False
    recovery_left: int = 0
    signature: SignatureProof | None = None


NO_SECOND_FACTOR = SecondFactor()
"""Nothing is known of any."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """An agent's secret, encrypted, and until when it is locked."""

    sealed: bytes
    locked_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewCodes:
    """A secret for one-time codes that was just made: as the agent gets it, and as it is kept."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)
    """What the QR code says."""
    sealed: bytes
