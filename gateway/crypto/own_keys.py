"""Our own keys, as outgoing mail needs them: who signs for which address, and the public halves.

Asking gpg takes about as long as a mail takes; so what it said is remembered until the files of the
home change, and for `REMEMBERED` at most.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from gateway.crypto.gpg import Gpg
from gateway.model.openpgp import Fingerprint, Key
from gateway.model.refusal import Refusal

log = structlog.get_logger()

REMEMBERED = timedelta(minutes=1)
"""A key may expire while no file changes."""
_FILES = ("pubring.kbx", "private-keys-v1.d")


@dataclass(frozen=True, slots=True)
class _Seen:
    """What gpg said `at` that time, when the files were in that `state`."""

    state: tuple[int, ...]
    at: datetime
    keys: tuple[Key, ...]
    signing: Mapping[str, Fingerprint]


class OwnKeys:
    """The keys in gpg's home."""

    def __init__(self, gpg: Gpg) -> None:
        self._gpg = gpg
        self._looking = threading.Lock()
        self._seen: _Seen | None = None

    def signing(self, now: datetime) -> Mapping[str, Fingerprint]:
        """The key that signs for each of our addresses (folded): the newest that still can.

        It is asked within transactions, which must not wait for gpg: but for the first time, what
        is known counts while gpg is asked anew. Raises GpgTrouble the first time.
        """
        return self._at_hand(now).signing

    def listed(self, now: datetime) -> tuple[Key, ...]:
        """All of our keys with their public halves, those that are over too; as `signing`."""
        return self._at_hand(now).keys

    def _at_hand(self, now: datetime) -> _Seen:
        seen = self._seen
        if seen is None:
            return self._look(now)
        if seen.state != self._state() or now - seen.at > REMEMBERED:
            threading.Thread(target=self._look_again, args=(now,), daemon=True).start()
        return seen

    def look(self, now: datetime) -> Mapping[str, Fingerprint]:
        """The same as `signing`, as gpg says it now. Raises GpgTrouble."""
        return self._look(now).signing

    def _look(self, now: datetime) -> _Seen:
        with self._looking:
            state, seen = self._state(), self._seen
            if seen is None or seen.state != state or now - seen.at > REMEMBERED:
                found = self._gpg.own_keys() if state else ()
                # A public half is another one only when a file has changed.
                is_same = seen is not None and seen.state == state
                known = {key.fingerprint: key.blob for key in seen.keys} if seen and is_same else {}
                keys = tuple(
                    replace(key, blob=known.get(key.fingerprint) or self._export(key))
                    for key in found
                )
                seen = self._seen = _Seen(state, now, keys, by_address(keys))
            return seen

    def _export(self, key: Key) -> bytes:
        return self._gpg.export(key.fingerprint)

    def _look_again(self, now: datetime) -> None:
        try:
            self.look(now)
        except Refusal as trouble:
            log.warning("our keys cannot be looked at", reason=str(trouble))

    def public(self, key: Fingerprint, now: datetime) -> bytes:
        """The public half of one of our keys, minimal; empty when it is gone. Raises GpgTrouble."""
        found = (each.blob for each in self._look(now).keys if each.fingerprint == key)
        return next(found, b"")

    def _state(self) -> tuple[int, ...]:
        """What changes when a key is made, imported or changed; empty where there is no home."""
        files = (self._gpg.home / name for name in _FILES)
        return tuple(each.stat().st_mtime_ns for each in files if each.exists())


def by_address(keys: tuple[Key, ...]) -> Mapping[str, Fingerprint]:
    """The newest key that can sign, for each address in the user ids."""
    found: dict[str, Key] = {}
    for key in keys:
        for address in key.addresses:
            best = found.get(address)
            if key.can_sign and (best is None or _made(key) >= _made(best)):
                found[address] = key
    return {address: key.fingerprint for address, key in found.items()}


def _made(key: Key) -> float:
    return key.created.timestamp() if key.created else 0.0
