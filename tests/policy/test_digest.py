"""When digests are due, and what they say."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from agents_values import ANNA, BEN, ticket
from policy_facts import organisation

from gateway.model.digest import DueDigest
from gateway.model.held import Guard, Held, HeldId
from gateway.model.list_changes import ListLines
from gateway.model.notice_changes import SetDigest
from gateway.model.outgoing import Digest, HeldLine
from gateway.model.people import DepartmentId, NotifyChoice, Rhythm
from gateway.model.ticket import TicketId
from gateway.policy.digest import DigestFacts, Part, digest, is_due, reschedule, scope, too_far
from gateway.policy.facts import Fresh, Listing
from gateway.policy.rhythm import next_digest, reported_since
from gateway.policy.routes import list_of

BERLIN = ZoneInfo("Europe/Berlin")
RULES = organisation()
DAY = timedelta(days=1)
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
READER = replace(ANNA, digest=Rhythm.DAILY)
NOTHING = dict.fromkeys(Part, Listing((), 0))


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


@pytest.mark.parametrize(
    ("rhythm", "now", "due"),
    [
        (Rhythm.DAILY, "2026-11-24 06:59", "2026-11-24 07:00"),
        (Rhythm.DAILY, "2026-11-24 07:00", "2026-11-25 07:00"),
        (Rhythm.DAILY, "2026-12-31 23:00", "2027-01-01 07:00"),
        (Rhythm.DAILY, "2026-03-28 12:00", "2026-03-29 07:00"),  # the clocks go forward
        (Rhythm.DAILY, "2026-10-24 12:00", "2026-10-25 07:00"),  # and back
        (Rhythm.WEEKLY, "2026-11-23 06:00", "2026-11-23 07:00"),  # a Monday
        (Rhythm.WEEKLY, "2026-11-23 08:00", "2026-11-30 07:00"),
        (Rhythm.WEEKLY, "2026-11-29 23:59", "2026-11-30 07:00"),
    ],
)
def test_the_next_one_is_at_the_hour_of_the_clocks(rhythm: Rhythm, now: str, due: str) -> None:
    assert next_digest(rhythm, local(now), RULES) == local(due)


def test_an_hour_that_does_not_exist_is_none_that_hangs() -> None:
    rules = replace(RULES, digest_clock=time(2, 30))
    now = local("2026-03-28 12:00")
    found = next_digest(Rhythm.DAILY, now, rules)
    assert found is not None
    assert timedelta(0) < found - now < DAY
    again = next_digest(Rhythm.DAILY, found, rules)
    assert again is not None
    assert again > found


def test_it_follows_from_the_present_alone() -> None:
    for late in (timedelta(0), 7 * DAY, 400 * DAY):
        found = next_digest(Rhythm.DAILY, NOW + late, RULES)
        assert found is not None
        assert NOW + late < found <= NOW + late + DAY
    assert next_digest(Rhythm.OFF, NOW, RULES) is None


def test_news_are_told_since_the_last_one() -> None:
    assert reported_since(Rhythm.DAILY, NOW - 3 * DAY, NOW) == NOW - 3 * DAY
    assert reported_since(Rhythm.DAILY, None, NOW) == NOW - DAY
    assert reported_since(Rhythm.WEEKLY, NOW + DAY, NOW) == NOW - 7 * DAY


def test_one_that_is_due_too_far_away_is_written_anew_and_nothing_is_sent() -> None:
    due = DueDigest(READER, NOW + 300 * DAY, NOW + 299 * DAY)
    assert due.at is not None
    assert due.at > too_far(NOW)
    assert not is_due(due, NOW)
    assert reschedule(due, NOW, RULES) == SetDigest(
        ANNA.id, Rhythm.DAILY, local("2026-11-25 07:00"), NOW
    )


def facts(**changes: object) -> DigestFacts:
    due = DueDigest(READER, NOW, NOW - DAY)
    fresh = Fresh(b"s" * 32, TicketId(0), "")
    whole = DigestFacts(due, NOW, NOW - DAY, fresh, RULES, NOTHING, {BEN.id: BEN})
    return replace(whole, **changes)  # type: ignore[arg-type]


def listing(*numbers: str, total: int = 0) -> Listing:
    tickets = tuple(ticket(number=number).ticket for number in numbers)
    return Listing(tickets, total or len(tickets))


def test_there_is_none_when_there_is_nothing_to_tell() -> None:
    decision = digest(facts())
    assert decision.outgoing == ()
    assert decision.changes == (SetDigest(ANNA.id, Rhythm.DAILY, local("2026-11-25 07:00"), NOW),)


def test_its_lines_are_numbered_through_and_can_be_answered() -> None:
    found = NOTHING | {
        Part.NEW: listing("1001", "1002", total=40),
        Part.WAITING: listing("1003"),
    }
    decision = digest(facts(listings=found))
    (mail,) = decision.outgoing
    assert isinstance(mail, Digest)
    assert [(each.first, len(each.lines), each.total) for each in mail.lists] == [
        (1, 2, 40),
        (3, 1, 1),
    ]
    assert [str(count) for count in mail.counts] == ["40 new", "1 waiting"]
    lines = [change for change in decision.changes if isinstance(change, ListLines)]
    assert lines == [
        ListLines(mail.route.message_id, ANNA.id, tuple(map(TicketId, (1001, 1002, 1003))))
    ]
    assert mail.route.to == ANNA.mailbox
    assert mail.route.return_path is None
    assert mail.route.auto_submitted == "auto-generated"
    assert list_of(mail.route.reply_to.partition("@")[0].partition("+")[2], RULES) == (
        mail.route.message_id
    )


def test_mails_that_wait_for_a_word_are_named() -> None:
    held = Held(HeldId(1), ANNA.id, "q", "plan", frozenset({Guard.MANY}), NOW + DAY)
    decision = digest(facts(held=(("1042", held),)))
    (mail,) = decision.outgoing
    assert isinstance(mail, Digest)
    assert mail.held == (HeldLine("1042", NOW + DAY),)
    assert mail.lists == ()


def test_it_looks_at_departments_whose_news_the_agent_wants() -> None:
    for choice, seen in (
        (NotifyChoice.ALL, True),
        (NotifyChoice.DIGEST, True),
        (NotifyChoice.MINE, False),
        (NotifyChoice.NONE, False),
    ):
        agent = replace(READER, choices=frozenset({(DepartmentId("berlin"), choice)}))
        departments = scope(agent, RULES).departments
        assert (DepartmentId("berlin") in departments) is seen
        assert DepartmentId("abgelehnt-berlin") not in departments
        assert DepartmentId("muenchen") not in departments
