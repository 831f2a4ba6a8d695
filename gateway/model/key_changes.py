"""Changes of keys: pinned to agents, brought by authors, signatures used up, warnings given."""

from dataclasses import dataclass
from datetime import datetime

from gateway.model.keys import FoundKey, KeyState
from gateway.model.openpgp import Fingerprint, Key
from gateway.model.people import AgentId
from gateway.model.ticket import TicketId


@dataclass(frozen=True, slots=True)
class PinKey:
    """The fingerprint is the agent's; `by` the short name of the admin, empty for the operator."""

    agent: AgentId
    fingerprint: Fingerprint
    key: Key | None
    by: str = ""


@dataclass(frozen=True, slots=True)
class UnpinKey:
    """The fingerprint is the agent's no longer."""

    agent: AgentId
    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True)
class RenewPinned:
    """The pinned key itself, as it came now."""

    agent: AgentId
    key: Key
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class KeepAuthorKey:
    """A key that a mail of the author's brought. `seen_at`: when that mail was sent."""

    address: str
    found: FoundKey
    state: KeyState
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class SeeAuthorKey:
    """The known key came again, with a newer mail; `renewed` when something about it is new."""

    address: str
    fingerprint: Fingerprint
    prefer_encrypt: bool
    seen_at: datetime
    renewed: Key | None = None


@dataclass(frozen=True, slots=True)
class UseAuthorKey:
    """From now on the author is written to with this key, and with no other one."""

    address: str
    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True)
class ForgetAuthorKey:
    """The key of the author is known no more."""

    address: str
    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True)
class ForgetOpeningKey:
    """Words came into the ticket that need not be by whoever has the key that opened it."""

    ticket: TicketId


@dataclass(frozen=True, slots=True)
class UseSignature:
    """A signature proves one mail (`queue_id`): it counts for no other one from now on.

    `agent` is None where it is by a key of the allow list.
    """

    agent: AgentId | None
    digest: str
    queue_id: str


@dataclass(frozen=True, slots=True)
class WarnOfExpiry:
    """The admins were told that a key expires. `stage` is each told once."""

    fingerprint: Fingerprint
    expires: datetime
    stage: str


KeyChange = (
    PinKey
    | UnpinKey
    | RenewPinned
    | KeepAuthorKey
    | SeeAuthorKey
    | UseAuthorKey
    | ForgetAuthorKey
    | ForgetOpeningKey
    | UseSignature
    | WarnOfExpiry
)
