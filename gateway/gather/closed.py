"""The facts about a mail in a ticket that could be opened after all."""

from dataclasses import replace
from datetime import datetime

from gateway.gather import audience
from gateway.gather.looking import Looking
from gateway.gather.world import World
from gateway.model.closed import ClosedEntry
from gateway.model.envelope import QueuedMessage
from gateway.model.message import Message
from gateway.policy.facts import Facts, Fresh, Proof, Trust
from gateway.ports import Transaction


def gather_opened(
    transaction: Transaction,
    closed: ClosedEntry,
    item: QueuedMessage,
    message: Message,
    world: World,
    now: datetime,
    seed: bytes,
) -> Facts | None:
    """The ticket, the mail as it reads now, and who may have to be told; None without a ticket."""
    looking = Looking(transaction, item, message, world, now, seed, reserve=True)
    about = looking.ticket(closed.ticket)
    if about is None:
        return None
    facts = Facts(
        queue_id=item.queue_id,
        envelope=item.envelope,
        peer=item.peer,
        message=looking.message,
        now=now,
        fresh=Fresh(seed, about.ticket.id, ""),
        organisation=looking.organisation,
        recipients=looking.recipients,
        trust=Trust(Proof.NONE, forged=False, reason="it was taken in before"),
        tickets=looking.tickets,
        members=audience.members(looking, None, None),
    )
    return replace(facts, agents=audience.agents(looking, {}))
