"""In which language a command speaks: German or English, as the person at the terminal does."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.cli.shared import LanguageOption
from gateway.model.people import Language
from gateway.model.text import Text
from gateway.model.text import say as sentence

if TYPE_CHECKING:
    from gateway.parts import Rules
    from gateway.render.catalogue import Catalogue

__all__ = ["Voice", "catalogue_of", "language_of", "sentence", "voice_of", "voice_of_rules"]

Voice = Callable[[Text], str]
"""Says a sentence in the language of the person at the terminal."""

_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


def language_of(option: LanguageOption) -> Language:
    """What `--language` says, else the environment (POSIX, chapter 8.2): German or English."""
    if option is not None:
        return Language(option)
    said = next(filter(None, map(os.environ.get, _VARIABLES)), "")
    return Language.GERMAN if said.lower().startswith("de") else Language.ENGLISH


def voice_of(
    option: LanguageOption, own: Path | None = None, catalogue: "Catalogue | None" = None
) -> Voice:
    """The voice of a command. `own` is the folder of the organisation's templates.

    A `catalogue` that was read already is taken; English needs none.
    """
    language = language_of(option)
    if language is Language.ENGLISH:
        return str
    found = catalogue or catalogue_of(own)
    return lambda text: found.sentence(text, language)


def voice_of_rules(option: LanguageOption, rules: "Rules") -> Voice:
    """The voice of a command that has read the rules."""
    return voice_of(option, catalogue=rules.composer.templates.catalogue)


def catalogue_of(own: Path | None) -> "Catalogue":
    """All translations; the shipped ones alone where those of the organisation are broken."""
    from gateway.render.catalogue import BrokenCatalogueError, Catalogue  # noqa: PLC0415
    from gateway.render.templates import shipped_folder  # noqa: PLC0415

    try:
        return Catalogue.load(*((own,) if own is not None else ()), shipped_folder())
    except BrokenCatalogueError:  # which `gateway check` says
        return Catalogue.load(shipped_folder())
