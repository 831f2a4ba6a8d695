"""The files of canned responses: what they say, and how mistakes in them are told."""

from pathlib import Path

import pytest
from rules_help import line_of

from gateway.model.canned import filled
from gateway.model.people import Language
from gateway.rulebook.errors import RuleErrors
from gateway.rulebook.load import load


def put(rules: Path, name: str, text: str) -> Path:
    (rules / "canned").mkdir(exist_ok=True)
    (rules / "canned" / name).write_text(text, encoding="utf-8")
    return rules


def mistake(rules: Path) -> str:
    with pytest.raises(RuleErrors) as wrong:
        load(rules)
    (found,) = wrong.value.errors
    return str(found)


def test_a_file_is_a_text_module_in_each_of_its_languages(rules: Path) -> None:
    put(rules, "grüße.txt", "---\ntitle: Grüße\n---\nHallo {{ name | du }}, bis {{ tag }}!\n")
    put(rules, "grüße.en.txt", "---\ntitle: Greetings\n---\nHello {{ name }}!\n")
    languages = load(rules).organisation.canned["gruesse"]
    assert filled(languages[Language.GERMAN], {"tag": "morgen"}) == ("Hallo du, bis morgen!", ())
    assert filled(languages[Language.ENGLISH], {}) == ("Hello !", ("name",))


def test_attachments_lie_beside_the_text(rules: Path) -> None:
    put(rules, "formular.pdf", "%PDF-1.4")
    put(rules, "a.txt", "---\ntitle: A\nattachments: [formular.pdf]\n---\nAnbei.\n")
    (file,) = load(rules).organisation.canned["a"][Language.GERMAN].files
    assert (file.filename, file.content_type, file.content) == (
        "formular.pdf",
        "application/pdf",
        b"%PDF-1.4",
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Hallo", "a.txt:1:1: the file does not begin with a front matter"),
        ("---\ntitle: A\n---\nHallo\n!zu\n", "a.txt:5:1: a line of the text begins like a command"),
        ("---\ntitle: A\n---\n\nHallo {{ 1 + 1 }}", "a.txt:5:1: “{{ 1 + 1 }}” is no place"),
        ("---\ntitle: A\n---\nHallo {{ name }", "two curly brackets without their other half"),
        (
            "---\ntitle: A\ndepartments: [berlin, freibrug]\n---\nHallo",
            'a.txt:3:23: “freibrug” is not known — did you mean "freiburg"?',
        ),
        ("---\ntitle: A\nattachments: [b.pdf]\n---\nHallo", "there is no file “b.pdf” beside"),
        ("---\ntitle: A\nattachments: [../b.pdf]\n---\nHallo", "this is no plain file name"),
        ("---\ntitle: A\nlanguage: fr\n---\nHallo", "a.txt:3:11"),
    ],
)
def test_a_mistake_is_told_with_its_place(rules: Path, text: str, says: str) -> None:
    assert says in mistake(put(rules, "a.txt", text))


def test_the_same_twice_in_one_language_is_a_mistake(rules: Path) -> None:
    put(rules, "a.txt", "---\ntitle: A\n---\nHallo")
    put(rules, "a.de.txt", "---\ntitle: A\n---\nHallo")
    assert "there is this canned response in this language already" in mistake(rules)


def refusing_with(rules: Path, name: str) -> Path:
    form = rules / "form.yaml"
    entry = f"refuse:\n  - elsewhere: true\n    canned: {name}\n"
    form.write_text(form.read_text("utf-8").replace("refuse:\n", entry, 1), "utf-8")
    return rules


def test_a_filter_of_the_form_names_a_response_that_is_there(rules: Path) -> None:
    put(rules, "absage.txt", "---\ntitle: Absage\n---\nLeider nein.\n")
    assert 'did you mean "absage"' in mistake(refusing_with(rules, "absagen"))


def test_what_is_sent_by_itself_has_no_place_that_only_an_agent_could_fill(rules: Path) -> None:
    put(rules, "absage.txt", "---\ntitle: Absage\n---\nHallo {{ name }}, leider nein.\n")
    assert "nobody fills in name" in mistake(refusing_with(rules, "absage"))
    put(rules, "absage.txt", "---\ntitle: Absage\n---\nHallo {{ name | du }}, nein. {{ agent }}\n")
    (one,) = load(rules).organisation.form.filters
    assert one.canned == "absage"


def greeted(rules: Path, name: str) -> Path:
    """The default topic answers new tickets with the canned response of this name."""
    path = rules / "topics.yaml"
    text = path.read_text(encoding="utf-8")
    topic = "    name: Allgemeine Anfrage\n"
    assert topic in text
    path.write_text(text.replace(topic, f"{topic}    autoresponse: {name}\n"), encoding="utf-8")
    return rules


def test_a_topic_answers_new_tickets_with_a_text_that_is_there(rules: Path) -> None:
    put(rules, "eingang.txt", "---\ntitle: Eingang\n---\nDanke! Das ist {{ nummer }}.\n")
    topics = load(greeted(rules, "eingang")).organisation.topics
    assert topics.topics[topics.default].autoresponse == "eingang"


def test_a_topic_cannot_answer_with_a_text_that_is_not_there(rules: Path) -> None:
    put(rules, "eingang.txt", "---\ntitle: Eingang\n---\nDanke!\n")
    greeted(rules, "eingnag")
    line = line_of(rules, "topics.yaml", "    autoresponse: eingnag")
    assert mistake(rules) == (
        f'rules/topics.yaml:{line}:19: there is no canned response "eingnag"'
        ' — did you mean "eingang"?'
    )


def test_a_topic_cannot_answer_with_a_text_that_only_an_agent_fills_in(rules: Path) -> None:
    put(rules, "eingang.txt", "---\ntitle: Eingang\n---\nGuten Tag {{ name }}!\n")
    greeted(rules, "eingang")
    assert 'nobody fills in name of "eingang" when it is sent by itself' in mistake(rules)
