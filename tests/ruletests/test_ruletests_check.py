"""`gateway check` at the terminal: what it prints, in both languages and as JSON."""

import json

import pytest
from terminal import gateway

from gateway.cli.speaking import language_of
from gateway.rulebook.defaults import init

_TESTS = "rules/tests/beispiele.yaml"


@pytest.fixture
def folder(tmp_path):
    init(tmp_path, development=True)
    return tmp_path


def check(folder, *words):
    return gateway("check", *words, config=folder / "gateway.toml")


def change(folder, name, old, new):
    file = folder / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_all_is_in_order_in_both_languages_and_nothing_is_touched(folder):
    before = sorted(folder.rglob("*"))
    done = check(folder, "--language", "en")
    assert (done.returncode, done.stderr) == (0, "")
    assert "rule tests. Everything is in order." in done.stdout
    assert "Regeltests. Alles ist in Ordnung." in check(folder, "--language", "de").stdout
    assert sorted(folder.rglob("*")) == before


def test_the_shipped_tests_hold_for_whoever_renames_the_organisation(folder):
    change(folder, "rules/organisation.yaml", "domain: truhe.example", "domain: kiste.example")
    change(folder, "rules/organisation.yaml", "name: Truhe e. V.", "name: Kiste e. V.")
    done = check(folder, "--language", "en")
    assert done.stderr == ""
    assert done.stdout.startswith("Kiste e. V.: 13 addresses, 12 departments, 18 rule tests.")


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"LANG": "de_DE.UTF-8"}, "de"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "en_US"}, "en"),
        ({"LANG": "en_US", "LC_MESSAGES": "de_AT"}, "de"),
        ({}, "en"),
    ],
)
def test_it_speaks_as_the_person_at_the_terminal(monkeypatch, variables, said):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert language_of(None) == said
    assert (language_of("de"), language_of("en")) == ("de", "en")


def test_a_test_that_fails_is_told_with_what_to_ask_next(folder):
    change(folder, "rules/routing.yaml", "priority: high", "priority: urgent")
    done = check(folder, "--language", "de")
    assert (done.returncode, done.stdout) == (1, "")
    first, second, third = done.stderr.splitlines()
    assert first.startswith(f"{_TESTS}:")
    assert first.endswith(
        "Test „Eilige Anfragen werden vorgezogen“: „priority“ sollte high sein, ist aber urgent — "
        "das war die Regel „Eilige Anfragen“ (rules/routing.yaml:57)"
    )
    assert second == "Einer von 18 Regeltests scheitert."
    assert third == 'Wie es dazu kam: gateway check --test "Eilige Anfragen werden vorgezogen"'


def test_one_test_is_shown_with_all_that_led_to_it(folder):
    done = check(folder, "--language", "de", "--test", "eilige anfragen")
    assert done.returncode == 0
    assert "=== Eilige Anfragen werden vorgezogen (rules/tests/beispiele.yaml:" in done.stdout
    assert "Regel:      Eilige Anfragen (rules/routing.yaml:57): trifft zu" in done.stdout
    assert "ja   der Betreff enthält das Wort „dringend“" in done.stdout
    assert "--- würde verschickt: confirmation an maria@example.org ---" in done.stdout
    assert "1 Regeltests" in done.stdout
    nothing = check(folder, "--test", "gibt es nicht")
    assert (nothing.returncode, nothing.stderr) == (
        1,
        "No rule test that can be run has “gibt es nicht” in its name.\n",
    )


def test_mistakes_of_rules_templates_and_tests_come_at_once(folder):
    change(folder, "rules/departments.yaml", "kind: location", "kind: loaction")
    change(folder, _TESTS, "subject: Frage zum Ablauf", "sujbect: Frage")
    (folder / "templates").mkdir()
    (folder / "templates" / "receipt.txt").write_text("Subject: x\n\n{% if %}\n")
    change(folder, "gateway.toml", '#templates = "templates"', 'templates = "templates"')
    done = check(folder)
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert lines[0].startswith("rules/departments.yaml:")
    assert "/templates/receipt.txt:3" in lines[1]
    assert 'unknown key "sujbect" — did you mean "subject"?' in lines[2]
    assert lines[3:] == ["The rule files or templates have 3 mistakes."]


def test_every_finding_is_an_object_a_line(folder):
    change(folder, "rules/routing.yaml", "priority: high", "priority: urgent")
    change(folder, _TESTS, "department: datenschutz", "department: datenshutz")
    (folder / "rules" / "allow.yaml").chmod(0o664)
    done = check(folder, "--json")
    assert (done.returncode, done.stderr) == (1, "")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert {each["severity"] for each in found} == {"error", "failure", "warning", "ok"}
    by = {each["severity"]: each for each in found}
    assert by["error"] == {
        "severity": "error",
        "file": _TESTS,
        "line": by["error"]["line"],
        "column": 19,
        "what": 'there is no department "datenshutz"',
        "remedy": 'did you mean "datenschutz"?',
        "test": None,
    }
    assert by["warning"]["file"] == "rules/allow.yaml"
    assert by["failure"]["test"] == "Eilige Anfragen werden vorgezogen"
    assert by["failure"]["remedy"] == 'it was the rule "Eilige Anfragen" (rules/routing.yaml:57)'


def test_a_mistake_in_the_configuration_is_an_object_too(folder):
    (folder / "gateway.toml").write_text("[smtp\n")
    done = check(folder, "--json")
    assert done.returncode == 1
    (found,) = (json.loads(line) for line in done.stdout.splitlines())
    assert (found["severity"], found["test"]) == ("error", None)
    assert "gateway.toml" in found["file"] + found["what"]


def test_explain_and_rules_speak_german(folder):
    mail = folder / "mail.eml"
    mail.write_text("From: maria@example.org\nTo: info@truhe.example\nSubject: Dringend\n\nHallo\n")
    config = folder / "gateway.toml"
    told = gateway("explain", mail, "--language", "de", config=config).stdout
    assert "Ergebnis:   entry" in told
    assert "Regel:      Eilige Anfragen (rules/routing.yaml:57): trifft zu" in told
    shown = gateway("rules", "show", "--language", "de", config=config).stdout
    assert "Dürfen an interne Adressen schreiben (0):" in shown
    assert "Textbausteine: " in shown
    rejected = gateway("rules", "rejected", "--language", "de", config=config).stdout
    assert rejected == "0 Mails wurden nicht eingelassen, in 12 Wochen.\n"
