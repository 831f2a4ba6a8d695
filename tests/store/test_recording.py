"""Changes into rows."""

from typing import Any, get_args

from gateway.model.changes import Change
from gateway.store.recording import WRITERS


def _members(union: Any) -> set[type]:
    return {each for part in get_args(union) for each in (_members(part) or {part})}


def test_every_change_there_is_has_something_that_writes_it() -> None:
    assert set(WRITERS) == _members(Change)
