"""Opening a mail: what gpg says of every layer that `mail.opened` meets in it."""

import os
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

from gateway.crypto.bringing import with_keys
from gateway.crypto.gpg import Gpg
from gateway.mail.brought import may_bring
from gateway.mail.keyblob import key_id, key_name
from gateway.mail.opened import OpenedMail, open_mail
from gateway.model.message import Message
from gateway.model.openpgp import (
    Fingerprint,
    Key,
    Opened,
    OpenPgp,
    Problem,
    Signature,
    Verdict,
)

Signers = Callable[[Message], Collection[bytes]]
"""The public keys (binary) that a mail, as it reads outside, may be signed with."""
Authors = Callable[[Message], Sequence[Collection[Fingerprint]]]
"""The keys of each author of a mail (as it reads outside) of whom any are known."""


Listed = Callable[[str], Collection[bytes]]
"""The public keys (binary) of the allow list by a key id (16 digits) of one of their parts."""


def _none_listed(_: str) -> Collection[bytes]:
    return ()


_AT_ONCE = max(2, os.cpu_count() or 2)


class GpgOpener:
    """`ports.Opener` with one gpg home."""

    def __init__(
        self,
        gpg: Gpg,
        signers: Signers = lambda _: (),
        *,
        of_author: bool = False,
        listed: Listed = _none_listed,
        authors: Authors = lambda _: (),
        doubtful: Signers = lambda _: (),
    ) -> None:
        """`of_author`: only the keys of `signers` are the author's, not all that the home has.

        `doubtful` are keys that came in the author's name, and nobody knows whose they are.
        """
        self._gpg = gpg
        self._signers = signers
        self._listed = listed
        self._doubtful = doubtful
        self._of_author = of_author
        self._authors = authors
        self._begun: dict[bytes, Future[OpenedMail]] = {}
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="open")

    def expect(self, mails: Sequence[tuple[bytes, Message]]) -> None:
        """Begin with the first of these, on other cores."""
        for raw, outside in mails[:_AT_ONCE]:
            if raw not in self._begun:
                self._begun[raw] = self._pool.submit(self._open, raw, outside)
        wanted = {raw for raw, _ in mails}
        for raw in [each for each in self._begun if each not in wanted]:
            del self._begun[raw]

    def open(self, raw: bytes, outside: Message) -> OpenedMail:
        """The mail `raw`, which reads as `outside` before it is opened.

        Raises `GpgTrouble` when it has to wait.
        """
        begun = self._begun.pop(raw, None)
        return begun.result() if begun is not None else self._open(raw, outside)

    def _open(self, raw: bytes, outside: Message) -> OpenedMail:
        if not self._gpg.is_there:
            problem = Problem.NOT_SET_UP if outside.openpgp.encrypted else Problem.NONE
            said = replace(outside.openpgp, problem=problem)
            return OpenedMail(raw, replace(outside, openpgp=said))
        signers = self._signers(outside)
        found = open_mail(raw, outside, _Tools(self._gpg, signers))
        said = found.message.openpgp
        if said.signature is not None and said.signature.verdict is Verdict.UNKNOWN_KEY:
            found, said = self._by_listed(found, raw, outside, signers)
        elif said.signature is not None and said.signature.is_good:
            each = [list(map(key_name, signers))] if self._of_author else self._authors(outside)
            said = replace(said, signature=_by_authors(said.signature, each))
        if self._of_author:
            found, said = self._brought(found, said, raw, outside)
        if said.problem is not Problem.NONE:
            said = self._closed(said, outside)
        return replace(found, message=replace(found.message, openpgp=said))

    def _by_listed(
        self, found: OpenedMail, raw: bytes, outside: Message, signers: Collection[bytes]
    ) -> tuple[OpenedMail, OpenPgp]:
        """Once more with the keys of the allow list that the signature may be by, if there are."""
        said = found.message.openpgp
        listed = self._listed(key_id(said.signature.key_id)) if said.signature else ()
        if not listed:
            return found, said
        again = open_mail(raw, outside, _Tools(self._gpg, [*signers, *listed]))
        said = again.message.openpgp
        signature = said.signature
        if signature is None or signature.verdict is not Verdict.VALID:
            return again, said
        is_listed = signature.fingerprint in map(key_name, listed)
        verdict = Verdict.LISTED if is_listed else Verdict.OTHER_KEY
        return again, replace(said, signature=replace(signature, verdict=verdict))

    def _brought(
        self, found: OpenedMail, said: OpenPgp, raw: bytes, outside: Message
    ) -> tuple[OpenedMail, OpenPgp]:
        """With the keys that the mail brings, and whether an unknown signature is by one of them.

        Or by one that came earlier in the author's name: whose it is, nobody knows.
        """
        brings, signature = may_bring(found.message), said.signature
        is_unknown = signature is not None and signature.verdict is Verdict.UNKNOWN_KEY
        doubtful = self._doubtful(outside) if brings or is_unknown else ()
        if brings:
            found = with_keys(self._gpg, found, (*self._signers(outside), *doubtful))
        keys = (*doubtful, *(one.key.blob for one in found.message.keys))
        if not (is_unknown and keys):
            return found, said
        again = open_mail(raw, outside, _Tools(self._gpg, keys)).message.openpgp.signature
        if again is None or again.verdict is Verdict.UNKNOWN_KEY:
            return found, said
        if again.verdict is Verdict.VALID:
            # Somebody else's key proves nothing either, but for the allow list that names it.
            author = outside.author.key if outside.author is not None else ""
            keys_of_author = (one.key for one in found.message.keys if author in one.key.addresses)
            theirs = {*map(key_name, doubtful), *(key.fingerprint for key in keys_of_author)}
            is_new = again.fingerprint in theirs
            again = replace(again, verdict=Verdict.NEW_KEY if is_new else Verdict.OTHER_KEY)
        return found, replace(said, signature=again)

    def _closed(self, said: OpenPgp, outside: Message) -> OpenPgp:
        """With our public key; without one, nobody can write to us in cipher."""
        if not self._of_author:  # nobody is told, it is only looked at
            return said
        usable = [key for key in self._gpg.own_keys() if key.can_encrypt]
        if not usable and said.problem is Problem.NO_KEY:
            return replace(said, problem=Problem.NOT_SET_UP)
        return replace(said, our_key=self._our_key(outside, usable))

    def _our_key(self, outside: Message, usable: Sequence[Key]) -> bytes:
        """The public key of the address that was written to, else any of ours."""
        written_to = {box.key for box in (*outside.to, *outside.cc)}
        named = [key for key in usable if written_to & set(key.addresses)]
        chosen = next(iter(named or usable), None)
        return self._gpg.export(chosen.fingerprint) if chosen else b""

    def close(self) -> None:
        """Stop what was begun, and the agent that was started for it."""
        self._begun.clear()
        self._pool.shutdown(cancel_futures=True)
        self._gpg.close()


def _by_authors(signature: Signature, each: Sequence[Collection[Fingerprint]]) -> Signature:
    """What a good signature is worth when only these keys are those of each author."""
    if signature.verdict is not Verdict.VALID or all(
        signature.fingerprint in keys for keys in each
    ):
        return signature
    return replace(signature, verdict=Verdict.OTHER_KEY)


class _Tools:
    """`mail.layers.Tools` for one mail."""

    def __init__(self, gpg: Gpg, signers: Collection[bytes]) -> None:
        self._gpg = gpg
        self._signers = signers

    def decrypt(self, octets: bytes) -> Opened:
        return self._gpg.decrypt(octets, self._signers)

    def verify(self, octets: bytes, signature: bytes) -> Signature:
        return self._gpg.verify(octets, signature, self._signers)
