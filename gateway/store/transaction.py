"""One transaction of the road: `ports.Transaction` on a connection."""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import Connection, select

from gateway.model.account import Account
from gateway.model.account_changes import AccountChange
from gateway.model.address import fold
from gateway.model.authors import AuthorEntry
from gateway.model.changes import Change
from gateway.model.clock import Beat
from gateway.model.closed import ClosedEntry
from gateway.model.composed import Composed
from gateway.model.decision import Decision, Outcome
from gateway.model.digest import DueDigest
from gateway.model.envelope import QueuedMessage, QueueId
from gateway.model.fit import Fit, FitsWanted
from gateway.model.held import Held, HeldId, Undoable
from gateway.model.history import Act, PastAct
from gateway.model.keys import AuthorKey, Keys, PinnedKey
from gateway.model.message import Message
from gateway.model.notice_changes import NoticeChange
from gateway.model.openpgp import Fingerprint
from gateway.model.outbox import OutboxId
from gateway.model.people import Agent, AgentId, DepartmentId
from gateway.model.query import Scope, Wanted
from gateway.model.reminder import Reminder, ReminderId
from gateway.model.retention import Purged, Retiring
from gateway.model.rule_trouble import Trouble
from gateway.model.second_factor import Enrolment
from gateway.model.statistics import Figures
from gateway.model.ticket import EntryId, FieldId, Party, State, Ticket, TicketId, TopicId
from gateway.policy.facts import Duplicate, Listing, Reference, SentMail, TicketFacts
from gateway.store import (
    absences,
    accounts,
    around,
    cleaning,
    clock,
    closed,
    digests,
    escalations,
    finishing,
    fitting,
    history,
    inbound,
    listing,
    lookups,
    outbox,
    purging,
    record_authors,
    record_fields,
    record_form,
    record_held,
    record_keys,
    record_lists,
    record_proof,
    record_tally,
    recording,
    reminders,
    rule_files,
    schema,
    ticketfacts,
)
from gateway.store.occasion import Occasion
from gateway.store.statements import TICKET_COUNTER
from gateway.store.types import key

_PEEK = select(schema.counter.c.value).where(schema.counter.c.name == TICKET_COUNTER)
_LOCKED_PEEK = _PEEK.with_for_update()


class SqlTransaction:
    """What is read is current as of the locks taken, what is written is written whole or not.

    On PostgreSQL the look-ups see what other nodes commit meanwhile (READ COMMITTED), so that a
    locked ticket is read as it is now; everything about one ticket is read after its lock.
    """

    def __init__(self, connection: Connection, *, write: bool) -> None:
        self._connection = connection
        self._write = write
        self._earlier: dict[tuple[str, str], Duplicate] = {}
        # Within one transaction each account is read once, until one is changed.
        self._by_address: dict[str, Agent | None] = {}
        self._members: dict[DepartmentId, tuple[Agent, ...]] = {}
        self._admins: tuple[Agent, ...] | None = None
        self._acts: list[tuple[datetime, Act]] = []

    def close(self) -> None:
        """Write what was put off to the end, because others wait for it: the history."""
        history.append(self._connection, self._acts)
        self._acts = []

    def remember_act(self, act: Act, now: datetime) -> None:
        """Add an act to the history, as the last thing of the transaction."""
        self._acts.append((now, act))

    def acts_about(self, ticket: TicketId, most: int) -> Sequence[PastAct]:
        """The last acts about the ticket, oldest first."""
        return history.of_ticket(self._connection, ticket, most)

    def is_clock_trusted(self, now: datetime) -> bool:
        """Whether the clock has gone on steadily, so that what it says may be irrevocable."""
        return purging.is_trusted(self._connection, now)

    def retiring(
        self, wanted: Retiring, asked_before: datetime, now: datetime, limit: int
    ) -> Sequence[TicketId]:
        """The first tickets that were closed long enough and that nothing keeps."""
        return purging.retiring(self._connection, wanted, asked_before, now, limit)

    def may_propose(self, now: datetime) -> bool:
        """True once a day; then it is noted."""
        return purging.once_a_day(self._connection, "proposed", now)

    def purgeable(self, before: datetime, now: datetime, limit: int) -> Sequence[TicketId]:
        """The first tickets that were deleted before then, and that may be purged today."""
        most = min(limit, purging.left_today(self._connection, now))
        return purging.due(self._connection, before, now, most) if most > 0 else []

    def purge(self, ticket: TicketId, now: datetime) -> Purged | None:
        """Remove all of a ticket; None when mail about it is still under way, or it is kept."""
        return purging.purge(self._connection, ticket, now)

    def must_clean(self, now: datetime) -> bool:
        """True when copies of mails were not cleaned today."""
        return purging.is_first_today(self._connection, "cleaned", now)

    def clean(self, mails: datetime, typed: datetime, now: datetime, most: int) -> int:
        """Remove up to `most` of each sort; 0 ends today's cleaning."""
        count = cleaning.clean(self._connection, mails, typed, now, most)
        if not count:
            purging.once_a_day(self._connection, "cleaned", now)
        return count

    def must_sweep(self) -> bool:
        """True when the files may still hold what was removed."""
        return purging.must_sweep(self._connection)

    def duplicate_of(self, message_id: str, digest: str, queue_id: QueueId) -> Duplicate | None:
        """The earlier message with this id and digest that was processed, or None."""
        found = lookups.duplicate_of(
            self._connection, message_id, digest, queue_id, lock=self._write
        )
        if found is not None:
            self._earlier[message_id, digest] = found
        return found

    def message_id_seen(self, message_id: str, queue_id: QueueId) -> bool:
        """True when another processed message carried this Message-ID."""
        return lookups.message_id_seen(self._connection, message_id, queue_id)

    def references(self, message_ids: Collection[str]) -> Mapping[str, Reference]:
        """The known ones of these Message-IDs (at most 100 are looked up)."""
        return lookups.references(self._connection, message_ids)

    def party_by_token(self, token: str) -> Party | None:
        """Whose reply address carries this token (exact match)."""
        return lookups.party_by_token(self._connection, token)

    def form_ticket(self, signature: str) -> TicketId | None:
        """The ticket of the form with this signature (hex), or None."""
        return record_form.ticket_of(self._connection, signature)

    def sent_mail(self, *, return_token: str = "", message_id: str = "") -> SentMail | None:
        """The outgoing mail with this token in its return path, or with this Message-ID."""
        return lookups.sent_mail(self._connection, return_token, message_id)

    def sent_contents(self, message_ids: Collection[str]) -> Sequence[bytes]:
        """The outgoing mails with these Message-IDs, their attachments left out."""
        return outbox.sent_contents(self._connection, message_ids)

    def ticket_ids(self, numbers: Collection[str]) -> Mapping[str, TicketId]:
        """Ids of the tickets with these numbers; missing ones are left out."""
        return lookups.ticket_ids(self._connection, numbers)

    def ticket(self, ticket: TicketId, *, lock: bool, entries: int = 0) -> TicketFacts | None:
        """The ticket and what surrounds it; with its last `entries` thread entries."""
        return ticketfacts.ticket_facts(
            self._connection, ticket, lock=lock and self._write, entries=entries
        )

    def agent_by_address(self, address: str) -> Agent | None:
        """The agent with this address, in any state; compared folded."""
        key = fold(address)
        if key not in self._by_address:
            self._by_address[key] = lookups.agent_by_address(self._connection, key)
        return self._by_address[key]

    def agents_by_handle(self, handles: Collection[str]) -> Mapping[str, Agent]:
        """Active agents by folded handle or address; unknown ones are left out."""
        return lookups.agents_by_handle(self._connection, handles)

    def agents_by_id(self, agents: Collection[AgentId]) -> Mapping[AgentId, Agent]:
        """Agents in any state."""
        return lookups.agents_by_id(self._connection, agents)

    def members(
        self, departments: Collection[DepartmentId]
    ) -> Mapping[DepartmentId, tuple[Agent, ...]]:
        """Active agents enrolled in each of these departments, by handle."""
        missing = [each for each in departments if each not in self._members]
        if missing:
            self._members |= lookups.members(self._connection, missing)
        return {each: self._members[each] for each in departments}

    def admins(self) -> tuple[Agent, ...]:
        """Active agents with the admin role, by handle."""
        if self._admins is None:
            self._admins = lookups.admins(self._connection)
        return self._admins

    def accounts_by_word(self, words: Collection[str]) -> Mapping[str, Account]:
        """Accounts in any state by folded short name or address; unknown ones are left out."""
        return accounts.by_word(self._connection, words)

    def accounts(self) -> tuple[Account, ...]:
        """All accounts but the removed ones, by short name."""
        return accounts.living(self._connection)

    def account(self, agent: AgentId) -> Account | None:
        """The account, held for this transaction."""
        return accounts.hold(self._connection, agent)

    def hold_admins(self) -> tuple[Agent, ...]:
        """The active admins; no other transaction takes one of them until the end of this one."""
        self._forget_accounts()
        return accounts.hold_admins(self._connection, lock=self._write)

    def open_tickets(self, agents: Collection[AgentId]) -> Mapping[AgentId, int]:
        """How many open tickets each agent is responsible for; those without any are left out."""
        return accounts.open_tickets(self._connection, agents)

    def left_work(self, limit: int) -> Sequence[AgentId]:
        """Agents who are gone and still have tickets, or their names in the history."""
        return accounts.left_work(self._connection, limit)

    def work_of(self, agent: AgentId, limit: int) -> Sequence[tuple[TicketId, DepartmentId]]:
        """The first open tickets that the agent is responsible for, and whose they are."""
        return accounts.work_of(self._connection, agent, limit)

    def _forget_accounts(self) -> None:
        self._by_address.clear()
        self._members.clear()
        self._admins = None

    def list_tickets(self, wanted: Wanted, scope: Scope, limit: int, skip: int = 0) -> Listing:
        """`limit` tickets after the first `skip`; the total is exact as far as it is counted."""
        return listing.list_tickets(self._connection, wanted, scope, limit, skip)

    def fields_of(
        self, tickets: Collection[TicketId]
    ) -> Mapping[TicketId, Mapping[FieldId, tuple[str, ...]]]:
        """The filled in fields of these tickets."""
        return around.fields_of(self._connection, tickets)

    def saved_queries(self, agent: AgentId) -> Mapping[str, str]:
        """The agent's saved queries by their folded names."""
        return record_lists.saved_queries(self._connection, agent)

    def listed(self, message_ids: Collection[str], agent: AgentId) -> Mapping[int, str]:
        """The ticket numbers of a list that was sent to the agent, by the places of its lines."""
        return record_lists.listed(self._connection, message_ids, agent)

    def held_mails(self, agent: AgentId, now: datetime) -> Sequence[tuple[str, Held]]:
        """The agent's mails that wait for their word, by the key of the receipt; last first."""
        return record_held.waiting(self._connection, agent, now)

    def held_by_token(self, digest: str) -> tuple[str, Held] | None:
        """The held mail, in any state, whose question has this token."""
        return record_held.by_token(self._connection, digest)

    def closed_entries(self, after: EntryId, limit: int) -> tuple[ClosedEntry, ...]:
        """The first entries behind `after` whose mail could not be opened."""
        return closed.entries(self._connection, after, limit)

    def is_closed(self, entry: EntryId) -> bool:
        """True while nobody has opened the mail of this entry."""
        return closed.is_closed(self._connection, entry)

    def expired_held(self, now: datetime, limit: int) -> Sequence[HeldId]:
        """The first held mails whose time to be answered is over."""
        return record_held.expired(self._connection, now, limit)

    def take_expired(self, held: HeldId, now: datetime) -> Held | None:
        """The held mail, for this transaction; None when it waits no longer or is another's."""
        return record_held.take_expired(self._connection, held, now)

    def enrolment(self, agent: AgentId) -> Enrolment | None:
        """The agent's second factor; in a transaction that writes, nobody else's until its end."""
        return record_proof.enrolment(self._connection, agent, lock=self._write)

    def session(self, agent: AgentId, address: str) -> datetime | None:
        """Until when the agent's mail from this address needs no further second factor."""
        return record_proof.session(self._connection, agent, address)

    def wrong_codes(self, agent: AgentId, since: datetime) -> int:
        """How many wrong codes there were since."""
        return record_proof.wrong_codes(self._connection, agent, since)

    def used_codes(self, agent: AgentId, steps: Collection[int]) -> AbstractSet[int]:
        """Those of these time steps whose code had its effect."""
        return record_proof.used_codes(self._connection, agent, steps)

    def recovery_codes(self, agent: AgentId) -> Mapping[str, int]:
        """Ids of the recovery codes that are left, by their digests."""
        return record_proof.recovery_codes(self._connection, agent)

    def keys_of(self, addresses: Collection[str], now: datetime) -> Mapping[str, Keys]:
        """The keys of each address (folded) that has any, as they are good `now`."""
        return record_keys.keys_of(self._connection, addresses, now)

    def author_keys(self, address: str, now: datetime) -> tuple[AuthorKey, ...]:
        """The keys of one author, the one seen last first."""
        return record_keys.author_keys(self._connection, address, now)

    def pinned_to(
        self, agents: Collection[AgentId], now: datetime
    ) -> Mapping[AgentId, tuple[PinnedKey, ...]]:
        """The fingerprints of these agents; those without any are left out."""
        return record_keys.pinned_to(self._connection, agents, now)

    def pinned_as(
        self, fingerprints: Collection[Fingerprint], now: datetime
    ) -> Mapping[Fingerprint, PinnedKey]:
        """Whose these fingerprints are; those of nobody are left out."""
        return record_keys.pinned_as(self._connection, fingerprints, now)

    def pinned_ending(self, before: datetime, now: datetime) -> tuple[PinnedKey, ...]:
        """The pinned keys of active agents that end before that moment, or have ended."""
        return record_keys.pinned_ending(self._connection, before, now)

    def told_of_keys(
        self, keys: Collection[tuple[Fingerprint, datetime]]
    ) -> AbstractSet[tuple[Fingerprint, datetime, str]]:
        """What the admins were told already of keys that end then: the stages."""
        return record_keys.warned(self._connection, keys)

    def signature_used_for(self, digest: str) -> str | None:
        """The queue id of the mail that the signature counted for; None when for none."""
        return record_keys.signature_used_for(self._connection, digest)

    def undoable(self, agent: AgentId, since: datetime) -> Sequence[tuple[str, Undoable]]:
        """What the agent's mails did since then, by the key of the receipt; last first."""
        return record_held.done(self._connection, agent, since)

    def staying(self, message_ids: Collection[str], now: datetime) -> AbstractSet[str]:
        """Those of these outgoing mails that have not begun to leave."""
        return record_held.staying(self._connection, message_ids, now)

    def tickets_with_tasks(self, agent: AgentId, by: date, limit: int) -> tuple[Ticket, ...]:
        """Open tickets with something that the agent has to do by that day."""
        return absences.with_tasks(self._connection, agent, by, limit)

    def absences_over(self, now: datetime, limit: int) -> Sequence[AgentId]:
        """The agents whose absence is over, the earliest first."""
        return absences.over(self._connection, now, limit)

    def absent(self, agent: AgentId) -> Agent | None:
        """The absent agent, held for this transaction; None when they are another node's."""
        return absences.hold(self._connection, agent)

    def message(self, queue_id: QueueId) -> QueuedMessage | None:
        """An accepted message, in whatever state it is."""
        return inbound.message_of(self._connection, queue_id)

    def receipt_key(self, message_id: str) -> str:
        """The key under which held mails and work are found."""
        return key(message_id)

    def due_reminders(self, now: datetime, limit: int) -> Sequence[ReminderId]:
        """The first reminders whose time has come."""
        return reminders.due(self._connection, now, limit)

    def reminder(self, reminder: ReminderId) -> Reminder | None:
        """The reminder, held for this transaction; None when it is gone or another node's."""
        return reminders.hold(self._connection, reminder)

    def fits(self, wanted: FitsWanted) -> Sequence[Fit]:
        """Offers or requests, the oldest first."""
        return fitting.fits(self._connection, wanted)

    def partners(
        self, tickets: Collection[TicketId]
    ) -> Mapping[TicketId, Mapping[TicketId, TopicId]]:
        """The open tickets that each of these is linked with, and their topics."""
        return fitting.partners(self._connection, tickets)

    def due_digests(self, now: datetime, too_far: datetime, limit: int) -> Sequence[AgentId]:
        """The agents of the first digests whose time has come, or stands after `too_far`."""
        return digests.due(self._connection, now, too_far, limit)

    def due_digest(self, agent: AgentId) -> DueDigest | None:
        """The agent's digest, held for this transaction; None when there is none to send."""
        return digests.hold(self._connection, agent)

    def is_any_unlooked(self) -> bool:
        """True when some ticket has changed since escalations looked at it."""
        return escalations.is_any_unlooked(self._connection)

    def unlooked(self, limit: int) -> Sequence[escalations.Found]:
        """The first tickets that have changed since then, with their marks; held."""
        return escalations.unlooked(self._connection, limit)

    def watched(self, ticket: TicketId) -> escalations.Found | None:
        """What escalations look at of the ticket, and its marks."""
        return escalations.one(self._connection, ticket)

    def due_escalations(self, now: datetime, limit: int) -> Sequence[TicketId]:
        """The first tickets that are to be looked at again."""
        return escalations.due(self._connection, now, limit)

    def look_again(self, after: TicketId, many: int, states: Collection[State]) -> TicketId | None:
        """Up to `many` tickets behind `after` are looked at anew; the last, None at the end."""
        return escalations.look_again(self._connection, after, many, states)

    def escalation_rules(self) -> int:
        """The number of the rules by which all tickets were looked at."""
        return escalations.rules(self._connection)

    def set_escalation_rules(self, number: int) -> None:
        """All tickets are, or are marked to be, looked at by the rules of this number."""
        escalations.set_rules(self._connection, number)

    def clock(self, boot: str) -> tuple[Beat | None, datetime | None]:
        """The last beat since this start of the machine; the latest moment that was believed."""
        return clock.read(self._connection, boot)

    def rule_troubles(self) -> Sequence[Trouble]:
        """What is wrong with the rule files, on each node; held."""
        return rule_files.troubles(self._connection, lock=self._write)

    def figures(self, departments: Collection[DepartmentId], since: datetime) -> Figures:
        """What was counted in the departments since that week, and what stands now."""
        found = record_tally.figures(self._connection, departments, since)
        rejected = record_authors.rejections(self._connection, departments, since)
        return replace(found, rejections=rejected)

    def reserved(
        self, values: Collection[tuple[FieldId, str]]
    ) -> Mapping[tuple[FieldId, str], TicketId]:
        """Which open tickets hold these values of unique fields; free ones are left out."""
        return record_fields.holders(self._connection, values)

    def entries_about(self, keys: Collection[str]) -> tuple[AuthorEntry, ...]:
        """Entries by command in force with these keys (`authors.author_keys`), oldest first."""
        return record_authors.entries_about(self._connection, keys)

    def entries(self, limit: int) -> tuple[AuthorEntry, ...]:
        """All entries by command in force, oldest first."""
        return record_authors.entries(self._connection, limit)

    def automatic_mails(self, address: str, kind: str | None, since: datetime) -> int:
        """How many automatic mails went to the address (folded) since; of one kind or all."""
        return lookups.automatic_mails(self._connection, address, kind, since)

    def next_ticket(self) -> tuple[TicketId, int]:
        """The next ticket's id and number, held for this transaction.

        It is used up only by the `OpenTicket` that takes it: numbers have no gaps. Until then the
        same is returned again.
        """
        number = self._connection.execute(_LOCKED_PEEK).scalar_one() + 1
        return TicketId(number), number

    def peek_ticket(self) -> tuple[TicketId, int]:
        """What `next_ticket` would return, without holding it."""
        number = self._connection.execute(_PEEK).scalar_one() + 1
        return TicketId(number), number

    def apply(
        self,
        changes: Sequence[Change],
        now: datetime,
        item: QueuedMessage | None = None,
        message: Message | None = None,
    ) -> None:
        """Write the changes in their order."""
        occasion = Occasion(
            now,
            queue_id=item.queue_id if item else None,
            message_id=message.message_id if message else None,
        )
        recording.apply(self._connection, changes, occasion)
        if any(isinstance(change, NoticeChange | AccountChange) for change in changes):
            self._forget_accounts()

    def give_up(self, mail: OutboxId, error: str, now: datetime) -> bool:
        """Mark a mail that will never arrive; false when its end was recorded before."""
        return finishing.give_up(self._connection, mail, error, now)

    def enqueue(self, composed: Sequence[Composed], now: datetime) -> None:
        """Put outgoing mail into the outbox. Equal `tail`s of one call are stored once."""
        finishing.enqueue(self._connection, composed, now)

    def finish(
        self, item: QueuedMessage, message: Message, decision: Decision, now: datetime
    ) -> None:
        """Mark the inbound entry done; `Conflict` when another node was faster."""
        finishing.finish(self._connection, item, message, decision, now)
        if decision.outcome is Outcome.QUARANTINED:
            return  # it has had no effect: once it is released it will
        earlier = self._earlier.get((message.message_id, message.digest))
        finishing.know(self._connection, item, message, decision, earlier)
