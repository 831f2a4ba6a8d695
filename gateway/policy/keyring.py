"""What a mail changes in the keys that are known: of requesters, and of agents."""

from collections.abc import Iterator

from gateway.model.changes import Change
from gateway.model.decision import Decision, Outcome
from gateway.model.key_changes import ForgetOpeningKey, RenewPinned
from gateway.policy.bringing import brings, told
from gateway.policy.facts import Facts
from gateway.policy.said import event
from gateway.policy.secrecy import came_encrypted


def kept(facts: Facts, decision: Decision) -> tuple[Change, ...]:
    """What the decision adds to the keys that are known, and to the thread of its ticket."""
    more: tuple[Change, ...] = (*_renewed_pins(facts), *_doubted(facts, decision))
    ticket = decision.ticket
    if ticket is None or decision.outcome not in (Outcome.ENTRY, Outcome.REJECTED):
        return more
    found = brings(facts)
    what = told(facts, found)
    news = (event(ticket, what),) if what is not None and not found.again else ()
    return (*found.changes, *news, *more)


def _doubted(facts: Facts, decision: Decision) -> Iterator[ForgetOpeningKey]:
    """A ticket in which encrypted words stand now that need not be by who has its opening key."""
    about = facts.tickets.get(decision.ticket) if decision.ticket is not None else None
    if about is None or not came_encrypted(facts) or facts.author_agent is not None:
        return
    brought = {each.key.fingerprint for each in facts.message.keys}
    if about.ticket.came_with and about.ticket.came_with not in brought:
        yield ForgetOpeningKey(about.ticket.id)


def _renewed_pins(facts: Facts) -> Iterator[RenewPinned]:
    """An agent's key as it came now: only who has its secret half can have changed it."""
    if facts.trust.forged or facts.author_agent is None:
        return
    pinned = {each.fingerprint: each for each in facts.own_pins}
    for found in facts.message.keys:
        pin = pinned.get(found.key.fingerprint)
        if pin is not None and pin.key != found.key:
            yield RenewPinned(facts.author_agent.id, found.key, facts.now)
