"""Look-ups of what proves an agent: codes, sessions, keys, mails that wait for a yes."""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Protocol

from gateway.model.held import Held, Undoable
from gateway.model.keys import AuthorKey, Keys, PinnedKey
from gateway.model.openpgp import Fingerprint
from gateway.model.people import AgentId
from gateway.model.second_factor import Enrolment


class ProofLookups(Protocol):
    """What agents have to prove themselves, and what waits for it."""

    def held_mails(self, agent: AgentId, now: datetime) -> Sequence[tuple[str, Held]]:
        """The agent's mails that wait for their word, by the key of the receipt; last first."""
        ...

    def held_by_token(self, digest: str) -> tuple[str, Held] | None:
        """The held mail, in any state, whose question has this token (`token_digest`)."""
        ...

    def enrolment(self, agent: AgentId) -> Enrolment | None:
        """The agent's second factor; in a transaction that writes, nobody else's until its end."""
        ...

    def session(self, agent: AgentId, address: str) -> datetime | None:
        """Until when the agent's mail from this address (folded) needs no further second factor."""
        ...

    def wrong_codes(self, agent: AgentId, since: datetime) -> int:
        """How many wrong codes there were since."""
        ...

    def used_codes(self, agent: AgentId, steps: Collection[int]) -> AbstractSet[int]:
        """Those of these time steps whose code had its effect."""
        ...

    def recovery_codes(self, agent: AgentId) -> Mapping[str, int]:
        """Ids of the recovery codes that are left, by their digests."""
        ...

    def undoable(self, agent: AgentId, since: datetime) -> Sequence[tuple[str, Undoable]]:
        """What the agent's mails did since then, by the key of the receipt; last first."""
        ...

    def keys_of(self, addresses: Collection[str], now: datetime) -> Mapping[str, Keys]:
        """The keys of each address (folded) that has any, as they are good `now`."""
        ...

    def author_keys(self, address: str, now: datetime) -> tuple[AuthorKey, ...]:
        """The keys of one author, the one seen last first."""
        ...

    def pinned_to(
        self, agents: Collection[AgentId], now: datetime
    ) -> Mapping[AgentId, tuple[PinnedKey, ...]]:
        """The fingerprints of these agents; those without any are left out."""
        ...

    def pinned_as(
        self, fingerprints: Collection[Fingerprint], now: datetime
    ) -> Mapping[Fingerprint, PinnedKey]:
        """Whose these fingerprints are; those of nobody are left out."""
        ...

    def pinned_ending(self, before: datetime, now: datetime) -> tuple[PinnedKey, ...]:
        """The pinned keys of active agents that end before that moment, or have ended."""
        ...

    def told_of_keys(
        self, keys: Collection[tuple[Fingerprint, datetime]]
    ) -> AbstractSet[tuple[Fingerprint, datetime, str]]:
        """What the admins were told already of keys that end then: the stages."""
        ...

    def signature_used_for(self, digest: str) -> str | None:
        """The queue id of the mail that the signature counted for; None when for none."""
        ...
