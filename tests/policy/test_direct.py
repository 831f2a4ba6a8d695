"""Who may write directly to an internal address."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from policy_facts import FORGED, NOW, PROVED, UNPROVED, facts, message, organisation

from gateway.model.authors import Allow
from gateway.model.people import DepartmentId
from gateway.policy.direct import allowed, is_member_of_organisation
from gateway.policy.facts import Facts, Trust

TODAY = NOW.date()
BERLIN = organisation().addresses["berlin@truhe.example"]


def asked(*entries: Allow, sender: str = "post@partner.example", trust: Trust = UNPROVED) -> Facts:
    """Facts about a mail of `sender` to Berlin, with these entries of the allow list."""
    by_author: dict[str, tuple[Allow, ...]] = {}
    for entry in entries:
        by_author[entry.author] = (*by_author.get(entry.author, ()), entry)
    rules = replace(organisation(), allow=by_author)
    mail = message(sender=sender)
    return facts(mail, "berlin@truhe.example", organisation=rules, trust=trust)


@pytest.mark.parametrize(
    ("until", "is_allowed"),
    [(TODAY, True), (TODAY + timedelta(1), True), (TODAY - timedelta(1), False), (None, True)],
)
def test_the_last_day_still_counts(until: date | None, is_allowed: bool) -> None:
    entry = Allow("post@partner.example", "Grund", until=until)
    assert (allowed(asked(entry), BERLIN) is entry) is is_allowed


def test_an_expired_entry_does_not_hide_a_valid_one() -> None:
    old = Allow("post@partner.example", "alt", until=TODAY - timedelta(1))
    new = Allow("@partner.example", "neu")
    assert allowed(asked(old, new), BERLIN) is new


@pytest.mark.parametrize(
    ("author", "sender", "is_allowed"),
    [
        ("@partner.example", "Wer@Partner.Example", True),
        ("@partner.example", "wer@sub.partner.example", False),
        ("@partner.example", "wer@evilpartner.example", False),
        ("@partner.example", '"@partner.example" <wer@evil.example>', False),
        ("post@partner.example", "post+x@partner.example", False),
        ("post@partner.example", "POST@partner.example", True),
    ],
)
def test_an_entry_names_an_address_or_a_whole_domain(
    author: str, sender: str, is_allowed: bool
) -> None:
    found = allowed(asked(Allow(author, "Grund"), sender=sender), BERLIN)
    assert (found is not None) is is_allowed


@pytest.mark.parametrize(
    ("trust", "demands", "is_allowed"),
    [
        (UNPROVED, False, True),
        (UNPROVED, True, False),
        (PROVED, True, True),
        (FORGED, False, False),
        (FORGED, True, False),
    ],
)
def test_a_forged_author_is_never_let_in(trust: Trust, demands: bool, is_allowed: bool) -> None:
    entry = Allow("post@partner.example", "Grund", authenticated=demands)
    assert (allowed(asked(entry, trust=trust), BERLIN) is not None) is is_allowed


def test_an_entry_for_one_department_opens_no_other() -> None:
    entry = Allow("post@partner.example", "Grund", departments=frozenset({DepartmentId("berlin")}))
    munich = organisation().addresses["muenchen@truhe.example"]
    assert allowed(asked(entry), BERLIN) is entry
    assert allowed(asked(entry), munich) is None


def test_two_authors_are_none() -> None:
    entry = Allow("post@partner.example", "Grund")
    sender = "post@partner.example, boese@evil.example"
    assert allowed(asked(entry, sender=sender), BERLIN) is None


@pytest.mark.parametrize(
    ("sender", "trust", "is_member"),
    [
        ("gerda@verein.example", PROVED, True),
        ("Gerda@Verein.Example", PROVED, True),
        ("gerda@verein.example", UNPROVED, False),
        ("wer@ganz.example", PROVED, True),
        ("wer@evilganz.example", PROVED, False),
        ("maria@example.org", PROVED, False),
    ],
)
def test_members_are_known_by_address_or_domain_and_only_when_proved(
    sender: str, trust: Trust, is_member: bool
) -> None:
    rules = replace(organisation(), members=frozenset({"gerda@verein.example", "@ganz.example"}))
    mail = message(sender=sender)
    found = facts(mail, "gefahrgut@truhe.example", organisation=rules, trust=trust)
    assert is_member_of_organisation(found) is is_member
