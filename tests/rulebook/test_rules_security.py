"""security.yaml: what is shipped, what `gateway init` makes of it, and its mistakes."""

from datetime import timedelta
from pathlib import Path

import pytest
from rules_help import line_of, mistakes

from gateway.model.second_factor import Demand
from gateway.rulebook.defaults import folder, init
from gateway.rulebook.load import load


def test_what_is_shipped_is_for_trying_out_and_init_for_real_mail_is_strict() -> None:
    shipped = load(folder("rules")).organisation.security
    assert shipped.demand is Demand.ENROLLED
    assert (shipped.session, shipped.levels) == (timedelta(hours=8), {})


@pytest.mark.parametrize(
    ("development", "demand"), [(True, Demand.ENROLLED), (False, Demand.REQUIRED)]
)
def test_init_asks_nobody_for_codes_while_trying_out(
    tmp_path: Path, development: bool, demand: Demand
) -> None:
    init(tmp_path, development=development)
    assert load(tmp_path / "rules").organisation.security.demand is demand


def test_without_the_file_nothing_is_said_and_without_levels_the_table_holds(
    tmp_path: Path,
) -> None:
    init(tmp_path)
    (tmp_path / "rules" / "security.yaml").unlink()
    assert load(tmp_path / "rules").organisation.security.demand is None


def _with(tmp_path: Path, text: str) -> Path:
    init(tmp_path)
    (tmp_path / "rules" / "security.yaml").write_text(text, encoding="utf-8")
    return tmp_path / "rules"


def test_levels_are_of_words_in_both_languages(tmp_path: Path) -> None:
    rules = _with(tmp_path, "levels:\n  notiz: 2\n  spam: 1\n  merge-requesters: 2\n")
    levels = load(rules).organisation.security.levels
    assert levels == {"note": 2, "spam": 1, "merge-requesters": 2}


def test_limits_are_settings(tmp_path: Path) -> None:
    text = "wrong_codes: 3\nwrong_code_minutes: 30\nlock_minutes: 120\nheld_hours: 24\n"
    rules = load(_with(tmp_path, text)).organisation.security
    assert (rules.most_wrong, rules.wrong_within) == (3, timedelta(minutes=30))
    assert (rules.locked_for, rules.held_for) == (timedelta(hours=2), timedelta(hours=24))


SLIPS = {
    "a slip in a word": ("levels:\n  delte: 2\n", "delte", 'did you mean "delete"?'),
    "the same word twice": ("levels:\n  note: 2\n  notiz: 1\n", "notiz", "keep one of them"),
    "a level that is none": ("levels:\n  note: 4\n", "note", "at most 3"),
    "proof that needs proof": ("levels:\n  'yes': 2\n", "'yes'", "leave it out"),
    "no demand": ("second_factor: maybe\n", "second_factor", "required"),
    "no wrong code at all": ("wrong_codes: 0\n", "wrong_codes", "at least 3"),
    "locked for ever": ("lock_minutes: 100000\n", "lock_minutes", "at most 1440"),
    "held for ever": ("held_hours: 1000\n", "held_hours", "at most 168"),
    "a session of days": ("session_hours: 48\n", "session_hours", "at most 24"),
}


@pytest.mark.parametrize(("text", "at", "right"), SLIPS.values(), ids=SLIPS.keys())
def test_a_slip_is_told_with_its_line(tmp_path: Path, text: str, at: str, right: str) -> None:
    rules = _with(tmp_path, text)
    (error,) = mistakes(rules)
    assert right in str(error)
    assert f"security.yaml:{line_of(rules, 'security.yaml', at)}:" in str(error)
