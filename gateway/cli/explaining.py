"""A mail from a file as a message that was just accepted, for `gateway explain`."""

from collections.abc import Sequence
from datetime import UTC, datetime

from gateway.cli.shared import MistakeError
from gateway.mail.parse import parse
from gateway.model.envelope import Envelope, Peer, Protocol, QueuedMessage, QueueId
from gateway.model.organisation import Organisation
from gateway.policy.recipients import is_ours


def item_of(
    raw: bytes, to: Sequence[str], mail_from: str | None, organisation: Organisation
) -> QueuedMessage:
    """The message as if it came from this machine now.

    Without `to`, the recipients are the addresses of ours in To and Cc; without `mail_from`, the
    sender is the author.
    """
    message = parse(raw)
    wanted = to or [box.address for box in (*message.to, *message.cc)]
    recipients = tuple(address for address in wanted if is_ours(address, organisation))
    if not recipients:
        raise MistakeError(
            "No recipient is an address of the organisation: the server would refuse this mail"
            " with 550 5.1.1. Name one with --to."
        )
    author = message.author.address if message.author else None
    sender = mail_from if mail_from is not None else author
    envelope = Envelope(None if sender in (None, "", "<>") else sender, recipients)
    return QueuedMessage(
        QueueId("explain"),
        envelope,
        Peer("127.0.0.1", "localhost", Protocol.ESMTP),
        datetime.now(UTC),
        raw,
    )
