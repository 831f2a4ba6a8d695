"""ARC: a believed forwarder vouches for what it changed; nobody else does."""

import dkim
import pytest

from gateway.model.authentication import Finding, Sealed
from tests.nameserver import ALL, Signer, Zone, rsa_key

from .conftest import MAIL, SEALER, Judge

FOUND = b"dmarc=pass (p=reject) header.from=corp.example"
CHANGED = MAIL.replace(b"Subject: Befehl", b"Subject: [Liste] Befehl")


def sealed(raw: bytes, domain: str, results: bytes, covered: list[bytes] | None = None) -> bytes:
    """The mail with one more ARC set, as a forwarder makes it."""
    before = b"Authentication-Results: " + domain.encode() + b"; " + results + b"\r\n" + raw
    fields = dkim.arc_sign(
        before, b"arc", domain.encode(), rsa_key(2048, domain)[0], domain.encode(),
        include_headers=covered or ALL,
    )  # fmt: skip
    return b"".join(fields) + raw


@pytest.fixture(autouse=True)
def keys(zone: Zone) -> None:
    for domain in (SEALER, "zwei.example"):
        Signer(domain, "arc").publish(zone)


def test_a_believed_forwarder_vouches(judge: Judge) -> None:
    found = judge(sealed(CHANGED, SEALER, FOUND))
    assert found.arc == Sealed(SEALER, Finding.PASS, vouches=True)
    assert found.dmarc.finding is Finding.FAIL


@pytest.mark.parametrize(
    "results",
    [
        b"dmarc=fail header.from=corp.example",
        b"dmarc=pass header.from=evil.example",
        b"dmarc=pass header.from=corp.example; dmarc=pass header.from=corp.example",
        b"spf=pass smtp.mailfrom=corp.example",
        b"none (dmarc=pass header.from=corp.example)",
    ],
)
def test_it_vouches_for_nothing_else(judge: Judge, results: bytes) -> None:
    found = judge(sealed(CHANGED, SEALER, results))
    assert found.arc is not None
    assert found.arc.finding is Finding.PASS
    assert not found.arc.vouches


def test_a_sealer_that_nobody_named_is_not_asked_about(judge: Judge, zone: Zone) -> None:
    found = judge(sealed(CHANGED, "zwei.example", FOUND))
    assert found.arc is None
    assert not any("zwei.example" in name for name, _ in zone.asked)


def test_only_the_last_sealer_counts(judge: Judge) -> None:
    twice = sealed(sealed(CHANGED, SEALER, FOUND), "zwei.example", b"arc=pass; " + FOUND)
    assert b"ARC-Seal: i=2" in twice
    found = judge(twice)
    assert found.arc is None
    again = judge(sealed(sealed(CHANGED, "zwei.example", FOUND), SEALER, b"arc=pass; " + FOUND))
    assert again.arc == Sealed(SEALER, Finding.PASS, vouches=True)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"!liste", b"!spam"),
        (b"[Liste] Befehl", b"[Liste] Anderes"),
        (b"dmarc=pass", b"dmarc=pass  header.x=y; dmarc=pass"),
        (b"cv=none", b"cv=pass"),
        (b"ARC-Seal: i=1", b"ARC-Seal: i=2"),
    ],
)
def test_a_changed_mail_or_set_does_not_hold(judge: Judge, old: bytes, new: bytes) -> None:
    raw = sealed(CHANGED, SEALER, FOUND)
    assert old in raw
    found = judge(raw.replace(old, new, 1)).arc
    assert found is None or found.finding is not Finding.PASS


def test_sets_of_others_on_top_end_the_chain(judge: Judge) -> None:
    raw = sealed(CHANGED, SEALER, FOUND)
    extra = b"ARC-Authentication-Results: i=2; evil.example; " + FOUND + b"\r\n"
    found = judge(extra + raw).arc
    assert found is None or found.finding is Finding.FAIL
    assert judge(extra * 200 + raw).arc is None


def test_what_the_seal_does_not_cover_is_weak(judge: Judge) -> None:
    covered = [name for name in ALL if name != b"content-type"]
    found = judge(sealed(CHANGED, SEALER, FOUND, covered)).arc
    assert found is not None
    assert "Content-Type" in found.weak


def test_no_answer_of_dns_leaves_it_open(judge: Judge, zone: Zone) -> None:
    zone.broken.add(f"arc._domainkey.{SEALER}")
    found = judge(sealed(CHANGED, SEALER, FOUND))
    assert found.arc is not None
    assert found.arc.finding is Finding.TEMPERROR
    assert found.is_open
