"""The files of `rules/tests` as rule tests, or all mistakes in them.

They are no part of the rules: a mistake in a test, or a test that fails, keeps no rules from being
taken. `gateway check` says it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from gateway.model.text import say
from gateway.rulebook.build_tests import Building
from gateway.rulebook.errors import Place, RuleError, error
from gateway.rulebook.load import Rulebook
from gateway.rulebook.names import closest
from gateway.rulebook.reading import Loc, read
from gateway.rulebook.rule_tests import RuleTest, folder_of
from gateway.rulebook.schema_tests import RuleTestPart, RuleTestsFile
from gateway.rulebook.wrong import UNKNOWN, Checked, check

LARGEST = 30_000_000
"""Octets of a mail beside a test: more than any server takes."""

MOST_MAILS = 20
"""Mails that one test plays: those before it, and its own."""


@dataclass(frozen=True, slots=True)
class RuleTests:
    """The tests that can be run, by file and line, and what is wrong with the others."""

    tests: tuple[RuleTest, ...] = ()
    errors: tuple[RuleError, ...] = ()


def load_tests(rules: Path, rulebook: Rulebook | None) -> RuleTests:
    """The tests that lie beside the rules; without a rulebook only mistakes in their form."""
    folder = folder_of(rules)
    tests: list[RuleTest] = []
    errors = list(_misnamed(folder))
    for path in sorted(folder.glob("*.yaml")):
        if path.name.startswith("."):
            continue
        found = _file(path, rulebook)
        tests += found.tests
        errors += found.errors
    return RuleTests(tuple(tests), tuple(errors))


def _misnamed(folder: Path) -> Iterator[RuleError]:
    """A file that nobody reads is a slip in its name or place: its tests would silently not run."""
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder).parts
        is_read = path.suffix == ".yaml" and len(inside) == 1
        if path.suffix.lower() in (".yaml", ".yml") and not is_read and inside[0][:1] != ".":
            yield error(
                Place("/".join((folder.parent.name, folder.name, *inside))),
                say("this file of tests is not read"),
                say(
                    "put it into %(folder)s itself, with a name that ends in .yaml",
                    folder=f"{folder.parent.name}/{folder.name}",
                ),
            )


def _shown(path: Path) -> str:
    return "/".join(path.parts[-3:])


def _file(path: Path, rulebook: Rulebook | None) -> RuleTests:
    shown = _shown(path)
    try:
        document, errors = read(path, shown)
    except OSError as wrong:
        what = say("this file cannot be read: %(problem)s", problem=wrong.strerror or str(wrong))
        right = say("give the user that runs the gateway the right to read it")
        return RuleTests(errors=(error(Place(shown), what, right),))
    if document is None:
        return RuleTests(errors=errors)
    checked, more = check(document, RuleTestsFile)
    errors += more
    if checked is None or rulebook is None:
        return RuleTests(errors=errors)
    building = Building(rulebook, checked.document)
    reading = _Reading(checked, path.parent, building, building.errors)
    tests = tuple(reading.tests())
    return RuleTests(tests, (*errors, *building.errors))


@dataclass(slots=True)
class _Reading:
    """One file on its way to tests."""

    file: Checked[RuleTestsFile]
    folder: Path
    building: Building
    errors: list[RuleError]
    named: dict[str, RuleTest | None] = field(default_factory=dict)
    """The tests so far; None for those with a mistake."""

    def tests(self) -> Iterator[RuleTest]:
        for number, part in enumerate(self.file.content.tests):
            test = self._test(("tests", number), part)
            if part.name not in self.named:
                self.named[part.name] = test
            if test is not None:
                yield test

    def _test(self, loc: Loc, part: RuleTestPart) -> RuleTest | None:
        document, before = self.file.document, len(self.errors)
        if part.name in self.named and part.name != UNKNOWN:
            self.errors.append(
                error(
                    document.place((*loc, "name")),
                    say('there is a test "%(name)s" in this file already', name=part.name),
                    say("give it another name"),
                )
            )
        after = self._after(loc, part)
        raw = self._raw(loc, part)
        mail = self.building.mail(loc, part, raw)
        expected = self.building.expected(loc, part.expect)
        if len(self.errors) > before or (part.after is not None and after is None):
            return None
        places = {
            key: document.key_place((*loc, "expect", key)) for key in part.expect.model_fields_set
        }
        return RuleTest(part.name, document.place(loc), mail, expected, after, places)

    def _after(self, loc: Loc, part: RuleTestPart) -> RuleTest | None:
        if part.after is None:
            return None
        if part.after not in self.named:
            near = closest(part.after, self.named)
            self.errors.append(
                error(
                    self.file.document.place((*loc, "after")),
                    say('no test above has the name "%(name)s"', name=part.after),
                    say('did you mean "%(known)s"?', known=near)
                    if near
                    else say("name the test whose mail is answered; it stands above in this file"),
                )
            )
        found = self.named.get(part.after)
        if found is not None and len(found.story) >= MOST_MAILS:
            self.errors.append(
                error(
                    self.file.document.place((*loc, "after")),
                    say("more than %(count)s mails one after the other", count=MOST_MAILS),
                    say("begin with a new mail: each test plays all those before it again"),
                )
            )
            return None
        return found

    def _raw(self, loc: Loc, part: RuleTestPart) -> bytes | None:
        if part.mail.file is None:
            return None
        path = self.folder / part.mail.file
        try:
            with path.open("rb") as mail:
                return mail.read(LARGEST)
        except OSError as wrong:
            place = self.file.document.place((*loc, "mail", "file"))
            what = say('the mail "%(name)s" cannot be read: %(problem)s', name=part.mail.file,
                       problem=wrong.strerror or str(wrong))  # fmt: skip
            right = say("put it into %(folder)s", folder=f"{self.folder.parent.name}/tests")
            self.errors.append(error(place, what, right))
            return b""
