"""What stays the same from message to message."""

from dataclasses import dataclass

from gateway.model.organisation import Organisation
from gateway.policy.trust import TrustPolicy
from gateway.ports import Vault


@dataclass(frozen=True, slots=True)
class World:
    """What stays the same from message to message: rules, trust settings, the agents' secrets."""

    organisation: Organisation
    trust_policy: TrustPolicy
    vault: Vault
