"""JSON Schemas of the rule files, for editors: what may stand there, and what it means.

`gateway rules schema` and `gateway init` write them beside the rules. The first line of a rule file
names its schema, in the way that yaml-language-server has made the usual one. A schema is draft-07,
which every editor knows; what no schema can say (names that mean nothing, keys given twice) is
found by `gateway check` alone.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from gateway.model.people import Language
from gateway.model.text import Text, say
from gateway.rulebook import help_routing, help_tests, schema, testing_words, words
from gateway.rulebook.errors import RuleWarning
from gateway.rulebook.help import HELP
from gateway.rulebook.load import MODELS
from gateway.rulebook.schema_tests import RuleTestsFile

FOLDER = ".schema"
"""Where they lie, beside the rule files."""

TESTS = "tests"
"""The schema of the files in the folder of this name."""

SCHEMAS: Mapping[str, type[BaseModel]] = {
    **{Path(name).stem: each for name, each in MODELS.items()},
    TESTS: RuleTestsFile,
}
"""The classes that the schemas are made of, by the names of their files."""

Say = Callable[[Text], str]

_HELP = {**HELP, **help_routing.HELP, **help_tests.HELP}
_TYPES: Mapping[object, tuple[str, ...]] = {
    schema.or_empty: ("null",),
    schema.or_none: ("null",),
    testing_words.none_as_empty: ("null",),
    words.number_as_text: ("integer",),
    words.value_text: ("integer", "boolean"),
}
"""What our validators take beside what they make of it."""


def modeline(name: str) -> str:
    """The first line of a rule file, which tells an editor where the schema is."""
    above = "../" if name == TESTS else ""
    return f"# yaml-language-server: $schema={above}{FOLDER}/{name}.json\n"


def files(language: Language, translate: Callable[[Text, Language], str]) -> dict[str, str]:
    """The content of each schema by the name of its file, with help in the language."""
    return {
        f"{name}.json": json.dumps(
            _schema(model, lambda text: translate(text, language)), ensure_ascii=False, indent=1
        )
        + "\n"
        for name, model in SCHEMAS.items()
    }


def write(folder: Path, contents: Mapping[str, str]) -> tuple[Path, ...]:
    """Write them into the folder, which is made where it is missing; the files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (folder / name).write_text(content, encoding="utf-8", newline="\n")
        (folder / name).chmod(0o644)
    return tuple(folder / name for name in contents)


def outdated(rules: Path, contents: Mapping[str, str]) -> Iterator[RuleWarning]:
    """A warning where the schemas beside the rules are not what they would be now."""
    folder = rules / FOLDER
    if any(_read(folder / name) != text for name, text in contents.items()):
        yield RuleWarning(
            f"{rules.name}/{FOLDER}",
            say("the schemas that editors check the rule files by are not the present ones"),
            say("write them anew: %(command)s", command="gateway rules schema"),
        )


def without_modeline(rules: Path) -> Iterator[tuple[Path, str]]:
    """The rule files that do not tell an editor where their schema is, with what would."""
    files = [(rules / f"{name}.yaml", name) for name in SCHEMAS if name != TESTS]
    files += [(path, TESTS) for path in sorted((rules / TESTS).glob("*.yaml"))]
    for path, name in files:
        if path.is_file() and "yaml-language-server:" not in _read(path):
            yield path, modeline(name)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _schema(model: type[BaseModel], translate: Say) -> JsonSchemaValue:
    class Generator(_Generator):
        say = staticmethod(translate)

    found = model.model_json_schema(
        ref_template="#/definitions/{model}", schema_generator=Generator
    )
    if "$defs" in found:
        found["definitions"] = found.pop("$defs")
    return {"$schema": "http://json-schema.org/draft-07/schema#", **found}


class _Generator(GenerateJsonSchema):
    """What is written, rather than what our validators make of it; with words for people."""

    say: Say

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """A table: what it is, and what each of its keys means."""
        found = super().model_schema(schema)
        found.pop("title", None)
        found.pop("description", None)
        if about := _help(schema["cls"], ""):
            found["description"] = self.say(about)
        for key, value in found.get("properties", {}).items():
            value.pop("title", None)
            if about := _help(schema["cls"], key):
                value["description"] = self.say(about)
        return found

    def function_before_schema(
        self, schema: core_schema.BeforeValidatorFunctionSchema
    ) -> JsonSchemaValue:
        """A validator that runs first may take more than what it makes of it."""
        found = super().function_before_schema(schema)
        more = _TYPES.get(schema["function"]["function"], ())
        return {"anyOf": [found, *({"type": each} for each in more)]} if more else found


def _help(model: type[Any], key: str) -> Text | None:
    """What the key means, in this class or in one that it comes from."""
    return next((_HELP[c.__name__][key] for c in model.__mro__
                 if key in _HELP.get(c.__name__, {})), None)  # fmt: skip
