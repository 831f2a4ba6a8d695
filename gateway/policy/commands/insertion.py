"""Where a canned response stands in an agent's text, until it is known what it says."""

import re
from collections.abc import Mapping

_MARK = "\ufdd0"  # no character: it stands for nothing in any text (Unicode 15, section 23.7)
_INSERTED = re.compile(f"^{_MARK}([0-9]{{1,6}})$", re.MULTILINE)


def insertion(line: int) -> str:
    """The line of text that stands for what the command on this line of the mail inserts."""
    return f"{_MARK}{line}"


def inserted_lines(text: str) -> tuple[int, ...]:
    """The lines of the commands whose insertions stand in the text."""
    return tuple(int(found[1]) for found in _INSERTED.finditer(text))


def with_insertions(text: str, said: Mapping[int, str]) -> str:
    """The text with what is said in place of the insertions, by the line of their command."""
    return _INSERTED.sub(lambda found: said.get(int(found[1]), ""), text)
