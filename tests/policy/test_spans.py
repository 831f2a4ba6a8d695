"""Lengths of time by calendars and clocks."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.model.escalation import Calendar, Span, Unit
from gateway.policy.spans import elapsed, end_of, is_working_day, later, length

BERLIN = ZoneInfo("Europe/Berlin")
PLAIN = Calendar()


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("since", "span", "expected"),
    [
        (local(2026, 3, 2, 9), Span(7, Unit.DAY), local(2026, 3, 9, 9)),
        # the clocks go forward on 29 March 2026: the time of the day stays
        (local(2026, 3, 28, 9), Span(1, Unit.DAY), local(2026, 3, 29, 9)),
        (local(2026, 3, 28, 9), Span(24, Unit.HOUR), local(2026, 3, 29, 10)),
        (local(2026, 1, 31, 9), Span(1, Unit.MONTH), local(2026, 2, 28, 9)),
        (local(2026, 11, 30, 9), Span(3, Unit.MONTH), local(2027, 2, 28, 9)),
        (local(2026, 3, 2, 9), Span(2, Unit.WEEK), local(2026, 3, 16, 9)),
        # Monday to Friday, Friday to Monday
        (local(2026, 3, 2, 9), Span(4, Unit.WORKING_DAY), local(2026, 3, 6, 9)),
        (local(2026, 3, 6, 9), Span(1, Unit.WORKING_DAY), local(2026, 3, 9, 9)),
        # on a Saturday the count begins with Monday
        (local(2026, 3, 7, 15), Span(1, Unit.WORKING_DAY), local(2026, 3, 10, 0)),
    ],
)
def test_so_long_after(since: datetime, span: Span, expected: datetime) -> None:
    assert later(since.astimezone(UTC), span, PLAIN, BERLIN) == expected


def test_days_off_are_no_working_days() -> None:
    easter = Calendar(days_off=frozenset({date(2026, 4, 3), date(2026, 4, 6)}))
    since = local(2026, 4, 2, 9)
    assert later(since, Span(1, Unit.WORKING_DAY), easter, BERLIN) == local(2026, 4, 7, 9)
    assert not is_working_day(date(2026, 4, 3), easter)


def test_other_weekends() -> None:
    friday = Calendar(weekend=frozenset({4}))
    since = local(2026, 3, 5, 9)
    assert later(since, Span(1, Unit.WORKING_DAY), friday, BERLIN) == local(2026, 3, 7, 9)


@given(
    st.datetimes(
        min_value=datetime(2020, 1, 1),  # noqa: DTZ001  (made aware below)
        max_value=datetime(2050, 1, 1),  # noqa: DTZ001
    ),
    st.integers(min_value=1, max_value=400),
    st.sampled_from(Unit),
)
def test_later_is_later_and_longer_is_later_still(when: datetime, count: int, unit: Unit) -> None:
    since = when.replace(tzinfo=UTC)
    first = later(since, Span(count, unit), PLAIN, BERLIN)
    # of an hour that the clocks skip or have twice, one hour may be lost
    assert first > since - timedelta(hours=1)
    assert later(since, Span(count + 1, unit), PLAIN, BERLIN) >= first


def test_a_day_is_over_at_midnight_where_the_people_are() -> None:
    assert end_of(date(2026, 3, 2), BERLIN) == local(2026, 3, 3)


def test_spans_in_words() -> None:
    now = datetime(2026, 3, 10, tzinfo=UTC)
    assert str(length(Span(1, Unit.WORKING_DAY))) == "1 working day"
    assert str(elapsed(now - timedelta(days=8, hours=5), now)) == "8 days"
    assert str(elapsed(now - timedelta(hours=1), now)) == "1 hour"
    assert str(elapsed(now + timedelta(hours=1), now)) == "1 minute"
