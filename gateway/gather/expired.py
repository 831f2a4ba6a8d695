"""The facts about a held mail whose time to be answered is over."""

from datetime import datetime

from gateway.gather.looking import Looking
from gateway.gather.world import World
from gateway.mail.parse import parse
from gateway.model.envelope import Envelope, Peer, Protocol, QueuedMessage, QueueId
from gateway.model.held import Held
from gateway.model.people import AgentState
from gateway.model.ticket import TicketId
from gateway.policy.facts import Facts, Fresh, Proof, Trust
from gateway.ports import Transaction


def gather_expired(
    transaction: Transaction, held: Held, world: World, now: datetime, seed: bytes
) -> Facts:
    """The mail that was held, its ticket, and its agent, where they are still there to be told."""
    queue_id = QueueId(f"held-{held.id}")
    peer = Peer("", "", Protocol.LMTP)
    source = transaction.message(QueueId(held.queue_id))
    item = QueuedMessage(queue_id, Envelope(None, ()), peer, now, source.raw if source else b"")
    looking = Looking(transaction, item, parse(item.raw), world, now, seed, reserve=True)
    if held.ticket is not None:
        looking.ticket(held.ticket)
    agent = transaction.agents_by_id([held.agent]).get(held.agent)
    is_there = agent is not None and agent.state is AgentState.ACTIVE
    return Facts(
        queue_id=queue_id,
        envelope=item.envelope,
        peer=peer,
        message=looking.message,
        now=now,
        fresh=Fresh(seed, TicketId(0), ""),
        organisation=looking.organisation,
        recipients=(),
        trust=Trust(Proof.NONE, forged=False, reason="the gateway itself"),
        author_agent=agent if is_there else None,
        tickets=looking.tickets,
        held=held,
    )
