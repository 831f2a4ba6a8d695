"""Look-ups of mail: what came in, what went out, and which ticket it belongs to."""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Protocol

from gateway.model.envelope import QueuedMessage, QueueId
from gateway.model.ticket import Party, TicketId
from gateway.policy.facts import Duplicate, Reference, SentMail


class MailLookups(Protocol):
    """What was received and sent before."""

    def duplicate_of(self, message_id: str, digest: str, queue_id: QueueId) -> Duplicate | None:
        """The earlier message with this id and digest that was processed, or None."""
        ...

    def message_id_seen(self, message_id: str, queue_id: QueueId) -> bool:
        """True when another processed message carried this Message-ID."""
        ...

    def references(self, message_ids: Collection[str]) -> Mapping[str, Reference]:
        """The known ones of these Message-IDs (at most 100 are looked up)."""
        ...

    def party_by_token(self, token: str) -> Party | None:
        """Whose reply address carries this token (exact match)."""
        ...

    def form_ticket(self, signature: str) -> TicketId | None:
        """The ticket of the form with this signature (hex), or None."""
        ...

    def sent_mail(self, *, return_token: str = "", message_id: str = "") -> SentMail | None:
        """The outgoing mail with this token in its return path, or with this Message-ID."""
        ...

    def sent_contents(self, message_ids: Collection[str]) -> Sequence[bytes]:
        """The outgoing mails with these Message-IDs, their attachments left out."""
        ...

    def staying(self, message_ids: Collection[str], now: datetime) -> AbstractSet[str]:
        """Those of these outgoing mails that have not begun to leave; they are held back."""
        ...

    def message(self, queue_id: QueueId) -> QueuedMessage | None:
        """An accepted message, in whatever state it is; None when it is gone."""
        ...

    def receipt_key(self, message_id: str) -> str:
        """The key under which held mails and work are found by the Message-ID of the receipt."""
        ...

    def automatic_mails(self, address: str, kind: str | None, since: datetime) -> int:
        """How many automatic mails went to the address (folded) since; of one kind or all."""
        ...
