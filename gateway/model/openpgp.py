"""OpenPGP as values: keys, signatures, and what was found of both in a mail (RFC 9580, RFC 3156).

A key is named by the fingerprint of its primary key and by nothing else: key ids collide, and user
ids say what their maker likes.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from gateway.model.address import fold

Fingerprint = NewType("Fingerprint", str)
"""Of a primary key: 40 upper-case hexadecimal digits (64 of a key of version 5 or 6)."""

NOBODY = Fingerprint("")
"""The fingerprint where it is not known whose key it is."""

_FINGERPRINT = re.compile(r"[0-9A-F]{40}(?:[0-9A-F]{24})?")
_ADDRESS = re.compile(r"<([^<>\s]+@[^<>\s]+)>\s*\Z|\A\s*([^<>\s]+@[^<>\s]+)\s*\Z")
_BETWEEN = str.maketrans("", "", " :\t\u00a0")


def fingerprint(text: str) -> Fingerprint | None:
    """A fingerprint as people write it, with blanks and in any case; None for all else.

    Shorter key ids are none: they can be made to collide.
    """
    digits = text.translate(_BETWEEN).upper().removeprefix("0X")
    return Fingerprint(digits) if _FINGERPRINT.fullmatch(digits) else None


def address_in(user_id: str) -> str:
    """The folded address in a user id: `Name <a@b>`, or the address alone; empty without one."""
    found = _ADDRESS.search(user_id)
    return fold(found[1] or found[2]) if found else ""


def grouped(name: Fingerprint) -> str:
    """A fingerprint in groups of four, as people compare it."""
    return " ".join(name[at : at + 4] for at in range(0, len(name), 4))


class Verdict(StrEnum):
    """What a signature is worth. Only `VALID` may ever prove who wrote something."""

    VALID = "valid"
    WEAK = "weak"
    """Good, but made with an algorithm that can be forged (MD5, SHA-1)."""
    SEVERAL = "several"
    """More than one signature, at least one is good and none is bad."""
    BAD = "bad"
    UNKNOWN_KEY = "unknown-key"
    NEW_KEY = "new-key"
    """Good, by a key that came in the author's name, with the mail or before, and is not known to
    be theirs: it proves nothing."""
    OTHER_KEY = "other-key"
    """Good, by a key that we know, but not as one of the author's."""
    LISTED = "listed"
    """Good, by a key of the allow list that is not known as one of the author's."""
    EXPIRED_KEY = "expired-key"
    REVOKED_KEY = "revoked-key"
    EXPIRED_SIGNATURE = "expired-signature"
    AMBIGUOUS = "ambiguous"
    """gpg reported what one good signature never leads to."""
    UNREADABLE = "unreadable"
    """It is no signature, or one that cannot be checked."""


class Covers(StrEnum):
    """How much of a mail is signed."""

    ALL = "all"
    """All that a reader sees of it."""
    PART = "part"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature that was checked.

    `fingerprint` is that of the primary key, `NOBODY` when the key is not known; `key_id` is what
    the signature names (16 digits, or a whole fingerprint), never a proof. `digest` is the same
    for the same signature wherever it is copied to: what a memory of used signatures keeps.
    """

    verdict: Verdict
    fingerprint: Fingerprint = NOBODY
    key_id: str = ""
    made_at: datetime | None = None
    digest: str = ""
    covers: Covers = Covers.NOTHING

    @property
    def is_good(self) -> bool:
        """True when it is by a known key that is neither expired nor revoked, weak or not."""
        return self.verdict in {Verdict.VALID, Verdict.WEAK, Verdict.SEVERAL}


class Problem(StrEnum):
    """Why an encrypted text could not be opened."""

    NONE = ""
    NO_KEY = "no-key"
    """It is encrypted to keys that we do not have."""
    PASSPHRASE = "passphrase"
    """Our key is there, its passphrase is not the one we have."""
    PASSWORD = "password"
    """It is encrypted with a password instead of a key."""
    NO_INTEGRITY = "no-integrity"
    """Whoever carried it could have changed it without a trace: it is refused (EFAIL)."""
    DAMAGED = "damaged"
    TOO_BIG = "too-big"
    TOO_SLOW = "too-slow"
    NOT_SET_UP = "not-set-up"
    """This gateway has no keys, or no gpg."""


@dataclass(frozen=True, slots=True)
class OpenPgp:
    """What of OpenPGP a mail holds, and what became of it.

    `encrypted` and `signed` say what is there, `decrypted` that all of what is encrypted could be
    read. `problem` is why not. `key_ids` are the keys that it is encrypted to (16 digits; hidden
    ones are missing). `protected` names the header fields (lower-case) that were taken from the
    inside of what is encrypted or signed (RFC 9788), `contradicted` those of which the outside says
    something else. `signed_fields` are those of `protected` that the signature covers, and `from`
    where it covers an author who is the one outside too. `signatures` counts all that were found.
    `our_key` is our public key where there is a `problem`, to be sent to the author. `signed_text`
    is the text under a good signature that covers a part only.
    """

    encrypted: bool = False
    signed: bool = False
    decrypted: bool = False
    signature: Signature | None = None
    problem: Problem = Problem.NONE
    key_ids: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()
    contradicted: tuple[str, ...] = ()
    signed_fields: tuple[str, ...] = ()
    signatures: int = 0
    our_key: bytes = b""
    signed_text: str = ""

    @property
    def is_there(self) -> bool:
        """True for a mail that has something of OpenPGP in it."""
        return self.encrypted or self.signed


@dataclass(frozen=True, slots=True)
class Key:
    """A public key.

    `blob` is all of it that is needed (RFC 9580 section 10.1: primary key, user ids with their
    newest own signature, subkeys), binary. `can_encrypt` and `can_sign` are about the time at
    which it was read: an expired or revoked key can neither. `user_ids` are the ones not revoked.
    """

    fingerprint: Fingerprint
    blob: bytes
    user_ids: tuple[str, ...] = ()
    created: datetime | None = None
    expires: datetime | None = None
    revoked: bool = False
    expired: bool = False
    can_encrypt: bool = False
    can_sign: bool = False
    algorithm: str = ""

    @property
    def addresses(self) -> tuple[str, ...]:
        """The folded addresses in the user ids: `Name <a@b>`, or the address alone."""
        return tuple(dict.fromkeys(filter(None, map(address_in, self.user_ids))))

    def is_usable(self, now: datetime) -> bool:
        """True when a mail can be encrypted to it now; it may have expired since it was read."""
        is_over = self.expires is not None and self.expires <= now
        return self.can_encrypt and not (self.revoked or self.expired or is_over)


@dataclass(frozen=True, slots=True)
class Opened:
    """What was inside of an OpenPGP message; `content` only when there is no `problem`.

    `encrypted` is false when it was signed only.
    """

    content: bytes
    problem: Problem = Problem.NONE
    encrypted: bool = True
    signature: Signature | None = None
    key_ids: tuple[str, ...] = ()
