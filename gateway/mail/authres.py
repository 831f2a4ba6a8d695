"""Authentication-Results and ARC-Authentication-Results as a format (RFC 8601, RFC 8617)."""

import re

from gateway.model.address import fold

_DMARC = re.compile(r"dmarc\s*=\s*([a-z]+)(?:\s|$)")
_HEADER_FROM = re.compile(r"\sheader\.from\s*=\s*([^\s;]+)")
_INSTANCE = re.compile(r"\s*i\s*=\s*\d{1,3}\s*")


def dmarc_verdicts(value: str, authserv_id: str) -> list[tuple[str, str]]:
    """(result, header.from domain) of each dmarc result in a field of that server.

    The name must be the very one configured, unquoted (RFC 8601 section 2.5), optionally followed
    by version 1. What stands in comments and quoted strings says nothing. A field that cannot be
    read spoils the others: the readable one beside it may be the forged one.
    """
    plain = bare(fold(value))
    if not plain:
        return [("unreadable", "")]
    head, *results = plain.split(";")
    if head.split() not in ([authserv_id], [authserv_id, "1"]):
        return []
    return _dmarc(results)


def dmarc_of_arc(value: str) -> list[tuple[str, str]]:
    """The same of the results in an ARC set, whatever server found them."""
    instance, *rest = bare(fold(value)).split(";")
    return _dmarc(rest[1:]) if _INSTANCE.fullmatch(instance) else []


def _dmarc(results: list[str]) -> list[tuple[str, str]]:
    verdicts = []
    for result in results:
        found = _DMARC.match(result.strip())
        if found:
            header_from = _HEADER_FROM.search(result)
            verdicts.append((found[1], header_from[1].rpartition("@")[2] if header_from else ""))
    return verdicts


def bare(value: str) -> str:
    """`value` without comments, each quoted string shrunk to `"`; empty when one never ends."""
    kept = []
    depth, quoted, escaped = 0, False, False
    for character in value:
        if escaped:
            escaped = False
        elif character == "\\" and (quoted or depth):
            escaped = True
        elif quoted:
            quoted = character != '"'
        elif character == '"' and not depth:
            quoted = True
            kept.append(character)
        elif character in "()":
            depth += 1 if character == "(" else -1
            kept.append(" ")
            if depth < 0:
                return ""
        elif not depth:
            kept.append(character)
    return "" if depth or quoted else "".join(kept)
