"""A ticket that an agent opens for somebody: whose it is, where it belongs, who is told."""

from collections.abc import Iterator
from dataclasses import replace

from gateway.mail.automatic import is_machine
from gateway.mail.forward import may_be_mail
from gateway.model.address import Mailbox
from gateway.model.changes import AddParty, Change, CountAutomatic, OpenTicket, Refer, SeeMessageId
from gateway.model.message import Attachment
from gateway.model.organisation import Department, DepartmentKind
from gateway.model.outgoing import Confirmation, NotificationEvent
from gateway.model.people import Agent, DepartmentId, Language
from gateway.model.text import Text, say
from gateway.model.ticket import EntryFlag, EntryKind, Party, PartyRole, State, Status, Ticket
from gateway.policy import routes
from gateway.policy.access import is_member
from gateway.policy.acts import NOTHING, Acts
from gateway.policy.around import moment_text
from gateway.policy.commands.insertion import with_insertions
from gateway.policy.facts import Facts, PassedOn, ThreadEnds, TicketFacts
from gateway.policy.language import language_of
from gateway.policy.notify import notify
from gateway.policy.said import LONGEST_TEXT, Said, entry, event
from gateway.policy.secrecy import came_encrypted
from gateway.policy.work import Desk, Work


def own_department(agent: Agent, facts: Facts) -> Department | None:
    """Where the agent's new ticket belongs if they do not say: there is only one such place.

    The department that the mail is addressed to, else their only location, else their only one.
    """
    organisation = facts.organisation
    addressed = {
        each.address.department
        for each in facts.recipients
        if each.address.department is not None and not each.token
    }
    known = [organisation.departments[each] for each in _known(agent, facts)]
    locations = [each for each in known if each.kind is DepartmentKind.LOCATION]
    for found in ([organisation.departments.get(each) for each in addressed], locations, known):
        if len(found) == 1:
            return found[0]
    return None


def choices(agent: Agent, facts: Facts) -> str:
    """What the agent may have meant: their own departments, else all."""
    organisation = facts.organisation
    mine = _known(agent, facts)
    names = mine or [
        each.id
        for each in organisation.departments.values()
        if each.kind is not DepartmentKind.REJECTED
    ]
    return ", ".join(f"in {name}" for name in names)


def _known(agent: Agent, facts: Facts) -> list[DepartmentId]:
    return [each for each in sorted(agent.departments) if each in facts.organisation.departments]


def opened(
    requester: Mailbox, subject: str, department: Department, desk: Desk, *, answers: bool
) -> tuple[TicketFacts, Acts]:
    """The new ticket. `answers`: the same mail answers the requester, so the agent has taken it."""
    facts, agent = desk.facts, desk.agent
    taken = answers and _is_known_status(facts)
    passed = facts.passed_on
    ticket = Ticket(
        id=facts.fresh.ticket_id,
        number=facts.fresh.ticket_number,
        subject=subject[:500],
        status=Status.IN_PROGRESS if taken else Status.OPEN,
        state=State.OPEN,
        department=department.id,
        requester=requester,
        language=_language(facts),
        created_at=facts.now,
        updated_at=facts.now,
        responsible=agent.id if taken else None,
        topic=facts.organisation.topics.default,
        confidential=_is_secret(facts),
    )
    token = "r" + facts.fresh.token("party", str(ticket.id), requester.key)
    original = passed.mail.message_id if passed else ""
    about = TicketFacts(
        ticket,
        parties={
            requester.key: Party(
                ticket.id, requester.address, PartyRole.REQUESTER, token, requester.name
            )
        },
        thread={requester.key: ThreadEnds(original, original)} if original else {},
        responsible=agent if taken else None,
    )
    if not taken and not is_member(agent, department.id, facts.organisation):
        about = replace(about, referred_agents=frozenset({agent.id}))
    return about, Acts(tuple(_changes(about, desk)))


def _is_secret(facts: Facts) -> bool:
    """True for what came encrypted, and for a mail that a confidential ticket has already."""
    passed = facts.passed_on
    known = facts.tickets.get(passed.known) if passed and passed.known is not None else None
    return came_encrypted(facts) or (known is not None and known.ticket.confidential)


def _is_known_status(facts: Facts) -> bool:
    return Status.IN_PROGRESS in facts.organisation.workflow.statuses


def _language(facts: Facts) -> Language:
    passed = facts.passed_on
    message = facts.message
    if passed is not None:
        message = replace(message, subject=passed.mail.subject, text=passed.mail.text)
    return language_of(message, facts.organisation.language)


def _changes(about: TicketFacts, desk: Desk) -> Iterator[Change]:
    facts, agent, ticket = desk.facts, desk.agent, about.ticket
    (party,) = about.parties.values()
    passed = facts.passed_on
    yield OpenTicket(ticket)
    yield event(ticket.id, on_behalf(about, desk), agent)
    if passed is not None:
        yield entry(ticket.id, EntryKind.MESSAGE, said_by(passed, ticket.requester))
    for referred in sorted(about.referred_agents):
        yield Refer(ticket.id, agent=referred)
    yield AddParty(ticket.id, party.address, party.name, party.role, party.token)
    yield SeeMessageId(ticket.id, facts.message.message_id, agent.mailbox.key, sent=False)
    if passed is not None and passed.mail.message_id:
        original = passed.mail.message_id
        yield SeeMessageId(ticket.id, original, ticket.requester.key, sent=False)


def said_by(passed: PassedOn, requester: Mailbox) -> Said:
    """What the requester wrote, as far as it came through; nothing proves that they did."""
    mail = passed.mail
    flags = frozenset({EntryFlag.FORWARDED})
    return Said(passed.author or requester, mail.text[:LONGEST_TEXT], flags, mail.attachments)


def on_behalf(about: TicketFacts, desk: Desk) -> Text:
    """Who opened it for whom, and of when the mail is that was passed on."""
    agent, requester = desk.agent.name, about.ticket.requester.address
    passed = desk.facts.passed_on
    if passed is None or passed.mail.date is None:
        return say(
            "opened by %(agent)s on behalf of %(requester)s", agent=agent, requester=requester
        )
    return say(
        "opened by %(agent)s on behalf of %(requester)s; their mail is of %(moment)s",
        agent=agent,
        requester=requester,
        moment=moment_text(passed.mail.date, desk.facts.organisation),
    )


def confirmation(about: TicketFacts, facts: Facts) -> Acts:
    """To the requester whose mail was passed on: we have it. Never to a machine."""
    requester = about.ticket.requester
    if not facts.organisation.confirm_new_tickets or is_machine(requester):
        return NOTHING
    route, changes = routes.automatic_to_requester(facts, about, "confirmation")
    count = CountAutomatic(requester.key, "confirmation")
    return changes + Acts((count,), (Confirmation(route, about.ticket),))


def announced(work: Work, desk: Desk) -> Work:
    """The members of the department hear of a ticket that was opened, as of any new one."""
    if work.opened is None:
        return work
    about, passed, mail = work.tickets[work.opened], desk.facts.passed_on, desk.mail
    if passed is not None:
        said = said_by(passed, about.ticket.requester)
    else:
        inserted = {line: each.text for line, each in work.inserted.items()}
        text = (mail.reply or mail.note) if mail else ""
        said = Said(desk.agent.mailbox, with_insertions(text, inserted))
    told = notify(
        desk.facts,
        about,
        NotificationEvent.NEW_TICKET,
        said=said,
        actor=desk.agent,
        remark=on_behalf(about, desk),
    )
    return replace(work, acts=work.acts + told)


def agents_own(facts: Facts, work: Work) -> tuple[Attachment, ...]:
    """Attachments of the mail that may go to the requester.

    What was passed on is not sent on: in the body of a forward the files of both are mixed.
    """
    attachments = facts.message.attachments
    if work.opened is None or facts.passed_on is None:
        return attachments
    if not facts.passed_on.mail.attached:
        return ()
    return tuple(each for each in attachments if not may_be_mail(each))
