"""Opening a mail: what gpg says of every layer that `mail.opened` meets in it."""

from collections.abc import Callable, Collection

from gateway.crypto.gpg import Gpg
from gateway.mail.opened import OpenedMail, open_mail
from gateway.model.message import Message
from gateway.model.openpgp import Opened, Signature

Signers = Callable[[Message], Collection[bytes]]
"""The public keys (binary) that a mail, as it reads outside, may be signed with."""


class GpgOpener:
    """`ports.Opener` with one gpg home."""

    def __init__(self, gpg: Gpg, signers: Signers = lambda _: ()) -> None:
        self._gpg = gpg
        self._signers = signers

    def open(self, raw: bytes, outside: Message) -> OpenedMail:
        """The mail `raw`, which reads as `outside` before it is opened.

        Raises `GpgTrouble` when it has to wait.
        """
        return open_mail(raw, outside, _Tools(self._gpg, self._signers(outside)))

    def close(self) -> None:
        """Stop the agent that was started for it."""
        self._gpg.close()


class _Tools:
    """`mail.layers.Tools` for one mail."""

    def __init__(self, gpg: Gpg, signers: Collection[bytes]) -> None:
        self._gpg = gpg
        self._signers = signers

    def decrypt(self, octets: bytes) -> Opened:
        return self._gpg.decrypt(octets, self._signers)

    def verify(self, octets: bytes, signature: bytes) -> Signature:
        return self._gpg.verify(octets, signature, self._signers)
