from pathlib import Path

import pytest
from rules_help import Edit

from gateway.rulebook.defaults import folder


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A copy of the shipped organisation that a test may spoil."""
    copy = tmp_path / "rules"
    copy.mkdir()
    for path in folder("rules").glob("*.yaml"):
        (copy / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
        (copy / path.name).chmod(0o644)
    return copy


@pytest.fixture
def edit(rules: Path) -> Edit:
    """Replaces the first occurrence of a text in a rule file, as a person would."""

    def change(name: str, old: str, new: str) -> Path:
        text = (rules / name).read_text(encoding="utf-8")
        assert old in text
        (rules / name).write_text(text.replace(old, new, 1), encoding="utf-8")
        return rules

    return change
