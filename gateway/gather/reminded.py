"""The facts about a reminder whose time has come."""

from collections.abc import Mapping
from datetime import datetime

from gateway.gather import audience, fitting
from gateway.gather.looking import Looking
from gateway.gather.world import World
from gateway.model.envelope import Envelope, Peer, Protocol, QueuedMessage, QueueId
from gateway.model.message import Message
from gateway.model.people import Agent, AgentId, DepartmentId
from gateway.model.reminder import Reminder
from gateway.policy.facts import Facts, Fresh, Proof, Trust
from gateway.ports import Transaction

_ENTRIES = 20


def gather_reminder(
    transaction: Transaction, reminder: Reminder, world: World, now: datetime, seed: bytes
) -> Facts:
    """The ticket, and everybody who may have to be told; there is no message."""
    queue_id = QueueId(f"reminder-{reminder.id}")
    peer = Peer("", "", Protocol.LMTP)
    item = QueuedMessage(queue_id, Envelope(None, ()), peer, now, b"")
    looking = Looking(transaction, item, Message("", ""), world, now, seed, reserve=True)
    about = looking.ticket(reminder.ticket, _ENTRIES)
    if about is None:
        raise LookupError(f"reminder {reminder.id} is of ticket {reminder.ticket}, which is gone")
    members = audience.members(looking, None, None)
    return Facts(
        queue_id=queue_id,
        envelope=item.envelope,
        peer=peer,
        message=looking.message,
        now=now,
        fresh=Fresh(seed, about.ticket.id, ""),
        organisation=looking.organisation,
        recipients=(),
        trust=Trust(Proof.NONE, forged=False, reason="the gateway itself"),
        tickets=looking.tickets,
        agents=_agents(looking, reminder),
        members=members,
        matching=fitting.matching(looking, None, None, _readers(members, looking)),
    )


def _readers(members: Mapping[DepartmentId, tuple[Agent, ...]], looking: Looking) -> set[Agent]:
    workers = {person for about in looking.tickets.values() for person in about.workers}
    return workers.union(*members.values())


def _agents(looking: Looking, reminder: Reminder) -> dict[AgentId, Agent]:
    found = audience.agents(looking, {})
    if reminder.agent is not None and reminder.agent not in found:
        found |= looking.transaction.agents_by_id([reminder.agent])
    return found
