"""Mail on its way as JSON objects (a contract, see the README)."""

from typing import Any

from gateway.store.inbound import InboundEntry
from gateway.store.outbox import OutboxEntry

QUEUE_COLUMNS = ("queue", "state", "id", "from", "to", "attempts", "next_attempt_at", "error")


def inbound_object(entry: InboundEntry) -> dict[str, Any]:
    """A message that was accepted."""
    return {
        "queue": "inbound",
        "state": entry.state,
        "id": entry.queue_id,
        "from": entry.mail_from or "<>",
        "to": ", ".join(entry.rcpt_to),
        "attempts": entry.attempts,
        "next_attempt_at": _when(entry.next_attempt_at),
        "error": entry.last_error or entry.reason or "",
        "message_id": entry.message_id,
        "size": entry.size,
        "created_at": entry.accepted_at.isoformat(),
    }


def outbox_object(entry: OutboxEntry) -> dict[str, Any]:
    """A mail on its way out."""
    return {
        "queue": "outbox",
        "state": entry.state,
        "id": str(entry.id),
        "from": entry.mail_from or "<>",
        "to": entry.rcpt_to,
        "attempts": entry.attempts,
        "next_attempt_at": _when(entry.next_attempt_at),
        "error": entry.last_error or "",
        "message_id": entry.message_id,
        "kind": entry.kind,
        "created_at": entry.created_at.isoformat(),
    }


def _when(moment: Any) -> str:  # noqa: ANN401  (a datetime; the beginning of time means now)
    return moment.isoformat() if moment and moment.year > 1970 else "now"
