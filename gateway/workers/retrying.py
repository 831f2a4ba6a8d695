"""When an outgoing mail is tried again, and how long a host that is down is left alone."""

from datetime import datetime, timedelta
from typing import assert_never

import structlog

from gateway.mail.backoff import next_delivery, pause
from gateway.mail.nameless import nameless
from gateway.model.delivery import Deferred, Delivered, DeliveryOutcome, Failed
from gateway.model.outbox import GivenUp, OutboxMail, Sent, Settled, TryAgain

log = structlog.get_logger()


class Retrying:
    """Turns outcomes into what is written, and remembers whether the smarthost is up.

    Only the smarthost stops everything when it is down. The next hop of a relay address that is
    down delays its own mail alone.
    """

    def __init__(self, give_up_after: timedelta) -> None:
        self._give_up_after = give_up_after
        self._failures = 0
        self._paused_until: datetime | None = None

    def is_paused(self, now: datetime) -> bool:
        """True while the smarthost is left alone."""
        return self._paused_until is not None and now < self._paused_until

    def most(self, usual: int) -> int:
        """How many mails may be under way: one, until a host that was down has taken it."""
        return 1 if self._failures else usual

    def note(self, mail: OutboxMail, outcome: DeliveryOutcome, now: datetime) -> None:
        """One answer means that the host is up; none, after a pause, doubles the next pause."""
        if mail.next_hop or (isinstance(outcome, Deferred) and outcome.here):
            return
        if not (isinstance(outcome, Deferred) and outcome.host_down):
            self._failures, self._paused_until = 0, None
        elif not self.is_paused(now):
            self._failures += 1
            self._paused_until = now + pause(self._failures)
            reason = nameless(outcome.reason, mail.rcpt_to, mail.mail_from or "")
            log.warning("smarthost down", until=self._paused_until.isoformat(), reason=reason)

    def how(self, mail: OutboxMail, outcome: DeliveryOutcome, now: datetime) -> Settled:
        """What to write."""
        match outcome:
            case Delivered():
                return Sent()
            case Failed(reason, _, unsealed):
                return GivenUp(reason, unsealed)
            case Deferred(reason) if now - mail.created_at > self._give_up_after:
                return GivenUp(f"given up after {self._give_up_after}: {reason}")
            case Deferred(reason, host_down=True) if not mail.next_hop:
                return TryAgain(self._paused_until or now + pause(1), reason)
            case Deferred(reason):
                return TryAgain(next_delivery(mail.attempts, now), reason)
            case _:
                assert_never(outcome)
