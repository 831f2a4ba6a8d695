"""Translations: the English sentences of templates and policy, said in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from babel.support import Translations

from gateway.model.people import Language
from gateway.model.text import Text


class BrokenCatalogueError(Exception):
    """A catalogue file that cannot be read; the text names file and line."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All translations, by language. English is the source and needs none."""

    translations: Mapping[Language, NullTranslations]

    @classmethod
    def load(cls, *folders: Path) -> "Catalogue":
        """The catalogues `LANGUAGE.po` of these folders; an earlier folder wins.

        Raises `BrokenCatalogueError` when a file is no catalogue.
        """
        return cls({language: _merged(language, folders) for language in Language})

    def of(self, language: Language) -> NullTranslations:
        """The translations into a language; without any, the English sentences."""
        return self.translations[language]

    def sentence(self, text: Text, language: Language) -> str:
        """`text` in `language`, with its values; English where there is no translation."""
        said = self.of(language).gettext(text.msgid)
        if text.german and language is Language.GERMAN:
            said = text.german
        if not text.values:
            return said % {} if "%" in said else said
        return said % {
            name: self.sentence(value, language) if isinstance(value, Text) else value
            for name, value in text.values
        }


def _merged(language: Language, folders: tuple[Path, ...]) -> NullTranslations:
    merged = NullTranslations()
    for folder in reversed(folders):
        file = folder / f"{language}.po"
        if file.is_file():
            found = _read(file)
            found.add_fallback(merged)
            merged = found
    return merged


def _read(file: Path) -> NullTranslations:
    return Translations(BytesIO(_compiled(file, file.read_bytes())))


@lru_cache(maxsize=4)
def _compiled(file: Path, content: bytes) -> bytes:
    """The catalogue in the form that is quick to read; reading a PO file takes its time."""
    try:
        catalogue = read_po(BytesIO(content), abort_invalid=True)
        _check(file, catalogue)
    except PoFileError as error:
        raise BrokenCatalogueError(f"{file}:{error.lineno}: {error}") from error
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    return compiled.getvalue()


def _check(file: Path, catalogue: Catalog) -> None:
    """A translation must name the same places as its sentence: else saying it would fail."""
    for message, errors in catalogue.check():
        raise BrokenCatalogueError(f"{file}:{message.lineno}: {message.id!r}: {errors[0]}")
