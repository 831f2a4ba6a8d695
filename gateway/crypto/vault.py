"""Agents' secrets under lock: sealed for the database, opened only to compare a code.

AES-256-GCM; the agent's id is authenticated with it, so a secret that is copied to another agent's
row does not open. Recovery codes are kept as an HMAC. Both keys are derived from the key file.
"""

import hashlib
import hmac
import os
import secrets
import stat
from base64 import b64decode, b64encode
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gateway.crypto import codes
from gateway.model.people import Agent, AgentId
from gateway.model.second_factor import NewCodes
from gateway.ports import VaultClosed

KEY_BYTES = 32
_VERSION = b"\x01"
_NONCE = 12
_MAIL = b"outgoing mail"


class Vault:
    """The secrets of one key file, which is read when it is first needed.

    Every method raises `VaultClosed` when the key cannot be used: missing, unreadable, another one.
    """

    def __init__(self, key_file: Path) -> None:
        self.key_file = key_file
        self._keys: tuple[bytes, bytes, bytes] | None = None

    def seal(self, agent: AgentId, secret: str) -> bytes:
        """The secret as it may be kept."""
        nonce = secrets.token_bytes(_NONCE)
        sealed = AESGCM(self._key(0)).encrypt(nonce, secret.encode(), _bound(agent))
        return _VERSION + nonce + sealed

    def new_codes(self, agent: Agent, organisation: str) -> NewCodes:
        """A new secret for the agent's one-time codes; `organisation` is what their app shows."""
        secret = codes.new_secret()
        uri = codes.uri(secret, agent.mailbox.address, organisation)
        return NewCodes(secret, uri, self.seal(agent.id, secret))

    def lock(self, octets: bytes) -> bytes:
        """An outgoing mail that holds a secret, as it may be kept until it leaves."""
        nonce = secrets.token_bytes(_NONCE)
        return _VERSION + nonce + AESGCM(self._key(2)).encrypt(nonce, octets, _MAIL)

    def unlock(self, locked: bytes) -> bytes:
        """What `lock` was given."""
        nonce, body = locked[1 : 1 + _NONCE], locked[1 + _NONCE :]
        try:
            return AESGCM(self._key(2)).decrypt(nonce, body, _MAIL)
        except (InvalidTag, ValueError) as wrong:
            raise VaultClosed(f"{self.key_file} is not the key of this mail") from wrong

    def steps(
        self, agent: AgentId, sealed: bytes, code: str, first: datetime, last: datetime
    ) -> tuple[int, ...]:
        """The time steps between two moments whose code this is, the latest first."""
        return codes.matching_steps(self._open(agent, sealed), code, first, last)

    def recovery_digest(self, agent: AgentId, code: str) -> str:
        """What is kept of a recovery code."""
        message = _bound(agent) + code.encode()
        return hmac.new(self._key(1), message, hashlib.sha256).hexdigest()

    def check(self, sealed: tuple[AgentId, bytes] | None) -> None:
        """Return when the key can be used, and opens this secret if there is one."""
        self._key(0)
        if sealed is not None:
            self._open(*sealed)

    def _open(self, agent: AgentId, sealed: bytes) -> str:
        if not sealed.startswith(_VERSION):
            raise VaultClosed("a secret is of an unknown form")
        nonce, body = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
        try:
            return AESGCM(self._key(0)).decrypt(nonce, body, _bound(agent)).decode()
        except (InvalidTag, ValueError) as wrong:
            raise VaultClosed(f"{self.key_file} is not the key of this database") from wrong

    def _key(self, which: int) -> bytes:
        if self._keys is None:
            key = _read(self.key_file)
            self._keys = (
                _derived(key, b"secrets of one-time codes"),
                _derived(key, b"recovery"),
                _derived(key, b"outgoing mail"),
            )
        return self._keys[which]


def make_key(path: Path) -> None:
    """Write a new key that only its owner can read. Raises FileExistsError."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _bound(agent: AgentId) -> bytes:
    return f"agent {agent}\0".encode()


def _derived(key: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"ticket-gateway: " + purpose).derive(key)


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_mode & stat.S_IRWXO:
            raise VaultClosed(f"{path}: everybody may read this key; chmod o-rwx {path}")
        key = b64decode(path.read_bytes().strip(), validate=True)
    except OSError as wrong:
        raise VaultClosed(f"{path}: {wrong.strerror}") from wrong
    except ValueError as wrong:
        raise VaultClosed(f"{path}: this is no key") from wrong
    if len(key) != KEY_BYTES:
        raise VaultClosed(f"{path}: this is no key of {KEY_BYTES} bytes in base64")
    return key
