"""`gateway rules schema`: what may stand in the rule files, for editors."""

from pathlib import Path
from typing import TYPE_CHECKING

from gateway.cli.shared import DEFAULT_CONFIG, ConfigOption, LanguageOption, say
from gateway.cli.speaking import sentence, voice_of

if TYPE_CHECKING:
    from gateway.model.people import Language
    from gateway.rulebook.errors import RuleWarning


def schema(
    directory: Path | None = None,
    *,
    config: ConfigOption = DEFAULT_CONFIG,
    language: LanguageOption = None,
) -> None:
    """Write a JSON Schema for each rule file, so that editors check and explain what is typed.

    Parameters
    ----------
    directory
        The folder; without it `.schema` beside the rule files, where their first lines look for it.
    config
        The configuration file.
    language
        de or en, of what is printed; without it as LC_ALL, LC_MESSAGES or LANG say.

    """
    from gateway.config import load  # noqa: PLC0415
    from gateway.rulebook import editors  # noqa: PLC0415

    settings = load(config)
    rules, voice = settings.rules, voice_of(language, settings.templates)
    for path in editors.write(directory or rules / editors.FOLDER, contents(rules)):
        say(voice(sentence("written: %(path)s", path=str(path))))
    if untold := tuple(editors.without_modeline(rules)):
        begin = sentence("These files do not name their schema. Let them begin with the line:")
        say(f"\n{voice(begin)}")
        for path, line in untold:
            say(f"    {path}    {line.strip()}")


def contents(rules: Path) -> dict[str, str]:
    """The schemas by the names of their files, in the language of the organisation."""
    from gateway.render.catalogue import Catalogue  # noqa: PLC0415
    from gateway.render.templates import shipped_folder  # noqa: PLC0415
    from gateway.rulebook import editors  # noqa: PLC0415

    return editors.files(_language(rules), Catalogue.load(shipped_folder()).sentence)


def outdated(rules: Path) -> "tuple[RuleWarning, ...]":
    """A warning where the schemas beside the rules are those of another version or language."""
    from gateway.rulebook import editors  # noqa: PLC0415

    is_there = (rules / editors.FOLDER).is_dir()
    return tuple(editors.outdated(rules, contents(rules))) if is_there else ()


def _language(rules: Path) -> "Language":
    """The language of organisation.yaml, as far as it can be read: the rest may have mistakes."""
    from gateway.model.people import Language  # noqa: PLC0415
    from gateway.rulebook.reading import read  # noqa: PLC0415

    try:
        document, _ = read(rules / "organisation.yaml", "organisation.yaml")
    except OSError:
        document = None
    data = document.data if document is not None else {}
    is_english = isinstance(data, dict) and data.get("language") == Language.ENGLISH.value
    return Language.ENGLISH if is_english else Language.GERMAN
