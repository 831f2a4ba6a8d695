"""Where the rules begin: the mail, and the ticket as it would be without them."""

from collections.abc import Iterable

from gateway.model.message import Message
from gateway.model.organisation import AddressKind, Organisation
from gateway.model.rules import MailKind
from gateway.model.ticket import Priority, Status
from gateway.policy.facts import Facts, FormSubmission, Recipient, TicketFacts
from gateway.policy.language import language_of
from gateway.policy.rules.case import Case, Standing


def case_of(facts: Facts) -> Case | None:
    """The case that the rules have looked at; None when they have looked at none."""
    kind = facts.ruling.kind
    if kind is None:
        return None
    about = facts.tickets.get(facts.match.ticket) if facts.match else None
    organisation = facts.organisation
    return Case(
        kind=kind,
        message=facts.message,
        envelope=facts.envelope,
        recipients=facts.recipients,
        trust=facts.trust,
        form=facts.form,
        standing=of_ticket(about, organisation)
        if about is not None
        else of_new(facts.recipients, facts.form, facts.message, organisation),
        now=facts.now,
        zone=organisation.zone,
    )


def kind_of(*, is_agents: bool, has_ticket: bool) -> MailKind:
    """What sort of mail it is for rules."""
    if is_agents:
        return MailKind.AGENT
    return MailKind.REPLY if has_ticket else MailKind.NEW


def of_ticket(about: TicketFacts, organisation: Organisation) -> Standing:
    """A known ticket as it stands."""
    ticket = about.ticket
    return Standing(
        department=ticket.department,
        topic=ticket.topic,
        priority=organisation.topics.priority_of(ticket),
        status=ticket.status,
        language=ticket.language,
        tags=ticket.tags,
        fields=about.fields,
        assign=about.responsible.handle if about.responsible else "",
    )


_STRENGTH = (AddressKind.PUBLIC, AddressKind.MEMBERS, AddressKind.FORM, AddressKind.INTERNAL)


def of_new(
    recipients: Iterable[Recipient],
    form: FormSubmission | None,
    message: Message,
    organisation: Organisation,
) -> Standing:
    """The ticket as it would be opened without rules, or filed as rejected."""
    topics = organisation.topics
    by_kind = sorted(
        (each.address for each in recipients if each.address.kind in _STRENGTH),
        key=lambda address: _STRENGTH.index(address.kind),
    )
    addressed = next((each.department for each in by_kind if each.department), None)
    topic = (form.topic if form else None) or topics.default
    named = topics.topics.get(topic) if topic else None
    return Standing(
        department=form.department if form else addressed or organisation.postmaster,
        topic=topic,
        priority=named.priority if named else Priority.NORMAL,
        status=Status.OPEN,
        language=(form.language if form else None) or language_of(message, organisation.language),
        fields=form.values if form else {},
    )
