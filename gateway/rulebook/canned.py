"""Canned responses: the files of `rules/canned`, each a front matter in YAML and a text.

`oeffnungszeiten.txt` is in the organisation's language, `oeffnungszeiten.en.txt` the same in
English. `{{ name }}` is filled in; `{{ name | there }}` has a fallback.
"""

import mimetypes
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from gateway.model.canned import Canned, CannedResponses, Gap, Piece
from gateway.model.people import DepartmentId, Language
from gateway.model.route import File
from gateway.model.text import say
from gateway.model.ticket import TopicId
from gateway.policy.commands.folding import folded
from gateway.policy.commands.lines import command_of, copy_of
from gateway.rulebook.encoding import not_text
from gateway.rulebook.errors import Place, RuleError, RuleWarning, error
from gateway.rulebook.folder import unreadable
from gateway.rulebook.names import closest
from gateway.rulebook.reading import Document, read_text
from gateway.rulebook.schema import Line, List, Part, Reference, References
from gateway.rulebook.templates import GAP, LOOSE, NAME, SINGLE, single_brackets
from gateway.rulebook.wrong import check

FOLDER = "canned"
MAX_FILE = 5_000_000
"""Octets of one attachment; all mails must pass the big providers' limit of 25 MB."""


class FrontMatter(Part):
    """What stands between the two lines `---`."""

    title: Line
    departments: References = ()
    topics: Annotated[tuple[Reference, ...], List] = ()
    attachments: Annotated[tuple[Line, ...], List] = ()
    language: Literal["de", "en"] | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What the front matter may name."""

    departments: Collection[str]
    topics: Collection[str]
    language: Language
    lost: Collection[str] = ()
    """Names that are declared with a mistake: it is told there."""


@dataclass(slots=True)
class Shelf:
    """The responses read so far, and the mistakes in their files."""

    responses: dict[str, dict[Language, Canned]] = field(default_factory=dict)
    errors: list[RuleError] = field(default_factory=list)


def load_canned(rules: Path, known: Known) -> tuple[CannedResponses, tuple[RuleError, ...]]:
    """All canned responses of the folder of rule files, and all mistakes in them."""
    shelf = Shelf()
    folder = rules / FOLDER
    for path in sorted(folder.glob("*.txt")) if folder.is_dir() else ():
        _load(path, f"{rules.name}/{FOLDER}/{path.name}", known, shelf)
    return shelf.responses, tuple(shelf.errors)


def warnings_about_canned(rules: Path, canned: CannedResponses) -> Iterator[RuleWarning]:
    """Files of the folder that nobody reads: neither responses nor attached to one."""
    folder = rules / FOLDER
    attached = {
        file.filename for each in canned.values() for text in each.values() for file in text.files
    }
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        name = path.name
        if (path.suffix == ".txt" and path.is_file()) or name in attached or _is_copy(name):
            continue
        yield RuleWarning(
            f"{rules.name}/{FOLDER}/{name}",
            say("nobody reads this: it is neither a canned response nor attached to one"),
            say("a canned response is a text file that ends in .txt; a file that is sent with it "
                "stands there under attachments:"),
        )  # fmt: skip


def _is_copy(name: str) -> bool:
    """True for what editors leave behind."""
    return name.startswith((".", "#")) or name.endswith(("~", ".bak", ".swp", ".orig", ".old"))


def _load(path: Path, shown: str, known: Known, shelf: Shelf) -> None:
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        shelf.errors.append(not_text(raw, shown, wrong.start))
        return
    except OSError as wrong:
        shelf.errors.append(unreadable(path, shown, wrong))
        return
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    head, body, first = _parts(text)
    if not first:
        shelf.errors.append(_no_front_matter(text, shown))
        return
    document, errors = read_text("\n" + head, shown)
    shelf.errors.extend(errors)
    if document is None:
        return
    checked, errors = check(document, FrontMatter)
    shelf.errors.extend(errors)
    pieces = list(_pieces(body, shown, first, shelf))
    shelf.errors.extend(_wrong_names(document, checked.content if checked else None, known))
    if checked is None:
        return
    files = tuple(_files(path.parent, checked.content, document, shelf))
    _put(path.stem, checked.content, pieces, files, known, shown, shelf)


def _parts(text: str) -> tuple[str, str, int]:
    """Front matter, text, and the line the text begins on (0: there is no front matter)."""
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        return "", "", 0
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == "---":
            return "\n".join(lines[1:number]), "\n".join(lines[number + 1 :]), number + 2
    return "", "", 0


def _no_front_matter(text: str, shown: str) -> RuleError:
    if text.startswith("---\n"):
        return error(
            Place(shown),
            say("the line --- that ends the front matter is missing"),
            say("put --- in a line of its own above the text"),
        )
    return error(
        Place(shown),
        say("the file does not begin with a front matter"),
        say("begin with three lines: ---, then title: …, then --- again; the text stands below"),
    )


def _pieces(body: str, shown: str, first: int, shelf: Shelf) -> Iterator[Piece]:
    first += len(body) - len(body.lstrip("\n"))
    body = body.strip("\n")
    _refuse_commands(body, shown, first, shelf)
    end = 0
    for gap in GAP.finditer(body):
        if gap.start() > end:
            yield _plain(body[end : gap.start()], shown, first, shelf)
        end = gap.end()
        name = gap[1]
        if not NAME.fullmatch(name):
            line = first + body.count("\n", 0, gap.start())
            shelf.errors.append(
                error(
                    Place(shown, line),
                    say("“%(gap)s” is no place to fill in", gap=gap[0]),
                    say("write a name of letters, as in {{ name }} or {{ name | fallback }}"),
                )
            )
            continue
        yield Gap(folded(name), name, gap[2].strip() if gap[2] is not None else None)
    if end < len(body):
        yield _plain(body[end:], shown, first, shelf)


def _plain(text: str, shown: str, first: int, shelf: Shelf) -> str:
    if (found := SINGLE.search(text)) and not LOOSE.search(text):
        what, right = single_brackets(found[0], found[1])
        shelf.errors.append(error(Place(shown, first), what, right))
    if LOOSE.search(text):
        shelf.errors.append(
            error(
                Place(shown, first),
                say("two curly brackets without their other half"),
                say("write a name of letters, as in {{ name }} or {{ name | fallback }}"),
            )
        )
    return text


def _refuse_commands(body: str, shown: str, first: int, shelf: Shelf) -> None:
    """No line of a text for requesters may look like a command."""
    for number, line in enumerate(body.split("\n")):
        if command_of(copy_of(line)) is not None:
            shelf.errors.append(
                error(
                    Place(shown, first + number),
                    say("a line of the text begins like a command"),
                    say("put a word in front of the exclamation mark"),
                )
            )


def _wrong_names(
    document: Document, content: FrontMatter | None, known: Known
) -> Iterator[RuleError]:
    if content is None:
        return
    for key, names, right in (
        ("departments", content.departments, known.departments),
        ("topics", content.topics, known.topics),
    ):
        for place, name in enumerate(names):
            if name in right or name in known.lost:
                continue
            near = closest(name, right)
            yield error(
                document.place((key, place)),
                say("“%(name)s” is not known", name=name),
                say('did you mean "%(known)s"?', known=near)
                if near
                else say("known here: %(known)s", known=", ".join(right)),
            )


def _files(folder: Path, content: FrontMatter, document: Document, shelf: Shelf) -> Iterator[File]:
    """The attachments, which lie beside the texts."""
    for number, name in enumerate(content.attachments):
        path = folder / name
        place = document.place(("attachments", number))
        if "/" in name or "\\" in name or name.startswith("."):
            what, right = say("this is no plain file name"), say("write the name alone")
        elif not path.is_file():
            what = say("there is no file “%(name)s” beside this one", name=name)
            right = say("put it into the folder rules/canned")
        elif path.stat().st_size > MAX_FILE:
            what = say("“%(name)s” is too big to be attached", name=name)
            right = say("at most 5 MB fit; put a link into the text instead")
        else:
            kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
            yield File(name, kind, path.read_bytes())
            continue
        shelf.errors.append(error(place, what, right))


def _put(
    stem: str,
    content: FrontMatter,
    pieces: list[Piece],
    files: tuple[File, ...],
    known: Known,
    shown: str,
    shelf: Shelf,
) -> None:
    name, dot, ending = stem.rpartition(".")
    is_language = bool(dot) and ending in {language.value for language in Language}
    name, named = (name, ending) if is_language else (stem, "")
    language = Language(content.language or named or known.language)
    canned = Canned(
        name,
        content.title,
        language,
        tuple(pieces),
        frozenset(map(DepartmentId, content.departments)),
        frozenset(map(TopicId, content.topics)),
        files,
    )
    found = shelf.responses.setdefault(folded(name), {})
    if language in found:
        shelf.errors.append(
            error(
                Place(shown),
                say("there is this canned response in this language already"),
                say("give it another file name, or end the name in .de.txt and .en.txt"),
            )
        )
    found[language] = canned
