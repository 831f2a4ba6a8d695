"""Which rule is about a ticket, and when it was closed long enough."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from store.things import ticket

from gateway.model.people import DepartmentId
from gateway.model.retention import Retention, RetentionRule, Then
from gateway.model.ticket import State, Status, TopicId
from gateway.policy.retention import months_before, rule_of

ZONE = ZoneInfo("Europe/Berlin")
CLOSED = replace(ticket(1, status=Status.CLOSED), state=State.CLOSED)


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        ("2026-03-31", 1, "2026-02-28"),
        ("2024-03-31", 1, "2024-02-29"),
        ("2026-01-15", 1, "2025-12-15"),
        ("2026-01-15", 24, "2024-01-15"),
        ("2026-07-01", 0, "2026-07-01"),
        ("2026-07-01", 120_000, "1970-07-01"),
    ],
)
def test_months_are_those_of_the_calendar(day, months, before):
    now = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=ZONE).astimezone(UTC)
    assert months_before(now, months, ZONE).astimezone(ZONE).date().isoformat() == before


def test_the_first_rule_that_fits_counts():
    rules = (
        RetentionRule(1, Then.DELETE, spam=True),
        RetentionRule(2, Then.KEEP, departments=frozenset({DepartmentId("berlin")})),
        RetentionRule(3, Then.PROPOSE, topics=frozenset({TopicId("spendenangebot")})),
        RetentionRule(4, Then.DELETE, rejected=True),
    )
    retention = Retention(rules)
    elsewhere = replace(CLOSED, department=DepartmentId("freiburg"))
    assert rule_of(CLOSED, retention) is rules[1]
    assert rule_of(replace(CLOSED, status=Status.SPAM), retention) is rules[0]
    assert rule_of(replace(elsewhere, topic=TopicId("spendenangebot")), retention) is rules[2]
    assert rule_of(replace(elsewhere, rejected=True), retention) is rules[3]
    assert rule_of(elsewhere, retention) is None
