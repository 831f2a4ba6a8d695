"""How the contact form's mail is read."""

from dataclasses import replace

import pytest
from policy_facts import NOW, message, organisation

from gateway.model.people import Language
from gateway.policy.facts import FormSubmission
from gateway.policy.form.proof import signed_content
from gateway.policy.form.reading import read_form

GOOD = "Name: Maria Muster\nE-Mail: maria@example.org\nStandort: Berlin\nNachricht: Hallo"


def form(text: str) -> FormSubmission:
    return read_form(message(text), organisation(), NOW.date())


def test_known_lines_become_requester_department_and_text() -> None:
    read = form(GOOD)
    assert (read.requester.name, read.requester.address) == ("Maria Muster", "maria@example.org")
    assert (read.department, read.text, read.problems) == ("berlin", "Hallo", ())


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "Hallo\n\nZeit: 10 Uhr\nName: steht im Text",
            "Hallo\n\nZeit: 10 Uhr\nName: steht im Text",
        ),
        ("\nErst in der nächsten Zeile", "Erst in der nächsten Zeile"),
        ("https://example.org: da", "https://example.org: da"),
    ],
)
def test_all_that_follows_the_message_belongs_to_it(text: str, wanted: str) -> None:
    assert form(GOOD.replace("Hallo", text)).text == wanted


def test_what_the_requester_writes_cannot_stand_for_another_field() -> None:
    read = form(GOOD.replace("Hallo", "Hallo\nE-Mail: boese@evil.example\nStandort: München"))
    assert read.requester.address == "maria@example.org"
    assert read.department == "berlin"


def test_the_first_of_two_lines_counts() -> None:
    read = form(f"E-Mail: erste@example.org\n{GOOD}")
    assert read.requester.address == "erste@example.org"


def test_keys_are_read_whatever_their_case_and_blanks() -> None:
    read = form("NAME : Maria\n e-mail: maria@example.org\nstandort:Freiburg\nnachricht: Hallo")
    assert read.requester.name == "Maria"
    assert read.requester.address == "maria@example.org"
    assert read.department == "freiburg"


def test_unknown_lines_stay_visible_for_the_agents() -> None:
    read = form(f"Gerät: Laptop\nAnzahl: 2\n{GOOD}")
    assert ("Gerät", "Laptop") in read.fields
    assert ("Anzahl", "2") in read.fields
    assert all(name not in ("Name", "E-Mail", "Nachricht") for name, _ in read.fields)


@pytest.mark.parametrize(
    "address",
    ["", "maria", "maria@", "@example.org", "maria@example", "a b@example.org",
     "maria@example.org, x@y.example", "<maria@example.org>", "maria@example.org\u00a0x"],
)  # fmt: skip
def test_an_unusable_address_is_named_and_nothing_is_lost(address: str) -> None:
    read = form(GOOD.replace("maria@example.org", address))
    assert read.requester.address == ""
    assert read.requester.name == "Maria Muster"
    assert read.department == organisation().form.broken
    assert read.text == "Hallo"
    assert any("e-mail address" in str(problem) for problem in read.problems)


def test_a_form_without_text_shows_the_whole_mail() -> None:
    read = form("E-Mail: maria@example.org\nirgendwas anderes")
    assert list(map(str, read.problems)) == ["The message is missing."]
    assert "irgendwas anderes" in read.text


def test_a_line_that_belongs_nowhere_spoils_no_field_and_is_shown() -> None:
    read = form(GOOD.replace("example.org", "example.org\nBcc: x@y.example\nund noch etwas"))
    assert read.requester.address == "maria@example.org"
    assert read.requester.name == "Maria Muster"
    assert read.department == "berlin"
    assert any("und noch etwas" in value for _, value in read.fields)


@pytest.mark.parametrize("name", ["name", "email"])
def test_name_and_address_are_one_line(name: str) -> None:
    value = {"name": "Maria Muster", "email": "maria@example.org"}[name]
    read = form(GOOD.replace(value, f"{value}\nzweite Zeile"))
    assert read.requester.name == "Maria Muster"
    assert read.requester.address == "maria@example.org"
    assert any("zweite Zeile" in shown for _, shown in read.fields)


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("Sprache: Deutsch", Language.GERMAN),
        ("Sprache: de", Language.GERMAN),
        ("Sprache: German", Language.GERMAN),
        ("Sprache: English", Language.ENGLISH),
        ("Sprache: Englisch", Language.ENGLISH),
        ("Sprache: fr", None),
        ("Sprache:", None),
    ],
)
def test_a_chosen_language_counts(line: str, language: Language | None) -> None:
    assert form(f"{line}\n{GOOD}").language is language


def test_the_signature_outlives_other_line_ends_and_blanks() -> None:
    for same in ("a\nb\n", "a\r\nb", "\n\na  \nb\t\n\n", "a\rb"):
        assert signed_content(7, ("f" * 64,), same) == b"7\n" + b"f" * 64 + b"\n\na\nb"
    assert signed_content(7, (), "a\n\nb") != signed_content(7, (), "a\nb")
    assert signed_content(7, (), " a") == signed_content(7, (), "a") == b"7\n\na"


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ("", ""),
        ("Thema: Vorstand\n", ""),
        ("Thema: Spendennachfrage\n", "Spendennachfrage"),
        ("Thema: Spendenangebot\nGeräte: Laptop, Monitor\n", "Spendenangebot: Laptop, Monitor"),
    ],
)
def test_topic_and_devices_are_the_subject_of_the_ticket(more: str, wanted: str) -> None:
    assert form(more + GOOD).subject == wanted


def test_a_subject_of_the_form_itself_comes_first() -> None:
    rules = organisation()
    mapping = replace(rules.form, fields={**rules.form.fields, "betreff": "subject"})
    text = f"Betreff: Alte Rechner\nThema: Spendenangebot\n{GOOD}"
    read = read_form(message(text), replace(rules, form=mapping), NOW.date())
    assert read.subject == "Alte Rechner"
