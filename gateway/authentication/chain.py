"""ARC (RFC 8617): a forwarder that is believed says what it found before it changed the mail.

Only the last set counts, the one whose seal covers all others: who forwarded later has changed
nothing, or the seal would not hold. Its sealer must be named in the settings, and must have found
that DMARC passed for the very domain in the From field.
"""

import re
from collections.abc import Collection
from typing import Any

import dkim

from gateway.authentication.domains import ascii_domain
from gateway.authentication.fields import Octets, is_tame, with_single_blanks
from gateway.authentication.lookups import DnsTrouble, Lookups
from gateway.authentication.signatures import SMALLEST_RSA, BadKey, key_record, read_tags, weakness
from gateway.mail.authres import dmarc_of_arc
from gateway.model.authentication import Finding, Sealed

MOST_SETS = 10
"""Longer chains are not looked at."""
_NAMES = (b"arc-seal", b"arc-message-signature", b"arc-authentication-results")
_INSTANCE = re.compile(rb"(?:^|;)\s*i\s*=\s*(\d{1,3})\s*(?:;|$)")


def sealed(mail: Octets, author: str, sealers: Collection[str], lookups: Lookups) -> Sealed | None:
    """What the last sealer says; None where there is no chain of one that is believed.

    Raises TooManyLookups.
    """
    values = [value for name in _NAMES for value in mail.values(name)]
    if not values or len(values) > MOST_SETS * len(_NAMES) or not all(map(is_tame, values)):
        return None
    seals = {_instance(value): read_tags(value) for value in mail.values(b"arc-seal")}
    last = seals.get(max(seals, default=0))
    domain = ascii_domain((last or {}).get(b"d", b"").decode("ascii", "replace"))
    if last is None or not domain or domain not in sealers:
        return None
    finding, why, result = _verified(mail, lookups)
    if finding is not Finding.PASS:
        return Sealed(domain, finding, why)
    signers = (result["as-domain"], result["ams-domain"])
    if {ascii_domain(each.decode("ascii", "replace")) for each in signers} != {domain}:
        return Sealed(domain, Finding.FAIL, "another domain signed the mail than sealed it")
    said = dmarc_of_arc(result["aar-value"].decode("utf-8", "replace"))
    vouches = [(verdict, ascii_domain(of)) for verdict, of in said] == [("pass", author)]
    tags = next(
        read_tags(value) or {}
        for value in mail.values(b"arc-message-signature")
        if _instance(value) == result["instance"]
    )
    return Sealed(domain, Finding.PASS, "", vouches, weakness(tags, mail))


def _instance(value: bytes) -> int:
    found = _INSTANCE.search(value)
    return int(found[1]) if found else 0


def _verified(mail: Octets, lookups: Lookups) -> tuple[Finding, str, dict[str, Any]]:
    verifier = dkim.ARC(minkey=SMALLEST_RSA)
    verifier.headers = mail.for_library()
    verifier.body = with_single_blanks(mail.body)  # ARC knows relaxed canonicalisation only

    def key(name: bytes, **_rest: object) -> bytes:
        try:
            return key_record(name.decode("ascii").rstrip("."), {}, lookups)
        except BadKey as bad:
            raise dkim.KeyFormatError(str(bad)) from bad

    try:
        state, results, why = verifier.verify(dnsfunc=key)
    except DnsTrouble as trouble:
        return Finding.TEMPERROR, str(trouble), {}
    except dkim.DKIMException as bad:
        return Finding.FAIL, str(bad)[:100], {}
    except (AssertionError, IndexError, KeyError, TypeError, UnicodeError, ValueError) as bad:
        return Finding.PERMERROR, type(bad).__name__, {}  # the library at hostile octets
    if state != dkim.CV_Pass:
        return Finding.FAIL, str(why)[:100], {}
    return Finding.PASS, "", results[0]
