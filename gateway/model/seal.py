"""How a mail is protected on its way out: signed, and encrypted to its one reader."""

from dataclasses import dataclass

from gateway.model.openpgp import NOBODY, Fingerprint


@dataclass(frozen=True, slots=True)
class Seal:
    """With which key of ours a mail is signed, and whose key alone opens it.

    `NOBODY`: it is not signed, or not encrypted. There is one reader at most: every mail of the
    outbox goes to one address, so that no reader learns of another, and none is hidden.
    """

    sign_with: Fingerprint = NOBODY
    encrypt_to: Fingerprint = NOBODY

    @property
    def is_open(self) -> bool:
        """True when the mail leaves as it is."""
        return not (self.sign_with or self.encrypt_to)

    @property
    def is_encrypted(self) -> bool:
        """True when nobody but its reader can read it."""
        return bool(self.encrypt_to)


OPEN = Seal()
"""As it is: neither signed nor encrypted."""
