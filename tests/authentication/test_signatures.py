"""DKIM with real keys against a real DNS server: what holds, and what that is worth."""

import time
from datetime import UTC, datetime, timedelta

import dkim
import pytest

from gateway.model.authentication import DmarcPolicy, Finding, Signed
from tests.nameserver import ALL, GMAIL, OUTLOOK, Signer, Zone, quoted

from .conftest import MAIL, Judge

CORP = Signer("corp.example")
# 768 bits: programs of today refuse to make such a key.
SMALL = b"""-----BEGIN RSA PRIVATE KEY-----
MIIBygIBAAJhALrkMxT1n9XJhBWL13VSITw7ppmE/T23BthdXXtnoE22+8oODH+l
OsYAa0bbCQgiLFstbPLvhbTHf+o7g+lhWAAJ+hVVodDL9GPwXxMYUCywyhEbLk/Z
f6XUGtBeZLYzfQIDAQABAmB5gIiRNMrwI23i0CKIXJfM3/8EycgWClrB6Zkv9IPs
Ym05xH5tsg8O0RDtZNNvXT8asNyj+oENfPca/hCIKOeyusod2XsGzE3WeLclGC6F
CUphn6MxjVIL82OGLMuKpeUCMQDcVLqKPhyBKPT5fY/EswuCMUzV+wcHANiI1Kas
4LeeYPe4C2s05u6pj5y1DgIMf3cCMQDZJZ7YuAOU4hqJE/kLd4uKOg5MH8uOiVrk
MheGhDF/nEIQCQu7006aW6byzCRlKasCMQDAjSOA0QskLWD58KuGIVr7ao5Vqs3X
ZvvViNIo3zJZLTEQHJqSXwdQE/vFlvpfZb0CMCChPpViUWd18nbWwX2voRBMWQmn
XXc1vKq9vDtCcg2y9VpjgZff0NfxHc0uT+nDsQIwbaWrrlhdfw/ZQH7RFdX8qDn6
bUfW9jJxGCrGFxhVI8eEIW7AmszkzGiC50ZwtIsC
-----END RSA PRIVATE KEY-----
"""
SMALL_PUBLIC = (
    "MHwwDQYJKoZIhvcNAQEBBQADawAwaAJhALrkMxT1n9XJhBWL13VSITw7ppmE/T23BthdXXtnoE22+8oO"
    "DH+lOsYAa0bbCQgiLFstbPLvhbTHf+o7g+lhWAAJ+hVVodDL9GPwXxMYUCywyhEbLk/Zf6XUGtBeZLYz"
    "fQIDAQAB"
)


def only(found: tuple[Signed, ...]) -> Signed:
    assert len(found) == 1, found
    return found[0]


def test_a_signature_of_the_authors_domain_holds(judge: Judge) -> None:
    found = judge(CORP.sign(MAIL))
    assert only(found.signatures) == Signed("corp.example", "s1", Finding.PASS, "rsa-2048")
    assert found.dmarc.finding is Finding.PASS
    assert found.dmarc.policy is DmarcPolicy.REJECT
    assert not found.is_open


def test_ed25519_holds(judge: Judge, zone: Zone) -> None:
    signer = Signer("corp.example", "ed", algorithm="ed25519")
    signer.publish(zone)
    assert only(judge(signer.sign(MAIL)).signatures).finding is Finding.PASS


@pytest.mark.parametrize("canon", [(b"simple", b"simple"), (b"relaxed", b"simple")])
def test_other_canonicalisations_hold(judge: Judge, canon: tuple[bytes, bytes]) -> None:
    raw = MAIL.replace(b"!liste", b"!liste   mit\t Leerzeichen  ")
    signed = CORP.sign(raw, canonicalize=canon)
    assert only(judge(signed).signatures).finding is Finding.PASS


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"!liste", b"!spam"),
        (b"Subject: Befehl", b"Subject: Anderes"),
        (b"To: tickets@", b"To: info@"),
        (b"anna@corp.example", b"dora@corp.example"),
        (b"Message-ID: <1@", b"Message-ID: <2@"),
        (b"charset=utf-8", b"charset=utf-7"),
    ],
)
def test_nothing_that_is_covered_can_be_changed(judge: Judge, old: bytes, new: bytes) -> None:
    signed = CORP.sign(MAIL)
    head, _, mail = signed.partition(b"From: Anna")
    found = judge(head + (b"From: Anna" + mail).replace(old, new, 1))
    assert only(found.signatures).finding is Finding.FAIL
    assert found.dmarc.finding is Finding.FAIL


def test_a_relative_domain_is_aligned_and_a_strict_one_is_not(judge: Judge, zone: Zone) -> None:
    post = Signer("post.corp.example")
    post.publish(zone)
    assert only(judge(post.sign(MAIL)).signatures).finding is Finding.PASS
    zone.text("_dmarc.corp.example", "v=DMARC1; p=reject; adkim=s")
    assert judge(post.sign(MAIL)).signatures == ()


@pytest.mark.parametrize("domain", ["evil.example", "corp.example.evil.example", "xcorp.example"])
def test_a_signature_of_others_is_not_even_looked_at(judge: Judge, zone: Zone, domain: str) -> None:
    evil = Signer(domain)
    evil.publish(zone)
    found = judge(evil.sign(MAIL))
    assert found.signatures == ()
    assert found.dmarc.finding is Finding.FAIL
    assert not any("_domainkey" in name for name, _ in zone.asked)


def test_who_shares_a_public_suffix_is_not_one_organisation(judge: Judge, zone: Zone) -> None:
    evil = Signer("evil.co.uk")
    evil.publish(zone)
    Signer("co.uk").publish(zone)
    raw = MAIL.replace(b"anna@corp.example", b"anna@corp.co.uk")
    assert judge(evil.sign(raw)).signatures == ()
    assert judge(Signer("co.uk").sign(raw)).signatures == ()


def test_the_right_one_of_several_signatures_counts(judge: Judge, zone: Zone) -> None:
    list_server = Signer("liste.example")
    list_server.publish(zone)
    wrong = Signer("corp.example", "gone").sign(MAIL)
    raw = list_server.sign(CORP.sign(wrong))
    found = judge(raw).signatures
    assert [each.finding for each in found] == [Finding.PASS, Finding.PERMERROR]


WEAK = {
    "the length of the text": ({"length": True}, "l="),
    "subject": ({"covered": [n for n in ALL if n != b"subject"]}, "Subject"),
    "to": ({"covered": [n for n in ALL if n != b"to"]}, "To"),
    "date": ({"covered": [n for n in ALL if n != b"date"]}, "Date"),
    "message-id": ({"covered": [n for n in ALL if n != b"message-id"]}, "Message-ID"),
    "content-type": ({"covered": [n for n in ALL if n != b"content-type"]}, "Content-Type"),
    "gmail": ({"covered": GMAIL}, "Content-Type"),
    "outlook": ({"covered": OUTLOOK}, "To"),
    "another mailbox": ({"identity": b"ben@corp.example"}, "another mailbox"),
}


@pytest.mark.parametrize(("options", "says"), WEAK.values(), ids=WEAK.keys())
def test_a_signature_that_leaves_room_is_weak(
    judge: Judge, options: dict[str, object], says: str
) -> None:
    found = only(judge(CORP.sign(MAIL, **options)).signatures)
    assert found.finding is Finding.PASS
    assert says in found.weak


@pytest.mark.parametrize(
    "identity", [b"anna@corp.example", b"@corp.example", b"x@post.corp.example"]
)
def test_a_signer_may_name_the_author_or_nobody(judge: Judge, identity: bytes) -> None:
    assert only(judge(CORP.sign(MAIL, identity=identity)).signatures).weak == ""


def test_a_plain_mail_without_a_type_needs_none_in_the_signature(judge: Judge) -> None:
    raw = MAIL.replace(b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n", b"")
    covered = [name for name in ALL if not name.startswith((b"content", b"mime"))]
    signed = CORP.sign(raw, covered)
    assert only(judge(signed).signatures).weak == ""
    added = signed.replace(b"Message-ID:", b"Content-Type: text/html\r\nMessage-ID:", 1)
    assert "Content-Type" in only(judge(added).signatures).weak
    parts = raw + b"--x\r\ncontent-type: text/plain\r\n\r\n!spam\r\n"
    assert "Content-Type" in only(judge(CORP.sign(parts, covered)).signatures).weak


def test_an_old_signature_is_weak(judge: Judge) -> None:
    signed = CORP.sign(MAIL)
    for days, weak in ((6, False), (8, True), (-2, True)):
        at = datetime.now(UTC) + timedelta(days=days)
        assert bool(only(judge(signed, at=at).signatures).weak) is weak


def test_an_expired_signature_does_not_hold(judge: Judge) -> None:
    signed = CORP.sign(MAIL)
    past = int(time.time()) - 90_000
    expired = signed.replace(b" t=", f" x={past}; t=".encode(), 1)
    assert only(judge(expired).signatures).finding is Finding.FAIL


BAD_KEYS = {
    "none": ("", Finding.PERMERROR),
    "revoked": ("v=DKIM1; p=", Finding.PERMERROR),
    "testing": ("v=DKIM1; t=y; p={}", Finding.PERMERROR),
    "other hash": ("v=DKIM1; h=sha1; p={}", Finding.PERMERROR),
    "other version": ("v=DKIM2; p={}", Finding.FAIL),
    "garbage": ("v=DKIM1; p=!!!", Finding.FAIL),
    "cut": ("v=DKIM1; p=MIIB", Finding.FAIL),
    "huge": ("v=DKIM1; n=" + "x" * 2500 + "; p={}", Finding.PERMERROR),
}


@pytest.mark.parametrize(("record", "finding"), BAD_KEYS.values(), ids=BAD_KEYS.keys())
def test_what_is_wrong_with_a_key(judge: Judge, zone: Zone, record: str, finding: Finding) -> None:
    signed = CORP.sign(MAIL)
    name = ("s1._domainkey.corp.example", "TXT")
    public = "".join(zone.records[name]).replace('" "', "").partition("p=")[2].rstrip('"')
    zone.records[name] = [quoted(record.format(public))] if record else []
    found = only(judge(signed).signatures)
    assert found.finding is finding
    assert found.why


def test_a_small_key_is_not_accepted(judge: Judge, zone: Zone) -> None:
    zone.text("small._domainkey.corp.example", f"v=DKIM1; p={SMALL_PUBLIC}")
    field = dkim.sign(MAIL, b"small", b"corp.example", SMALL, include_headers=ALL)
    found = only(judge(field + MAIL).signatures)
    assert found.finding is Finding.POLICY
    assert "too small" in found.why


def test_sha1_is_not_accepted(judge: Judge) -> None:
    signed = CORP.sign(MAIL)
    found = only(judge(signed.replace(b"a=rsa-sha256", b"a=rsa-sha1", 1)).signatures)
    assert found.finding is Finding.POLICY


def test_no_answer_of_dns_is_neither_right_nor_wrong(judge: Judge, zone: Zone) -> None:
    zone.broken.add("s1._domainkey.corp.example")
    found = judge(CORP.sign(MAIL))
    assert only(found.signatures).finding is Finding.TEMPERROR
    assert found.dmarc.finding is Finding.TEMPERROR
    assert found.is_open


def test_a_silent_server_costs_no_more_than_the_time_allowed(judge: Judge, zone: Zone) -> None:
    zone.silent |= {"s1._domainkey.corp.example", "_dmarc.corp.example", "corp.example"}
    found = judge(CORP.sign(MAIL), seconds=0.5, ip="192.0.2.10", mail_from="anna@corp.example")
    assert found.is_open
    assert len(zone.asked) < 10


BOGUS = b"DKIM-Signature: v=1; a=rsa-sha256; d=corp.example; s=s1; h=from; bh=AAAA; b=AAAA\r\n"
HOSTILE = {
    "many signatures": b"".join(BOGUS.replace(b"s=s1", b"s=s%d" % n) for n in range(500)),
    "long blanks": b"DKIM-Signature: v=1; d=corp.example; s=s1; b=" + b" " * 60_000 + b"x\r\n",
    "folded blanks": b"DKIM-Signature: v=1; d=corp.example; s=s1; b="
    + b"\r\n " * 20_000
    + b"x\r\n",
    "no tags": b"DKIM-Signature: ;;;\r\n",
    "no octets": b"DKIM-Signature:\r\n",
    "names without end": BOGUS.replace(b"h=from", b"h=from" + b":from" * 1500),
    "octets of no charset": BOGUS.replace(b"s=s1", b"s=\xff\xfe"),
    "many folds": b"X: y" + b"\r\n z" * 60_000 + b"\r\n",
}


@pytest.mark.parametrize("fields", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.timeout(20)
def test_hostile_signatures_cost_little_and_prove_nothing(
    judge: Judge, zone: Zone, fields: bytes
) -> None:
    found = judge(fields + MAIL)
    assert Finding.PASS not in {each.finding for each in found.signatures}
    assert len(zone.asked) < 20


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "body", [b" " * 3_000_000, b"\r\n" * 3_000_000, b" \t" * 1_000_000 + b"\r\n"]
)
def test_a_hostile_text_is_hashed_in_linear_time(judge: Judge, body: bytes) -> None:
    field = CORP.sign(MAIL).partition(b"From: Anna")[0]
    assert only(judge(field + MAIL + body + b"x").signatures).finding is Finding.FAIL
