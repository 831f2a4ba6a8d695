"""Mistakes in rule tests are told as those in the rules: file, line, what is wrong and right."""

import pytest

from gateway.rulebook.load import load
from gateway.rulebook.load_tests import load_tests

GOOD = """\
tests:
  - name: a
    mail:
      from: maria@example.org
      to: info@truhe.example
      subject: x
    expect:
      outcome: entry
"""

_MISTAKES = [
    (
        "outcome: entry",
        "outcome: entri",
        '8:16: "entri" is not possible here — did you mean "entry"',
    ),
    (
        "outcome: entry",
        "department: berln",
        '8:19: there is no department "berln" — did you mean "berlin"?',
    ),
    (
        "outcome: entry",
        "topic: spende",
        '8:14: there is no help topic "spende" — did you mean "spendenangebot"?',
    ),
    ("outcome: entry", "status: zuu", '8:15: there is no status "zuu" — did you mean "closed"?'),
    (
        "outcome: entry",
        "responsible: ana",
        '8:20: no agent in agents.yaml has the short name "ana" — did you mean "anna"?',
    ),
    (
        "outcome: entry",
        "rules: Eilige Anfrage",
        '8:14: there is no rule "Eilige Anfrage" in routing.yaml — did you mean "Eilige Anfragen"?',
    ),
    (
        "outcome: entry",
        "fields: {laptopp: ja}",
        '8:16: there is no field "laptopp" — did you mean "laptop"?',
    ),
    (
        "outcome: entry",
        "fields: {laptop: vielleicht}",
        "8:24: “vielleicht” is not possible for Laptop. Permitted: yes or no. — correct the",
    ),
    (
        "outcome: entry",
        "refer: ['@ana']",
        '8:15: no agent in agents.yaml has the short name "ana" — did you mean "anna"?',
    ),
    ("outcome: entry", "sent: [{to: '@ana'}]", "8:19: no agent in agents.yaml has the short name"),
    ("outcome: entry", "sent: nobody", "8:13: it is not said what is sent — write sent: nothing"),
    (
        "outcome: entry",
        "sent: [{kind: confirm}]",
        '8:21: "confirm" is not possible here — did you mean "confirmation"?',
    ),
    ("outcome: entry", "sent: [{}]", "8:14: nothing is expected here — write what is to happen"),
    ("outcome: entry", "requester: maria", '8:18: "maria" is no mail address — write it complete'),
    (
        "outcome: entry",
        "priority: hoch",
        '8:17: "hoch" is not possible here — did you mean "high"?',
    ),
    (
        "outcome: entry",
        "depatment: berlin",
        '8:7: unknown key "depatment" — did you mean "department"?',
    ),
    ("      outcome: entry\n", "", "7:12: here must stand lines of the form key: value"),
    ("from: maria@example.org", "from: maria", '4:13: "maria" is no mail address — write it'),
    ("from: maria@example.org", "from: '@ana'", "4:13: no agent in agents.yaml has the short name"),
    ("      from: maria@example.org\n", "", '3:5: "from" is missing — add the line from: '),
    ("      to: info@truhe.example\n", "", '3:5: "to" is missing — add the line to: '),
    ("to: info@truhe.example", "to: in fo", '5:11: "in fo" is no address of a mailbox — '),
    ("subject: x", "at: gestern", '6:11: "gestern" is no day of the week — write Mo, Di,'),
    (
        "subject: x",
        "attachments: [{name: a.pdf, size: 900 MB}]",
        "6:41: an attachment of a test is at most 50 MB — write less",
    ),
    (
        "subject: x",
        "at: 24.12.2026 18:30",
        '6:11: "24.12.2026" is no date — write year-month-day: 2026-12-24',
    ),
    ("subject: x", "at: 2026-12-24 25:00", '6:11: "25:00" is no time of the day — write hour'),
    ("subject: x", "proved: yes", '6:15: "yes" is neither true nor false — write true'),
    (
        "subject: x",
        "forged: true\n      proved: true",
        "4:7: proved, proof and forged say the same",
    ),
    ("subject: x", "file: x.eml", '4:7: "from" stands in the file already — leave out the line'),
    (
        "subject: x",
        "form: {Name: a}\n      text: b",
        "4:7: the text of the form's mail is what stands",
    ),
    ("subject: x", "attachments: [{name: a.pdf, type: pdf}]", '6:41: "pdf" is no type of a file'),
    ("subject: x", "attachments: [{name: a.pdf, size: groß}]", '6:41: "groß" is no size'),
    ("subject: x", "headers: {X Mailer: a}", '6:17: "X Mailer" is no header field'),
    (
        "    mail:\n",
        "    after: b\n    mail:\n",
        '3:12: no test above has the name "b" — name the test',
    ),
    (
        "    mail:\n",
        "    mail: nicht.eml\n    x:\n",
        '4:5: unknown key "x" — known here: name, after',
    ),
    ("tests:", "test:", '1:1: unknown key "test" — did you mean "tests"?'),
    ("- name: a", "- nam: a", '2:5: unknown key "nam" — did you mean "name"?'),
]


@pytest.mark.parametrize(("right", "wrong", "told"), _MISTAKES)
def test_a_mistake_is_told_with_its_place_and_what_would_be_right(desk, right, wrong, told):
    assert right in GOOD
    found = desk.mistakes(GOOD.replace(right, wrong, 1))
    assert any(each.startswith(f"rules/tests/a.yaml:{told}") for each in found), found


def test_the_good_one_is_good(desk):
    assert desk.mistakes(GOOD) == []


def test_a_mail_that_is_not_there_is_told(desk):
    (told,) = desk.mistakes("tests:\n  - {name: a, mail: weg.eml, expect: {outcome: entry}}\n")
    assert told == (
        'rules/tests/a.yaml:2:21: the mail "weg.eml" cannot be read: No such file or directory — '
        "put it into rules/tests"
    )


def test_a_mail_outside_of_the_folder_is_not_read(desk):
    (told,) = desk.mistakes("tests:\n  - {name: a, mail: ../x.eml, expect: {outcome: entry}}\n")
    assert '"../x.eml" is no mail beside the test' in told


def test_a_name_stands_once_and_a_slip_in_after_is_told(desk):
    told = desk.mistakes(
        GOOD + GOOD.partition("tests:\n")[2].replace("expect", "after: b\n    expect")
    )
    assert [each.partition(" — ")[0] for each in told] == [
        'rules/tests/a.yaml:9:11: there is a test "a" in this file already',
        'rules/tests/a.yaml:14:12: no test above has the name "b"',
    ]


def test_a_test_with_a_mistake_hides_no_other(desk):
    two = GOOD + GOOD.partition("tests:\n")[2].replace("name: a", "name: b")
    found = desk.loaded(two.replace("outcome: entry", "department: berln", 1))
    assert [test.name for test in found.tests] == ["b"]
    assert len(found.errors) == 1


def test_a_file_that_nobody_reads_is_told(desk):
    (desk.rules / "tests" / "b.yml").write_text(GOOD)
    (told,) = desk.mistakes(GOOD)
    assert told == (
        "rules/tests/b.yml:1:1: this file of tests is not read — put it into rules/tests itself, "
        "with a name that ends in .yaml"
    )


def test_a_story_has_an_end(desk):
    tests = GOOD.replace("name: a", "name: '0'")
    part = GOOD.partition("tests:\n")[2]
    for number in range(1, 22):
        follows = part.replace("name: a", f"name: '{number}'\n    after: '{number - 1}'")
        tests += follows
    found = desk.loaded(tests)
    assert len(found.tests) == 20
    (told,) = map(str, found.errors)
    assert "more than 20 mails one after the other" in told


def test_mistakes_in_tests_keep_no_rules_from_being_taken(desk):
    desk.write("tests: [")
    assert load(desk.rules).organisation.name == "Truhe e. V."


def test_without_rules_that_can_be_read_the_form_of_the_tests_is_looked_at(desk):
    desk.write(GOOD.replace("subject", "sujbect"))
    (told,) = load_tests(desk.rules, None).errors
    assert 'unknown key "sujbect" — did you mean "subject"?' in str(told)
