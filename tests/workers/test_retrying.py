from datetime import UTC, datetime, timedelta

from gateway.model.delivery import Deferred, Delivered
from gateway.model.outbox import GivenUp, OutboxId, OutboxMail, TryAgain
from gateway.workers.retrying import Retrying

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DOWN = Deferred("refused", host_down=True)


def mail(next_hop: str = "", age: timedelta = timedelta(0)) -> OutboxMail:
    return OutboxMail(
        OutboxId(1), "m@x", "response", None, "a@x", b"", next_hop, None, 1, NOW - age
    )


def test_fifty_mails_that_find_the_host_down_make_one_pause():
    retrying = Retrying(timedelta(days=5))
    for _ in range(50):
        retrying.note(mail(), DOWN, NOW)
    assert retrying.is_paused(NOW + 4 * SECOND)
    assert not retrying.is_paused(NOW + 5 * SECOND)


def test_a_host_that_was_down_gets_one_mail_first_and_then_all():
    retrying = Retrying(timedelta(days=5))
    assert retrying.most(50) == 50
    retrying.note(mail(), DOWN, NOW)
    assert retrying.most(50) == 1
    retrying.note(mail(), DOWN, NOW + 5 * SECOND)
    assert retrying.is_paused(NOW + 14 * SECOND)
    retrying.note(mail(), Delivered(), NOW + 15 * SECOND)
    assert (retrying.most(50), retrying.is_paused(NOW + 15 * SECOND)) == (50, False)


def test_a_mail_that_found_the_host_down_is_never_tried_at_once():
    retrying = Retrying(timedelta(days=5))
    retrying.note(mail(), DOWN, NOW)
    retrying.note(mail(), Delivered(), NOW)
    found = retrying.how(mail(), DOWN, NOW)
    assert isinstance(found, TryAgain)
    assert found.until > NOW


def test_after_five_days_a_mail_is_given_up():
    retrying = Retrying(timedelta(days=5))
    assert isinstance(retrying.how(mail(age=timedelta(days=6)), DOWN, NOW), GivenUp)
