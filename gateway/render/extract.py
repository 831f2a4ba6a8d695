"""Every sentence of the house, and which of them a catalogue does not have yet.

`python -m gateway.render.extract` prints the missing ones in the form of a PO file. With the names
of PO files behind it, their translations are first added to the shipped catalogue.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from gateway.render.templates import shipped_folder

PACKAGE = Path(__file__).parents[1]

_TEMPLATE_OPTIONS = {"trimmed": "true", "newstyle_gettext": "true"}
_FUNCTIONS = {"say": None}
_AT_THE_TERMINAL = {"sentence": None}
_TAGS = {"gettext": None, "ngettext": (1, 2), "_": None}

_HEADER = """\
msgid ""
msgstr ""
"Language: de\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""

Sentence = str | tuple[str, ...]
"""A sentence; or singular and plural."""


def sentences() -> dict[Sentence, list[str]]:
    """All sentences of the templates and of the `say()` calls, with the places they stand at.

    In `cli` those of the `sentence()` calls.
    """
    found: dict[Sentence, list[str]] = {}
    for sentence, place in (*_in_templates(shipped_folder()), *_in_sources(PACKAGE)):
        found.setdefault(sentence, []).append(place)
    return found


def missing(catalogue: Catalog) -> dict[Sentence, list[str]]:
    """The sentences without a translation in `catalogue`."""
    return {
        sentence: places
        for sentence, places in sentences().items()
        if not _is_translated(catalogue, sentence)
    }


def as_po(wanted: dict[Sentence, list[str]]) -> str:
    """The sentences as entries of a PO file, to be filled in."""
    catalogue = Catalog(locale="de", fuzzy=False)
    for sentence, places in wanted.items():
        catalogue.add(sentence, auto_comments=places[:1])
    return _entries(catalogue)


def read(file: Path) -> Catalog:
    """The catalogue in a PO file."""
    with file.open("rb") as lines:
        return read_po(lines, locale="de", abort_invalid=True)


def merge(target: Path, additions: list[Path]) -> None:
    """Add translations of other PO files to `target`; what it has already stays."""
    catalogue = read(target)
    for addition in additions:
        for message in read(addition):
            if message.id and message.string and not _is_translated(catalogue, message.id):
                catalogue.add(message.id, message.string)
    target.write_text(_HEADER + _entries(catalogue), encoding="utf-8")


def _entries(catalogue: Catalog) -> str:
    out = BytesIO()
    write_po(out, catalogue, width=100, omit_header=True)
    return out.getvalue().decode()


def _is_translated(catalogue: Catalog, sentence: Sentence | list[str]) -> bool:
    message = catalogue.get(sentence if isinstance(sentence, str) else sentence[0])
    if message is None:
        return False
    return bool(message.string and all(message.string))


def _in_templates(folder: Path) -> Iterator[tuple[Sentence, str]]:
    for file in sorted(folder.glob("*.txt")):
        with file.open("rb") as source:
            for line, sentence, _, _ in extract(
                "jinja2.ext:babel_extract", source, keywords=_TAGS, options=_TEMPLATE_OPTIONS
            ):
                yield sentence, f"{file.name}:{line}"


def _in_sources(package: Path) -> Iterator[tuple[Sentence, str]]:
    for file in sorted(package.rglob("*.py")):
        # There `say` prints.
        functions = _AT_THE_TERMINAL if file.is_relative_to(package / "cli") else _FUNCTIONS
        with file.open("rb") as source:
            for line, sentence, _, _ in extract("python", source, keywords=functions):
                yield sentence, f"{file.relative_to(package.parent)}:{line}"


def main(arguments: list[str]) -> int:
    """Exit status: 0 when nothing is missing."""
    target = shipped_folder() / "de.po"
    if arguments:
        merge(target, [Path(name) for name in arguments])
    wanted = missing(read(target))
    sys.stdout.write(as_po(wanted))
    return 1 if wanted else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
