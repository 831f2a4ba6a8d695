"""What the YAML parser stumbled over, in the words of somebody who edits by hand.

libyaml tells where it could not go on, which is often a line below the slip. The questions here
are asked in order; the first that knows the slip answers.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import yaml

from gateway.model.text import Text, say
from gateway.rulebook.errors import Place, RuleError, error

Finding = tuple[int, int, Text, Text]
"""Line and column from 0, what is wrong, what would be right."""

_KEY_WITHOUT_SPACE = re.compile(r"\s*(?:- )?([\w-]+):(?!//)\S")
_OPENS_QUOTE = re.compile(r"""^(.*?(?:: |- |\[|, ))(["'])""")


@dataclass(frozen=True, slots=True)
class _Stumble:
    """The parser's error: its sentence, where it stood, where what it was reading began."""

    problem: str
    line: int
    column: int
    begin: tuple[int, int]
    lines: tuple[str, ...]

    def text(self, line: int) -> str:
        return self.lines[line] if 0 <= line < len(self.lines) else ""


def explain(wrong: yaml.YAMLError, text: str, file: str) -> RuleError:
    """The parser's error as a mistake of the house."""
    stumble = _stumble(wrong, text)
    for question in _QUESTIONS:
        found = question(stumble)
        if found is not None:
            line, column, what, right = found
            return error(Place(file, line + 1, column + 1), what, right)
    return error(
        Place(file, stumble.line + 1, stumble.column + 1),
        say("this is not YAML: %(problem)s", problem=stumble.problem),
        say("compare the lines around it with the shipped example"),
    )


def _stumble(wrong: yaml.YAMLError, text: str) -> _Stumble:
    lines = tuple(text.split("\n"))
    if isinstance(wrong, yaml.MarkedYAMLError) and wrong.problem_mark is not None:
        mark, context = wrong.problem_mark, wrong.context_mark or wrong.problem_mark
        begin = (context.line, context.column)
        return _Stumble(wrong.problem or "", mark.line, mark.column, begin, lines)
    at = getattr(wrong, "position", 0)
    line = text.count("\n", 0, at)
    column = at - (text.rfind("\n", 0, at) + 1)
    return _Stumble("control characters", line, column, (line, column), lines)


def _tab(at: _Stumble) -> Finding | None:
    for line in (at.line, at.begin[0]):
        indent = at.text(line)[: len(at.text(line)) - len(at.text(line).lstrip())]
        if "\t" in indent:
            return (
                line,
                indent.index("\t"),
                say("a tab at the beginning of the line"),
                say("use spaces instead, two for each level"),
            )
    return None


def _control_character(at: _Stumble) -> Finding | None:
    if at.problem != "control characters":
        return None
    what = say("an invisible control character")
    return at.line, at.column, what, say("delete it and type the line again")


def _unclosed_quote(at: _Stumble) -> Finding | None:
    if "quoted scalar" in at.problem or at.problem == "found unexpected end of stream":
        line, column = at.begin
    else:
        found = _odd_quote(at)
        if found is None:
            return None
        line, column = found
    return (
        line,
        column,
        say("the quotation mark that opens here is not closed"),
        say("put the same mark at the end of the value: %(mark)s", mark=at.text(line)[column]),
    )


def _odd_quote(at: _Stumble) -> tuple[int, int] | None:
    """The first line up to the stumble whose value opens a quotation mark without closing it."""
    for number in range(min(at.line + 1, len(at.lines))):
        opened = _OPENS_QUOTE.match(at.lines[number])
        if opened and at.lines[number].count(opened[2]) % 2:
            return number, opened.end(1)
    return None


def _unclosed_bracket(at: _Stumble) -> Finding | None:
    for closing in "]}":
        if at.problem == f"did not find expected ',' or '{closing}'":
            return (
                *at.begin,
                say("the bracket that opens here is not closed"),
                say("put %(mark)s at its end, and commas between its parts", mark=closing),
            )
    return None


def _needs_quotes(at: _Stumble) -> Finding | None:
    if at.problem in ("found character that cannot start any token", "found undefined alias"):
        line, column = at.line, at.column
    elif at.text(at.begin[0])[at.begin[1] :][:1] in ("&", "*", "%", "!"):
        line, column = at.begin
    else:
        return None
    value = re.split(r"\s#", at.text(line)[column:])[0].strip()
    return (
        line,
        column,
        say("a value cannot begin with %(character)s", character=value[:1]),
        say("put it in quotes: %(value)s", value=f'"{value}"'),
    )


def _missing_colon(at: _Stumble) -> Finding | None:
    line, text = _suspect(at)
    words = text.split()
    if not _misfit(at) or ":" in text or text.lstrip().startswith("-"):
        return None
    return (
        line,
        len(text) - len(text.lstrip()),
        say('the colon after "%(word)s" is missing', word=words[0] if words else ""),
        say("write %(line)s", line=f"{words[0]}: {' '.join(words[1:])}".strip() if words else ":"),
    )


def _missing_space(at: _Stumble) -> Finding | None:
    line, text = _suspect(at)
    found = _KEY_WITHOUT_SPACE.match(text)
    if found is None or not _misfit(at):
        return None
    return (
        line,
        found.end(1) + 1,
        say('the space after "%(word)s:" is missing', word=found[1]),
        say("put a space after every colon that ends a key"),
    )


def _second_colon(at: _Stumble) -> Finding | None:
    key, colon, value = at.text(at.line).partition(": ")
    if not (_not_allowed(at) and colon and len(key) < at.column):
        return None
    return (
        at.line,
        at.column,
        say("a second colon in one line"),
        say("put the value in quotes: %(value)s", value=f'"{value.strip()}"'),
    )


def _list_beside_its_key(at: _Stumble) -> Finding | None:
    if at.problem != "block sequence entries are not allowed in this context":
        return None
    value = at.text(at.line)[at.column :].removeprefix("-").strip()
    return (
        at.line,
        at.column,
        say("here must stand a list"),
        say("put it in square brackets: %(value)s", value=f"[{value}]"),
    )


def _second_document(at: _Stumble) -> Finding | None:
    if at.problem != "but found another document":
        return None
    return at.line, at.column, say("--- begins a second document"), say("delete this line")


def _backslash(at: _Stumble) -> Finding | None:
    if at.problem != "found unknown escape character":
        return None
    right = say("write the value in single quotes: there a backslash is a backslash")
    return at.line, at.column, say("a backslash has a meaning of its own in double quotes"), right


def _indentation(at: _Stumble) -> Finding | None:
    if not _misfit(at):
        return None
    return (
        at.line,
        at.column,
        say("this line does not fit the lines above"),
        say("begin it below the line it belongs to, with the same number of spaces"),
    )


def _not_allowed(at: _Stumble) -> bool:
    return at.problem == "mapping values are not allowed in this context"


def _misfit(at: _Stumble) -> bool:
    return _not_allowed(at) or at.problem.startswith(
        ("did not find expected", "could not find expected ':'")
    )


def _suspect(at: _Stumble) -> tuple[int, str]:
    """Where the slip is: where the key began, or the nearest line above with anything in it."""
    if at.problem == "could not find expected ':'":
        return at.begin[0], at.text(at.begin[0])
    for line in range(at.line - 1, -1, -1):
        text = at.text(line)
        if text.strip() and not text.lstrip().startswith("#"):
            return line, text
    return at.line, at.text(at.line)


_QUESTIONS: tuple[Callable[[_Stumble], Finding | None], ...] = (
    _tab,
    _control_character,
    _unclosed_bracket,
    _backslash,
    _needs_quotes,
    _second_document,
    _list_beside_its_key,
    _unclosed_quote,
    _second_colon,
    _missing_space,
    _missing_colon,
    _indentation,
)
