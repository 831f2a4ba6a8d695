"""One message while the world is looked at for it. Each ticket is read once."""

from datetime import datetime

from gateway.gather.world import World
from gateway.mail.automatic import null_reverse_path
from gateway.model.envelope import QueuedMessage
from gateway.model.message import Message
from gateway.model.organisation import Address, AddressKind, Organisation
from gateway.model.refusal import UnknownRecipient
from gateway.model.ticket import TicketId
from gateway.policy.facts import Recipient, TicketFacts
from gateway.policy.recipients import resolve
from gateway.ports import Transaction


class Looking:
    """The message, the transaction it is looked up in, and the tickets found so far.

    `reserve` false: nothing is locked and no number held (`gateway explain`).
    """

    def __init__(
        self,
        transaction: Transaction,
        item: QueuedMessage,
        message: Message,
        world: World,
        now: datetime,
        seed: bytes,
        reserve: bool,
    ) -> None:
        self.transaction = transaction
        self.item = item
        # Only machines send from <>, whatever the header says (RFC 5321 section 4.5.5).
        has_sender = item.envelope.mail_from is not None
        self.message = message if has_sender else null_reverse_path(message)
        self.world = world
        self.organisation = world.organisation
        self.now = now
        self.seed = seed
        self.reserve = reserve
        self.tickets: dict[TicketId, TicketFacts] = {}
        self.recipients = tuple(
            _recipient(rcpt_to, self.organisation) for rcpt_to in item.envelope.rcpt_to
        )

    def ticket(self, ticket: TicketId, entries: int = 0) -> TicketFacts | None:
        """The ticket, read (and locked) once; again when its last `entries` are wanted."""
        if ticket not in self.tickets or entries:
            about = self.transaction.ticket(ticket, lock=self.reserve, entries=entries)
            if about is None:
                return None
            self.tickets[ticket] = about
        return self.tickets[ticket]


def _recipient(rcpt_to: str, organisation: Organisation) -> Recipient:
    """The declared address; one that the rules declared no longer is the postmaster's.

    The message was accepted when they did, and what has got its 250 is never lost.
    """
    try:
        return resolve(rcpt_to, organisation)
    except UnknownRecipient:
        return Recipient(Address(rcpt_to, AddressKind.PUBLIC, organisation.postmaster), "")
