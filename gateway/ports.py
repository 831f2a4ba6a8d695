"""What the road needs of the world, as Protocols. `store` and `render` keep these promises."""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Protocol

from gateway.mail.opened import OpenedMail
from gateway.model.account import Account
from gateway.model.authors import AuthorEntry
from gateway.model.changes import Change
from gateway.model.clock import Beat
from gateway.model.closed import ClosedEntry
from gateway.model.composed import Composed
from gateway.model.decision import Decision
from gateway.model.digest import DueDigest
from gateway.model.envelope import QueuedMessage, QueueId
from gateway.model.escalation import Mark, RuleId, Watched
from gateway.model.fit import Fit, FitsWanted
from gateway.model.held import Held, HeldId, Undoable
from gateway.model.history import Act, PastAct
from gateway.model.keys import AuthorKey, Keys, PinnedKey
from gateway.model.message import Message
from gateway.model.openpgp import Fingerprint
from gateway.model.outbox import OutboxId, OutboxMail, Settled
from gateway.model.people import Agent, AgentId, DepartmentId
from gateway.model.query import Scope, Wanted
from gateway.model.reminder import Reminder, ReminderId
from gateway.model.retention import Purged, Retiring
from gateway.model.rule_trouble import Trouble
from gateway.model.second_factor import Enrolment, NewCodes
from gateway.model.statistics import Figures
from gateway.model.ticket import EntryId, FieldId, Party, State, Ticket, TicketId, TopicId
from gateway.policy.confidential import Protected
from gateway.policy.facts import Duplicate, Listing, Reference, SentMail, TicketFacts


class Clock(Protocol):
    """Now, as timezone-aware UTC."""

    def __call__(self) -> datetime:
        """The present moment."""
        ...


class Transaction(Protocol):
    """One transaction: what is read is one snapshot, what is written is written whole or not.

    Every look-up goes through an index; none depends on the number of tickets, agents or mails.
    """

    def duplicate_of(self, message_id: str, digest: str, queue_id: QueueId) -> Duplicate | None:
        """The earlier message with this id and digest that was processed, or None."""
        ...

    def message_id_seen(self, message_id: str, queue_id: QueueId) -> bool:
        """True when another processed message carried this Message-ID."""
        ...

    def references(self, message_ids: Collection[str]) -> Mapping[str, Reference]:
        """The known ones of these Message-IDs (at most 100 are looked up)."""
        ...

    def party_by_token(self, token: str) -> Party | None:
        """Whose reply address carries this token (exact match)."""
        ...

    def form_ticket(self, signature: str) -> TicketId | None:
        """The ticket of the form with this signature (hex), or None."""
        ...

    def sent_mail(self, *, return_token: str = "", message_id: str = "") -> SentMail | None:
        """The outgoing mail with this token in its return path, or with this Message-ID."""
        ...

    def sent_contents(self, message_ids: Collection[str]) -> Sequence[bytes]:
        """The outgoing mails with these Message-IDs, their attachments left out."""
        ...

    def ticket_ids(self, numbers: Collection[str]) -> Mapping[str, TicketId]:
        """Ids of the tickets with these numbers; missing ones are left out."""
        ...

    def ticket(self, ticket: TicketId, *, lock: bool, entries: int = 0) -> TicketFacts | None:
        """The ticket and what surrounds it; with its last `entries` thread entries, oldest first.

        `lock` keeps other nodes from changing it until the end of the transaction.
        """
        ...

    def agent_by_address(self, address: str) -> Agent | None:
        """The agent with this address, in any state; compared folded."""
        ...

    def agents_by_handle(self, handles: Collection[str]) -> Mapping[str, Agent]:
        """Active agents by folded handle or address; unknown ones are left out."""
        ...

    def agents_by_id(self, agents: Collection[AgentId]) -> Mapping[AgentId, Agent]:
        """Agents in any state."""
        ...

    def members(
        self, departments: Collection[DepartmentId]
    ) -> Mapping[DepartmentId, tuple[Agent, ...]]:
        """Active agents enrolled in each of these departments, by handle."""
        ...

    def admins(self) -> tuple[Agent, ...]:
        """Active agents with the admin role, by handle."""
        ...

    def accounts_by_word(self, words: Collection[str]) -> Mapping[str, Account]:
        """Accounts in any state by folded short name or address; unknown ones are left out."""
        ...

    def accounts(self) -> tuple[Account, ...]:
        """All accounts but the removed ones, by short name."""
        ...

    def account(self, agent: AgentId) -> Account | None:
        """The account, held for this transaction."""
        ...

    def hold_admins(self) -> tuple[Agent, ...]:
        """The active admins; no other transaction takes one of them until the end of this one."""
        ...

    def open_tickets(self, agents: Collection[AgentId]) -> Mapping[AgentId, int]:
        """How many open tickets each agent is responsible for; those without any are left out."""
        ...

    def left_work(self, limit: int) -> Sequence[AgentId]:
        """Agents who are gone and still have tickets, or their names in the history."""
        ...

    def work_of(self, agent: AgentId, limit: int) -> Sequence[tuple[TicketId, DepartmentId]]:
        """The first open tickets that the agent is responsible for, and whose they are."""
        ...

    def list_tickets(self, wanted: Wanted, scope: Scope, limit: int, skip: int = 0) -> Listing:
        """`limit` tickets after the first `skip`; the total is exact as far as it is counted."""
        ...

    def fields_of(
        self, tickets: Collection[TicketId]
    ) -> Mapping[TicketId, Mapping[FieldId, tuple[str, ...]]]:
        """The filled in fields of these tickets."""
        ...

    def saved_queries(self, agent: AgentId) -> Mapping[str, str]:
        """The agent's saved queries by their folded names."""
        ...

    def listed(self, message_ids: Collection[str], agent: AgentId) -> Mapping[int, str]:
        """The ticket numbers of a list that was sent to the agent, by the places of its lines."""
        ...

    def held_mails(self, agent: AgentId, now: datetime) -> Sequence[tuple[str, Held]]:
        """The agent's mails that wait for their word, by the key of the receipt; last first."""
        ...

    def held_by_token(self, digest: str) -> tuple[str, Held] | None:
        """The held mail, in any state, whose question has this token (`token_digest`)."""
        ...

    def closed_entries(self, after: EntryId, limit: int) -> tuple[ClosedEntry, ...]:
        """The first entries behind `after` whose mail could not be opened."""
        ...

    def is_closed(self, entry: EntryId) -> bool:
        """True while nobody has opened the mail of this entry; others wait."""
        ...

    def expired_held(self, now: datetime, limit: int) -> Sequence[HeldId]:
        """The first held mails whose time to be answered is over."""
        ...

    def take_expired(self, held: HeldId, now: datetime) -> Held | None:
        """The held mail, for this transaction; None when it waits no longer or is another's."""
        ...

    def enrolment(self, agent: AgentId) -> Enrolment | None:
        """The agent's second factor; in a transaction that writes, nobody else's until its end."""
        ...

    def session(self, agent: AgentId, address: str) -> datetime | None:
        """Until when the agent's mail from this address (folded) needs no further second factor."""
        ...

    def wrong_codes(self, agent: AgentId, since: datetime) -> int:
        """How many wrong codes there were since."""
        ...

    def used_codes(self, agent: AgentId, steps: Collection[int]) -> AbstractSet[int]:
        """Those of these time steps whose code had its effect."""
        ...

    def recovery_codes(self, agent: AgentId) -> Mapping[str, int]:
        """Ids of the recovery codes that are left, by their digests."""
        ...

    def keys_of(self, addresses: Collection[str], now: datetime) -> Mapping[str, Keys]:
        """The keys of each address (folded) that has any, as they are good `now`."""
        ...

    def author_keys(self, address: str, now: datetime) -> tuple[AuthorKey, ...]:
        """The keys of one author, the one seen last first."""
        ...

    def pinned_to(
        self, agents: Collection[AgentId], now: datetime
    ) -> Mapping[AgentId, tuple[PinnedKey, ...]]:
        """The fingerprints of these agents; those without any are left out."""
        ...

    def pinned_as(
        self, fingerprints: Collection[Fingerprint], now: datetime
    ) -> Mapping[Fingerprint, PinnedKey]:
        """Whose these fingerprints are; those of nobody are left out."""
        ...

    def pinned_ending(self, before: datetime, now: datetime) -> tuple[PinnedKey, ...]:
        """The pinned keys of active agents that end before that moment, or have ended."""
        ...

    def told_of_keys(
        self, keys: Collection[tuple[Fingerprint, datetime]]
    ) -> AbstractSet[tuple[Fingerprint, datetime, str]]:
        """What the admins were told already of keys that end then: the stages."""
        ...

    def signature_used_for(self, digest: str) -> str | None:
        """The queue id of the mail that the signature counted for; None when for none."""
        ...

    def undoable(self, agent: AgentId, since: datetime) -> Sequence[tuple[str, Undoable]]:
        """What the agent's mails did since then, by the key of the receipt; last first."""
        ...

    def staying(self, message_ids: Collection[str], now: datetime) -> AbstractSet[str]:
        """Those of these outgoing mails that have not begun to leave; they are held back."""
        ...

    def tickets_with_tasks(self, agent: AgentId, by: date, limit: int) -> tuple[Ticket, ...]:
        """Open tickets with something that the agent has to do by that day."""
        ...

    def absences_over(self, now: datetime, limit: int) -> Sequence[AgentId]:
        """The agents whose absence is over, the earliest first."""
        ...

    def absent(self, agent: AgentId) -> Agent | None:
        """The absent agent, held for this transaction; None when they are another node's."""
        ...

    def message(self, queue_id: QueueId) -> QueuedMessage | None:
        """An accepted message, in whatever state it is; None when it is gone."""
        ...

    def receipt_key(self, message_id: str) -> str:
        """The key under which held mails and work are found by the Message-ID of the receipt."""
        ...

    def due_reminders(self, now: datetime, limit: int) -> Sequence[ReminderId]:
        """The first reminders whose time has come."""
        ...

    def reminder(self, reminder: ReminderId) -> Reminder | None:
        """The reminder, held for this transaction; None when it is gone or another node's."""
        ...

    def fits(self, wanted: FitsWanted) -> Sequence[Fit]:
        """Offers or requests, the oldest first."""
        ...

    def partners(
        self, tickets: Collection[TicketId]
    ) -> Mapping[TicketId, Mapping[TicketId, TopicId]]:
        """The open tickets that each of these is linked with, and their topics."""
        ...

    def due_digests(self, now: datetime, too_far: datetime, limit: int) -> Sequence[AgentId]:
        """The agents of the first digests whose time has come, or stands after `too_far`."""
        ...

    def due_digest(self, agent: AgentId) -> DueDigest | None:
        """The agent's digest, held for this transaction; None when there is none to send."""
        ...

    def is_any_unlooked(self) -> bool:
        """True when some ticket has changed since escalations looked at it."""
        ...

    def unlooked(self, limit: int) -> Sequence[tuple[Watched, Mapping[RuleId, Mark]]]:
        """The first tickets that have changed since then, with their marks; no other node's."""
        ...

    def watched(self, ticket: TicketId) -> tuple[Watched, Mapping[RuleId, Mark]] | None:
        """What escalations look at of the ticket, and its marks."""
        ...

    def due_escalations(self, now: datetime, limit: int) -> Sequence[TicketId]:
        """The first tickets that are to be looked at again."""
        ...

    def look_again(self, after: TicketId, many: int, states: Collection[State]) -> TicketId | None:
        """Up to `many` tickets behind `after` are looked at anew; the last, None at the end.

        Those in the given states, and those of which something was due.
        """
        ...

    def escalation_rules(self) -> int:
        """The number of the rules by which all tickets were looked at; 0: none."""
        ...

    def set_escalation_rules(self, number: int) -> None:
        """All tickets are, or are marked to be, looked at by the rules of this number."""
        ...

    def clock(self, boot: str) -> tuple[Beat | None, datetime | None]:
        """The last beat since this start of the machine; the latest moment that was believed."""
        ...

    def rule_troubles(self) -> Sequence[Trouble]:
        """What is wrong with the rule files, on each node; held for this transaction."""
        ...

    def figures(self, departments: Collection[DepartmentId], since: datetime) -> Figures:
        """What was counted in the departments since that week, and what stands now."""
        ...

    def reserved(
        self, values: Collection[tuple[FieldId, str]]
    ) -> Mapping[tuple[FieldId, str], TicketId]:
        """Which open tickets hold these values of unique fields; free ones are left out."""
        ...

    def entries_about(self, keys: Collection[str]) -> tuple[AuthorEntry, ...]:
        """Entries by command in force with these keys (`authors.author_keys`), oldest first."""
        ...

    def entries(self, limit: int) -> tuple[AuthorEntry, ...]:
        """All entries by command in force, oldest first."""
        ...

    def automatic_mails(self, address: str, kind: str | None, since: datetime) -> int:
        """How many automatic mails went to the address (folded) since; of one kind or all."""
        ...

    def next_ticket(self) -> tuple[TicketId, int]:
        """The next ticket's id and number of the sequence (from 1), held for this transaction.

        The `OpenTicket` that takes it uses it up; until then the same is returned again.
        """
        ...

    def peek_ticket(self) -> tuple[TicketId, int]:
        """What `next_ticket` would return, without holding it."""
        ...

    def apply(
        self,
        changes: Sequence[Change],
        now: datetime,
        item: QueuedMessage | None = None,
        message: Message | None = None,
    ) -> None:
        """Write the changes in their order.

        `item` and `message` are the message being decided; None when the gateway itself acts
        (an outgoing mail was given up).
        """
        ...

    def remember_act(self, act: Act, now: datetime) -> None:
        """Add an act to the history, at the end of the transaction."""
        ...

    def acts_about(self, ticket: TicketId, most: int) -> Sequence[PastAct]:
        """The last acts about the ticket, oldest first."""
        ...

    def is_clock_trusted(self, now: datetime) -> bool:
        """Whether the clock has gone on steadily, so that what it says may be irrevocable."""
        ...

    def retiring(
        self, wanted: Retiring, asked_before: datetime, now: datetime, limit: int
    ) -> Sequence[TicketId]:
        """The first tickets that were closed long enough and that nothing keeps."""
        ...

    def may_propose(self, now: datetime) -> bool:
        """True once a day; then it is noted."""
        ...

    def purgeable(self, before: datetime, now: datetime, limit: int) -> Sequence[TicketId]:
        """The first tickets that were deleted before then, and that may be purged today."""
        ...

    def purge(self, ticket: TicketId, now: datetime) -> Purged | None:
        """Remove all of a ticket; None when mail about it is still under way, or it is kept."""
        ...

    def must_clean(self, now: datetime) -> bool:
        """True when copies of mails were not cleaned today."""
        ...

    def clean(self, mails: datetime, typed: datetime, now: datetime, most: int) -> int:
        """Remove up to `most` copies of mails that ended before then, and what was typed before.

        Returns how many there were. 0: nothing is left, today's cleaning is over.
        """
        ...

    def must_sweep(self) -> bool:
        """True when the files may still hold what was removed."""
        ...

    def give_up(self, mail: OutboxId, error: str, now: datetime) -> bool:
        """Mark a mail that will never arrive; false when its end was recorded before."""
        ...

    def enqueue(self, composed: Sequence[Composed], now: datetime) -> None:
        """Put outgoing mail into the outbox. Equal `tail`s of one call are stored once."""
        ...

    def finish(
        self, item: QueuedMessage, message: Message, decision: Decision, now: datetime
    ) -> None:
        """Mark the inbound entry done, with outcome, reason, ticket, Message-ID and digest."""
        ...


class Store(Protocol):
    """Where transactions come from."""

    def begin(self, *, write: bool = True) -> AbstractContextManager[Transaction]:
        """A transaction: committed at the end of the block, rolled back on an exception.

        With `write` false nothing is ever written (`gateway explain`).
        """
        ...

    def sweep(self, *, thorough: bool = False) -> bool:
        """Take what was removed out of the files too; false when it has to be tried again."""
        ...


class Unsealable(Exception):  # noqa: N818  (says what it is)
    """A mail can never be signed or encrypted as it is to be; the text names nobody."""


class VaultClosed(Exception):  # noqa: N818  (says what it is)
    """The key of the agents' secrets cannot be used; the text is for the operator."""


class Vault(Protocol):
    """The agents' secrets, which nobody else opens. Raises `VaultClosed`."""

    def steps(
        self, agent: AgentId, sealed: bytes, code: str, first: datetime, last: datetime
    ) -> tuple[int, ...]:
        """The time steps between two moments whose code this is, the latest first."""
        ...

    def recovery_digest(self, agent: AgentId, code: str) -> str:
        """What is kept of a recovery code."""
        ...

    def new_codes(self, agent: Agent, organisation: str) -> NewCodes:
        """A new secret for the agent's one-time codes; `organisation` is what their app shows."""
        ...


class InboundQueue(Protocol):
    """The queue of accepted messages, as the processing loop uses it."""

    def claim(self, node: str, limit: int, now: datetime, lease: timedelta) -> list[QueuedMessage]:
        """Messages that are this node's until `now + lease`, in order of arrival."""
        ...

    def renew(self, node: str, now: datetime, lease: timedelta) -> AbstractSet[QueueId]:
        """Prolong what this node still holds, and say what that is."""
        ...

    def release(self, node: str, *, counted: bool = True) -> int:
        """Give back all that this node holds; not `counted`: it was not begun."""
        ...

    def postpone(
        self, queue_id: QueueId, until: datetime, error: str, *, counted: bool = True
    ) -> None:
        """Try the message again at `until`; not `counted`: the attempt was not its fault."""
        ...

    def quarantine(self, queue_id: QueueId, reason: str, now: datetime) -> None:
        """Keep the message for a person; it is not tried again."""
        ...


class OutboxQueue(Protocol):
    """The outbox, as the delivering loop uses it."""

    def claim(self, node: str, limit: int, now: datetime, lease: timedelta) -> list[OutboxMail]:
        """Mails that are this node's until `now + lease`, in order of writing."""
        ...

    def renew(self, node: str, now: datetime, lease: timedelta) -> AbstractSet[OutboxId]:
        """Prolong what this node still holds, and say what that is."""
        ...

    def settle(
        self,
        results: Sequence[tuple[OutboxId, Settled]],
        now: datetime,
        *,
        node: str | None = None,
    ) -> None:
        """Write how the attempts ended, all in one commit.

        What a `node` that lost its lease says of a mail counts only if the mail was sent.
        """
        ...


class Opener(Protocol):
    """Opens what is encrypted and checks what is signed; never inside of a transaction."""

    def open(self, raw: bytes, outside: Message) -> OpenedMail:
        """The mail `raw`, which reads as `outside` before it is opened.

        Raises a `Refusal` when it has to wait; what cannot be opened is told in the message.
        """
        ...

    def expect(self, mails: Sequence[tuple[bytes, Message]]) -> None:
        """These will be asked for soon, in their order: as many as there are cores may begin."""
        ...


class Composer(Protocol):
    """Turns decided outgoing mail into bytes."""

    def compose(
        self,
        outgoing: Protected,
        raw: bytes,
        now: datetime,
        content: bytes | None = None,
    ) -> tuple[Composed, ...]:
        """One `Composed` for each outgoing mail, in order.

        `raw` is the message being decided; attachments are read out of `content`, which is the
        same opened (None: it is `raw`). Raises when a template is broken; then nothing is recorded
        and the message waits.
        """
        ...
