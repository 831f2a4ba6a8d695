"""Dates as people write them, and the moments they mean."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.model.text import Text
from gateway.policy.commands.moments import When, day_of, moment
from gateway.policy.commands.when import find_when, when

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 2, 24, 10, 0, tzinfo=UTC)  # a Tuesday, 11:00 in Berlin


def local(text: str, now: datetime = NOW) -> str:
    read = when(text.split())
    assert isinstance(read, tuple), f"{text}: {read}"
    found = moment(read[0], now, BERLIN)
    assert isinstance(found, datetime), str(found)
    return f"{found.astimezone(BERLIN):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("+7d", "2026-03-03 09:00"),
        ("7d", "2026-03-03 09:00"),
        ("+7t", "2026-03-03 09:00"),
        ("2w", "2026-03-10 09:00"),
        ("+3m", "2026-05-24 09:00"),
        ("+1y", "2027-02-24 09:00"),
        ("+5h", "2026-02-24 16:00"),
        ("3 Tage", "2026-02-27 09:00"),
        ("in 2 Wochen", "2026-03-10 09:00"),
        ("1.3.", "2026-03-01 09:00"),
        ("1.3", "2026-03-01 09:00"),
        ("bis 01.03.2026", "2026-03-01 09:00"),
        ("1.3.26", "2026-03-01 09:00"),
        ("23.2.", "2027-02-23 09:00"),
        ("25.2.", "2026-02-25 09:00"),
        ("29.2.", "2028-02-29 09:00"),
        ("by 2026-03-01", "2026-03-01 09:00"),
        ("2026-03-01 14:30", "2026-03-01 14:30"),
        ("morgen", "2026-02-25 09:00"),
        ("until tomorrow 8:15", "2026-02-25 08:15"),
        ("übermorgen", "2026-02-26 09:00"),
        ("heute 18 Uhr", "2026-02-24 18:00"),
        ("am Freitag um 14:30", "2026-02-27 14:30"),
        ("on Friday at 14:30", "2026-02-27 14:30"),
        ("fr", "2026-02-27 09:00"),
        ("Di.", "2026-03-03 09:00"),
        ("1. März", "2026-03-01 09:00"),
        ("March 1st", "2026-03-01 09:00"),
        ("3. Oktober 2027", "2027-10-03 09:00"),
        ("14:30", "2026-02-24 14:30"),
        ("um 8:00 Uhr", "2026-02-25 08:00"),
    ],
)
def test_a_date_is_read_as_people_write_it(text: str, wanted: str) -> None:
    assert local(text) == wanted


def test_the_morning_is_the_local_one_in_summer_and_in_winter() -> None:
    read = when(["1.7."])
    assert isinstance(read, tuple)
    assert moment(read[0], NOW, BERLIN) == datetime(2026, 7, 1, 7, 0, tzinfo=UTC)
    read = when(["1.12."])
    assert isinstance(read, tuple)
    assert moment(read[0], NOW, BERLIN) == datetime(2026, 12, 1, 8, 0, tzinfo=UTC)


def test_a_month_has_no_more_days_than_it_has() -> None:
    assert local("+1m", datetime(2026, 1, 31, 12, tzinfo=UTC)) == "2026-02-28 09:00"


@pytest.mark.parametrize("text", ["31.2.", "0.3.", "1.13.", "2026-02-30", "2026-13-01", "1/3"])
def test_a_day_that_no_calendar_has_is_named_with_what_to_write(text: str) -> None:
    read = when([text])
    assert isinstance(read, Text)
    assert text in str(read)
    assert "2026-03-01" in str(read)


@pytest.mark.parametrize("text", ["23.2.2026", "2020-01-01", "today 8:00", "+99y", "+9999w", "+0d"])
def test_a_moment_that_is_past_or_far_away_is_refused(text: str) -> None:
    read = when(text.split())
    assert isinstance(read, tuple)
    assert isinstance(moment(read[0], NOW, BERLIN), Text)


@pytest.mark.parametrize(
    "text", ["", "bis", "Frieda", "5 Laptops", "123", "1.2.3.4", "25:99", "#5"]
)
def test_other_words_are_no_date(text: str) -> None:
    assert when(text.split()) is None


def test_what_stands_behind_the_date_is_left_over() -> None:
    read = when("+3d Frau Muster anrufen".split())
    assert isinstance(read, tuple)
    assert read[1] == ("Frau", "Muster", "anrufen")
    read = when("Freitag 14:30 anrufen".split())
    assert isinstance(read, tuple)
    assert read[1] == ("anrufen",)


@pytest.mark.parametrize(
    ("text", "rest", "wanted"),
    [
        ("Rückruf bis 1.3.", "Rückruf", "2026-03-01"),
        ("bis Freitag 2 Laptops prüfen", "2 Laptops prüfen", "2026-02-27"),
        ("Call by 1.3. about room 2.4", "Call about room 2.4", "2026-03-01"),
        ("Call +3d", "Call", "2026-02-27"),
        ("heute bis heute", "heute", "2026-02-24"),
    ],
)
def test_a_date_in_a_text_is_found_behind_its_word(text: str, rest: str, wanted: str) -> None:
    found = find_when(text.split())
    assert isinstance(found, tuple)
    assert " ".join(found[1]) == rest
    assert day_of(found[0], NOW, BERLIN) == date.fromisoformat(wanted)


@pytest.mark.parametrize(
    "text", ["Raum 2.4 lüften", "bis 5 Laptops da sind", "3 Tage Urlaub", "so bald wie möglich"]
)
def test_numbers_of_a_text_are_no_date(text: str) -> None:
    assert find_when(text.split()) is None


_WORDS = st.sampled_from(
    "bis am +7d 7 d 2w 1.3. 1.3.2026 2026-03-01 morgen fr 14:30 um 14 Uhr März +0d 99.99. x".split()
)


@given(st.lists(_WORDS, max_size=5) | st.lists(st.text(max_size=12), max_size=4))
def test_no_words_raise_and_what_is_printed_is_read_again(words: list[str]) -> None:
    find_when(words)
    read = when(words)
    if isinstance(read, tuple):
        again = when(str(read[0]).split())
        assert again == (read[0], ())
        for now in (NOW, datetime(2028, 2, 29, 23, 59, tzinfo=UTC)):
            assert isinstance(moment(read[0], now, BERLIN), (datetime, Text))
            assert isinstance(day_of(read[0], now, BERLIN), (date, Text))


def test_a_when_is_a_plain_value() -> None:
    one, other = when(["1.3."]), when(["01.03."])
    assert one == other
    assert isinstance(one, tuple)
    assert isinstance(one[0], When)
