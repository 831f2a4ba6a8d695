"""All that can be found out about who sent one mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import dns.resolver

from gateway.authentication import chain, sender, signatures
from gateway.authentication.domains import ascii_domain
from gateway.authentication.fields import Octets, Unreadable, head_of, octets_of
from gateway.authentication.lookups import DnsTrouble, Lookups, TooManyLookups, resolver
from gateway.authentication.published import Published, published
from gateway.config import TrustSettings
from gateway.mail.parse import parse
from gateway.model.address import Mailbox
from gateway.model.authentication import (
    Authentication,
    Dmarc,
    Finding,
    Sealed,
    SentFrom,
    Signed,
)
from gateway.model.envelope import Envelope, Peer


@dataclass(frozen=True, slots=True)
class Evaluator:
    """Judges mails, from any thread. `seconds`: what DNS has for one of them."""

    resolver: dns.resolver.Resolver
    seconds: float
    sealers: frozenset[str]
    age: timedelta

    def __call__(self, raw: bytes, envelope: Envelope, peer: Peer, at: datetime) -> Authentication:
        """What is found; never raises for any mail. `at`: when it was accepted."""
        author = parse(head_of(raw)).author
        domain = ascii_domain(author.domain) if author else ""
        if author is None or not domain:
            nothing = Dmarc(Finding.PERMERROR, why="no domain in the From field")
            return Authentication("", nothing)
        lookups = Lookups(self.resolver, self.seconds)
        try:
            return self._judged(raw, envelope, peer, at, author, domain, lookups)
        except TooManyLookups as many:
            return Authentication(author.domain, Dmarc(Finding.PERMERROR, why=str(many)))

    def _judged(
        self,
        raw: bytes,
        envelope: Envelope,
        peer: Peer,
        at: datetime,
        author: Mailbox,
        domain: str,
        lookups: Lookups,
    ) -> Authentication:
        record, trouble = _record(domain, lookups)
        found: tuple[Signed, ...] = ()
        arc: Sealed | None = None
        spf: SentFrom | None = None
        mail = _readable(raw)
        if mail is not None:
            strict = record is not None and record.strict_dkim
            found = signatures.signatures(mail, author, lookups, at, self.age, strict=strict)
        if peer.ip:
            strict = record is not None and record.strict_spf
            spf = sender.sent_from(envelope, peer, domain, lookups, strict=strict)
        if mail is not None and self.sealers:
            arc = chain.sealed(mail, domain, self.sealers, lookups)
        return Authentication(author.domain, _dmarc(record, trouble, found, spf), found, spf, arc)


def evaluator(settings: TrustSettings) -> Evaluator:
    """What the settings describe. Raises ValueError for a DNS server that is no address."""
    return Evaluator(
        resolver(settings.dns_servers),
        settings.dns_timeout,
        frozenset(map(ascii_domain, settings.arc_sealers)),
        timedelta(days=settings.signature_days),
    )


def _record(domain: str, lookups: Lookups) -> tuple[Published | None, str]:
    """The published record, and why DNS did not say whether there is one."""
    try:
        return published(domain, lookups), ""
    except DnsTrouble as trouble:
        return None, str(trouble)


def _readable(raw: bytes) -> Octets | None:
    try:
        return octets_of(raw)
    except Unreadable:
        return None


def _dmarc(
    record: Published | None, trouble: str, found: Sequence[Signed], spf: SentFrom | None
) -> Dmarc:
    """RFC 7489 section 6.6.2: one aligned pass is enough."""
    if trouble:
        return Dmarc(Finding.TEMPERROR, why=trouble)
    if record is None:
        return Dmarc(Finding.NONE, why="no record")
    findings = [each.finding for each in found]
    if spf is not None and spf.aligned:
        findings.append(spf.finding)
    if Finding.PASS in findings:
        return Dmarc(Finding.PASS, record.policy)
    if Finding.TEMPERROR in findings:
        return Dmarc(Finding.TEMPERROR, record.policy)
    return Dmarc(Finding.FAIL, record.policy)
