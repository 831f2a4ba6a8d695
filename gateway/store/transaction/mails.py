"""`ports.mails` on a connection."""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

from sqlalchemy import Connection

from gateway.model.envelope import QueuedMessage, QueueId
from gateway.model.ticket import Party, TicketId
from gateway.policy.facts import Duplicate, Reference, SentMail
from gateway.store import (
    inbound,
    lookups,
    outbox,
    record_form,
    record_held,
)
from gateway.store.transaction.part import Part
from gateway.store.types import key


class SqlMailLookups(Part):
    """What was received and sent before."""

    def __init__(self, connection: Connection, *, write: bool) -> None:
        super().__init__(connection, write=write)
        self._earlier: dict[tuple[str, str], Duplicate] = {}

    def duplicate_of(self, message_id: str, digest: str, queue_id: QueueId) -> Duplicate | None:
        """The earlier message with this id and digest that was processed, or None."""
        found = lookups.duplicate_of(
            self._connection, message_id, digest, queue_id, lock=self._write
        )
        if found is not None:
            self._earlier[message_id, digest] = found
        return found

    def message_id_seen(self, message_id: str, queue_id: QueueId) -> bool:
        """True when another processed message carried this Message-ID."""
        return lookups.message_id_seen(self._connection, message_id, queue_id)

    def references(self, message_ids: Collection[str]) -> Mapping[str, Reference]:
        """The known ones of these Message-IDs (at most 100 are looked up)."""
        return lookups.references(self._connection, message_ids)

    def party_by_token(self, token: str) -> Party | None:
        """Whose reply address carries this token (exact match)."""
        return lookups.party_by_token(self._connection, token)

    def form_ticket(self, signature: str) -> TicketId | None:
        """The ticket of the form with this signature (hex), or None."""
        return record_form.ticket_of(self._connection, signature)

    def sent_mail(self, *, return_token: str = "", message_id: str = "") -> SentMail | None:
        """The outgoing mail with this token in its return path, or with this Message-ID."""
        return lookups.sent_mail(self._connection, return_token, message_id)

    def sent_contents(self, message_ids: Collection[str]) -> Sequence[bytes]:
        """The outgoing mails with these Message-IDs, their attachments left out."""
        return outbox.sent_contents(self._connection, message_ids)

    def staying(self, message_ids: Collection[str], now: datetime) -> AbstractSet[str]:
        """Those of these outgoing mails that have not begun to leave."""
        return record_held.staying(self._connection, message_ids, now)

    def message(self, queue_id: QueueId) -> QueuedMessage | None:
        """An accepted message, in whatever state it is."""
        return inbound.message_of(self._connection, queue_id)

    def receipt_key(self, message_id: str) -> str:
        """The key under which held mails and work are found."""
        return key(message_id)

    def automatic_mails(self, address: str, kind: str | None, since: datetime) -> int:
        """How many automatic mails went to the address (folded) since; of one kind or all."""
        return lookups.automatic_mails(self._connection, address, kind, since)
