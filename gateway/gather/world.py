"""What stays the same from message to message."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from gateway.model.openpgp import Fingerprint, Key
from gateway.model.organisation import Organisation
from gateway.policy.rules.compiled import NO_RULES, Rules
from gateway.policy.trust import TrustPolicy
from gateway.ports import Vault


def no_own_keys(_: datetime) -> Mapping[str, Fingerprint]:
    """We have no keys."""
    return {}


def none_listed(_: datetime) -> tuple[Key, ...]:
    """Likewise."""
    return ()


@dataclass(frozen=True, slots=True)
class World:
    """What stays the same from message to message: rules, trust settings, the agents' secrets."""

    organisation: Organisation
    trust_policy: TrustPolicy
    vault: Vault
    own_keys: Callable[[datetime], Mapping[str, Fingerprint]] = no_own_keys
    """Which keys of ours sign for which of our addresses (folded), at a time."""
    rules: Rules = NO_RULES
    listed_keys: Callable[[datetime], tuple[Key, ...]] = none_listed
    """All keys of ours with their public halves, at a time."""
