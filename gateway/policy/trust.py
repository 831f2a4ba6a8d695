"""Who wrote a message, and what proves it. From alone proves nothing.

There is one proof in daily use: an Authentication-Results field (RFC 8601) that the configured
front mail server wrote. It counts when the message came from that server, when the field stands in
the part of the header that this server added, and when exactly one verdict on DMARC stands there.
Everything doubtful is no proof: two verdicts, another name, a field that cannot be read.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from gateway.config import TrustSettings
from gateway.model.address import fold
from gateway.model.envelope import Peer
from gateway.model.message import Message
from gateway.policy.facts import Proof, Trust


@dataclass(frozen=True, slots=True)
class TrustPolicy:
    """The settings, ready for use: built once with `trust_policy`."""

    authserv_id: str
    networks: tuple[IPv4Network | IPv6Network, ...]
    unix_socket: bool
    development: bool


def trust_policy(settings: TrustSettings) -> TrustPolicy:
    """The policy the settings describe. Raises ValueError for something that is no network."""
    return TrustPolicy(
        fold(settings.authserv_id),
        tuple(ip_network(relay) for relay in settings.trusted_relays if relay != "unix"),
        "unix" in settings.trusted_relays,
        settings.development,
    )


def author_trust(message: Message, peer: Peer, policy: TrustPolicy) -> Trust:
    """Whether the From field of `message` is proved, by what, and why (not)."""
    author = message.author
    if author is None:
        return Trust(Proof.NONE, forged=False, reason="not exactly one From field with one address")
    verdict = _front_server_verdict(message, peer, policy, author.domain)
    if verdict is not None:
        return verdict
    if policy.development and _is_local(peer):
        return Trust(
            Proof.LOOPBACK, forged=False, reason="development mode: sent from this machine"
        )
    return Trust(Proof.NONE, forged=False, reason="nothing proves the From field")


def is_front_server(peer: Peer, policy: TrustPolicy) -> bool:
    """True when the message was handed over by the configured front mail server."""
    if not peer.ip:
        return policy.unix_socket
    address = ip_address(peer.ip)
    return any(address in network for network in policy.networks)


def _is_local(peer: Peer) -> bool:
    return not peer.ip or ip_address(peer.ip).is_loopback


def _front_server_verdict(
    message: Message, peer: Peer, policy: TrustPolicy, domain: str
) -> Trust | None:
    if not policy.authserv_id or not is_front_server(peer, policy):
        return None
    verdicts = [
        verdict
        for value in _fields_of_front_server(message)
        for verdict in _dmarc_verdicts(value, policy.authserv_id)
    ]
    if len(verdicts) != 1:
        return Trust(
            Proof.NONE,
            forged=False,
            reason=f"{len(verdicts)} DMARC verdicts of {policy.authserv_id} where one is needed",
        )
    result, header_from = verdicts[0]
    if result == "pass" and header_from == domain:
        return Trust(
            Proof.AUTHENTICATION_RESULTS,
            forged=False,
            reason=f"{policy.authserv_id} says dmarc=pass for {domain}",
        )
    return Trust(
        Proof.NONE,
        forged=result == "fail",
        reason=f"{policy.authserv_id} says dmarc={result} for {header_from or 'no domain'}",
    )


def _fields_of_front_server(message: Message) -> list[str]:
    """Authentication-Results fields above the second Received field.

    The front server puts its own Received field on top and its verdict directly above or below
    it; from the second Received field on, everything was written by others (RFC 8601 section 5).
    """
    values = []
    hops = 0
    for name, value in message.headers:
        if name == "received":
            hops += 1
            if hops == 2:
                break
        elif name == "authentication-results":
            values.append(value)
    return values


_DMARC = re.compile(r"dmarc\s*=\s*([a-z]+)(?:\s|$)")
_HEADER_FROM = re.compile(r"\sheader\.from\s*=\s*([^\s;]+)")


def _dmarc_verdicts(value: str, authserv_id: str) -> list[tuple[str, str]]:
    """(result, header.from domain) of each dmarc result in a field of that server.

    The name must be the very one configured, unquoted (RFC 8601 section 2.5), optionally followed
    by version 1. What stands in comments and quoted strings says nothing. A field that cannot be
    read spoils the others: the readable one beside it may be the forged one.
    """
    bare = _bare(fold(value))
    if not bare:
        return [("unreadable", "")]
    head, *results = bare.split(";")
    if head.split() not in ([authserv_id], [authserv_id, "1"]):
        return []
    verdicts = []
    for result in results:
        found = _DMARC.match(result.strip())
        if found:
            header_from = _HEADER_FROM.search(result)
            verdicts.append((found[1], header_from[1].rpartition("@")[2] if header_from else ""))
    return verdicts


def _bare(value: str) -> str:
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
