"""Departments that a mail is addressed to beside its ticket get access to it."""

from collections.abc import Iterable
from dataclasses import replace

from gateway.model.changes import Refer
from gateway.model.outgoing import NotificationEvent
from gateway.model.people import DepartmentId
from gateway.policy.access import may_see
from gateway.policy.acts import NOTHING, Acts
from gateway.policy.facts import Facts, TicketFacts
from gateway.policy.notify import notify
from gateway.policy.said import Said


def refer(
    facts: Facts, about: TicketFacts, departments: Iterable[DepartmentId], said: Said
) -> Acts:
    """A referral for each of the departments that has no access yet.

    Their members are told what was said, except those who could see the ticket before.
    """
    further = frozenset(departments) - about.referred_departments - {about.ticket.department}
    if not further:
        return NOTHING
    changes = tuple(Refer(about.ticket.id, department=department) for department in sorted(further))
    newcomers = {
        enrolment: tuple(a for a in agents if not may_see(a, about, facts.organisation))
        for enrolment, agents in facts.members.items()
    }
    referred = replace(about, referred_departments=further, referred_agents=frozenset())
    told = notify(
        replace(facts, members=newcomers), referred, NotificationEvent.REFERRED, said=said
    )
    return Acts(changes) + told


def addressed(facts: Facts) -> frozenset[DepartmentId]:
    """Departments whose address the message came for, other than by somebody's reply address."""
    return frozenset(
        recipient.address.department
        for recipient in facts.recipients
        if recipient.address.department is not None and not recipient.token
    )
