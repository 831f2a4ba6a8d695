"""accounts.yaml: its numbers, and its mistakes with their lines."""

import pytest

from gateway.model.people import DepartmentId
from gateway.rulebook.errors import RuleErrors
from gateway.rulebook.load import load


def test_the_shipped_file_has_the_numbers_of_the_page(rules):
    found = load(rules).organisation.accounts
    assert (found.lock_after_months, found.warn_days, found.delete_after_months) == (6, 14, 6)
    assert found.exempt == {DepartmentId("datenschutz"), DepartmentId("gefahrgut")}


def test_without_the_file_the_same_numbers_hold_and_nobody_is_exempt(rules):
    (rules / "accounts.yaml").unlink()
    found = load(rules).organisation.accounts
    assert (found.lock_after_months, found.warn_days, found.delete_after_months) == (6, 14, 6)
    assert found.exempt == frozenset()


MISTAKES = {
    "lock_after_months: 6\nexempt: [datenshutz]\n": (
        'rules/accounts.yaml:2:10: there is no department "datenshutz"'
        ' — did you mean "datenschutz"?'
    ),
    "warn_days: 60\nlock_after_months: 2\n": (
        "rules/accounts.yaml:1:12: the announcement would come before lock_after_months begins"
        " — write less than 56 days"
    ),
    "lock_after_month: 6\n": "rules/accounts.yaml:1:1: ",
    "delete_after_months: -1\n": "rules/accounts.yaml:1:22: ",
    "lock_after_months: bald\n": "rules/accounts.yaml:1:20: ",
}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_is_named_with_its_line(rules, text):
    (rules / "accounts.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(RuleErrors) as found:
        load(rules)
    assert MISTAKES[text] in str(found.value)
