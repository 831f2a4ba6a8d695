"""Who wrote a message, and what proves it. From alone proves nothing.

What proves it, in this order:

    submission   the agent logged in to the gateway's own server to send it
    the front    an Authentication-Results field (RFC 8601) of the configured front mail server. It
                 counts when the message came from that server, when the field stands in the part of
                 the header that this server added, and when exactly one verdict on DMARC stands
                 there
    own checks   DKIM, SPF, DMARC and ARC, where the gateway is the MX itself (`authenticated`)
    development  the message was sent from this machine

Everything doubtful is no proof: two verdicts, another name, a field that cannot be read, a field
that must stand once and stands twice, a known Message-ID with other content.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from gateway.config import TrustSettings
from gateway.mail.authres import dmarc_verdicts
from gateway.model.address import fold
from gateway.model.envelope import Peer, QueuedMessage
from gateway.model.message import Message
from gateway.model.organisation import Organisation
from gateway.policy.authenticated import own_verdict
from gateway.policy.facts import Check, Proof, Trust

_ONCE = (
    "from sender reply-to to cc subject date message-id in-reply-to references content-type"
    " content-transfer-encoding"
).split()
"""Fields that stand once (RFC 5322 section 3.6): a second one was not looked at by who signed."""


@dataclass(frozen=True, slots=True)
class TrustPolicy:
    """The settings, ready for use: built once with `trust_policy`."""

    authserv_id: str
    networks: tuple[IPv4Network | IPv6Network, ...]
    unix_socket: bool
    development: bool
    evaluate: bool = False


def trust_policy(settings: TrustSettings) -> TrustPolicy:
    """The policy the settings describe. Raises ValueError for something that is no network."""
    return TrustPolicy(
        fold(settings.authserv_id),
        tuple(ip_network(relay) for relay in settings.trusted_relays if relay != "unix"),
        "unix" in settings.trusted_relays,
        settings.development,
        settings.evaluate,
    )


def author_trust(
    message: Message, item: QueuedMessage, policy: TrustPolicy, organisation: Organisation
) -> Trust:
    """Whether the From field of `message` is proved, by what, and why (not)."""
    author = message.author
    if author is None:
        return Trust(Proof.NONE, forged=False, reason="not exactly one From field with one address")
    found = _found(message, item, policy, organisation)
    twice = [name for name in _ONCE if len(message.header_values(name)) > 1]
    if found.proved and twice:
        reason = f"more than one {twice[0].title()} field"
        return replace(found, proof=Proof.NONE, reason=reason)
    return found


def unless_replayed(trust: Trust, *, same_id_seen: bool) -> Trust:
    """No proof for a mail whose Message-ID was there before, with other content.

    Who repeats a signed mail can change what the signature does not cover; the Message-ID it does.
    What came straight from its sender is no repetition.
    """
    may_be_repeated = trust.proof in (Proof.AUTHENTICATION_RESULTS, Proof.DKIM, Proof.ARC)
    if not (same_id_seen and may_be_repeated):
        return trust
    reason = "a mail with this Message-ID was here before, with other content"
    return replace(trust, proof=Proof.NONE, reason=reason)


def is_front_server(peer: Peer, policy: TrustPolicy) -> bool:
    """True when the message was handed over by the configured front mail server."""
    if not peer.ip:
        return policy.unix_socket
    address = ip_address(peer.ip)
    return any(address in network for network in policy.networks)


def is_to_be_judged(peer: Peer, policy: TrustPolicy) -> bool:
    """True for a peer whose mail the gateway looks at itself: nobody before it has."""
    return (
        policy.evaluate
        and bool(peer.ip)
        and not peer.login
        and not is_front_server(peer, policy)
        and not (policy.development and _is_local(peer))
    )


def _found(
    message: Message, item: QueuedMessage, policy: TrustPolicy, organisation: Organisation
) -> Trust:
    author, peer = message.author, item.peer
    if peer.login:
        is_theirs = author is not None and author.key == peer.login
        proof = Proof.SUBMISSION if is_theirs else Proof.NONE
        said = "the address of the login" if is_theirs else "another address than that of the login"
        checks = (Check("login", "pass" if is_theirs else "fail", peer.login),)
        reason = f"sent by {peer.login}: From shows {said}"
        return Trust(proof, forged=False, reason=reason, checks=checks)
    verdict = _front_server_verdict(message, peer, policy, author.domain if author else "")
    if verdict is not None:
        return verdict
    if policy.development and _is_local(peer):
        checks = (Check("loopback", "pass", peer.ip or "unix socket"),)
        reason = "development mode: sent from this machine"
        return Trust(Proof.LOOPBACK, forged=False, reason=reason, checks=checks)
    if item.authentication is not None:
        return own_verdict(message, item.authentication, organisation)
    return Trust(Proof.NONE, forged=False, reason="nothing proves the From field")


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
        for verdict in dmarc_verdicts(value, policy.authserv_id)
    ]
    checks = tuple(
        Check("dmarc", result, f"{policy.authserv_id} for {of or 'no domain'}")
        for result, of in verdicts
    )
    if len(verdicts) != 1:
        return Trust(
            Proof.NONE,
            forged=False,
            reason=f"{len(verdicts)} DMARC verdicts of {policy.authserv_id} where one is needed",
            checks=checks,
        )
    result, header_from = verdicts[0]
    if result == "pass" and header_from == domain:
        return Trust(
            Proof.AUTHENTICATION_RESULTS,
            forged=False,
            reason=f"{policy.authserv_id} says dmarc=pass for {domain}",
            checks=checks,
        )
    return Trust(
        Proof.NONE,
        forged=result == "fail",
        reason=f"{policy.authserv_id} says dmarc={result} for {header_from or 'no domain'}",
        checks=checks,
    )


def _fields_of_front_server(message: Message) -> Iterator[str]:
    """Authentication-Results fields above the second Received field.

    The front server puts its own Received field on top and its verdict directly above or below
    it; from the second Received field on, everything was written by others (RFC 8601 section 5).
    """
    hops = 0
    for name, value in message.headers:
        if name == "received":
            hops += 1
            if hops == 2:
                return
        elif name == "authentication-results":
            yield value
