"""Domains as they are compared (RFC 7489 sections 3.1 and 3.2)."""

from functools import cache

import idna
from publicsuffixlist import PublicSuffixList

from gateway.model.address import fold


def ascii_domain(domain: str) -> str:
    """The domain in A-labels, folded, without the last dot; empty when it is none."""
    bare = fold(domain).rstrip(".")
    if bare.isascii():
        return bare if _is_name(bare) else ""
    try:
        return idna.encode(bare, uts46=False).decode()
    except (idna.IDNAError, UnicodeError):
        return ""


def _is_name(domain: str) -> bool:
    labels = domain.split(".")
    return len(domain) <= 253 and all(0 < len(label) <= 63 for label in labels)


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def organisational(domain: str) -> str:
    """The domain that an organisation registered; a public suffix stands for itself alone."""
    return _suffixes().privatesuffix(domain) or domain


def aligned(one: str, other: str, *, strict: bool = False) -> bool:
    """Whether two domains (A-labels) are one organisation's; `strict`: whether they are equal."""
    if not one or not other:
        return False
    return one == other or (not strict and organisational(one) == organisational(other))
