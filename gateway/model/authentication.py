"""What DNS and signatures say about who sent a mail: DKIM, SPF, DMARC and ARC, as found once.

Keys rotate and records change, so this is kept with the mail. What it proves is decided elsewhere
(`policy.trust`).
"""

from dataclasses import dataclass
from enum import StrEnum


class Finding(StrEnum):
    """The results of RFC 8601 section 2.7, as far as they differ for us."""

    PASS = "pass"
    FAIL = "fail"
    SOFTFAIL = "softfail"
    NEUTRAL = "neutral"
    NONE = "none"
    POLICY = "policy"  # right, but not what we accept
    TEMPERROR = "temperror"
    PERMERROR = "permerror"


class DmarcPolicy(StrEnum):
    """What the author's domain wants done with mail that is not theirs (RFC 7489 section 6.3)."""

    NONE = "none"
    QUARANTINE = "quarantine"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Signed:
    """A DKIM signature by a domain that is aligned with the author's (RFC 6376).

    `weak` says why a signature that holds proves no authority all the same: what it does not cover
    may have been changed or added by anybody. Empty when it covers everything that counts.
    """

    domain: str
    selector: str
    finding: Finding
    why: str = ""
    weak: str = ""


@dataclass(frozen=True, slots=True)
class SentFrom:
    """Whether the peer may send for the domain of MAIL FROM (RFC 7208).

    `aligned`: that is the author's domain. `by_helo`: there was no MAIL FROM. `anybody`: the record
    lets every address of the internet pass.
    """

    domain: str
    finding: Finding
    why: str = ""
    aligned: bool = False
    by_helo: bool = False
    anybody: bool = False


@dataclass(frozen=True, slots=True)
class Dmarc:
    """DMARC of the author's domain. `policy` is None where no record was found."""

    finding: Finding
    policy: DmarcPolicy | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Sealed:
    """An ARC chain whose last seal is by `sealer`, which is one of those that are believed.

    `vouches`: the sealer says that DMARC passed for the author's domain when it got the mail.
    `weak` as in `Signed`.
    """

    sealer: str
    finding: Finding
    why: str = ""
    vouches: bool = False
    weak: str = ""


@dataclass(frozen=True, slots=True)
class Authentication:
    """All that was found about one mail; `domain` is the author's, as it was found."""

    domain: str
    dmarc: Dmarc
    signatures: tuple[Signed, ...] = ()
    spf: SentFrom | None = None
    arc: Sealed | None = None

    @property
    def is_open(self) -> bool:
        """True when DNS gave no answer and nothing else proves the author: worth another try."""
        found = [self.dmarc.finding, *(each.finding for each in self.signatures)]
        if self.spf is not None and self.spf.aligned:
            found.append(self.spf.finding)
        if self.arc is not None:
            found.append(self.arc.finding)
        return Finding.TEMPERROR in found
