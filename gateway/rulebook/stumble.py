"""Where the YAML parser could not go on, and the lines around it."""

from dataclasses import dataclass

import yaml

from gateway.model.text import Text

Finding = tuple[int, int, Text, Text]
"""Line and column from 0, what is wrong, what would be right."""


@dataclass(frozen=True, slots=True)
class Stumble:
    """The parser's error: its sentence, where it stood, where what it was reading began."""

    problem: str
    line: int
    column: int
    begin: tuple[int, int]
    lines: tuple[str, ...]

    def text(self, line: int) -> str:
        """A line; empty where there is none."""
        return self.lines[line] if 0 <= line < len(self.lines) else ""

    @property
    def not_allowed(self) -> bool:
        """True when a colon stands where none may be."""
        return self.problem == "mapping values are not allowed in this context"

    @property
    def misfit(self) -> bool:
        """True when a line does not go with those above."""
        return self.not_allowed or self.problem.startswith(
            ("did not find expected", "could not find expected ':'")
        )

    def suspect(self) -> tuple[int, str]:
        """Where the slip is: where the key began, or the nearest line above with anything in it."""
        if self.problem == "could not find expected ':'":
            return self.begin[0], self.text(self.begin[0])
        for line in range(self.line - 1, -1, -1):
            if self.says_something(line):
                return line, self.text(line)
        return self.line, self.text(self.line)

    def says_something(self, line: int) -> bool:
        """True for a line that is neither empty nor a comment."""
        text = self.text(line).strip()
        return bool(text) and not text.startswith("#")


def stumble(wrong: yaml.YAMLError, text: str) -> Stumble:
    """The parser's error with the lines of the file."""
    lines = tuple(text.split("\n"))
    if isinstance(wrong, yaml.MarkedYAMLError) and wrong.problem_mark is not None:
        mark, context = wrong.problem_mark, wrong.context_mark or wrong.problem_mark
        begin = (context.line, context.column)
        return Stumble(wrong.problem or "", mark.line, mark.column, begin, lines)
    at = getattr(wrong, "position", 0)
    line = text.count("\n", 0, at)
    column = at - (text.rfind("\n", 0, at) + 1)
    return Stumble("control characters", line, column, (line, column), lines)
