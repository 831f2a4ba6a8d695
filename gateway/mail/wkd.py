"""Where mail programs look for the key of an address: the Web Key Directory.

draft-koch-openpgp-webkey-service, section 3.1: the local part, with ASCII letters in lower case, is
hashed with SHA-1 and written in z-base-32 (RFC 6189 section 5.1.6). The advanced method asks a host
of its own (`openpgpkey.DOMAIN`), the direct one the domain itself.
"""

from hashlib import sha1
from urllib.parse import quote

from gateway.model.address import fold

ROOT = ".well-known/openpgpkey"
POLICY = "policy"
_ALPHABET = "ybndrfg8ejkmcpqxot1uwisza345h769"
_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


def hashed_name(local: str) -> str:
    """The name of the file for a local part, 32 characters."""
    return z_base_32(sha1(local.translate(_LOWER).encode(), usedforsecurity=False).digest())


def z_base_32(octets: bytes) -> str:
    """Five bits a character, the last one filled up with zeros."""
    bits = "".join(f"{octet:08b}" for octet in octets)
    padded = bits + "0" * (-len(bits) % 5)
    return "".join(_ALPHABET[int(padded[at : at + 5], 2)] for at in range(0, len(padded), 5))


def folders(domain: str) -> tuple[str, str]:
    """The folders of a domain in the two methods, advanced and direct."""
    return f"{ROOT}/{fold(domain)}", ROOT


def url(address: str) -> str:
    """Where the key of the address is to be found by the advanced method."""
    local, _, domain = address.rpartition("@")
    domain = fold(domain)
    name = hashed_name(local)
    return f"https://openpgpkey.{domain}/{ROOT}/{domain}/hu/{name}?l={quote(local)}"
