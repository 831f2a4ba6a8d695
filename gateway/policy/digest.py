"""The digest of an agent: what there is to know and to do, in one mail.

It has what the agent is not told at once, and what waits for them: late tickets, new ones, changed
ones that nobody is responsible for, their own, the waiting list, and mails of theirs that are held.
Of departments for which they chose `mine` or `none` it has only their own tickets.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.model.address import Mailbox
from gateway.model.answers import TicketLine, TicketList
from gateway.model.decision import Decision, Outcome
from gateway.model.digest import DueDigest
from gateway.model.held import Held
from gateway.model.list_changes import ListLines
from gateway.model.notice_changes import SetDigest
from gateway.model.organisation import Organisation
from gateway.model.outgoing import Digest, HeldLine
from gateway.model.people import Agent, AgentId, NotifyChoice
from gateway.model.query import (
    ChangedSince,
    Condition,
    CreatedSince,
    Criterion,
    HeldBy,
    Late,
    Order,
    Scope,
    StatusIs,
    Wanted,
)
from gateway.model.route import Route
from gateway.model.text import Text, say
from gateway.model.ticket import Status
from gateway.policy.choices import listened
from gateway.policy.facts import Fresh, Listing
from gateway.policy.query.condition import LATE_AFTER, OPEN
from gateway.policy.rhythm import LONGEST, next_digest
from gateway.policy.routes import AUTO_GENERATED, as_list

LINES = 15
"""Most lines of one list."""


class Part(StrEnum):
    """The lists of a digest, in their order; what is urgent comes first."""

    NEWS = "news"  # only for who was away
    LATE = "late"
    NEW = "new"
    CHANGED = "changed"
    MINE = "mine"
    WAITING = "waiting"


_TITLES: Mapping[Part, Text] = {
    Part.NEWS: say("My tickets with news"),
    Part.LATE: say(
        "Late: due, or the requester waits for an answer for more than %(days)s days",
        days=LATE_AFTER.days,
    ),
    Part.NEW: say("New tickets"),
    Part.CHANGED: say("Changed, and nobody is responsible"),
    Part.MINE: say("My tickets"),
    Part.WAITING: say("Waiting list, oldest first"),
}

_ALL_BY: Mapping[Part, Text] = {
    Part.NEWS: say("!list mine"),
    Part.LATE: say("!list late"),
    Part.NEW: say("!list sort:new"),
    Part.CHANGED: say("!list free"),
    Part.MINE: say("!list mine"),
    Part.WAITING: say("!list waiting"),
}
_COUNTS: Mapping[Part, Text] = {
    Part.NEWS: say("%(count)s of mine with news"),
    Part.LATE: say("%(count)s late"),
    Part.NEW: say("%(count)s new"),
    Part.CHANGED: say("%(count)s changed"),
    Part.MINE: say("%(count)s of mine"),
    Part.WAITING: say("%(count)s waiting"),
}


@dataclass(frozen=True, slots=True)
class DigestFacts:
    """What a digest is made of. `since` is the moment from which it tells news."""

    due: DueDigest
    now: datetime
    since: datetime
    fresh: Fresh
    organisation: Organisation
    listings: Mapping[Part, Listing]
    agents: Mapping[AgentId, Agent]
    held: tuple[tuple[str, Held], ...] = ()
    """The agent's held mails by the number of their ticket, which is empty where there is none."""


def is_due(due: DueDigest, now: datetime) -> bool:
    """True when it is time; false for one that only needs its next time written."""
    return due.at is not None and due.at <= now


def too_far(now: datetime) -> datetime:
    """What is due after this was written by a clock that went wrong."""
    return now + LONGEST


def scope(agent: Agent, organisation: Organisation) -> Scope:
    """What a digest looks at: departments that the agent listens to, and their own tickets."""
    told = (NotifyChoice.ALL, NotifyChoice.DIGEST)
    departments = listened(agent, organisation)
    return Scope(frozenset(d.id for d in departments if agent.choice(d.id) in told), agent.id)


def wanted(
    agent: Agent, since: datetime, now: datetime, *, back: bool = False
) -> Mapping[Part, Wanted]:
    """What is looked up for each list; `back`: for who was away."""
    new = CreatedSince(since)
    news = _all(Order.CHANGED_LAST, ChangedSince(since), HeldBy(agent.id))
    found = {
        Part.LATE: _all(Order.CHANGED_FIRST, Late(now, now - LATE_AFTER)),
        # A new ticket was changed since too, which is what there is an index for.
        Part.NEW: _all(Order.CHANGED_FIRST, ChangedSince(since), new),
        Part.CHANGED: Wanted(
            OPEN,
            (
                (Criterion(ChangedSince(since)),),
                (Criterion(HeldBy(None)),),
                (Criterion(new, negated=True),),
            ),
        ),
        Part.MINE: _all(Order.CHANGED_FIRST, HeldBy(agent.id)),
        Part.WAITING: _all(Order.WAITING, StatusIs(frozenset({Status.ON_WAITING}))),
    }
    return {Part.NEWS: news, **found} if back else found


def _all(order: Order, *conditions: Condition) -> Wanted:
    return Wanted(OPEN, tuple((Criterion(each),) for each in conditions), order)


def reschedule(due: DueDigest, now: datetime, organisation: Organisation) -> SetDigest:
    """The next time, where none or an impossible one is written; nothing is sent."""
    agent = due.agent
    since = due.since if due.since is not None and due.since <= now else now
    return SetDigest(agent.id, agent.digest, next_digest(agent.digest, now, organisation), since)


def digest(facts: DigestFacts) -> Decision:
    """The mail, unless there is nothing to tell; when the next one is due, in any case."""
    agent = facts.due.agent
    at = next_digest(agent.digest, facts.now, facts.organisation)
    again = SetDigest(agent.id, agent.digest, at, facts.now)
    reason = f"digest of {agent.handle}"
    if agent.is_away(facts.now):  # they get it all when they are back
        again = SetDigest(agent.id, agent.digest, at, facts.due.since)
        return Decision(Outcome.COMMAND, f"{reason}: away", (again,))
    mail, lines = news_of(facts)
    if not mail.lists and not mail.held:
        return Decision(Outcome.COMMAND, f"{reason}: nothing to tell", (again,))
    return Decision(Outcome.COMMAND, reason, (again, *lines), (mail,))


def news_of(facts: DigestFacts) -> tuple[Digest, tuple[ListLines, ...]]:
    """The mail, also where there is nothing to tell, and what makes its lines answerable."""
    agent, organisation = facts.due.agent, facts.organisation
    lists = _lists(facts)
    route = _route(facts)
    mail = Digest(
        route=route,
        since=facts.since,
        departments=tuple(
            organisation.department(each).name
            for each in organisation.departments
            if each in scope(agent, organisation).departments
        ),
        counts=tuple(_counts(facts, lists)),
        lists=tuple(lists.values()),
        held=tuple(HeldLine(number, held.expires_at) for number, held in facts.held),
    )
    tickets = tuple(line.ticket.id for part in lists.values() for line in part.lines)
    return mail, (ListLines(route.message_id, agent.id, tickets),) if tickets else ()


def _counts(facts: DigestFacts, parts: Iterable[Part]) -> Iterator[Text]:
    for part in parts:
        yield Text(_COUNTS[part].msgid, (("count", facts.listings[part].total),))
    if facts.held:
        yield say("%(count)s mails wait for your word", count=len(facts.held))


def _lists(facts: DigestFacts) -> dict[Part, TicketList]:
    """The lists that are not empty, their lines numbered through."""
    found: dict[Part, TicketList] = {}
    before = 0
    for part in (part for part in Part if part in facts.listings):
        listing = facts.listings[part]
        lines = tuple(
            TicketLine(
                ticket,
                facts.organisation.department(ticket.department).name,
                _name(facts, ticket.responsible),
            )
            for ticket in listing.tickets
        )
        if lines:
            found[part] = TicketList(
                _TITLES[part],
                lines,
                listing.total,
                first=before + 1,
                more=listing.more,
                all_by=_ALL_BY[part],
            )
        before += len(lines)
    return found


def _name(facts: DigestFacts, agent: AgentId | None) -> str:
    found = facts.agents.get(agent) if agent is not None else None
    return found.name if found else ""


def _route(facts: DigestFacts) -> Route:
    """From and answerable to the command address; no report about it comes to anybody."""
    agent, organisation = facts.due.agent, facts.organisation
    token = facts.fresh.token("message-id", "digest", agent.mailbox.key)
    route = Route(
        to=agent.mailbox,
        sender=Mailbox(organisation.command_address, organisation.name),
        message_id=f"{token}@{organisation.domain}",
        language=agent.language,
        reply_to=organisation.command_address,
        auto_submitted=AUTO_GENERATED,
    )
    return as_list(route, organisation)
