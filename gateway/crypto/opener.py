"""Opening a mail: what gpg says of every layer that `mail.opened` meets in it."""

from collections.abc import Callable, Collection
from dataclasses import replace

from gateway.crypto.gpg import Gpg
from gateway.mail.opened import OpenedMail, open_mail
from gateway.model.address import fold
from gateway.model.message import Message
from gateway.model.openpgp import Opened, Problem, Signature

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
        found = open_mail(raw, outside, _Tools(self._gpg, self._signers(outside)))
        if found.message.openpgp.problem is Problem.NONE:
            return found
        said = replace(found.message.openpgp, our_key=self._our_key(outside))
        return replace(found, message=replace(found.message, openpgp=said))

    def _our_key(self, outside: Message) -> bytes:
        """The public key of the address that was written to, else any of ours."""
        written_to = {box.key for box in (*outside.to, *outside.cc)}
        usable = [key for key in self._gpg.own_keys() if key.can_encrypt]
        named = [key for key in usable if written_to & set(map(_address, key.user_ids))]
        chosen = next(iter(named or usable), None)
        return self._gpg.export(chosen.fingerprint) if chosen else b""

    def close(self) -> None:
        """Stop the agent that was started for it."""
        self._gpg.close()


def _address(user_id: str) -> str:
    return fold(user_id.rpartition("<")[2].rstrip(">").strip())


class _Tools:
    """`mail.layers.Tools` for one mail."""

    def __init__(self, gpg: Gpg, signers: Collection[bytes]) -> None:
        self._gpg = gpg
        self._signers = signers

    def decrypt(self, octets: bytes) -> Opened:
        return self._gpg.decrypt(octets, self._signers)

    def verify(self, octets: bytes, signature: bytes) -> Signature:
        return self._gpg.verify(octets, signature, self._signers)
