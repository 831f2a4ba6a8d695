"""What the tests of the rule files share."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.rulebook.errors import RuleError, RuleErrors
from gateway.rulebook.load import load

Edit = Callable[[str, str, str], Path]


def mistakes(rules: Path) -> tuple[RuleError, ...]:
    with pytest.raises(RuleErrors) as caught:
        load(rules)
    return caught.value.errors


def line_of(rules: Path, name: str, text: str) -> int:
    """The line, from 1, in which `text` begins."""
    content = (rules / name).read_text(encoding="utf-8")
    return content.count("\n", 0, content.index(text)) + 1
