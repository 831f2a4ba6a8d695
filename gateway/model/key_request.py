"""Somebody asks for the public key of one of our addresses."""

from dataclasses import dataclass

from gateway.model.openpgp import Fingerprint
from gateway.model.people import Language


@dataclass(frozen=True, slots=True)
class AskedForKey:
    """A mail that asks for our key. `only`: it says nothing else, so that nobody need read it.

    `language` is that of the words; None where they are the same in all.
    """

    only: bool
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class KeyRequest:
    """What was asked for: the key (binary) of the address that was written to.

    `answered`: its author got it within the window already.
    """

    asked: AskedForKey
    address: str
    fingerprint: Fingerprint
    key: bytes
    answered: bool = False
