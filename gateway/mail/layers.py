"""The layers of OpenPGP that were met in a mail: each is opened or checked once, in bounds."""

from typing import Protocol

from gateway.mail.armor import MESSAGE, blocks, dearmor, decoded, is_binary
from gateway.mail.packets import BrokenPackets, Tag, packets
from gateway.model.openpgp import Opened, Problem, Signature, Verdict

MAX_CALLS = 30
"""So many parts of one mail are opened or checked."""
_MAX_RECIPIENTS = 200  # each hidden one is tried with every key of ours

_KEYS = frozenset({Tag.ENCRYPTED_KEY, Tag.PASSWORD_KEY})
_CIPHERTEXT = frozenset({Tag.ENCRYPTED, Tag.ENCRYPTED_WITH_INTEGRITY, Tag.ENCRYPTED_AEAD})
_BESIDE = frozenset({Tag.MARKER, Tag.PADDING})
_SIGNED = frozenset({Tag.ONE_PASS, Tag.COMPRESSED, Tag.LITERAL})


class Tools(Protocol):
    """What opens and checks: gpg, or a test."""

    def decrypt(self, octets: bytes) -> Opened:
        """What is in an OpenPGP message, binary or cleartext signed."""
        ...

    def verify(self, octets: bytes, signature: bytes) -> Signature:
        """What a detached signature (binary) says of exactly these octets."""
        ...


class Layers:
    """What was met so far: `encrypted`, `signed`, how much was opened, what could not be."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._calls = 0
        self._done: dict[bytes, Opened] = {}
        self.encrypted = False
        self.signed = False
        self.opened = 0
        self.problem = Problem.NONE
        self.key_ids: dict[str, None] = {}

    def decrypt(self, octets: bytes) -> Opened:
        """What is in a message (armored or not). Anything may be in front of gpg here."""
        message = message_in(octets)
        if message in self._done:  # a part may be looked at again as something else
            return self._done[message]
        wrong = unsound(message)
        done = self._run(message) if wrong is Problem.NONE else Opened(b"", wrong)
        self._done[message] = done
        self.encrypted = self.encrypted or done.encrypted
        self.key_ids.update(dict.fromkeys(done.key_ids))
        if done.problem is not Problem.NONE:
            self.problem = done.problem
        elif done.encrypted:
            self.opened += 1
        self.signed = self.signed or done.signature is not None
        return done

    def unwrap(self, block: bytes) -> Opened:
        """The text of a cleartext signed block, as gpg gives it."""
        self.signed = True
        return self._run(block)

    def verify(self, octets: bytes, signature: bytes) -> Signature:
        """What a detached signature (armored or not) says of these octets."""
        self.signed = True
        packet = dearmor(signature)
        if not packet or not self._may():
            return Signature(Verdict.UNREADABLE)
        return self._tools.verify(octets, packet)

    def _run(self, message: bytes) -> Opened:
        if not self._may():
            return Opened(b"", Problem.TOO_BIG)
        return self._tools.decrypt(message)

    def _may(self) -> bool:
        self._calls += 1
        return self._calls <= MAX_CALLS


def message_in(octets: bytes) -> bytes:
    """The octets of the first armored message in a text, or what is binary; empty without one."""
    if is_binary(octets):
        return octets
    found = next((block for block in blocks(octets) if block.kind == MESSAGE), None)
    return decoded(octets[found.start : found.end]) if found else b""


def is_encrypted(octets: bytes) -> bool:
    """True for octets, armored or not, that begin as an encrypted message does."""
    return _first(octets) in _KEYS | _CIPHERTEXT


def is_message(octets: bytes) -> bool:
    """True for octets, armored or not, that begin as an encrypted or a signed message does."""
    return _first(octets) in _KEYS | _CIPHERTEXT | _SIGNED


def _first(octets: bytes) -> int:
    """The tag of the first packet, after a marker (RFC 9580 section 5.8); 0 for what is none."""
    if not is_binary(octets):
        found = next((block for block in blocks(octets) if block.kind == MESSAGE), None)
        octets = decoded(octets[found.start : found.end], 400) if found else b""
    if octets[1:5] == b"\x03PGP":
        octets = octets[5:]
    if not is_binary(octets):
        return 0
    return octets[0] & 0x3F if octets[0] & 0x40 else (octets[0] >> 2) & 0x0F


def unsound(octets: bytes) -> Problem:
    """Why a message must not even be tried: more than one in a row, no integrity, cut off.

    RFC 9580 section 10.3: one message is all there may be; what stands behind it was put there.
    """
    found: list[int] = []
    try:
        found = [packet.tag for packet in packets(octets, _MAX_RECIPIENTS + 10)]
    except BrokenPackets:
        return Problem.DAMAGED
    said = [tag for tag in found if tag not in _BESIDE]
    ciphertexts = [tag for tag in said if tag in _CIPHERTEXT]
    if not said:
        return Problem.DAMAGED
    if Tag.ENCRYPTED in ciphertexts:
        return Problem.NO_INTEGRITY
    if said[0] in _KEYS | _CIPHERTEXT and (len(ciphertexts) != 1 or said[-1] != ciphertexts[0]):
        return Problem.DAMAGED
    return Problem.NONE
