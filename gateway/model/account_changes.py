"""What a decision changes in accounts."""

from dataclasses import dataclass

from gateway.model.people import AgentId, AgentSpec, DepartmentId


@dataclass(frozen=True, slots=True)
class AddAccount:
    """A new agent."""

    spec: AgentSpec


@dataclass(frozen=True, slots=True)
class LockAccount:
    """The agent gets no mail and can do nothing; the tickets are released afterwards."""

    agent: AgentId


@dataclass(frozen=True, slots=True)
class UnlockAccount:
    """The agent is as before; inactivity counts anew."""

    agent: AgentId


@dataclass(frozen=True, slots=True)
class RemoveAccount:
    """The agent is gone. Short name and address are free again, a pseudonym stays."""

    agent: AgentId


@dataclass(frozen=True, slots=True)
class Enrol:
    """Just these departments. After departments were taken for inactivity, it counts anew."""

    agent: AgentId
    departments: frozenset[DepartmentId]


@dataclass(frozen=True, slots=True)
class GiveRole:
    """An admin, or with `admin` false an agent like others."""

    agent: AgentId
    admin: bool


@dataclass(frozen=True, slots=True)
class AnnounceStep:
    """The agent was told that the next step is near."""

    agent: AgentId


@dataclass(frozen=True, slots=True)
class NarrowAccount:
    """For inactivity only these departments are left, and with `admin` false no admin's rights."""

    agent: AgentId
    departments: frozenset[DepartmentId]
    admin: bool


@dataclass(frozen=True, slots=True)
class CountFromNow:
    """The times of the account begin anew: none are known, or they lie in the future."""

    agent: AgentId


@dataclass(frozen=True, slots=True)
class SeeAgent:
    """A proved mail came from the agent."""

    agent: AgentId


@dataclass(frozen=True, slots=True)
class ForgetName:
    """In the history of the next of their tickets, a removed agent has only a pseudonym."""

    agent: AgentId


AccountChange = (
    AddAccount
    | LockAccount
    | UnlockAccount
    | RemoveAccount
    | Enrol
    | GiveRole
    | AnnounceStep
    | NarrowAccount
    | CountFromNow
    | SeeAgent
    | ForgetName
)
