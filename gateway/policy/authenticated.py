"""What the gateway's own look at signatures and DNS proves (RFC 6376, 7208, 7489, 8617).

    dkim    a signature of the author's organisation that covers all that counts, of these days, in
            a mail that is addressed to us
    spf     it comes straight from a server that may send for the author's organisation, and that
            publishes DMARC; then nobody can have changed anything on the way
    arc     a forwarder that is believed found that DMARC passed

DMARC that fails means forged only where the domain's policy says so: many publish `p=none` and
sign half of their mail.
"""

from gateway.model.authentication import (
    Authentication,
    DmarcPolicy,
    Finding,
    Sealed,
    SentFrom,
    Signed,
)
from gateway.model.message import Message
from gateway.model.organisation import Organisation
from gateway.policy.facts import Check, Proof, Trust
from gateway.policy.recipients import is_ours


def own_verdict(message: Message, found: Authentication, organisation: Organisation) -> Trust:
    """Whether it proves the author, and why (not)."""
    checks = tuple(_checks(found))
    author = message.author
    if author is None or author.domain != found.domain:
        reason = "what was checked was not the address that From shows"
        return Trust(Proof.NONE, forged=False, reason=reason, checks=checks)
    if found.spf is not None and _proves(found.spf, found):
        reason = f"{found.spf.domain} lets this server send for it (SPF, DMARC)"
        return Trust(Proof.SPF, forged=False, reason=reason, checks=checks)
    to_us = _is_addressed_to_us(message, organisation)
    for signed in found.signatures:
        if signed.finding is Finding.PASS and not signed.weak and to_us:
            reason = f"signed by {signed.domain} (DKIM, {signed.why})"
            return Trust(Proof.DKIM, forged=False, reason=reason, checks=checks)
    sealed = found.arc
    if sealed is not None and _vouches(sealed) and not sealed.weak and to_us:
        reason = f"{sealed.sealer} forwarded it and found DMARC right (ARC)"
        return Trust(Proof.ARC, forged=False, reason=reason, checks=checks)
    return Trust(
        Proof.NONE,
        forged=is_forged(found),
        reason=_why_not(found, to_us=to_us),
        checks=checks,
        is_open=found.is_open,
    )


def is_forged(found: Authentication) -> bool:
    """True when the author's domain wants such mail put aside or refused."""
    wanted = found.dmarc.policy in (DmarcPolicy.QUARANTINE, DmarcPolicy.REJECT)
    vouched_for = found.arc is not None and _vouches(found.arc)
    return found.dmarc.finding is Finding.FAIL and wanted and not vouched_for


def _proves(spf: SentFrom, found: Authentication) -> bool:
    is_right = spf.finding is Finding.PASS and spf.aligned
    return is_right and not (spf.by_helo or spf.anybody) and found.dmarc.finding is Finding.PASS


def _vouches(sealed: Sealed) -> bool:
    return sealed.finding is Finding.PASS and sealed.vouches


def _is_addressed_to_us(message: Message, organisation: Organisation) -> bool:
    """A mail that was signed for somebody else may be sent on to us by anybody."""
    return any(is_ours(each.address, organisation) for each in (*message.to, *message.cc))


def _why_not(found: Authentication, *, to_us: bool) -> str:
    """The reason nearest to a proof."""
    held = [each for each in found.signatures if each.finding is Finding.PASS]
    spf = found.spf
    if found.is_open:
        return f"DNS gave no answer, so it could not be checked: {_trouble(found)}"
    if is_forged(found):
        return f"DMARC fails, and {found.domain} publishes p={found.dmarc.policy}"
    if held and held[0].weak:
        return f"the signature of {held[0].domain} holds, but {held[0].weak}"
    if found.arc is not None and _vouches(found.arc) and found.arc.weak:
        return f"the seal of {found.arc.sealer} holds, but {found.arc.weak}"
    if (held or found.arc is not None) and not to_us:
        return "signed, but neither To nor Cc names an address of ours"
    if spf is not None and spf.anybody:
        return f"the SPF record of {spf.domain} lets everybody send for it"
    if spf is not None and spf.aligned and spf.finding is Finding.PASS:
        return f"SPF is right, but {found.domain} publishes no DMARC record, and nothing is signed"
    if found.signatures:
        first = found.signatures[0]
        return f"the signature of {first.domain} does not count: {first.finding}, {first.why}"
    return f"nothing proves that it is of {found.domain}: no signature of theirs, no SPF"


def _trouble(found: Authentication) -> str:
    parts = (found.dmarc, *found.signatures, found.spf, found.arc)
    whys = [each.why for each in parts if each and each.finding is Finding.TEMPERROR]
    return whys[0] if whys and whys[0] else "look-up failed"


def _checks(found: Authentication) -> list[Check]:
    checks = [_of_signature(each) for each in found.signatures] or [Check("dkim", "none")]
    if found.spf is not None:
        checks.append(_of_spf(found.spf))
    policy = f"p={found.dmarc.policy}" if found.dmarc.policy else ""
    checks.append(Check("dmarc", str(found.dmarc.finding), policy or found.dmarc.why))
    if found.arc is not None:
        arc = found.arc
        said = "vouches for the author" if arc.vouches else "does not vouch for the author"
        why = arc.why or ", ".join(filter(None, (f"{arc.sealer} {said}", arc.weak)))
        checks.append(Check("arc", str(arc.finding), why))
    return checks


def _of_signature(signed: Signed) -> Check:
    name = f"d={signed.domain} s={signed.selector}"
    words = ", ".join(filter(None, (name, signed.why, signed.weak)))
    return Check("dkim", str(signed.finding), words)


def _of_spf(spf: SentFrom) -> Check:
    identity = "HELO" if spf.by_helo else "MAIL FROM"
    is_aligned = "aligned" if spf.aligned else "not aligned"
    extra = "lets everybody pass" if spf.anybody else ""
    words = ", ".join(filter(None, (f"{identity} {spf.domain}", is_aligned, spf.why, extra)))
    return Check("spf", str(spf.finding), words)
