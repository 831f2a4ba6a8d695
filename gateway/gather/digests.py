"""The facts about a digest that is due."""

from datetime import datetime

from gateway.gather.world import World
from gateway.model.digest import DueDigest
from gateway.model.held import Held
from gateway.model.people import Agent
from gateway.model.ticket import TicketId
from gateway.policy.digest import LINES, DigestFacts, scope, wanted
from gateway.policy.facts import Fresh
from gateway.policy.rhythm import reported_since
from gateway.ports import Transaction

_MOST_HELD = 10


def gather_digest(
    transaction: Transaction,
    due: DueDigest,
    world: World,
    now: datetime,
    seed: bytes,
    *,
    back: bool = False,
) -> DigestFacts:
    """The lists, each looked up with its own end, and the agent's held mails.

    `back`: for an agent who was away.
    """
    agent, organisation = due.agent, world.organisation
    since = reported_since(agent.digest, due.since, now)
    seen = scope(agent, organisation)
    listings = {
        part: transaction.list_tickets(what, seen, LINES)
        for part, what in wanted(agent, since, now, back=back).items()
    }
    holders = {
        ticket.responsible
        for listing in listings.values()
        for ticket in listing.tickets
        if ticket.responsible is not None
    }
    return DigestFacts(
        due=due,
        now=now,
        since=since,
        fresh=Fresh(seed, TicketId(0), ""),
        organisation=organisation,
        listings=listings,
        agents=dict(transaction.agents_by_id(holders)) if holders else {},
        held=_held(transaction, agent, now),
    )


def _held(transaction: Transaction, agent: Agent, now: datetime) -> tuple[tuple[str, Held], ...]:
    found = [held for _, held in transaction.held_mails(agent.id, now)][:_MOST_HELD]
    return tuple((_number(transaction, held.ticket), held) for held in found)


def _number(transaction: Transaction, ticket: TicketId | None) -> str:
    about = transaction.ticket(ticket, lock=False) if ticket is not None else None
    return about.ticket.number if about is not None else ""
