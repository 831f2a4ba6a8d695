"""An outgoing mail as bytes."""

from dataclasses import dataclass
from datetime import datetime

from gateway.model.seal import OPEN, Seal
from gateway.model.ticket import TicketId

KINDS = (
    "response",
    "notification",
    "receipt",
    "digest",
    "handover",
    "account",
    "account-news",
    "new-codes",
    "released",
    "proposal",
    "confirmation",
    "public-key",
    "automatic-answer",
    "rejection",
    "status-notice",
    "undeliverable",
    "proof-notice",
    "without-content",
)
"""Kinds of outgoing mail of our own words; the template of each is the file `KIND.txt`."""
RELAY = "relay"
"""The kind of mail that is passed on as it came."""


@dataclass(frozen=True, slots=True)
class Composed:
    """An outgoing mail as bytes: `head` of its own, then `tail`, shared by several mails.

    `tail` holds attachments (empty when there are none), so that ten notifications of one big
    mail are stored once. `mail_from` None is the null reverse-path.
    """

    message_id: str
    mail_from: str | None
    rcpt_to: str
    kind: str
    head: bytes
    tail: bytes = b""
    ticket: TicketId | None = None
    next_hop: str = ""
    not_before: datetime | None = None
    seal: Seal = OPEN
    """What is done to the bytes just before they leave."""
    confidential: bool = False
    """Nobody but its reader may read it, here too."""
