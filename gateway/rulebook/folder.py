"""The folder of rule files: names that nobody reads, and who may read and write them."""

import stat
from collections.abc import Collection, Iterator, Mapping
from itertools import groupby
from pathlib import Path

from gateway.model.text import Text, say
from gateway.rulebook.errors import Place, RuleError, RuleWarning, error
from gateway.rulebook.names import closest

MOST = 100
"""Mistakes of one file that are told; who has made more makes the same one often."""

_ENDINGS = (".yaml", ".yml", ".yaml.txt", ".yml.txt", ".txt", ".json", ".yaml.rtf", ".yaml.html")
"""What a rule file's name ends in when it is a slip; editors' copies end otherwise."""


def shown(folder: Path, name: str) -> str:
    """The file as it is named in mistakes."""
    return f"{folder.name}/{name}" if folder.name else name


def missing(file: str) -> RuleError:
    """The mistake that a file is not there."""
    return error(
        Place(file),
        say("this file is missing"),
        say("write it, or fetch the shipped example with: gateway init"),
    )


def unreadable(path: Path, file: str, wrong: OSError) -> RuleError:
    """The mistake that a file is there, but cannot be read."""
    if path.is_symlink() and not _leads_somewhere(path):
        what, right = say("this link leads nowhere"), say("put the file itself here")
    elif path.is_dir():
        what = say("this is a folder, and no file")
        right = say("give it another name, and write a file with this one")
    else:
        what = say("this file cannot be read: %(problem)s", problem=wrong.strerror or str(wrong))
        right = say("give the user that runs the gateway the right to read it")
    return error(Place(file), what, right)


def _leads_somewhere(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False


def misnamed(folder: Path, known: Collection[str]) -> Mapping[str, str]:
    """Rule files that are not there, with the name of a file that was surely meant to be it."""
    return {
        meant: name
        for name, meant in _slips(folder, known)
        if meant and not (folder / meant).exists()
    }


def unknown_files(folder: Path, known: Collection[str]) -> Iterator[RuleError]:
    """A file that nobody reads is a slip in its name: its rules would silently not be in force."""
    for name, meant in _slips(folder, known):
        what = say("no rule file has this name")
        yield error(Place(shown(folder, name)), what, _right_name(folder, name, meant, known))


def _right_name(folder: Path, name: str, meant: str, known: Collection[str]) -> Text:
    if meant and (folder / meant).exists():
        return say('"%(known)s" is there too: put copies into another folder, or end their names '
                   "in .bak", known=meant)  # fmt: skip
    if meant:
        return say('did you mean "%(known)s"? Rename it: %(command)s', known=meant,
                   command=f"mv '{shown(folder, name)}' {shown(folder, meant)}")  # fmt: skip
    return say("known here: %(known)s; put copies into another folder", known=", ".join(known))


def _slips(folder: Path, known: Collection[str]) -> Iterator[tuple[str, str]]:
    """Names that look like rule files but are none, each with the one that is meant or nothing."""
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError:  # told for each file that must be there
        return
    stems = [Path(name).stem for name in known]
    for name in names:
        stem = name.partition(".")[0]
        ending = name[len(stem) :].lower()
        if name in known or not stem or ending not in _ENDINGS:
            continue
        exact = next((each for each in stems if each == stem.lower()), "")
        word = stem.split()[0].rstrip("-_0123456789()")
        meant = exact or closest(stem, stems) or (closest(word, stems) if word != stem else "")
        if exact or ending.startswith((".yaml", ".yml")):
            yield name, f"{meant}.yaml" if meant else ""


def readable(errors: Collection[RuleError]) -> tuple[RuleError, ...]:
    """The mistakes, of each file no more than anybody reads."""
    found: list[RuleError] = []
    ordered = sorted(errors, key=lambda each: (each.file, each.line, each.column))
    for file, group in groupby(ordered, key=lambda each: each.file):
        listed = list(group)
        found += listed[:MOST]
        more = len(listed) - MOST
        if more > 0:
            place = Place(file, listed[MOST].line, listed[MOST].column)
            what = say("and %(count)s more mistakes in this file from here on", count=more)
            right = say("mend those above first: many are likely to be alike")
            found.append(error(place, what, right))
    return tuple(found)


def open_to_all(folder: Path, known: Collection[str]) -> Iterator[RuleError]:
    """What everybody on the machine may change is no rule of the organisation's."""
    keys = sorted(folder.glob("keys/*"))
    for path in (folder, *(folder / name for name in known), folder / "keys", *keys):
        if path.exists() and path.stat().st_mode & stat.S_IWOTH:
            inside = path.relative_to(folder).as_posix()
            file = folder.name if path == folder else shown(folder, inside)
            yield error(
                Place(file),
                say("everybody on this machine may write this"),
                say("take that right away: %(command)s", command=f"chmod go-w {file}"),
            )


def warnings_about_files(folder: Path, known: Collection[str]) -> Iterator[RuleWarning]:
    """Who else could change the rules: an admin's rights hang on these files."""
    for name in known:
        path, file = folder / name, shown(folder, name)
        if path.is_symlink():
            yield RuleWarning(
                file,
                say("this is a symbolic link"),
                say("put the file itself here: who may change the link may change the rules"),
            )
        if path.exists() and path.stat().st_mode & stat.S_IWGRP:
            yield RuleWarning(
                file,
                say("others than its owner may write this file"),
                say("take that right away: %(command)s", command=f"chmod go-w {file}"),
            )
