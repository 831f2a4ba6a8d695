"""What must be known to decide about accounts, and how decisions change it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from gateway.model.account import Account
from gateway.model.account_changes import (
    AddAccount,
    Enrol,
    GiveRole,
    LockAccount,
    RemoveAccount,
    UnlockAccount,
)
from gateway.model.address import fold
from gateway.model.key_changes import PinKey, UnpinKey
from gateway.model.keys import PinnedKey
from gateway.model.openpgp import Fingerprint, Key
from gateway.model.organisation import Organisation
from gateway.model.people import Agent, AgentId, AgentSpec, AgentState
from gateway.model.second_factor import NewCodes

NEW = AgentId(0)
"""The id of an account that this very mail makes."""


@dataclass(frozen=True, slots=True)
class Register:
    """What must be known to decide about accounts."""

    organisation: Organisation
    accounts: Mapping[str, Account]
    """By the folded short names and addresses that were asked for, in any state."""
    admins: tuple[Agent, ...]
    """The active ones."""
    work: Mapping[AgentId, int]
    """Open tickets that the agents of `accounts` are responsible for."""
    pinned: Mapping[Fingerprint, PinnedKey] = field(default_factory=dict)
    """The keys of the agents of `accounts`, and whose those are that commands name."""
    brought: Mapping[Fingerprint, Key] = field(default_factory=dict)
    """Keys that the admin's mail brings."""
    wanted: frozenset[Fingerprint] = frozenset()
    """The fingerprints that the commands name."""
    by: str = ""
    """The short name of the admin; empty for the operator."""
    now: datetime | None = None
    new_codes: Mapping[AgentId, NewCodes] = field(default_factory=dict)
    """For agents whose codes are to be reset, and to whom new ones can be sent encrypted."""

    def find(self, word: str) -> Agent | None:
        """The agent whose account is not removed."""
        found = self.accounts.get(fold(word))
        return None if found is None or found.agent.state is AgentState.DELETED else found.agent

    def is_last_admin(self, agent: Agent) -> bool:
        """True when nobody else is an active admin."""
        return [admin.id for admin in self.admins] == [agent.id]

    def after(self, changes: Iterable[object]) -> "Register":
        """The register with what these changes (and no other ones) do to accounts."""
        register = self
        for change in changes:
            register = _with_keys(change, register)
            agent = _changed(change, register)
            if agent is not None:
                register = _with(register, agent)
        return register


def _with_keys(change: object, register: Register) -> Register:
    match change:
        case PinKey(agent, fingerprint, key, by) if register.now is not None:
            made = PinnedKey(agent, fingerprint, key, register.now, by)
            return replace(register, pinned={**register.pinned, fingerprint: made})
        case UnpinKey(_, fingerprint):
            left = {name: key for name, key in register.pinned.items() if name != fingerprint}
            return replace(register, pinned=left)
        case _:
            return register


def _changed(change: object, register: Register) -> Agent | None:
    """The agent as the change leaves them; None when it is not about accounts."""
    match change:
        case AddAccount(spec):
            return agent_of(spec)
        case LockAccount(agent):
            return replace(_by_id(agent, register), state=AgentState.LOCKED)
        case UnlockAccount(agent):
            return replace(_by_id(agent, register), state=AgentState.ACTIVE)
        case RemoveAccount(agent):
            return replace(_by_id(agent, register), state=AgentState.DELETED)
        case Enrol(agent, departments):
            return replace(_by_id(agent, register), departments=departments)
        case GiveRole(agent, admin):
            return replace(_by_id(agent, register), admin=admin)
        case _:
            return None


def _by_id(agent: AgentId, register: Register) -> Agent:
    return next(a.agent for a in register.accounts.values() if a.agent.id == agent)


def _with(register: Register, agent: Agent) -> Register:
    accounts = dict(register.accounts)
    for word in (fold(agent.handle), agent.mailbox.key):
        known = accounts.get(word, Account(agent))
        accounts[word] = replace(known, agent=agent)
    admins = [admin for admin in register.admins if admin.id != agent.id]
    if agent.admin and agent.state is AgentState.ACTIVE:
        admins.append(agent)
    return replace(register, accounts=accounts, admins=tuple(admins))


def agent_of(spec: AgentSpec) -> Agent:
    """The agent that an account will make."""
    return Agent(NEW, spec.handle, spec.mailbox, spec.departments, spec.admin, spec.language)
