"""What the wire said about a message: envelope and peer (RFC 5321 section 2.3)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from gateway.model.authentication import Authentication

QueueId = NewType("QueueId", str)
"""Name of one accepted message in every log line, reply and table: short, unique, ASCII."""


def arrived_at(moment: datetime) -> str:
    """What the names of messages begin with that arrive at this moment: they sort by time."""
    return f"{int(moment.timestamp() * 1_000_000):x}"


class Protocol(StrEnum):
    """The `with` clause of a Received field (RFC 3848)."""

    SMTP = "SMTP"
    ESMTP = "ESMTP"
    ESMTPS = "ESMTPS"
    ESMTPSA = "ESMTPSA"
    LMTP = "LMTP"


@dataclass(frozen=True, slots=True)
class Peer:
    """Who handed the message over: IP address (`""` for the unix socket), HELO name, protocol.

    `login` is the folded address of the agent who logged in to send it; empty for everybody else.
    """

    ip: str
    helo: str
    protocol: Protocol
    login: str = ""


@dataclass(frozen=True, slots=True)
class Envelope:
    """MAIL FROM and RCPT TO. `mail_from` is None for the null reverse-path `<>`."""

    mail_from: str | None
    rcpt_to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QueuedMessage:
    """One accepted message: the exact bytes between DATA and the final dot, CRLF line ends.

    `attempts` counts how often processing was begun, this time included. `authentication` is what
    the gateway itself found about its sender; None where it did not look. `opened` is the plain
    mail that came out of one with OpenPGP in it.
    """

    queue_id: QueueId
    envelope: Envelope
    peer: Peer
    accepted_at: datetime
    raw: bytes
    attempts: int = 1
    authentication: Authentication | None = None
    opened: bytes | None = None
    released: bool = False
    """The operator took it out of quarantine."""

    @property
    def content(self) -> bytes:
        """What is read: the plain mail. Its parts are what attachments are numbered by."""
        return self.raw if self.opened is None else self.opened
