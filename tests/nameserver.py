"""A small DNS server on loopback, and senders whose domains it knows: keys, SPF, DMARC."""

import base64
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache

import dkim
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

LONG = 1200
"""Octets of an answer that still go over UDP here."""


@dataclass
class Zone:
    """What the server knows. `broken` names get SERVFAIL, `silent` ones no answer at all."""

    records: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)
    asked: list[tuple[str, str]] = field(default_factory=list)
    slow: float = 0.0

    def add(self, name: str, kind: str, *values: str) -> None:
        self.records.setdefault((name.lower().rstrip("."), kind), []).extend(values)

    def put(self, name: str, kind: str, *values: str) -> None:
        self.records[name.lower().rstrip("."), kind] = list(values)

    def text(self, name: str, value: str) -> None:
        self.put(name, "TXT", quoted(value))


def quoted(value: str) -> str:
    """A TXT value in pieces of at most 255 octets."""
    return " ".join(f'"{value[at : at + 250]}"' for at in range(0, len(value), 250)) or '""'


@dataclass
class NameServer:
    """The running server."""

    zone: Zone
    port: int

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"


@contextmanager
def nameserver(zone: Zone | None = None) -> Iterator[NameServer]:
    """Answers by UDP until the block ends."""
    zone = zone or Zone()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        channel.bind(("127.0.0.1", 0))
        channel.settimeout(0.05)
        ending = threading.Event()
        thread = threading.Thread(target=_serve, args=(channel, zone, ending), daemon=True)
        thread.start()
        try:
            yield NameServer(zone, channel.getsockname()[1])
        finally:
            ending.set()
            thread.join()


def _serve(channel: socket.socket, zone: Zone, ending: threading.Event) -> None:
    while not ending.is_set():
        try:
            packet, peer = channel.recvfrom(4096)
        except TimeoutError:
            continue
        answer = _answer(packet, zone)
        if answer is not None:
            if zone.slow:
                time.sleep(zone.slow)
            channel.sendto(answer, peer)


def _answer(packet: bytes, zone: Zone) -> bytes | None:
    query = dns.message.from_wire(packet)
    asked = query.question[0]
    name, kind = (
        asked.name.to_text(omit_final_dot=True).lower(),
        dns.rdatatype.to_text(asked.rdtype),
    )
    zone.asked.append((name, kind))
    if name in zone.silent:
        return None
    response = dns.message.make_response(query)
    response.flags |= dns.flags.RA
    if name in zone.broken:
        response.set_rcode(dns.rcode.SERVFAIL)
    elif found := zone.records.get((name, kind)):
        response.answer.append(dns.rrset.from_text_list(asked.name, 0, "IN", kind, found))
    elif not any(known == name or known.endswith(f".{name}") for known, _ in zone.records):
        response.set_rcode(dns.rcode.NXDOMAIN)
    return response.to_wire(max_size=4096)


@cache
def rsa_key(bits: int = 2048, which: str = "") -> tuple[bytes, str]:
    """A private key as PEM, and the value of p= of its record. `which` names different ones."""
    del which
    key = generate_private_key(65537, bits)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return pem, base64.b64encode(public).decode()


@cache
def ed25519_key() -> tuple[bytes, str]:
    """The seed in base64 as dkimpy takes it, and the value of p= of its record."""
    key = Ed25519PrivateKey.generate()
    seed = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return base64.b64encode(seed), base64.b64encode(public).decode()


ALL = (
    b"from to cc subject date message-id in-reply-to references reply-to mime-version content-type"
    b" content-transfer-encoding"
).split()
GMAIL = b"to subject message-id date from mime-version in-reply-to references cc reply-to".split()
OUTLOOK = b"from date subject message-id content-type mime-version".split()


@dataclass(frozen=True)
class Signer:
    """A domain that signs, whose records are published with `publish`."""

    domain: str
    selector: str = "s1"
    bits: int = 2048
    algorithm: str = "rsa"
    flags: str = ""

    def publish(self, zone: Zone) -> None:
        value = ed25519_key()[1] if self.algorithm == "ed25519" else self._rsa[1]
        record = f"v=DKIM1; k={self.algorithm}; {self.flags}p={value}"
        zone.text(f"{self.selector}._domainkey.{self.domain}", record)

    @property
    def _rsa(self) -> tuple[bytes, str]:
        return rsa_key(self.bits, self.domain)

    def sign(self, raw: bytes, covered: list[bytes] | None = None, **options: object) -> bytes:
        """The mail with a DKIM-Signature on top. `covered`: names of fields, also absent ones."""
        is_rsa = self.algorithm == "rsa"
        field = dkim.sign(
            raw,
            self.selector.encode(),
            self.domain.encode(),
            self._rsa[0] if is_rsa else ed25519_key()[0],
            signature_algorithm=b"rsa-sha256" if is_rsa else b"ed25519-sha256",
            include_headers=covered or ALL,
            **{"canonicalize": (b"relaxed", b"relaxed"), **options},
        )
        return field + raw
