"""The text of one section while it is read."""

from gateway.policy.commands.lines import command_of, copy_of


class SectionText:
    """Lines of one section: blank lines at the ends and around removed commands are no text."""

    def __init__(self) -> None:
        self._lines: list[tuple[int, str, bool]] = []
        self._blanks = 0
        self._gap = False
        self.is_empty = True

    def begin(self) -> None:
        """A section is opened (again)."""
        self.gap()
        self.is_empty = True

    def blank(self) -> None:
        """A blank line; it counts only when text follows."""
        self._blanks += 1

    def gap(self) -> None:
        """A command stood here; text before and after it is parted by one blank line."""
        self._gap = True

    def add(self, number: int, line: str, escaped: str | None) -> None:
        """A line of text."""
        blanks = 1 if self._gap else self._blanks
        self._lines += [(number, "", False)] * (blanks if self._lines else 0)
        self._lines.append((number, line, escaped is not None))
        self._blanks, self._gap, self.is_empty = 0, False, False

    def drop_commands(self) -> list[tuple[int, str]]:
        """Take out and return lines that read as commands and were not escaped."""
        wrong = [
            (number, line)
            for number, line, escaped in self._lines
            if not escaped and command_of(copy_of(line)) is not None
        ]
        if wrong:
            self._lines = []
        return wrong

    def joined(self) -> str:
        """The text, lines parted by a line feed."""
        return "\n".join(line for _, line, _ in self._lines)
