"""What the gateway's own checks prove, as a table."""

from dataclasses import replace

import pytest
from policy_facts import organisation

from gateway.mail.parse import parse
from gateway.model.authentication import (
    Authentication,
    Dmarc,
    DmarcPolicy,
    Finding,
    Sealed,
    SentFrom,
    Signed,
)
from gateway.policy.authenticated import is_forged, own_verdict
from gateway.policy.facts import Proof, Trust

HOLDS = Signed("corp.example", "s1", Finding.PASS, "rsa-2048")
WEAK = replace(HOLDS, weak="it does not cover To")
BROKEN = replace(HOLDS, finding=Finding.FAIL, why="body hash mismatch")
NO_ANSWER = replace(HOLDS, finding=Finding.TEMPERROR, why="SERVFAIL")
OURS = SentFrom("corp.example", Finding.PASS, aligned=True)
OTHER = SentFrom("evil.example", Finding.PASS)
SEALED = Sealed("liste.example", Finding.PASS, vouches=True)
PASS = Dmarc(Finding.PASS, DmarcPolicy.REJECT)
FAIL = Dmarc(Finding.FAIL, DmarcPolicy.REJECT)
NONE = Dmarc(Finding.NONE)


def found(
    dmarc: Dmarc, *signatures: Signed, spf: SentFrom | None = None, arc: Sealed | None = None
) -> Authentication:
    return Authentication("corp.example", dmarc, signatures, spf, arc)


def verdict(
    of: Authentication, *, to: str = "tickets@truhe.example", author: str = "anna@corp.example"
) -> Trust:
    mail = parse(f"From: {author}\r\nTo: {to}\r\nSubject: x\r\n\r\nx\r\n".encode())
    return own_verdict(mail, of, organisation())


PROOFS = {
    "a signature": (found(PASS, HOLDS), Proof.DKIM),
    "a signature without a DMARC record": (found(NONE, HOLDS), Proof.DKIM),
    "the right one of two": (found(PASS, BROKEN, HOLDS), Proof.DKIM),
    "the server": (found(PASS, spf=OURS), Proof.SPF),
    "gmail: a weak signature and the server": (found(PASS, WEAK, spf=OURS), Proof.SPF),
    "a believed forwarder": (found(FAIL, BROKEN, spf=OTHER, arc=SEALED), Proof.ARC),
    "a weak signature": (found(PASS, WEAK), Proof.NONE),
    "a broken signature": (found(FAIL, BROKEN), Proof.NONE),
    "the server without a DMARC record": (found(NONE, spf=OURS), Proof.NONE),
    "the server of others": (found(FAIL, spf=OTHER), Proof.NONE),
    "a record that lets everybody pass": (found(PASS, spf=replace(OURS, anybody=True)), Proof.NONE),
    "only the name of the server": (found(PASS, spf=replace(OURS, by_helo=True)), Proof.NONE),
    "a softfail": (found(FAIL, spf=replace(OURS, finding=Finding.SOFTFAIL)), Proof.NONE),
    "a weak seal": (found(FAIL, arc=replace(SEALED, weak="l=")), Proof.NONE),
    "a seal for nothing": (found(FAIL, arc=replace(SEALED, vouches=False)), Proof.NONE),
    "a broken seal": (found(FAIL, arc=replace(SEALED, finding=Finding.FAIL)), Proof.NONE),
    "nothing": (found(NONE), Proof.NONE),
}  # fmt: skip


@pytest.mark.parametrize(("of", "proof"), PROOFS.values(), ids=PROOFS.keys())
def test_what_proves_the_author(of: Authentication, proof: Proof) -> None:
    trust = verdict(of)
    assert trust.proof is proof
    assert trust.reason
    assert {check.what for check in trust.checks} >= {"dkim", "dmarc"}


@pytest.mark.parametrize("of", [found(PASS, HOLDS), found(FAIL, arc=SEALED)])
def test_a_mail_that_was_signed_for_somebody_else_proves_nothing_here(of: Authentication) -> None:
    for to in (
        "ben@anders.example",
        "undisclosed-recipients:;",
        "tickets@truhe.example.evil.example",
    ):
        assert verdict(of, to=to).proof is Proof.NONE
    assert verdict(of, to="x@y.example, berlin+token@TRUHE.example").proved
    assert verdict(found(PASS, spf=OURS), to="ben@anders.example").proved


@pytest.mark.parametrize(
    "author", ["anna@sub.corp.example", "anna@evil.example", "", "a@corp.example, b@corp.example"]
)
def test_what_was_found_about_another_address_proves_nothing(author: str) -> None:
    assert not verdict(found(PASS, HOLDS, spf=OURS), author=author).proved


@pytest.mark.parametrize(
    ("of", "forged"),
    [
        (found(FAIL), True),
        (found(replace(FAIL, policy=DmarcPolicy.QUARANTINE)), True),
        (found(replace(FAIL, policy=DmarcPolicy.NONE)), False),
        (found(NONE), False),
        (found(PASS, WEAK), False),
        (found(FAIL, arc=SEALED), False),
        (found(FAIL, arc=replace(SEALED, vouches=False)), True),
        (found(Dmarc(Finding.TEMPERROR, DmarcPolicy.REJECT), NO_ANSWER), False),
    ],
)
def test_forged_is_what_the_domain_calls_so(of: Authentication, forged: bool) -> None:
    assert is_forged(of) is forged
    assert verdict(of).forged is forged


def test_no_answer_is_open_and_a_proof_closes_it() -> None:
    assert verdict(found(Dmarc(Finding.TEMPERROR), NO_ANSWER)).is_open
    assert verdict(found(PASS, WEAK, spf=replace(OURS, finding=Finding.TEMPERROR))).is_open
    assert not verdict(found(Dmarc(Finding.TEMPERROR), HOLDS)).is_open
    assert not verdict(found(FAIL, BROKEN)).is_open
