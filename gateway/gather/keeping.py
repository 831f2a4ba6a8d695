"""The facts about an account whose time has come, or whose agent is gone."""

from collections.abc import Iterable
from datetime import datetime

from gateway.gather import audience
from gateway.gather.looking import Looking
from gateway.gather.world import World
from gateway.model.account import Account
from gateway.model.envelope import Envelope, Peer, Protocol, QueuedMessage, QueueId
from gateway.model.message import Message
from gateway.model.organisation import Organisation
from gateway.model.outgoing import AccountEvent
from gateway.model.people import AgentId
from gateway.model.ticket import TicketId
from gateway.policy.facts import Facts, Fresh, Proof, Trust
from gateway.policy.inactivity import Step
from gateway.policy.releasing import out_of_reach
from gateway.ports import Transaction

AT_ONCE = 50
"""Tickets that are released in one transaction."""
LOOKED_AT = 500


def gather_keeping(
    transaction: Transaction,
    account: Account,
    tickets: Iterable[TicketId],
    world: World,
    now: datetime,
    seed: bytes,
) -> Facts:
    """These tickets, and everybody who may have to be told of them; there is no message."""
    queue_id = QueueId(f"account-{account.agent.id}")
    item = QueuedMessage(queue_id, Envelope(None, ()), Peer("", "", Protocol.LMTP), now, b"")
    looking = Looking(transaction, item, Message("", ""), world, now, seed, reserve=True)
    for ticket in list(tickets)[:AT_ONCE]:
        looking.ticket(ticket)
    return Facts(
        queue_id=queue_id,
        envelope=item.envelope,
        peer=item.peer,
        message=looking.message,
        now=now,
        fresh=Fresh(seed, TicketId(0), ""),
        organisation=looking.organisation,
        recipients=(),
        trust=Trust(Proof.NONE, forged=False, reason="the gateway itself"),
        tickets=looking.tickets,
        members=audience.members(looking, None, None),
    )


def taken(transaction: Transaction, step: Step, organisation: Organisation) -> list[TicketId]:
    """The first tickets in departments that the step takes from their responsible agent."""
    if step.event is not AccountEvent.NARROWED:
        return []
    work = transaction.work_of(step.agent.id, LOOKED_AT)
    return list(out_of_reach(work, step.agent, organisation))


def work_of(transaction: Transaction, agent: AgentId) -> list[TicketId]:
    """The first open tickets that the agent is responsible for."""
    return [ticket for ticket, _ in transaction.work_of(agent, AT_ONCE)]
