"""When to try again, as a table.

Outgoing mail: after 1, 5, 15 and 30 minutes, 1 and 2 hours, then every 4 hours, until it is given
up (RFC 5321 section 4.5.4.1 asks for at least 30 minutes once the first tries have failed).
Processing of a received message: after 10 seconds and after 1 minute, then it is quarantined.
A smarthost that is down: after 5 seconds, then twice as long each time, at most 5 minutes.
"""

from datetime import datetime, timedelta

_DELIVERY_MINUTES = (1, 5, 15, 30, 60, 120, 240)
_PROCESSING_SECONDS = (10, 60)

PROCESSING_ATTEMPTS = 3
"""A message that fails so often is poison: it is kept for the operator, and others go on."""


def next_delivery(attempts: int, now: datetime) -> datetime:
    """When an outgoing mail is tried again after `attempts` (from 1) failures."""
    place = min(max(attempts, 1), len(_DELIVERY_MINUTES)) - 1
    return now + timedelta(minutes=_DELIVERY_MINUTES[place])


def next_processing(attempts: int, now: datetime) -> datetime:
    """When a received message is processed again after `attempts` (from 1) failures."""
    place = min(max(attempts, 1), len(_PROCESSING_SECONDS)) - 1
    return now + timedelta(seconds=_PROCESSING_SECONDS[place])


def pause(failures: int) -> timedelta:
    """How long a host that is down is left alone after `failures` (from 1) in a row."""
    return timedelta(seconds=min(5 * 2 ** min(max(failures, 1) - 1, 10), 300))
