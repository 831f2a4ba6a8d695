"""retention.yaml: what is shipped, and its mistakes with their lines."""

import pytest

from gateway.model.people import DepartmentId
from gateway.model.retention import Retention, Then
from gateway.rulebook.errors import RuleErrors
from gateway.rulebook.load import load


def test_the_shipped_file_asks_before_it_deletes_what_people_wrote(rules):
    found = load(rules).organisation.retention
    spam, rejected, privacy, others = found.rules
    assert (spam.spam, spam.then, spam.closed_months) == (True, Then.DELETE, 1)
    assert (rejected.rejected, rejected.then) == (True, Then.DELETE)
    assert (privacy.departments, privacy.closed_months) == ({DepartmentId("datenschutz")}, 36)
    assert (others.then, others.closed_months, others.departments) == (Then.PROPOSE, 24, set())
    assert (found.purge_days, found.mail_days) == (30, 90)


def test_without_the_file_nothing_is_deleted_by_itself(rules):
    (rules / "retention.yaml").unlink()
    assert load(rules).organisation.retention == Retention()


_RULE = "rules:\n  - closed_months: 3\n    then: delete\n"
MISTAKES = {
    _RULE + "    departments: [datenshutz]\n": (
        'rules/retention.yaml:4:19: there is no department "datenshutz"'
        ' — did you mean "datenschutz"?'
    ),
    _RULE + "    topics: [spendenangebt]\n": 'there is no help topic "spendenangebt"',
    _RULE + "  - spam: true\n    closed_months: 1\n    then: delete\n": (
        "rules/retention.yaml:4:5: no ticket reaches this rule: the one in line 2 fits them all"
    ),
    "rules:\n  - closed_months: 3\n    then: vanish\n": "rules/retention.yaml:3:11: ",
    "rules:\n  - then: delete\n": "rules/retention.yaml:2:",
    "purge_days: 0\n": "rules/retention.yaml:1:13: ",
    "mail_days: 1\n": "rules/retention.yaml:1:12: ",
    "purge_day: 30\n": "rules/retention.yaml:1:1: ",
}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_is_named_with_its_line(rules, text):
    (rules / "retention.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(RuleErrors) as found:
        load(rules)
    assert MISTAKES[text] in str(found.value)


def test_departments_of_rejected_mail_may_be_named(rules):
    text = _RULE + "    departments: [abgelehnt-berlin]\n"
    (rules / "retention.yaml").write_text(text, encoding="utf-8")
    (rule,) = load(rules).organisation.retention.rules
    assert rule.departments == {DepartmentId("abgelehnt-berlin")}
