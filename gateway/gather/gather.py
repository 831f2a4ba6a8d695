"""All facts about one message, in the order in which one look-up needs another."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from gateway.gather import (
    absence,
    accounts,
    answered,
    audience,
    authors,
    commands,
    copies,
    fields,
    fitting,
    held,
    key_request,
    lists,
    passed_on,
    proof,
    proposals,
    ruling,
    sender,
    thread,
)
from gateway.gather.keyring import with_keys
from gateway.gather.looking import Looking
from gateway.gather.signed import listed_proof
from gateway.gather.unsealed import OpenedMails, read
from gateway.gather.working import working
from gateway.gather.world import World
from gateway.mail.opened import only_signed
from gateway.model.command import CommandMail
from gateway.model.envelope import Envelope, Peer, Protocol, QueuedMessage, QueueId
from gateway.model.fit import Matching
from gateway.model.held import Held
from gateway.model.message import Automatic, Bounce, Message
from gateway.model.openpgp import Problem
from gateway.model.organisation import AddressKind
from gateway.model.outbox import OutboxMail
from gateway.model.people import Agent, DepartmentId
from gateway.model.text import Text
from gateway.model.ticket import TicketId
from gateway.policy.commands.verbs.answers import is_answer
from gateway.policy.commands.verbs.fields import SetFieldValue, only_sets_fields, with_fields
from gateway.policy.facts import Duplicate, Facts, FormSubmission, Fresh, Match, SentMail, Trust
from gateway.policy.form.proof import FormProof
from gateway.policy.proof import carries_out, enough, wrong_code
from gateway.policy.requester import continues
from gateway.policy.rules.ruling import NO_RULING, Ruling
from gateway.policy.said import author_of
from gateway.ports import Transaction

_NONE_OPENED: OpenedMails = {}
_MAY_REJECT = frozenset(AddressKind) - {AddressKind.PUBLIC, AddressKind.RELAY}


@dataclass(frozen=True, slots=True)
class Gathered:
    """The facts, and the message that is decided: `item` and `message` are its source."""

    facts: Facts
    item: QueuedMessage
    message: Message


def gather(
    transaction: Transaction,
    item: QueuedMessage,
    message: Message,
    world: World,
    now: datetime,
    seed: bytes,
    *,
    reserve: bool = True,
    opened: OpenedMails = _NONE_OPENED,
) -> Gathered:
    """The facts about one message. `reserve` false looks without reserving a ticket number.

    Where the message says yes to a held one, they are the facts about that; raises NotOpened when
    that one has to be opened and is not among the `opened`.
    """
    facts = _facts(Looking(transaction, item, message, world, now, seed, reserve))
    waited, filled_in = _confirmed(facts)
    source = transaction.message(QueueId(waited.queue_id)) if waited else None
    if source is None:
        return Gathered(facts, item, message)
    source, says = read(source, opened)
    looking = Looking(transaction, source, says, world, now, seed, reserve)
    by_code = facts.command_mail is not None and not (facts.command_mail.commands or filled_in)
    again = replace(
        _facts(looking, filled_in),
        held=waited,
        confirmed=True,
        by_code=by_code,
        second=facts.second,
    )
    return Gathered(again, source, looking.message)


def _confirmed(facts: Facts) -> tuple[Held | None, tuple[SetFieldValue, ...]]:
    """The held mail that is to be carried out, and the fields that it waited for."""
    mail = facts.command_mail
    if mail is None or facts.duplicate is not None:
        return None, ()
    if is_answer(mail):
        return (facts.held if carries_out(facts) else None), ()
    if facts.asking is not None and only_sets_fields(mail):
        filled_in = [each for each in mail.commands if isinstance(each, SetFieldValue)]
        waits = mail.problems or wrong_code(facts) or not enough(facts, facts.asking)
        return (None if waits else facts.asking), tuple(filled_in)
    return None, ()


def gather_given_up(
    transaction: Transaction,
    mail: OutboxMail,
    reason: str,
    world: World,
    now: datetime,
    seed: bytes,
) -> Facts:
    """The facts about an outgoing mail that will never arrive, as a delivery report of our own."""
    report = Bounce(mail.rcpt_to, "", "failed", mail.message_id, reason)
    message = Message("", "", automatic=Automatic(is_bounce=True, bounces=(report,)))
    item = QueuedMessage(
        QueueId(f"outbox-{mail.id}"),
        Envelope(mail.mail_from, ()),
        Peer("", "", Protocol.LMTP),
        now,
        b"",
    )
    looking = Looking(transaction, item, message, world, now, seed, reserve=True)
    sent = SentMail(mail.message_id, mail.rcpt_to, mail.kind, mail.ticket)
    return _facts_of_report(looking, sent)


def _facts(looking: Looking, filled_in: tuple[SetFieldValue, ...] = ()) -> Facts:
    """All of it, in the order in which one look-up needs another.

    `filled_in` are fields that the message waited for.
    """
    message, transaction = looking.message, looking.transaction
    duplicate = transaction.duplicate_of(message.message_id, message.digest, looking.item.queue_id)
    same_id_seen = sender.same_id_seen(looking, duplicate)
    trust = sender.trust(looking, same_id_seen=same_id_seen)
    agent = thread.author_agent(looking)
    by_form = thread.form_proof(looking, trust, agent)
    # What a signature proves is the website's, whoever it says it is by and whatever it answers.
    signed = isinstance(by_form, FormProof) and bool(by_form.signature)
    agent = None if signed else agent
    if agent is not None:
        message = looking.message = only_signed(message)
    references = thread.references(looking)
    bounced = None if signed else thread.bounced(looking)
    is_apart = signed or bounced is not None
    found = None if is_apart else thread.find_match(looking, references)
    message = looking.message = answered.compared(looking, agent, references)
    asked_about = held.asked_about(looking, agent) if bounced is None else None
    if found is None and asked_about is not None and agent is not None:
        found = held.match_of(looking, agent, asked_about)
    form = (
        thread.form(looking, by_form) if found is None and isinstance(by_form, FormProof) else None
    )
    work = working(looking, agent, trust, found)
    trust, found, listed, asking = work.trust, work.match, work.listed, work.asking
    mail = with_fields(work.mail, filled_in) if work.mail else None
    mail, proposed = proposals.answered(looking, agent if trust.proved else None, mail, listed)
    if bounced is not None and bounced.ticket is not None:
        looking.ticket(bounced.ticket)
    if duplicate is not None and duplicate.ticket is not None:
        looking.ticket(duplicate.ticket)
    corrected = commands.corrected_mail(looking, mail, listed)
    asked = corrected or mail
    numbers = commands.command_tickets(looking, asked, found)
    histories = commands.histories(looking, asked, numbers, found)
    undo = held.undoable(looking, agent, mail, found)
    saved = lists.saved_queries(looking, asked, agent)
    listings = lists.listings(looking, asked, agent, saved)
    opens = bounced is None and mail is None and _is_new(looking, duplicate)
    opens = opens and (found is None or _continues(looking, found))
    urgent = absence.urgent_tickets(looking, agent, asked, found)
    wanted = _ruling(looking, trust, mail, form, found, duplicate, bounced)
    opens = opens and wanted.quarantine is None
    members = audience.members(looking, asked, form, agent, urgent, wanted)
    facts = Facts(
        queue_id=looking.item.queue_id,
        envelope=looking.item.envelope,
        peer=looking.item.peer,
        message=message,
        now=looking.now,
        fresh=_fresh(looking, opens=opens or commands.opens_ticket(asked)),
        organisation=looking.organisation,
        recipients=looking.recipients,
        trust=trust,
        author_agent=agent,
        match=found,
        tickets=looking.tickets,
        numbers=numbers,
        duplicate=duplicate,
        same_id_seen=same_id_seen,
        bounced=bounced,
        own_mail=message.message_id in references and references[message.message_id].sent,
        form=form,
        form_doubt=by_form if isinstance(by_form, Text) else None,
        form_before=transaction.form_ticket(form.signature) if form and form.signature else None,
        command_mail=mail,
        corrected_mail=corrected,
        quoted_elsewhere=held.quoted_elsewhere(looking, asked, found),
        outside=held.outside(looking, agent, mail),
        passed_on=passed_on.passed_on(looking, agent, asked, found),
        copied=copies.copied(looking) if mail is None else (),
        answered_mail_at=held.answered_mail_at(looking, mail, found),
        held=held.held(looking, agent, mail, found, asked_about),
        second=proof.second_factor(looking, agent, mail, asked_about, asking, work.signature),
        asking=asking,
        undo=undo,
        staying=transaction.staying(undo.mails, looking.now) if undo else frozenset(),
        reserved=fields.reserved(looking, asked, form),
        figures=commands.figures(looking, asked, agent),
        histories=histories,
        proposed=proposed,
        named_agents=commands.named_agents(looking, asked),
        agents=audience.agents(looking, listings, histories),
        urgent=urgent,
        members=members,
        matching=_matching(looking, asked, form, members, agent),
        listed=listed,
        listings=listings,
        saved_queries=saved,
        by_command=authors.by_command(looking, asked, form) if bounced is None else (),
        signed=listed_proof(looking) if opens else None,
        register=accounts.register(looking, asked, agent),
        accounts=accounts.listed(looking, asked, agent),
        ruling=wanted,
        rule_agents=ruling.agents(looking, wanted),
        key_request=key_request.key_request(looking, form, duplicate),
    )
    return with_keys(transaction, _with_automatic(looking, facts, opens=opens))


def _ruling(
    looking: Looking,
    trust: Trust,
    mail: CommandMail | None,
    form: FormSubmission | None,
    found: Match | None,
    duplicate: Duplicate | None,
    bounced: SentMail | None,
) -> Ruling:
    """What the rules want; nothing of mail that has had its effect, nor of reports."""
    if bounced is not None or not _is_new(looking, duplicate):
        return NO_RULING
    return ruling.ruling(looking, trust, mail, form, found)


def _facts_of_report(looking: Looking, sent: SentMail) -> Facts:
    """Only what telling the agents of one mail's failure needs."""
    if sent.ticket is not None:
        looking.ticket(sent.ticket)
    return Facts(
        queue_id=looking.item.queue_id,
        envelope=looking.item.envelope,
        peer=looking.item.peer,
        message=looking.message,
        now=looking.now,
        fresh=_fresh(looking, opens=False),
        organisation=looking.organisation,
        recipients=(),
        trust=sender.trust(looking),
        tickets=looking.tickets,
        bounced=sent,
        agents=audience.agents(looking, {}),
        members=audience.members(looking, None, None),
    )


def _matching(
    looking: Looking,
    mail: CommandMail | None,
    form: FormSubmission | None,
    members: Mapping[DepartmentId, tuple[Agent, ...]],
    agent: Agent | None,
) -> Matching:
    """Only where agents work, or where a ticket is opened or opened again."""
    closed = any(not about.ticket.is_open for about in looking.tickets.values())
    if mail is None and form is None and not closed:
        return fitting.NOTHING
    others = {person for about in looking.tickets.values() for person in about.workers}
    others |= {agent} if agent is not None else set()
    readers = {person for people in members.values() for person in people} | others
    return fitting.matching(looking, mail, form, readers)


def _is_new(looking: Looking, duplicate: Duplicate | None) -> bool:
    """True unless an earlier copy had its effect (a rejected one may be let in by a copy)."""
    if duplicate is None:
        return True
    about = looking.tickets.get(duplicate.ticket) if duplicate.ticket is not None else None
    return about is not None and about.ticket.rejected


def _continues(looking: Looking, found: Match) -> bool:
    """True when a person writes to a ticket that is over: a new one goes on with it."""
    about = looking.tickets[found.ticket]
    is_person = not looking.message.automatic.is_auto_generated
    return is_person and continues(about.ticket, looking.organisation.workflow, looking.now)


def _fresh(looking: Looking, *, opens: bool) -> Fresh:
    if not opens:
        return Fresh(looking.seed, TicketId(0), "")
    take = looking.transaction.next_ticket if looking.reserve else looking.transaction.peek_ticket
    ticket, sequence = take()
    return Fresh(looking.seed, ticket, str(looking.organisation.number_start + sequence))


def _with_automatic(looking: Looking, facts: Facts, *, opens: bool) -> Facts:
    """How much automatic mail the author got lately; only where some may be sent."""
    address = author_of(facts).key
    is_closed = facts.message.openpgp.problem is not Problem.NONE
    is_due = opens or is_closed or bool(facts.ruling.answers) or facts.key_request is not None
    if not address or not (is_due or facts.author_agent):
        return facts
    window = timedelta(days=looking.organisation.reject_window_days)
    mails = looking.transaction.automatic_mails
    may_reject = opens and any(r.address.kind in _MAY_REJECT for r in looking.recipients)
    return replace(
        facts,
        automatic_sent=mails(address, None, looking.now - timedelta(days=1)),
        rejected_recently=may_reject and mails(address, "rejection", looking.now - window) > 0,
    )
