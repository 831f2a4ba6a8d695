"""The facts about a ticket of which an escalation may be due."""

from datetime import datetime, timedelta

from gateway.gather import audience, fitting
from gateway.gather.looking import Looking
from gateway.gather.world import World
from gateway.model.address import fold
from gateway.model.envelope import Envelope, Peer, Protocol, QueuedMessage, QueueId
from gateway.model.escalation import Assign, Escalations, Move, Tell
from gateway.model.message import Message
from gateway.model.people import DepartmentId
from gateway.model.ticket import TicketId
from gateway.policy.access import ADMINS, enrolments
from gateway.policy.escalating import Under
from gateway.policy.facts import Facts, Fresh, Proof, Trust
from gateway.ports import Transaction

_ENTRIES = 20


def gather_escalation(
    transaction: Transaction, ticket: TicketId, world: World, now: datetime, seed: bytes
) -> tuple[Facts, Under] | None:
    """The ticket, locked, and everybody whom the rules may name; None when it is gone."""
    queue_id = QueueId(f"escalation-{ticket}")
    peer = Peer("", "", Protocol.LMTP)
    item = QueuedMessage(queue_id, Envelope(None, ()), peer, now, b"")
    looking = Looking(transaction, item, Message("", ""), world, now, seed, reserve=True)
    about = looking.ticket(ticket, _ENTRIES)
    found = transaction.watched(ticket)
    if about is None or found is None:
        return None
    seen, marks = found
    rules = looking.organisation.escalations
    members = audience.members(looking, None, None)
    wanted = {
        enrolment
        for department in _departments(rules)
        if department in looking.organisation.departments
        for enrolment in enrolments(department, looking.organisation)
    } - {ADMINS}
    members |= dict(transaction.members(wanted)) if wanted else {}
    handles = _handles(rules)
    named = dict(transaction.agents_by_handle(handles)) if handles else {}
    people = {*about.workers, *named.values()}.union(*members.values())
    day_ago = now - timedelta(days=1)
    facts = Facts(
        queue_id=queue_id,
        envelope=item.envelope,
        peer=peer,
        message=looking.message,
        now=now,
        fresh=Fresh(seed, ticket, ""),
        organisation=looking.organisation,
        recipients=(),
        trust=Trust(Proof.NONE, forged=False, reason="the gateway itself"),
        tickets=looking.tickets,
        agents=audience.agents(looking, {}),
        members=members,
        matching=fitting.matching(looking, None, None, people),
        automatic_sent=transaction.automatic_mails(about.ticket.requester.key, None, day_ago),
    )
    return facts, Under(about, seen, marks, named)


def _departments(rules: Escalations) -> set[DepartmentId]:
    """Those whose members a step may tell."""
    found: set[DepartmentId] = set()
    for rule in rules.rules:
        for step in rule.steps:
            for action in step.actions:
                if isinstance(action, Move):
                    found.add(action.department)
                elif isinstance(action, Tell):
                    found.update(action.departments)
    return found


def _handles(rules: Escalations) -> set[str]:
    """Agents that steps name, folded."""
    found: set[str] = set()
    for rule in rules.rules:
        for step in rule.steps:
            for action in step.actions:
                if isinstance(action, Assign):
                    found.add(fold(action.agent))
                elif isinstance(action, Tell):
                    found.update(map(fold, action.agents))
    return found
