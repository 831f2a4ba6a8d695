"""Mail from the requester's side: a new ticket, a further message, a ticket opened again."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from gateway.model.address import fold
from gateway.model.around_changes import LinkTickets
from gateway.model.changes import Change, OpenTicket, Refer, SeeMessageId
from gateway.model.decision import Decision, Outcome
from gateway.model.field_changes import SetField
from gateway.model.outgoing import AutomaticAnswer, NotificationEvent
from gateway.model.people import DepartmentId, Language
from gateway.model.text import Text, say
from gateway.model.ticket import (
    EntryFlag,
    EntryKind,
    FieldId,
    LinkKind,
    PartyRole,
    State,
    Status,
    Ticket,
    TopicId,
)
from gateway.model.workflow import Workflow
from gateway.policy import key_requests, routes
from gateway.policy.acts import NOTHING, Acts
from gateway.policy.bringing import opened_with
from gateway.policy.confirming import cannot_read, confirmation
from gateway.policy.copies import by_mail
from gateway.policy.facts import Facts, MatchedBy, TicketFacts
from gateway.policy.fields import lost_reservations, reservations
from gateway.policy.language import language_of
from gateway.policy.notify import notify
from gateway.policy.referrals import addressed, refer
from gateway.policy.rules import further as news
from gateway.policy.rules.effects import told_as_well
from gateway.policy.rules.further import further
from gateway.policy.rules.opening import opening, told
from gateway.policy.said import Said, author_of, entry, event, said_by_message
from gateway.policy.secrecy import came_encrypted
from gateway.policy.values import key_of
from gateway.policy.workflow import with_status


@dataclass(frozen=True, slots=True)
class Particulars:
    """What is known of a new ticket beside the message; what is empty follows from that."""

    language: Language | None = None
    topic: TopicId | None = None
    subject: str = ""
    values: Mapping[FieldId, tuple[str, ...]] = field(default_factory=dict)
    """Fields of the topic that are filled in."""
    remark: Text | None = None
    """What the agents must know about it; kept as an event too."""
    goes_on: bool = False
    """It goes on with a ticket that is over."""


_NOTHING_KNOWN = Particulars()


def new_ticket(
    facts: Facts,
    department: DepartmentId,
    reason: str,
    *,
    said: Said | None = None,
    referred: frozenset[DepartmentId] = frozenset(),
    known: Particulars = _NOTHING_KNOWN,
) -> Decision:
    """A ticket is opened, the department told, the requester sent a confirmation."""
    said = said or said_by_message(facts, new_text_only=False)
    language = known.language or key_requests.asked_in(facts)
    settled = key_requests.is_all_said(facts)
    about = fresh_ticket(
        facts, department, said, referred=referred, closed=settled, language=language
    )
    topic = known.topic or facts.organisation.topics.default
    ticket = replace(about.ticket, topic=topic, subject=known.subject[:500] or about.ticket.subject)
    by_rules = opening(replace(about, ticket=ticket, fields=known.values), facts)
    about, ticket = by_rules.about, by_rules.about.ticket
    copies = by_mail(facts, about, certain=_may_name_others(facts))
    acts = Acts(
        (
            OpenTicket(ticket),
            entry(ticket.id, EntryKind.MESSAGE, said),
            *(Refer(ticket.id, department=each) for each in sorted(referred - {ticket.department})),
            *field_changes(about),
            *(reservations(about, facts) if about.fields else ()),
            *by_rules.changes,
        )
    )
    if known.remark is not None:
        acts += Acts((event(ticket.id, known.remark),))
    acts += requester_joins(facts, about)
    if by_rules.is_spam:
        reason = f"{reason}; spam by the rule “{facts.ruling.spam}”: nobody was told"
        return Decision(Outcome.ENTRY, reason, acts.changes, acts.outgoing, ticket.id)
    if settled and not ticket.is_open:
        acts += key_requests.answer(facts, about) or NOTHING
        reason = f"{reason}; it only asks for our key: answered, nobody was told"
        return Decision(Outcome.ENTRY, reason, acts.changes, acts.outgoing, ticket.id)
    acts += copies.acts
    answer = confirmation(facts, about, goes_on=known.goes_on)
    if any(isinstance(each, AutomaticAnswer) and each.confirms for each in answer.outgoing):
        reason = f"{reason}; answered by the help topic {ticket.topic}"
    acts += answer + (key_requests.answer(facts, about, opened=True) or NOTHING)
    acts += told(copies.about, facts, said, known.remark or copies.remark)
    return Decision(Outcome.ENTRY, reason, acts.changes, acts.outgoing, ticket.id)


def _may_name_others(facts: Facts) -> bool:
    """False for an author who is known to be false, and for the form: its Cc is the website's.

    Of a new ticket nobody can learn anything yet.
    """
    return facts.form is None and not facts.trust.forged


def field_changes(about: TicketFacts) -> tuple[Change, ...]:
    """The fields that a form has filled in."""
    return tuple(
        SetField(about.ticket.id, field, values, tuple(map(key_of, values)))
        for field, values in about.fields.items()
    )


def fresh_ticket(
    facts: Facts,
    department: DepartmentId,
    said: Said,
    *,
    referred: frozenset[DepartmentId] = frozenset(),
    rejected: bool = False,
    closed: bool = False,
    language: Language | None = None,
) -> TicketFacts:
    """The ticket this message opens, not recorded yet. A number must have been held for it."""
    if not facts.fresh.ticket_number:
        raise ValueError("a ticket is opened, but no number was held for it")
    ticket = Ticket(
        id=facts.fresh.ticket_id,
        number=facts.fresh.ticket_number,
        subject=facts.message.subject[:500],
        status=Status.CLOSED if rejected or closed else Status.OPEN,
        state=State.CLOSED if rejected or closed else State.OPEN,
        department=department,
        requester=said.author,
        language=language or language_of(facts.message, facts.organisation.language),
        created_at=facts.now,
        updated_at=facts.now,
        rejected=rejected,
        confidential=came_encrypted(facts),
        came_with=opened_with(facts, said.author.key),
    )
    return TicketFacts(ticket, parties={}, thread={}, referred_departments=referred)


def requester_joins(facts: Facts, about: TicketFacts) -> Acts:
    """The requester becomes a participant, and answers to their mail will find the ticket."""
    requester = about.ticket.requester
    if not requester.address:
        return Acts((SeeMessageId(about.ticket.id, facts.message.message_id, "", sent=False),))
    _, joined = routes.to_requester(facts, about, requester, "joined", role=PartyRole.REQUESTER)
    party = tuple(change for change in joined.changes if not isinstance(change, SeeMessageId))
    seen = SeeMessageId(about.ticket.id, facts.message.message_id, requester.key, sent=False)
    return Acts((*party, seen))


def message_to_ticket(facts: Facts, about: TicketFacts) -> Decision:
    """A message is added to a known ticket; a closed one is opened again."""
    ticket = about.ticket
    said = said_by_message(facts, new_text_only=True)
    if is_third_person(facts, about):
        said = said.flagged(EntryFlag.THIRD_PERSON)
    author = author_of(facts)
    acts = Acts(
        (
            entry(ticket.id, EntryKind.MESSAGE, said),
            SeeMessageId(ticket.id, facts.message.message_id, author.key, sent=False),
        )
    )
    by = facts.match.by if facts.match else MatchedBy.SUBJECT
    rule = facts.organisation.workflow.rule(ticket.status)
    if ticket.rejected or not (ticket.is_open or rule.reopens):
        reason = f"filed in #{ticket.number}, which stays closed (matched by {by})"
        return Decision(Outcome.ENTRY, reason, acts.changes, acts.outgoing, ticket.id)
    acts += key_requests.answer(facts, about) or NOTHING
    acts += refer(facts, about, addressed(facts), said)
    copies = by_mail(facts, about, certain=_is_known_author(facts, about))
    before = copies.about
    stranger = EntryFlag.THIRD_PERSON in said.flags
    about, by_rules = further(before, facts, by_stranger=stranger)
    acts += copies.acts + by_rules
    if not ticket.is_open and _reopens(facts, said):
        acts += cannot_read(facts, about)
        acts += _reopened(facts, about, said, copies.remark)
        reason = f"#{ticket.number} opened again (matched by {by})"
        return Decision(Outcome.ENTRY, reason, acts.changes, acts.outgoing, ticket.id)
    acts += cannot_read(facts, about)
    if not facts.message.automatic.vacation:
        acts += news.told(before, about, facts, said)
        acts += notify(facts, about, NotificationEvent.MESSAGE, said=said, remark=copies.remark)
        acts += told_as_well(about, facts.ruling, facts, said, acts.outgoing)
    reason = f"added to #{ticket.number} (matched by {by})"
    return Decision(Outcome.ENTRY, reason, acts.changes, acts.outgoing, ticket.id)


def is_third_person(facts: Facts, about: TicketFacts) -> bool:
    """True when the author takes no part in the ticket on the requester's side."""
    party = about.parties.get(author_of(facts).key)
    return party is None or party.role is PartyRole.AGENT


def _is_known_author(facts: Facts, about: TicketFacts) -> bool:
    """True when a participant wrote it: proved, or they answer a mail that only they got."""
    author = author_of(facts).key
    if is_third_person(facts, about) or facts.trust.forged:
        return False
    answered = facts.match.party if facts.match else None
    return facts.trust.proved or (answered is not None and fold(answered.address) == author)


def _reopens(facts: Facts, said: Said) -> bool:
    """A participant's own words open a closed ticket; a machine or a stranger does not."""
    return (
        not facts.message.automatic.is_auto_generated and EntryFlag.THIRD_PERSON not in said.flags
    )


def continues(ticket: Ticket, workflow: Workflow, now: datetime) -> bool:
    """True when a message to the ticket does not belong into it any more, but into a new one.

    So it is with archived and deleted tickets, and with those that were closed too long ago.
    """
    if ticket.rejected or ticket.is_open:
        return False
    if ticket.state in (State.ARCHIVED, State.DELETED):
        return True
    within = workflow.reopen_within
    late = within is not None and ticket.closed_at is not None and now > ticket.closed_at + within
    return late and workflow.rule(ticket.status).reopens


def continued(facts: Facts, old: TicketFacts) -> Decision:
    """A new ticket for a message to one that is over; the two name each other."""
    said = said_by_message(facts, new_text_only=True)
    department = old.ticket.department
    decision = new_ticket(
        facts,
        department,
        f"#{old.ticket.number} is over, a new ticket goes on with it",
        said=said,
        known=Particulars(old.ticket.language, old.ticket.topic, goes_on=True),
    )
    new = facts.fresh.ticket_id
    link = LinkTickets(new, old.ticket.id, LinkKind.CONTINUES, LinkKind.CONTINUED_BY)
    return replace(decision, changes=(*decision.changes, link))


def _reopened(facts: Facts, about: TicketFacts, said: Said, remark: Text | None) -> Acts:
    ticket = about.ticket
    after, changes = with_status(about, Status.OPEN, None, facts)
    acts = Acts((*changes, event(ticket.id, say("reopened by a message of the requester"))))
    if lost := lost_reservations(after, facts):
        what = say("reserved elsewhere meanwhile: %(values)s", values=", ".join(lost))
        acts += Acts((event(ticket.id, what),))
    return acts + notify(facts, about, NotificationEvent.REOPENED, said=said, remark=remark)
