"""Offers for a request and requests for an offer, where one of them comes up."""

from collections.abc import Collection, Iterable

from gateway.gather.looking import Looking
from gateway.model.command import Command, CommandMail
from gateway.model.fit import Fit, FitsWanted, Matching
from gateway.model.organisation import DepartmentKind, Organisation
from gateway.model.people import Agent, DepartmentId
from gateway.model.ticket import FieldId, TopicId
from gateway.model.topic import Side
from gateway.policy.access import ADMINS, enrolments
from gateway.policy.commands.verbs.fields import SetFieldValue, field_and_value
from gateway.policy.commands.verbs.topic import SetHelpTopic
from gateway.policy.facts import FormSubmission
from gateway.policy.fields import name_key
from gateway.policy.fitting import opposite, topics_of

MOST = 5
"""So many are looked up for each department and field."""

NOTHING = Matching()


def matching(
    looking: Looking,
    mail: CommandMail | None,
    form: FormSubmission | None,
    readers: Collection[Agent],
) -> Matching:
    """The candidates that any of the readers may see; nothing where no side is touched.

    What commands fill in counts as filled in, and the topic they name as the ticket's.
    """
    commands = mail.commands if mail else ()
    organisation = looking.organisation
    sides = _sides(looking, commands, form)
    fields = _fields(looking, commands, form) if sides else frozenset()
    if not fields:
        return NOTHING
    departments = _readable(readers, organisation)
    found: dict[Side, tuple[Fit, ...]] = {}
    for side in sorted(sides):
        other = opposite(side)
        wanted = FitsWanted(
            topics=topics_of(other, organisation),
            others=topics_of(side, organisation),
            departments=departments,
            fields=fields,
            waiting=other is Side.REQUEST,
            most=MOST,
        )
        found[other] = tuple(looking.transaction.fits(wanted))
    tickets = sorted(looking.tickets)
    return Matching(found, looking.transaction.partners(tickets) if tickets else {})


def _sides(
    looking: Looking, commands: Iterable[Command], form: FormSubmission | None
) -> frozenset[Side]:
    """The sides of the topics that the tickets have, or will have by this message."""
    topics = looking.organisation.topics
    found: set[TopicId | None] = {about.ticket.topic for about in looking.tickets.values()}
    found.add(form.topic if form else None)
    found |= {
        topics.topic_names.get(name_key(command.topic))
        for command in commands
        if isinstance(command, SetHelpTopic)
    }
    sides = {topics.topics[each].side for each in found if each and each in topics.topics}
    return frozenset(side for side in sides if side is not None)


def _fields(
    looking: Looking, commands: Iterable[Command], form: FormSubmission | None
) -> frozenset[FieldId]:
    """The filled in fields by which offers and requests are matched."""
    organisation = looking.organisation
    found: set[FieldId] = set(form.values) if form else set()
    for about in looking.tickets.values():
        found |= set(about.fields)
    for command in commands:
        if isinstance(command, SetFieldValue):
            field, _ = field_and_value(command, organisation)
            found |= {field.id} if field else set()
    fields = organisation.topics.fields
    return frozenset(each for each in found if each in fields and fields[each].matched)


def _readable(readers: Collection[Agent], organisation: Organisation) -> frozenset[DepartmentId]:
    """The departments that at least one of them is a member of."""
    held = {each for agent in readers for each in agent.departments}
    if any(agent.admin for agent in readers):
        held.add(ADMINS)
    return frozenset(
        department.id
        for department in organisation.departments.values()
        if department.kind is not DepartmentKind.REJECTED
        and enrolments(department.id, organisation) & held
    )
