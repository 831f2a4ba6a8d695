"""SPF (RFC 7208): whether this peer may send for the domain of MAIL FROM."""

import re
import warnings
from contextvars import ContextVar
from ipaddress import ip_address
from typing import Any

from gateway.authentication.domains import aligned, ascii_domain
from gateway.authentication.lookups import DnsTrouble, Lookups
from gateway.model.authentication import Finding, SentFrom
from gateway.model.envelope import Envelope, Peer

with warnings.catch_warnings():  # the library is older than the warnings about its patterns
    warnings.simplefilter("ignore")
    import spf

_NOBODY = {4: ("240.0.0.1", "0.0.0.1"), 6: ("ff0e::1", "100::1")}
"""Addresses from which no mail comes. Who lets one of them pass lets everybody pass."""
_PLAIN_LOCAL = re.compile(r"[A-Za-z0-9.!#$&'*+/=?^_`{|}~-]{1,64}")
_FINDINGS = {each.value: each for each in Finding}

_lookups: ContextVar[Lookups] = ContextVar("lookups")


def _answers(name: str, kind: str, *_rest: object) -> list[tuple[tuple[str, str], object]]:
    """What the library's own DNS would say, by the look-ups of the mail that is judged."""
    try:
        found = _lookups.get().records(name, kind)
    except DnsTrouble as trouble:
        raise spf.TempError(str(trouble)) from trouble
    return [((name, kind), _value(each, kind)) for each in found]


def _value(record: Any, kind: str) -> object:  # noqa: ANN401  (a class for each kind)
    match kind:
        case "A" | "AAAA":
            return record.address
        case "MX":
            return record.preference, record.exchange.to_text(omit_final_dot=True)
        case "PTR":
            return record.target.to_text(omit_final_dot=True)
        case _:
            return record.strings


spf.DNSLookup = _answers


def sent_from(
    envelope: Envelope, peer: Peer, author: str, lookups: Lookups, *, strict: bool
) -> SentFrom:
    """What SPF says; `author` is the author's domain in A-labels. Raises TooManyLookups.

    Without MAIL FROM the name in HELO is asked about (section 2.4).
    """
    by_helo = not envelope.mail_from
    local, _, written = (envelope.mail_from or f"postmaster@{peer.helo}").rpartition("@")
    domain = ascii_domain(written)
    if not domain or "." not in domain:
        return SentFrom(written, Finding.NONE, "no domain", by_helo=by_helo)
    sender = f"{local if _PLAIN_LOCAL.fullmatch(local) else 'postmaster'}@{domain}"
    is_aligned = aligned(domain, author, strict=strict)
    _lookups.set(lookups)
    finding, why = _asked(peer.ip, sender, peer.helo, lookups)
    anybody = finding is Finding.PASS and is_aligned and _lets_anybody(peer, sender, lookups)
    return SentFrom(domain, finding, why, is_aligned, by_helo, anybody)


def _asked(ip: str, sender: str, helo: str, lookups: Lookups) -> tuple[Finding, str]:
    try:
        query = spf.query(
            i=ip, s=sender, h=helo or "localhost", querytime=max(lookups.seconds_left, 0.001)
        )
        result, _, words = query.check()
    except spf.PermError as bad:
        return Finding.PERMERROR, str(bad)[:100]
    except spf.TempError as trouble:
        return Finding.TEMPERROR, str(trouble)[:100]
    except (AssertionError, AttributeError, IndexError, KeyError, TypeError, ValueError) as bad:
        return Finding.PERMERROR, type(bad).__name__  # the library at a hostile record
    finding = _FINDINGS.get(result, Finding.PERMERROR)
    if finding is Finding.PASS:
        return finding, str(query.mechanism or "")[:100]
    return finding, words[:100] if finding in (Finding.PERMERROR, Finding.TEMPERROR) else ""


def _lets_anybody(peer: Peer, sender: str, lookups: Lookups) -> bool:
    version = ip_address(peer.ip).version
    return any(
        _asked(stranger, sender, peer.helo, lookups)[0] is Finding.PASS
        for stranger in _NOBODY[version]
    )
