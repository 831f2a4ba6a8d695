"""Which OpenPGP signature proves an agent's mail, and what it then is worth."""

from dataclasses import replace
from datetime import timedelta

import pytest
from agents_values import ANNA, facts_of
from policy_facts import NOW, message, organisation

from gateway.model.envelope import QueueId
from gateway.model.key_changes import UseSignature
from gateway.model.openpgp import Covers, Fingerprint, OpenPgp, Signature, Verdict
from gateway.model.second_factor import Demand, Factor, SecondFactor, SignatureProof
from gateway.model.text import say
from gateway.policy.agents import agent_mail
from gateway.policy.commands.read import read
from gateway.policy.proof import own_proof, proven
from gateway.policy.signed import (
    is_to_us,
    judged,
    signed_ids,
    signed_subject,
    signed_tokens,
)

MINE = Fingerprint("A" * 40)
MINUTE = timedelta(minutes=1)
GOOD = Signature(Verdict.VALID, MINE, "A" * 16, NOW - MINUTE, "d1", Covers.ALL)


def signed_mail(signature=GOOD, protected=(), head="To: tickets@truhe.example", text="!claim #1"):
    mail = message(text, sender=ANNA.mailbox.address, head=f"{head}\n")
    openpgp = OpenPgp(signed=True, signature=signature, signatures=1, signed_fields=protected)
    return replace(mail, openpgp=openpgp)


def proof(mail=None, *, pinned=(MINE,), used_for=None, at=NOW):
    mail = mail or signed_mail()
    return judged(mail, ANNA, pinned, used_for, QueueId("q1"), at, organisation())


def test_a_signature_of_a_pinned_key_over_all_of_a_mail_to_us_counts():
    assert proof() == SignatureProof("d1", "q1")
    assert proof().counts


def test_a_mail_without_signature_has_nothing_to_judge():
    assert proof(signed_mail(None)) is None


@pytest.mark.parametrize("verdict", [each for each in Verdict if each is not Verdict.VALID])
def test_no_other_verdict_proves_anything(verdict):
    assert not proof(signed_mail(replace(GOOD, verdict=verdict))).counts


@pytest.mark.parametrize("covers", [Covers.PART, Covers.NOTHING])
def test_a_signature_in_a_part_proves_nothing(covers):
    assert not proof(signed_mail(replace(GOOD, covers=covers))).counts


@pytest.mark.parametrize("pinned", [(), (Fingerprint("B" * 40),)])
def test_a_key_that_is_not_pinned_proves_nothing_whatever_its_name(pinned):
    found = proof(pinned=pinned)
    assert not found.counts
    assert "!account key-add anna AAAA" in str(found.problem)


def test_an_unknown_key_is_nobodys_even_where_nobody_is_pinned():
    nobody = replace(GOOD, fingerprint=Fingerprint(""))
    assert not proof(signed_mail(nobody), pinned=(Fingerprint(""),)).counts


@pytest.mark.parametrize(
    ("age", "counts"),
    [
        (timedelta(hours=47), True),
        (timedelta(hours=49), False),
        (-9 * MINUTE, True),
        (-11 * MINUTE, False),
    ],
)
def test_a_signature_counts_for_two_days_and_not_before_it_is_made(age, counts):
    assert proof(signed_mail(replace(GOOD, made_at=NOW - age))).counts is counts


def test_a_signature_without_a_time_does_not_count():
    assert not proof(signed_mail(replace(GOOD, made_at=None))).counts


def test_a_signature_counts_for_one_mail():
    assert proof(used_for="q1").counts  # this one, which is decided again
    assert not proof(used_for="q0").counts


@pytest.mark.parametrize(
    ("head", "protected", "to_us"),
    [
        ("To: berlin+r0@truhe.example", (), True),
        ("To: ben@example.org\nCc: Tickets <TICKETS@truhe.example>", (), True),
        ("To: ben@example.org", (), False),
        ("To: nobody@truhe.example", (), False),
        ("To: tickets@other.example", ("to",), False),
        ("To: ben@example.org\nCc: tickets@truhe.example", ("to",), False),
        ("To: ben@example.org\nCc: tickets@truhe.example", ("to", "cc"), True),
        ("", (), False),
    ],
)
def test_a_mail_that_is_not_addressed_to_us_is_not_for_us(head, protected, to_us):
    mail = signed_mail(protected=protected, head=head)
    assert is_to_us(mail, organisation()) is to_us
    assert proof(mail).counts is to_us


TOKEN = "r" + "0123456789abcdef" * 2


def test_reply_tokens_in_what_is_signed_are_found():
    text = f"!close\n\n> Close: <mailto:berlin%2B{TOKEN}@truhe.example?subject=x>"
    assert signed_tokens(signed_mail(text=text)) == (TOKEN,)
    assert signed_tokens(signed_mail(text=f"> berlin+{TOKEN}@truhe.example")) == (TOKEN,)
    assert signed_tokens(signed_mail(text="berlin+rabc@truhe.example")) == ()


def test_fields_around_a_mail_are_only_taken_where_they_are_signed():
    head = f"To: berlin+{TOKEN}@truhe.example\nIn-Reply-To: <a@x>\nReferences: <b@x> <a@x>"
    assert signed_tokens(signed_mail(head=head)) == ()
    assert signed_ids(signed_mail(head=head)) == ()
    assert signed_subject(signed_mail(head=head)) == ""
    protected = ("to", "in-reply-to", "references", "subject")
    mail = signed_mail(head=head, protected=protected)
    assert signed_tokens(mail) == (TOKEN,)
    assert signed_ids(mail) == ("a@x", "b@x")
    assert signed_subject(mail) == "Frage"


def facts_with(signature, text="!account lock ben"):
    facts = facts_of(ANNA, text, None)
    rules = facts.organisation
    security = replace(rules.security, demand=Demand.REQUIRED)
    return replace(
        facts,
        organisation=replace(rules, security=security),
        second=SecondFactor(signature=signature),
    )


def test_a_signature_that_counts_is_the_highest_proof_and_is_used_up():
    facts = facts_with(SignatureProof("d1", "q1"))
    assert (proven(facts).level, proven(facts).factor) == (3, Factor.SIGNATURE)
    assert own_proof(facts) == 3
    decision = agent_mail(facts, ANNA, read("!claim"))
    assert UseSignature(ANNA.id, "d1", "q1") in decision.changes


def test_a_locked_second_factor_does_not_lock_a_key():
    facts = facts_with(SignatureProof("d1", "q1"))
    locked = replace(facts.second, locked_until=NOW + MINUTE)
    assert proven(replace(facts, second=locked)).level == 3


def test_a_signature_that_does_not_count_is_none_and_says_why():
    facts = facts_with(SignatureProof("d1", "q1", say("its signature cannot be read.")))
    assert (proven(facts).level, own_proof(facts)) == (1, 0)
    decision = agent_mail(facts, ANNA, read("!list"))
    assert not [each for each in decision.changes if isinstance(each, UseSignature)]
