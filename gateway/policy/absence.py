"""Agents who are away: told nothing, what is urgent offered to others, told all of it later."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from gateway.mail.vacation import speaks_of_absence
from gateway.model.address import fold
from gateway.model.answers import ReceiptLine, TicketLine, TicketList
from gateway.model.decision import Decision, Outcome
from gateway.model.list_changes import ListLines
from gateway.model.message import Message
from gateway.model.notice_changes import SetAbsence
from gateway.model.organisation import Organisation
from gateway.model.outgoing import Handover, Receipt
from gateway.model.people import Absence, Agent, AgentState
from gateway.model.query import Criterion, HeldBy, Late, Wanted
from gateway.model.text import Text, say
from gateway.model.ticket import PartyRole, Priority, Ticket
from gateway.policy import routes
from gateway.policy.access import ADMINS, members_of
from gateway.policy.acts import NOTHING, Acts
from gateway.policy.around import moment_text
from gateway.policy.digest import DigestFacts, news_of
from gateway.policy.facts import Facts
from gateway.policy.notify import Way, hears
from gateway.policy.query.condition import LATE_AFTER, OPEN, has_priority

NOTICE_LASTS = timedelta(days=7)
"""So long an absence notice holds: programs write another one then, if it is still true."""
MOST_OFFERED = 30
"""Tickets that are offered."""
_URGENT = (Priority.HIGH, Priority.URGENT)


def urgent(agent: Agent, until: datetime, now: datetime, organisation: Organisation) -> Wanted:
    """The agent's own tickets that cannot wait until then; those with tasks are looked up apart."""
    late = Criterion(Late(until, now - LATE_AFTER))
    high = (Criterion(has_priority(each, organisation)) for each in _URGENT)
    return Wanted(OPEN, ((Criterion(HeldBy(agent.id)),), (late, *high)))


def noticed(facts: Facts) -> Agent | None:
    """The agent whose absence notice the message is.

    It answers a mail that only they got: a notice of anybody else silences nobody. Nor does an
    automatic answer that says nothing of an absence.
    """
    agent, party = facts.author_agent, facts.match.party if facts.match else None
    if agent is None or party is None or not says_so(facts.message):
        return None
    is_theirs = party.role is PartyRole.AGENT and fold(party.address) == agent.mailbox.key
    return agent if is_theirs else None


def says_so(message: Message) -> bool:
    """True when a machine says that the writer is absent."""
    text = message.reply or message.text
    return message.automatic.vacation and speaks_of_absence(message.subject, text)


def by_notice(facts: Facts, agent: Agent) -> Acts:
    """The agent is away for some days; who said so themselves stays away as they said."""
    until = facts.now + NOTICE_LASTS
    if agent.absence is not None and agent.is_away(facts.now):
        if not agent.absence.by_notice or agent.absence.until >= until:
            return NOTHING
        return Acts((SetAbsence(agent.id, replace(agent.absence, until=until)),))
    absence = Absence(facts.now, until, by_notice=True)
    return Acts((SetAbsence(agent.id, absence),)) + offers(facts, agent, absence)


def offers(facts: Facts, agent: Agent, absence: Absence) -> Acts:
    """The agent's urgent tickets, to each member of their departments in one mail."""
    acts = NOTHING
    for reader, tickets in _readers(facts, agent).items():
        route = routes.to_agent_alone(facts, reader, "offer")
        route = replace(route, in_reply_to="", references=(), auto_submitted=routes.AUTO_GENERATED)
        lines = tuple(
            TicketLine(
                each,
                facts.organisation.department(each.department).name,
                agent.name if each.responsible is not None else "",
            )
            for each in tickets
        )
        offer = Handover(
            route,
            agent.name,
            absence.until,
            TicketList(say("Tickets of %(name)s", name=agent.name), lines, len(lines)),
            by_notice=absence.by_notice,
        )
        ids = tuple(each.id for each in tickets)
        acts += Acts((ListLines(route.message_id, reader.id, ids),), (offer,))
    return acts


def _readers(facts: Facts, agent: Agent) -> dict[Agent, list[Ticket]]:
    """Who is there and may take which of the tickets; the admins where nobody is."""
    found: dict[Agent, list[Ticket]] = {}
    for each in facts.urgent:
        members = members_of(each.department, facts.members, facts.organisation)
        present = _present(members, agent, facts)
        listen = [one for one in present if hears(one, each.department, Way.DEPARTMENT)]
        admins = _present(facts.members.get(ADMINS, ()), agent, facts)
        for reader in listen or present or admins:
            if reader.mailbox.key != each.requester.key:
                found.setdefault(reader, []).append(each)
    return found


def _present(agents: Iterable[Agent], agent: Agent, facts: Facts) -> list[Agent]:
    return [
        each
        for each in agents
        if each.id != agent.id and each.state is AgentState.ACTIVE and not each.is_away(facts.now)
    ]


def welcomed(facts: Facts, agent: Agent, decision: Decision) -> Decision:
    """An agent who writes is there again, if only a notice of their mailbox said otherwise.

    Who said it themselves is reminded of it, once in each receipt.
    """
    absence = agent.absence
    changed = any(isinstance(change, SetAbsence) for change in decision.changes)
    if absence is None or not agent.is_away(facts.now) or changed:
        return decision
    if absence.by_notice:
        over = SetAbsence(agent.id, replace(absence, until=facts.now))
        decision = replace(decision, changes=(*decision.changes, over))
    told = tuple(
        replace(mail, lines=(*mail.lines, ReceiptLine(True, 0, "", _is_away(absence, facts))))
        if isinstance(mail, Receipt) and mail.done
        else mail
        for mail in decision.outgoing
    )
    return replace(decision, outgoing=told)


def _is_away(absence: Absence, facts: Facts) -> Text:
    if absence.by_notice:
        return say(
            "an absence notice of your mailbox had stopped your notifications. You are back: you"
            " get them again, and a mail with what happened meanwhile."
        )
    return say(
        "you are away until %(moment)s and get no notifications. To end it: !away off",
        moment=moment_text(absence.until, facts.organisation),
    )


def returned(facts: DigestFacts) -> Decision:
    """The absence is over: the agent is told again, and of what happened meanwhile."""
    agent = facts.due.agent
    over = SetAbsence(agent.id, None)
    if agent.state is not AgentState.ACTIVE:
        return Decision(Outcome.COMMAND, f"{agent.handle} is no longer away", (over,))
    mail, lines = news_of(facts)
    return Decision(
        Outcome.COMMAND, f"{agent.handle} is back", (over, *lines), (replace(mail, back=True),)
    )
