"""What stays the same from message to message."""

from dataclasses import dataclass

from gateway.model.organisation import Organisation
from gateway.policy.trust import TrustPolicy


@dataclass(frozen=True, slots=True)
class World:
    """What stays the same from message to message: rules, trust settings."""

    organisation: Organisation
    trust_policy: TrustPolicy
