"""The schemas that editors get: they take what is right, and refuse what nobody would mean."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from gateway.model.people import Language
from gateway.render.catalogue import Catalogue
from gateway.render.templates import shipped_folder
from gateway.rulebook import editors
from gateway.rulebook.defaults import folder
from gateway.rulebook.load import MODELS, load
from gateway.rulebook.reading import read_text
from tests.terminal import gateway

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def schemas() -> dict[str, Any]:
    catalogue = Catalogue.load(shipped_folder())
    written = editors.files(Language.GERMAN, catalogue.sentence)
    return {name: json.loads(text) for name, text in written.items()}


def plain(value: object) -> object:
    """What an editor sees in the file: lists instead of tuples."""
    match value:
        case dict():
            return {key: plain(each) for key, each in value.items()}
        case tuple():
            return [plain(each) for each in value]
        case _:
            return value


def wrong(schemas: dict[str, Any], name: str, text: str) -> list[str]:
    document, errors = read_text(text, name)
    assert document is not None, errors
    schema = schemas[f"{Path(name).stem}.json"]
    Draft7Validator.check_schema(schema)
    return [each.message for each in Draft7Validator(schema).iter_errors(plain(document.data))]


@pytest.mark.parametrize("name", MODELS)
def test_the_shipped_files_are_right_and_name_their_schema(
    schemas: dict[str, Any], name: str
) -> None:
    text = (folder("rules") / name).read_text(encoding="utf-8")
    assert text.startswith(editors.modeline(Path(name).stem))
    assert wrong(schemas, name, text) == []


def test_the_shipped_rule_tests_are_right_and_name_their_schema(schemas: dict[str, Any]) -> None:
    for path in (folder("rules") / "tests").glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        assert text.startswith("# yaml-language-server: $schema=../.schema/tests.json\n")
        assert wrong(schemas, "tests.yaml", text) == []


def test_the_examples_of_the_docs_are_right(schemas: dict[str, Any]) -> None:
    page = (DOCS / "rules.md").read_text(encoding="utf-8")
    examples = re.findall(
        r"^```yaml\n# rules/(\w+\.yaml).*?\n(.*?)^```$", page, re.DOTALL | re.MULTILINE
    )
    assert len(examples) > 10
    for name, text in examples:
        told = [each for each in wrong(schemas, name, text) if "is a required" not in each]
        assert told == [], f"{name}:\n{text}"


def test_short_and_long_ways_to_write_a_rule_are_both_right(schemas: dict[str, Any]) -> None:
    text = """
rules:
  - name: a
    for: [new, reply]
    if:
      from: "@partner.example"
      to: [a@truhe.example, b@truhe.example]
      cc: {name: {contains: Müller}}
      attachment: {name: {ends: [.exe, .scr]}, over: 5 MB, under: 900}
      time: {weekdays: [Sa, So], after: "18:00", before: 8:00, first_day: 2026-12-24}
      form: {name: PLZ, between: [10115, 14199]}
      subject: {contains: 2026}
      any: [{not: {automatic: true}}, {language: de, priority: [high, urgent]}]
      header: {name: X-Mailer, regex: 'a|b'}
    then:
      answer: {canned: eingang, values: {nummer: 5, ja: true}}
      tag: [a, 5]
      fields: {laptop: true}
      notify: vorstand
  - name: b
    then: {reject: true}
  - name: c
    then: {reject: kein-bedarf, quarantine: true}
"""
    assert wrong(schemas, "routing.yaml", text) == []


def test_a_heading_whose_lines_are_all_comments_is_right(schemas: dict[str, Any]) -> None:
    assert wrong(schemas, "allow.yaml", "allow:\n  # - domain: a.example\nblock:\n") == []
    assert wrong(schemas, "agents.yaml", "agents:\nmembers:\n  addresses:\n  domains:\n") == []


MISTAKES = {
    "an unknown key": ("departments", "departments: {berlin: {name: Berlin, kinde: location}}"),
    "a wrong word": ("departments", "departments: {berlin: {name: Berlin, kind: standort}}"),
    "no name": ("departments", "departments: {berlin: {kind: location}}"),
    "a text for a number": ("accounts", "warn_days: vierzehn"),
    "a number that is too large": ("accounts", "warn_days: 400"),
    "a word for true": ("topics", "fields: {a: {name: A, type: flag, unique: ja}}"),
    "a type that is none": ("topics", "fields: {a: {name: A, type: flagge}}"),
    "a list for a text": ("topics", "topics: {a: {name: A, autoresponse: [eingang]}}"),
    "a text for a list": ("topics", "topics: {a: {name: A, fields: laptop}}"),
    "a day as people write it": (
        "allow",
        "block: [{address: a@b.example, reason: x, until: 1.2.}]",
    ),
    "an unknown key of a condition": ("routing", "rules: [{name: a, if: {betreff: x}, then: {}}]"),
    "a text without a comparison": ("routing", "rules: [{name: a, if: {subject: x}, then: {}}]"),
    "an action that is none": ("routing", "rules: [{name: a, then: {delete: true}}]"),
    "a priority that is none": ("routing", "rules: [{name: a, then: {priority: hoch}}]"),
    "a rule that does not stop": ("routing", "rules: [{name: a, then: {stop: false}}]"),
    "no length of time": ("escalations", "escalations: {a: {name: A, steps: [{after: bald}]}}"),
    "no steps": ("escalations", "escalations: {a: {name: A, steps: []}}"),
    "a level that is none": ("security", "levels: {note: 7}"),
    "no list of rules": ("retention", "rules: {closed_months: 3, then: delete}"),
    "no time of the day": ("organisation", "digest_at: morgens"),
    "a test that expects nothing known": (
        "tests",
        "tests: [{name: a, mail: a.eml, expect: {outcom: entry}}]",
    ),
    "a sort of mail that is none": (
        "tests",
        "tests: [{name: a, mail: a.eml, expect: {sent: [{kind: confirm}]}}]",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_what_check_would_refuse_an_editor_marks(schemas: dict[str, Any], mistake: str) -> None:
    name, text = MISTAKES[mistake]
    told = [each for each in wrong(schemas, name, text) if name != "organisation" or "'" in each]
    assert told


def _tables(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "", schema
    yield from schema.get("definitions", {}).items()


def test_every_key_is_explained_in_the_language_of_the_organisation(
    schemas: dict[str, Any],
) -> None:
    untold = [
        f"{name}: {table} {key}"
        for name, schema in schemas.items()
        for table, content in _tables(schema)
        for key, value in {"": content, **content.get("properties", {})}.items()
        if content.get("type") == "object" and not value.get("description")
    ]
    assert untold == []
    topic = schemas["topics.json"]["definitions"]["TopicPart"]["properties"]
    assert topic["side"]["description"].endswith("jemand sucht etwas.")


def test_the_command_writes_them_and_check_tells_when_they_are_old(tmp_path: Path) -> None:
    assert "rules/.schema" in gateway("init", tmp_path / "desk").stdout
    config, where = tmp_path / "desk" / "gateway.toml", tmp_path / "desk" / "rules" / ".schema"
    assert {path.name for path in where.iterdir()} == {f"{name}.json" for name in editors.SCHEMAS}
    assert "warning" not in gateway("check", config=config).stdout

    (where / "topics.json").write_text("{}", encoding="utf-8")
    told = gateway("check", config=config)
    assert (told.returncode, "gateway rules schema" in told.stdout) == (0, True)

    topics = tmp_path / "desk" / "rules" / "topics.yaml"
    lines = topics.read_text(encoding="utf-8").splitlines(keepends=True)
    topics.write_text("".join(lines[1:]), encoding="utf-8")
    (tmp_path / "desk" / "rules" / "tests" / "own.yaml").write_text("tests:\n", encoding="utf-8")
    written = gateway("rules", "schema", config=config).stdout
    assert "$schema=.schema/topics.json" in written
    assert "own.yaml    # yaml-language-server: $schema=../.schema/tests.json" in written
    assert "$schema=.schema/routing.json" not in written
    assert "warning" not in gateway("check", config=config).stdout


def test_they_are_written_where_one_wants_and_in_english_for_an_english_organisation(
    tmp_path: Path,
) -> None:
    gateway("init", tmp_path / "desk")
    config = tmp_path / "desk" / "gateway.toml"
    organisation = tmp_path / "desk" / "rules" / "organisation.yaml"
    text = organisation.read_text(encoding="utf-8")
    organisation.write_text(text.replace("language: de", "language: en"), encoding="utf-8")
    gateway("rules", "schema", tmp_path / "for-editors", config=config)
    topics = json.loads((tmp_path / "for-editors" / "topics.json").read_text(encoding="utf-8"))
    assert topics["description"] == "Help topics and the fields that they bring."


def test_the_schemas_beside_the_rules_are_no_rules(tmp_path: Path) -> None:
    gateway("init", tmp_path / "desk")
    load(tmp_path / "desk" / "rules")
