"""Each mail that was accepted since some time, decided by two sets of rules; one at a time."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from gateway.gather import World
from gateway.model.envelope import QueueId
from gateway.model.refusal import Refusal
from gateway.pipeline import Pipeline, Tried
from gateway.replay.effect import Effect, effect_of
from gateway.store.arrivals import Arrivals, Arrived


@dataclass(frozen=True, slots=True)
class Replayed:
    """A mail, what the rules in force make of it, and what the others would."""

    queue_id: QueueId
    accepted_at: datetime
    number: str
    """The ticket that it went to; empty: to none."""
    department: str
    author: str
    """Empty where the mail or its ticket is confidential, as is the subject."""
    subject: str
    confidential: bool
    was: Effect
    would_be: Effect

    @property
    def differs(self) -> bool:
        """True when the other rules would make something else of it."""
        return self.was != self.would_be


def replay(
    arrivals: Arrivals, road: Pipeline, running: World, edited: World, since: datetime
) -> Iterator[Replayed | None]:
    """The mails in the order of their arrival; None for one that is no longer kept."""
    for arrived in arrivals.since(since):
        item = arrivals.message(arrived.queue_id)
        if item is None:
            yield None
            continue
        worlds = (running, edited)
        try:
            was, would_be = road.tried(item, worlds)
        except Refusal:  # gpg cannot be used now: what is closed is taken as closed
            was, would_be = replace(road, opener=None).tried(item, worlds)
        yield _replayed(arrived, item.accepted_at, was, would_be)


def _replayed(arrived: Arrived, at: datetime, was: Tried, would_be: Tried) -> Replayed:
    message = was.facts.message
    secret = (
        arrived.confidential
        or message.openpgp.encrypted
        or any(about.ticket.confidential for about in was.facts.tickets.values())
    )
    author = message.author.address if message.author else ""
    effects = effect_of(was), effect_of(would_be)
    if secret:
        effects = _nameless(effects[0], author), _nameless(effects[1], author)
    return Replayed(
        arrived.queue_id,
        at,
        arrived.number,
        arrived.department,
        "" if secret else author,
        "" if secret else message.subject,
        secret,
        *effects,
    )


def _nameless(effect: Effect, author: str) -> Effect:
    """The effect without the address of who wrote it."""
    mails = ((kind, "" if to == author else to) for kind, to in effect.mails)
    return replace(effect, mails=tuple(mails))
