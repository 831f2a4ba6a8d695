"""Mistakes in rule files: where, what is wrong, and what would be right."""

from collections.abc import Callable
from dataclasses import dataclass

from gateway.model.text import Text, say


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands: file as `rules/organisation.yaml`, line and column from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        """The place as editors and terminals jump to it."""
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class RuleError:
    """One mistake. `line` and `column` count from 1; a missing file has line 1, column 1."""

    file: str
    line: int
    column: int
    what: Text
    right: Text

    @property
    def text(self) -> Text:
        """The whole line, ready to be said in any language."""
        return say(
            "%(place)s: %(what)s — %(right)s",
            place=str(Place(self.file, self.line, self.column)),
            what=self.what,
            right=self.right,
        )

    def __str__(self) -> str:
        """`rules/organisation.yaml:12:5: what is wrong — what would be right`, in English."""
        return str(self.text)


def error(place: Place, what: Text, right: Text) -> RuleError:
    """The mistake at a place."""
    return RuleError(place.file, place.line, place.column, what, right)


@dataclass(frozen=True, slots=True)
class RuleWarning:
    """Something that works but should not stay: who may write a rule file, where it really lies."""

    file: str
    what: Text
    right: Text

    @property
    def text(self) -> Text:
        """The whole line, ready to be said in any language."""
        return say(
            "%(place)s: %(what)s — %(right)s", place=self.file, what=self.what, right=self.right
        )

    def __str__(self) -> str:
        """`rules/form.yaml: what is wrong — what would be right`, in English."""
        return str(self.text)


class RuleErrors(Exception):  # noqa: N818  (plural on purpose: all mistakes at once)
    """The rule files cannot be used. `errors` are all mistakes, by file, line and column."""

    def __init__(self, errors: tuple[RuleError, ...]) -> None:
        self.errors = tuple(sorted(errors, key=lambda e: (e.file, e.line, e.column)))
        super().__init__(self.render())

    def render(self, translate: Callable[[Text], str] = str) -> str:
        """One line for each mistake; `translate` says a Text in the reader's language."""
        return "\n".join(translate(found.text) for found in self.errors)
