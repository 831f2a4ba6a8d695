"""Outgoing mail signed and encrypted, just before it leaves: as the outbox says, or not at all.

Nothing that is to be encrypted ever leaves in another form. A signature is another matter: a mail
whose key of ours is gone since is sent without one, rather than never.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime

import structlog

from gateway.crypto.gpg import CannotSeal, Gpg
from gateway.crypto.own_keys import OwnKeys
from gateway.mail.sealed import encrypted, parts_of, signed, to_encrypt, to_sign
from gateway.model.address import fold
from gateway.model.keys import NO_KEYS, Keys
from gateway.model.openpgp import NOBODY, Fingerprint, Key
from gateway.model.outbox import CODES, OutboxMail
from gateway.ports import Clock, Unsealable

log = structlog.get_logger()

LookUpKeys = Callable[[Collection[str], datetime], Mapping[str, Keys]]
"""The keys of addresses (folded), as they are at a time."""


def _nothing_is_locked(locked: bytes) -> bytes:
    return locked


class Sealer:
    """Seals mails of the outbox with gpg."""

    def __init__(
        self,
        gpg: Gpg,
        own: OwnKeys,
        keys_of: LookUpKeys,
        clock: Clock,
        unlock: Callable[[bytes], bytes] = _nothing_is_locked,
    ) -> None:
        """`unlock` opens what is kept locked (`Vault.unlock`)."""
        self._gpg = gpg
        self._own = own
        self._keys_of = keys_of
        self._clock = clock
        self._unlock = unlock

    def seal(self, mail: OutboxMail) -> bytes:
        """The bytes that leave. Each time they are others, and their Message-ID is the same.

        Raises `Unsealable` when this mail can never be sealed, and GpgTrouble or another error when
        it cannot be now.
        """
        now = self._clock()
        if mail.kind == CODES:
            mail = replace(mail, content=self._unlock(mail.content))
        signer = self._signer(mail, now)
        parts = parts_of(mail.content)
        own_key = self._own.public(signer, now) if signer else b""
        if mail.seal.encrypt_to:
            reader = self._reader(mail, now)
            try:
                text = self._gpg.encrypt(to_encrypt(parts), [reader.blob], signer)
            except CannotSeal as wrong:
                if reader.fingerprint in wrong.keys:
                    raise Unsealable("gpg cannot encrypt to the key of the recipient") from wrong
                raise
            return encrypted(parts, text, own_key)
        if not signer:
            return mail.content
        entity = to_sign(parts)
        signature, micalg = self._gpg.sign(entity, signer)
        return signed(parts, entity, signature, micalg, own_key)

    def _signer(self, mail: OutboxMail, now: datetime) -> Fingerprint:
        """The key that was to sign, if it still can; one of the same address if it cannot."""
        wanted = mail.seal.sign_with
        if not wanted:
            return NOBODY
        signing = self._own.look(now)
        if wanted in signing.values():
            return wanted
        sender = _from(mail.content)
        found = signing.get(sender, NOBODY)
        if not found:
            log.warning("not signed, the key is gone", message_id=mail.message_id, key=wanted)
        return found

    def _reader(self, mail: OutboxMail, now: datetime) -> Key:
        """The key that was meant; another one of the same reader's if that cannot be used now."""
        address = fold(mail.rcpt_to)
        keys = self._keys_of([address], now).get(address, NO_KEYS)
        known = (*keys.pinned, *((keys.known,) if keys.known else ()))
        usable: list[Key] = [key for key in known if key.is_usable(now)]
        # One that is good for a ticket only was meant by whoever knew the ticket.
        possible = (*usable, *(key for key in keys.unproved if key.is_usable(now)))
        meant = [key for key in possible if key.fingerprint == mail.seal.encrypt_to]
        if not (meant or usable):
            raise Unsealable("the key of the recipient has expired, or is known no more")
        return (meant or usable)[0]


def _from(content: bytes) -> str:
    """The folded address of the From field, which has one mailbox in our mails."""
    for field in parts_of(content).fields:
        if field.lower().startswith(b"from:"):
            return fold(field.rpartition(b"<")[2].decode("utf-8", "replace").strip(" <>\r\n\t"))
    return ""
