r"""Regular expressions that admins write: matched in linear time, so that none can stop the road.

RE2 knows neither look-around nor back references. `\w` and `\b` are ASCII there; a letter of any
alphabet is `\pL`.
"""

from functools import lru_cache
from typing import Any

import re2

MOST_KEPT = 500
"""Compiled patterns that are kept."""

_OPTIONS = re2.Options()
_OPTIONS.log_errors = False
_OPTIONS.max_mem = 1 << 20  # a pattern that needs more is refused


def problem_of(pattern: str) -> str:
    """What is wrong with a pattern, in RE2's words; empty when nothing is."""
    try:
        _compiled(pattern)
    except re2.error as wrong:
        said = wrong.args[0] if wrong.args else b""
        return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return ""


def fits(pattern: str, text: str) -> bool:
    """True when the pattern matches the whole text."""
    return _compiled(pattern).fullmatch(text) is not None


def is_found(pattern: str, text: str) -> bool:
    """True when the pattern matches some part of the text."""
    return _compiled(pattern).search(text) is not None


@lru_cache(maxsize=MOST_KEPT)
def _compiled(pattern: str) -> Any:  # noqa: ANN401  (RE2 has no types)
    return re2.compile(pattern, _OPTIONS)
