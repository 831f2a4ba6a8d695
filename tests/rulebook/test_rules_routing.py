"""What people who are no programmers write wrong in routing.yaml, and what they are told."""

from pathlib import Path

import pytest
from rules_help import line_of, mistakes

from gateway.rulebook.defaults import folder
from gateway.rulebook.load import load

ROUTING = "routing.yaml"


def written(rules: Path, *lines: str) -> Path:
    (rules / ROUTING).write_text("rules:\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return rules


def rule(condition: str, then: str = "{priority: high}", more: str = "") -> tuple[str, ...]:
    return (
        "  - name: eins",
        *([more] if more else []),
        f"    if: {condition}",
        f"    then: {then}",
    )


# the condition, the action, the line the slip is in (some text of it), the remedy
SLIPS = {
    "a subject without a comparison": (
        "{subject: Rechnung}", "{priority: high}", "Rechnung", '{contains: "Rechnung"}',
    ),
    "several words without a comparison": (
        "{subject: [Rechnung, Mahnung]}", "{priority: high}", "Rechnung",
        "{contains: [Rechnung, Mahnung]}",
    ),
    "a comparison that is none": (
        "{subject: {contain: Rechnung}}", "{priority: high}", "contain", '"contains"',
    ),
    "two comparisons at once": (
        "{subject: {contains: a, starts: b}}", "{priority: high}", "contains", "all: or any:",
    ),
    "a condition that is none": (
        "{betreff: {contains: a}}", "{priority: high}", "betreff", "subject",
    ),
    "a domain without the sign": (
        "{from: zeitung.example}", "{priority: high}", "zeitung", '"@zeitung.example"',
    ),
    "a department that is none": (
        "{subject: {contains: a}}", "{department: berln}", "berln", '"berlin"',
    ),
    "a topic that is none": (
        "{subject: {contains: a}}", "{topic: spendenangebote}", "spendenangebote",
        '"spendenangebot"',
    ),
    "a status in words of one's own": (
        "{subject: {contains: a}}", "{status: close}", "close", '"closed"',
    ),
    "a priority that is none": (
        "{subject: {contains: a}}", "{priority: hihg}", "hihg", '"high"',
    ),
    "a field that is none": (
        "{field: {name: labtop, filled: true}}", "{priority: high}", "labtop", '"laptop"',
    ),
    "a field of the form that is none": (
        "{form: {name: Postleizahl, starts: '10'}}", "{priority: high}", "Postleizahl",
        '"Postleitzahl"',
    ),
    "a canned response that is none": (
        "{subject: {contains: a}}", "{answer: nachweise}", "nachweise",
        '"nachweis"',
    ),
    "an action that is none": (
        "{subject: {contains: a}}", "{departement: berlin}", "departement", '"department"',
    ),
    "a pattern that looks ahead": (
        "{subject: {regex: '(?!Re:).*'}}", "{priority: high}", "regex", "under not:",
    ),
    "a pattern with a reference back": (
        r"{subject: {regex: '(a)\1'}}", "{priority: high}", "regex", "two rules",
    ),
    "a pattern whose bracket stays open": (
        "{subject: {regex: 'Rechnung (neu'}}", "{priority: high}", "regex", "contains:",
    ),
    "nothing to be done": ("{subject: {contains: a}}", "{}", "then", "below then:"),
    "nothing that must hold": ("{}", "{priority: high}", "if", "leave out if:"),
    "accepting and rejecting": (
        "{subject: {contains: a}}", "{accept: true, reject: true}", "accept", "keep one",
    ),
    "quarantine and more": (
        "{subject: {contains: a}}", "{quarantine: true, tag: x}", "quarantine", "keep one",
    ),
    "something that shall not be done": (
        "{subject: {contains: a}}", "{accept: false}", "accept", "leave out the line",
    ),
    "a tag of two words": (
        "{subject: {contains: a}}", "{tag: sehr eilig}", "sehr eilig", "sehr-eilig",
    ),
    "a size without a number": (
        "{attachment: {over: groß}}", "{priority: high}", "groß", "5 MB",
    ),
    "a day of the week that is none": (
        "{time: {weekdays: [Wochenende]}}", "{priority: high}", "Wochenende", "Sa",
    ),
    "a range the wrong way round": (
        "{form: {name: Postleitzahl, between: [14199, 10115]}}", "{priority: high}", "between",
        "[10115, 14199]",
    ),
    "a place that nothing fills in": (
        "{subject: {contains: a}}", '{note: "Es geht um {{ nummer1 }}"}', "nummer1", "nummer",
    ),
    "a place that may stay empty": (
        "{any: [{subject: {regex: '(?P<plz>[0-9]{5})'}}, {from: '@a.example'}]}",
        '{note: "Aus {{ plz }}"}', "then", "{{ plz | … }}",
    ),
    "a field that can be there only once": (
        "{subject: {contains: a}}", "{fields: {reservierung: MR-20231112-2}}", "reservierung",
        "an agent reserves",
    ),
    "passing on to ourselves": (
        "{subject: {contains: a}}", "{relay: berlin@truhe.example}", "relay", "department:",
    ),
}  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_told_once_with_file_line_and_remedy(rules: Path, slip: str) -> None:
    condition, then, where, remedy = SLIPS[slip]
    shipped = folder("rules") / "canned"
    (rules / "canned").mkdir()
    for path in shipped.glob("*.txt"):
        (rules / "canned" / path.name).write_text(path.read_text("utf-8"), encoding="utf-8")
    written(rules, *rule(condition, then))

    (found,) = mistakes(rules)

    assert found.file == f"rules/{ROUTING}"
    assert found.line == line_of(rules, ROUTING, where)
    assert remedy in str(found.right)


@pytest.mark.parametrize(
    ("lines", "remedy"),
    [
        (
            ("  - name: a", "    then: {stop: true}", "  - name: b", "    then: {tag: x}"),
            "take out stop:",
        ),
        (
            ("  - name: a", "    then: {tag: x}", "  - name: a", "    then: {tag: y}"),
            "another name",
        ),
        (
            ("  - name: a", "    then: {tag: x}", "  - name: b", "    then: {tag: x}"),
            "keep one of them",
        ),
        (
            ("  - name: a", "    for: reply", "    then: {accept: true}"),
            "leave out the line for:",
        ),
        (
            ("  - name: a", "    for: agent", "    then: {department: berlin}"),
            "for: [new, reply]",
        ),
        (("  - name: a",), "then: …"),
        (("  - then: {tag: x}",), "name: …"),
        (
            ("  - name: a", "    if:", "      all:", "        subject: {contains: x}",
             "    then: {tag: x}"),
            "with a hyphen",
        ),
    ],
)  # fmt: skip
def test_what_rules_say_about_each_other_is_told(
    rules: Path, lines: tuple[str, ...], remedy: str
) -> None:
    written(rules, *lines)

    (found,) = mistakes(rules)

    assert found.file == f"rules/{ROUTING}"
    assert remedy in str(found.right)


def test_an_agent_who_is_in_no_file_is_a_warning(rules: Path) -> None:
    written(rules, "  - name: a", "    then: {assign: ana}")

    (warning,) = (each for each in load(rules).warnings if "short name" in str(each.what))

    assert warning.file == f"rules/{ROUTING}:3:20"
    assert '"anna"' in str(warning.right)


def test_letters_that_a_pattern_does_not_know_are_a_warning(rules: Path) -> None:
    written(rules, *rule(r"{subject: {regex: '\bMüll\b'}}"))

    assert any("word:" in str(each.right) for each in load(rules).warnings)


def test_mistakes_of_rules_come_with_those_of_other_files(rules: Path) -> None:
    written(rules, *rule("{subject: {contains: a}}", "{department: berln}"))
    text = (rules / "agents.yaml").read_text(encoding="utf-8")
    (rules / "agents.yaml").write_text(text.replace("[muenchen]", "[mnchen]"), encoding="utf-8")

    assert [each.file for each in mistakes(rules)] == ["rules/agents.yaml", f"rules/{ROUTING}"]
