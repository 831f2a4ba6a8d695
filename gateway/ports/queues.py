"""The two queues, as their loops use them."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from typing import Protocol

from gateway.model.envelope import QueuedMessage, QueueId
from gateway.model.outbox import OutboxId, OutboxMail, Settled


class InboundQueue(Protocol):
    """The queue of accepted messages, as the processing loop uses it."""

    def claim(self, node: str, limit: int, now: datetime, lease: timedelta) -> list[QueuedMessage]:
        """Messages that are this node's until `now + lease`, in order of arrival."""
        ...

    def renew(self, node: str, now: datetime, lease: timedelta) -> AbstractSet[QueueId]:
        """Prolong what this node still holds, and say what that is."""
        ...

    def release(self, node: str, *, counted: bool = True) -> int:
        """Give back all that this node holds; not `counted`: it was not begun."""
        ...

    def postpone(
        self, queue_id: QueueId, until: datetime, error: str, *, counted: bool = True
    ) -> None:
        """Try the message again at `until`; not `counted`: the attempt was not its fault."""
        ...

    def quarantine(self, queue_id: QueueId, reason: str, now: datetime) -> None:
        """Keep the message for a person; it is not tried again."""
        ...


class OutboxQueue(Protocol):
    """The outbox, as the delivering loop uses it."""

    def claim(self, node: str, limit: int, now: datetime, lease: timedelta) -> list[OutboxMail]:
        """Mails that are this node's until `now + lease`, in order of writing."""
        ...

    def renew(self, node: str, now: datetime, lease: timedelta) -> AbstractSet[OutboxId]:
        """Prolong what this node still holds, and say what that is."""
        ...

    def settle(
        self,
        results: Sequence[tuple[OutboxId, Settled]],
        now: datetime,
        *,
        node: str | None = None,
    ) -> None:
        """Write how the attempts ended, all in one commit.

        What a `node` that lost its lease says of a mail counts only if the mail was sent.
        """
        ...
