"""Messages that are read inside of a transaction, where gpg must not be waited for.

What needs it (for keys that it brings, too) is opened before: the transaction that finds out that
it does ends without effect, and is begun again when the message is open.
"""

from collections.abc import Mapping
from dataclasses import replace

from gateway.mail.brought import may_bring
from gateway.mail.opened import OpenedMail
from gateway.mail.parse import parse
from gateway.model.envelope import QueuedMessage
from gateway.model.message import Message

OpenedMails = Mapping[bytes, OpenedMail]
"""What was opened so far, by the octets that came."""


class NotOpened(Exception):  # noqa: N818  (a signal to the road, not an error)
    """A message that has to be opened first."""

    def __init__(self, raw: bytes, outside: Message) -> None:
        super().__init__("a message has to be opened before the transaction")
        self.raw = raw
        self.outside = outside


def read(item: QueuedMessage, opened: OpenedMails) -> tuple[QueuedMessage, Message]:
    """The item with its content, and what it says. Raises NotOpened."""
    if (found := opened.get(item.raw)) is None:
        message = parse(item.raw)
        if message.openpgp.is_there or may_bring(message):
            raise NotOpened(item.raw, message)
        return item, message
    return replace(item, opened=found.content), found.message
