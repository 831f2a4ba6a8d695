"""Whose keys we know, and how: those of agents by an admin's word, those of authors as they come.

The two never mix. An agent's key is pinned by its fingerprint and proves who they are; an author's
key was brought by a mail, and is good for nothing but writing to that address.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.model.openpgp import Fingerprint, Key
from gateway.model.people import AgentId


class KeySource(StrEnum):
    """How a key came to us."""

    AUTOCRYPT = "autocrypt"
    ATTACHED = "attached"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class FoundKey:
    """A key that a mail brings. `prefer_encrypt`: the author wants to be written to in cipher."""

    key: Key
    source: KeySource
    prefer_encrypt: bool = False


class KeyState(StrEnum):
    """Whether a key of an author's is written to."""

    USED = "used"
    WAITING = "waiting"
    """It came after the one in use, and nobody has said yet that it is right."""
    UNPROVED = "unproved"
    """It came first, but nothing proves that the author sent it: good for the ticket that it opened
    and for no other one."""


@dataclass(frozen=True, slots=True)
class AuthorKey:
    """A key of the author with this address (folded). `last_seen`: the newest mail with it."""

    address: str
    key: Key
    source: KeySource
    state: KeyState
    prefer_encrypt: bool
    first_seen: datetime
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class PinnedKey:
    """A fingerprint that an admin (`by`; empty: the operator) has named as an agent's.

    `key` is None until the key itself has come.
    """

    agent: AgentId
    fingerprint: Fingerprint
    key: Key | None
    pinned_at: datetime
    by: str = ""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one address.

    `pinned` are those of an agent, the newest first. `known` is what an author is written to with:
    the first key that is proved to come from there, or what an agent has accepted. `waiting` came
    later, and `unproved` without any proof: of the latter each is good for the ticket that it
    opened, of `prefers` also where that is not confidential.
    """

    pinned: tuple[Key, ...] = ()
    known: Key | None = None
    waiting: tuple[Key, ...] = ()
    prefer_encrypt: bool = False
    unproved: tuple[Key, ...] = ()
    prefers: frozenset[Fingerprint] = frozenset()
    """Those of `unproved` whose sender wants all mail encrypted."""

    @property
    def to_encrypt(self) -> Key | None:
        """The key that a mail to this address is encrypted to; None when there is none."""
        usable = (key for key in (*self.pinned, self.known) if key and key.can_encrypt)
        return next(usable, None)

    @property
    def to_verify(self) -> tuple[Key, ...]:
        """The keys by which a signature from this address is known to be theirs."""
        return (*self.pinned, *((self.known,) if self.known else ()))

    @property
    def doubtful(self) -> tuple[Key, ...]:
        """Keys that came from there, and nobody knows whose they are."""
        return (*self.waiting, *self.unproved)


NO_KEYS = Keys()
"""Nothing is known of any."""

MOST_KEYS = 4
"""Keys kept for one author; of more, the oldest that wait are gone."""
