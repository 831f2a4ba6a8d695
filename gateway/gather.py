"""Gather: everything that reads the world for one message, before anything is decided.

Each look-up goes through an index, and only what a decision may need is looked up: a mail from
outside costs a handful of look-ups, a command mail a few more for each ticket it names.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from gateway.mail.automatic import null_reverse_path
from gateway.mail.body import new_text_of_html
from gateway.model.command import (
    Accept,
    Assign,
    Command,
    CommandMail,
    Help,
    ListTickets,
    Move,
    Show,
)
from gateway.model.envelope import Envelope, Peer, Protocol, QueuedMessage, QueueId
from gateway.model.message import Automatic, Bounce, Message
from gateway.model.organisation import AddressKind, Organisation
from gateway.model.outbox import OutboxMail
from gateway.model.people import Agent, AgentId, AgentState, DepartmentId
from gateway.model.ticket import Party, PartyRole, TicketId
from gateway.policy import match
from gateway.policy.access import ADMINS, enrolments, readable
from gateway.policy.answers import SHOWN_ENTRIES
from gateway.policy.commands.read import read
from gateway.policy.facts import (
    Duplicate,
    Facts,
    FormSubmission,
    Fresh,
    Listing,
    Match,
    Recipient,
    Reference,
    SentMail,
    TicketFacts,
    Trust,
)
from gateway.policy.form import is_for_form, is_proved, read_form
from gateway.policy.leaks import quoted_lines
from gateway.policy.recipients import resolve
from gateway.policy.said import author_of
from gateway.policy.trust import TrustPolicy, author_trust
from gateway.ports import Transaction

ALL_ENTRIES = 500
"""Most entries of `!show full`."""
LIST_LENGTH = 50
"""Most lines of one list."""


@dataclass(frozen=True, slots=True)
class World:
    """What stays the same from message to message: rules, trust settings."""

    organisation: Organisation
    trust_policy: TrustPolicy


def gather(
    transaction: Transaction,
    item: QueuedMessage,
    message: Message,
    world: World,
    now: datetime,
    seed: bytes,
    *,
    reserve: bool = True,
) -> Facts:
    """The facts about one message. `reserve` false looks without reserving a ticket number."""
    return _Gatherer(transaction, item, message, world, now, seed, reserve).facts()


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
    gatherer = _Gatherer(transaction, item, message, world, now, seed, reserve=True)
    return gatherer.facts_of_report(SentMail(mail.message_id, mail.rcpt_to, mail.kind, mail.ticket))


_MAY_REJECT = frozenset(AddressKind) - {AddressKind.PUBLIC, AddressKind.RELAY}


class _Gatherer:
    """One message's look-ups, each made once."""

    def __init__(
        self,
        transaction: Transaction,
        item: QueuedMessage,
        message: Message,
        world: World,
        now: datetime,
        seed: bytes,
        reserve: bool,
    ) -> None:
        self.transaction = transaction
        self.item = item
        # Only machines send from <>, whatever the header says (RFC 5321 section 4.5.5).
        has_sender = item.envelope.mail_from is not None
        self.message = message if has_sender else null_reverse_path(message)
        self.world = world
        self.organisation = world.organisation
        self.now = now
        self.seed = seed
        self.reserve = reserve
        self.tickets: dict[TicketId, TicketFacts] = {}
        self.recipients = tuple(
            resolve(rcpt_to, self.organisation) for rcpt_to in item.envelope.rcpt_to
        )

    def facts(self) -> Facts:
        """All of it, in the order in which one look-up needs another."""
        message, transaction = self.message, self.transaction
        trust = author_trust(message, self.item.peer, self.world.trust_policy)
        agent = self._author_agent()
        duplicate = transaction.duplicate_of(message.message_id, message.digest, self.item.queue_id)
        references = self._references()
        bounced = self._bounced()
        found = self._match(references) if bounced is None else None
        form = self._form(trust, found)
        mail = self._command_mail(agent, trust, found)
        if bounced is not None and bounced.ticket is not None:
            self._ticket(bounced.ticket)
        if duplicate is not None and duplicate.ticket is not None:
            self._ticket(duplicate.ticket)
        numbers = self._command_tickets(mail, found)
        listings = self._listings(mail, agent)
        opens = found is None and bounced is None and mail is None and self._is_new(duplicate)
        facts = Facts(
            queue_id=self.item.queue_id,
            envelope=self.item.envelope,
            peer=self.item.peer,
            message=message,
            now=self.now,
            fresh=self._fresh(opens=opens),
            organisation=self.organisation,
            recipients=self.recipients,
            trust=trust,
            author_agent=agent,
            match=found,
            tickets=self.tickets,
            numbers=numbers,
            duplicate=duplicate,
            same_id_seen=duplicate is None
            and not message.message_id_made
            and transaction.message_id_seen(message.message_id, self.item.queue_id),
            bounced=bounced,
            own_mail=message.message_id in references and references[message.message_id].sent,
            form=form,
            command_mail=mail,
            named_agents=self._named_agents(mail),
            agents=self._agents(listings),
            members=self._members(mail, form),
            listings=listings,
        )
        return self._with_automatic(facts, opens=opens)

    def facts_of_report(self, sent: SentMail) -> Facts:
        """Only what telling the agents of one mail's failure needs."""
        if sent.ticket is not None:
            self._ticket(sent.ticket)
        return Facts(
            queue_id=self.item.queue_id,
            envelope=self.item.envelope,
            peer=self.item.peer,
            message=self.message,
            now=self.now,
            fresh=self._fresh(opens=False),
            organisation=self.organisation,
            recipients=(),
            trust=author_trust(self.message, self.item.peer, self.world.trust_policy),
            tickets=self.tickets,
            bounced=sent,
            agents=self._agents({}),
            members=self._members(None, None),
        )

    # --- who and where --------------------------------------------------------------------------

    def _author_agent(self) -> Agent | None:
        author = self.message.author
        agent = self.transaction.agent_by_address(author.key) if author else None
        return agent if agent is not None and agent.state is AgentState.ACTIVE else None

    def _references(self) -> dict[str, Reference]:
        originals = [bounce.original_message_id for bounce in self.message.automatic.bounces]
        ids = (self.message.message_id, *match.ids_to_look_up(self.message), *originals)
        return dict(self.transaction.references([i for i in dict.fromkeys(ids) if i]))

    def _bounced(self) -> SentMail | None:
        """The mail of ours that a delivery report is about."""
        if not self.message.automatic.is_bounce:
            return None
        for recipient in self.recipients:
            if recipient.token.startswith("b"):
                sent = self.transaction.sent_mail(return_token=recipient.token)
                if sent is not None:
                    return sent
        for bounce in self.message.automatic.bounces:
            if bounce.original_message_id:
                return self.transaction.sent_mail(message_id=bounce.original_message_id)
        return None

    def _match(self, references: dict[str, Reference]) -> Match | None:
        reference = match.first_known(match.ids_to_look_up(self.message), references)
        if reference is not None and (about := self._ticket(reference.ticket)):
            return match.by_reference(reference, about)
        for recipient in self.recipients:
            party = self._party(recipient)
            if party is not None and self._ticket(party.ticket):
                return match.by_token(party)
        return self._match_by_subject()

    def _party(self, recipient: Recipient) -> Party | None:
        if not recipient.token.startswith("r"):
            return None
        return self.transaction.party_by_token(recipient.token)

    def _match_by_subject(self) -> Match | None:
        numbers = match.numbers_in_subject(self.message.subject)
        if not numbers:
            return None
        known = self.transaction.ticket_ids(numbers)
        for number in numbers:
            about = self._ticket(known[number]) if number in known else None
            found = match.by_subject(about, self.message.author) if about else None
            if found is not None:
                return found
        return None

    def _ticket(self, ticket: TicketId, entries: int = 0) -> TicketFacts | None:
        if ticket not in self.tickets or entries:
            about = self.transaction.ticket(ticket, lock=self.reserve, entries=entries)
            if about is None:
                return None
            self.tickets[ticket] = about
        return self.tickets[ticket]

    def _form(self, trust: Trust, found: Match | None) -> FormSubmission | None:
        if found is not None or not is_for_form(self.recipients):
            return None
        policy = self.world.trust_policy
        if not is_proved(self.message, self.item.peer, trust, policy, self.organisation):
            return None
        return read_form(self.message, self.organisation)

    # --- an agent's commands --------------------------------------------------------------------

    def _command_mail(
        self, agent: Agent | None, trust: Trust, found: Match | None
    ) -> CommandMail | None:
        """The commands of a proved agent; nobody else's text is read for commands."""
        if agent is None or not trust.proved or self.message.automatic.is_auto_generated:
            return None
        party = found.party if found else None
        if party is not None and party.role is not PartyRole.AGENT:
            return None
        mail = read(self.message.reply, new_text_of_html(self.message.html) or None)
        is_command = any(r.address.kind is AddressKind.COMMAND for r in self.recipients)
        speaks = found is not None or is_command or bool(mail.commands or mail.problems)
        return mail if speaks else None

    def _command_tickets(
        self, mail: CommandMail | None, found: Match | None
    ) -> dict[str, TicketId]:
        if mail is None:
            return {}
        wanted = [number for command in mail.commands for number in _numbers(command)]
        known = dict(self.transaction.ticket_ids(wanted)) if wanted else {}
        for ticket in sorted(known.values()):
            self._ticket(ticket)
        if found is not None and quoted_lines(mail.reply):
            self._ticket(found.ticket, SHOWN_ENTRIES)
        for command in sorted(mail.commands, key=_entries_wanted):
            self._entries(command, known, found)
        return known

    def _entries(self, command: Command, known: dict[str, TicketId], found: Match | None) -> None:
        """The thread of each ticket that is shown or handed on."""
        wanted = _entries_wanted(command)
        if not wanted:
            return
        tickets = [known[number] for number in _numbers(command) if number in known]
        if not _numbers(command) and found is not None:
            tickets = [found.ticket]
        for ticket in tickets:
            self._ticket(ticket, wanted)

    def _listings(self, mail: CommandMail | None, agent: Agent | None) -> dict[int, Listing]:
        if mail is None or agent is None:
            return {}
        names = self.organisation.department_names
        return {
            place: self.transaction.list_tickets(
                command.what,
                departments=readable(agent, self.organisation),
                agent=agent.id,
                only_department=names.get(command.department) if command.department else None,
                limit=LIST_LENGTH,
            )
            for place, command in enumerate(mail.commands)
            if isinstance(command, ListTickets)
        }

    def _named_agents(self, mail: CommandMail | None) -> dict[str, Agent]:
        commands = mail.commands if mail else ()
        names = [command.agent for command in commands if isinstance(command, Assign)]
        return dict(self.transaction.agents_by_handle(names)) if names else {}

    # --- who may have to be told ----------------------------------------------------------------

    def _agents(self, listings: dict[int, Listing]) -> dict[AgentId, Agent]:
        wanted = {
            ticket.responsible
            for listing in listings.values()
            for ticket in listing.tickets
            if ticket.responsible is not None
        }
        for about in self.tickets.values():
            wanted |= about.referred_agents
        return dict(self.transaction.agents_by_id(wanted)) if wanted else {}

    def _members(
        self, mail: CommandMail | None, form: FormSubmission | None
    ) -> dict[DepartmentId, tuple[Agent, ...]]:
        departments = self._departments(mail, form)
        wanted: set[DepartmentId] = set()
        for department in departments:
            wanted |= enrolments(department, self.organisation)
        members = dict(self.transaction.members(wanted - {ADMINS})) if wanted else {}
        members[ADMINS] = self.transaction.admins()
        return members

    def _departments(
        self, mail: CommandMail | None, form: FormSubmission | None
    ) -> Collection[DepartmentId]:
        """Every department whose members this message may have to reach."""
        organisation = self.organisation
        found: set[DepartmentId | None] = {form.department} if form else set()
        found |= {recipient.address.department for recipient in self.recipients}
        if not self.tickets:
            found.add(organisation.postmaster)
        for about in self.tickets.values():
            found |= {about.ticket.department, *about.referred_departments}
            if about.ticket.rejected:
                found.add(organisation.departments[about.ticket.department].main)
        for command in mail.commands if mail else ():
            found |= {organisation.department_names.get(name) for name in _targets(command)}
        return [name for name in found if name is not None and name in organisation.departments]

    # --- a new ticket, and automatic mail -------------------------------------------------------

    def _is_new(self, duplicate: Duplicate | None) -> bool:
        """True unless an earlier copy had its effect (a rejected one may be let in by a copy)."""
        if duplicate is None:
            return True
        about = self.tickets.get(duplicate.ticket) if duplicate.ticket is not None else None
        return about is not None and about.ticket.rejected

    def _fresh(self, *, opens: bool) -> Fresh:
        if not opens:
            return Fresh(self.seed, TicketId(0), "")
        take = self.transaction.next_ticket if self.reserve else self.transaction.peek_ticket
        ticket, sequence = take()
        return Fresh(self.seed, ticket, str(self.organisation.number_start + sequence))

    def _with_automatic(self, facts: Facts, *, opens: bool) -> Facts:
        """How much automatic mail the author got lately; only where some may be sent."""
        address = author_of(facts).key
        if not address or not (opens or facts.author_agent):
            return facts
        window = timedelta(days=self.organisation.reject_window_days)
        mails = self.transaction.automatic_mails
        may_reject = opens and any(r.address.kind in _MAY_REJECT for r in self.recipients)
        return replace(
            facts,
            automatic_sent=mails(address, None, self.now - timedelta(days=1)),
            rejected_recently=may_reject and mails(address, "rejection", self.now - window) > 0,
        )


def _entries_wanted(command: Command) -> int:
    """How many entries of its tickets a command needs, the last ones."""
    match command:
        case Show(full=True):
            return ALL_ENTRIES
        case Show() | Assign() | Move() | Accept():
            return SHOWN_ENTRIES
        case _:
            return 0


def _numbers(command: Command) -> Sequence[str]:
    if isinstance(command, ListTickets | Help):
        return ()
    return command.tickets


def _targets(command: Command) -> Sequence[str]:
    """Names of departments a command sends a ticket to."""
    return (command.department,) if isinstance(command, Move) else ()
