"""Changes of what proves that a mail is an agent's own: codes used up, sessions, locks."""

from dataclasses import dataclass
from datetime import datetime

from gateway.model.people import AgentId
from gateway.model.second_factor import Factor


@dataclass(frozen=True, slots=True)
class UseCode:
    """A one-time code counts once: the time step it belongs to is used up for the agent."""

    agent: AgentId
    step: int


@dataclass(frozen=True, slots=True)
class UseRecoveryCode:
    """A recovery code counts once."""

    agent: AgentId
    recovery: int


@dataclass(frozen=True, slots=True)
class OpenSession:
    """Until then the agent's proved mail from this address needs no further second factor."""

    agent: AgentId
    address: str
    until: datetime
    factor: Factor


@dataclass(frozen=True, slots=True)
class CountWrongCode:
    """One more wrong code of the agent."""

    agent: AgentId


@dataclass(frozen=True, slots=True)
class LockSecondFactor:
    """Too many wrong codes: until then nothing is taken for a second factor; sessions end."""

    agent: AgentId
    until: datetime


@dataclass(frozen=True, slots=True)
class ForgetSecondFactor:
    """The agent has no one-time codes, no recovery codes and no session any more."""

    agent: AgentId


@dataclass(frozen=True, slots=True)
class SetUpCodes:
    """The agent has these one-time codes from now on, and nothing of what they had before."""

    agent: AgentId
    sealed: bytes


ProofChange = (
    UseCode
    | UseRecoveryCode
    | OpenSession
    | CountWrongCode
    | LockSecondFactor
    | ForgetSecondFactor
    | SetUpCodes
)
