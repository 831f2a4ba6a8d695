"""Everything that may be known when a message is decided, gathered before."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b

from gateway.mail.forward import Forwarded
from gateway.model.account import Account
from gateway.model.address import Mailbox
from gateway.model.authors import AuthorEntry
from gateway.model.command import CommandMail
from gateway.model.envelope import Envelope, Peer, QueueId
from gateway.model.fit import Matching
from gateway.model.held import Held, Undoable
from gateway.model.history import PastAct
from gateway.model.key_request import KeyRequest
from gateway.model.keys import AuthorKey, Keys, PinnedKey
from gateway.model.message import Message
from gateway.model.organisation import Address, Organisation
from gateway.model.people import Agent, AgentId, DepartmentId, Language
from gateway.model.second_factor import NO_SECOND_FACTOR, SecondFactor, SignatureProof
from gateway.model.statistics import Figures
from gateway.model.text import Text
from gateway.model.ticket import Entry, FieldId, Link, Party, Task, Ticket, TicketId, TopicId
from gateway.policy.register import Register
from gateway.policy.rules.ruling import NO_RULING, Ruling


@dataclass(frozen=True, slots=True)
class Fresh:
    """New names for this message's decision, all drawn from one random seed.

    `seed` is 32 random bytes; every name derived from it is as unguessable as the seed and the
    same each time, so a decision is a plain value that can be compared.
    """

    seed: bytes
    ticket_id: TicketId
    ticket_number: str

    def token(self, *purpose: str) -> str:
        """32 hexadecimal digits (128 bit) for the given purpose."""
        return blake2b("\0".join(purpose).encode(), key=self.seed, digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class Recipient:
    """One RCPT TO: the declared address it names, and the plus part (empty when there is none)."""

    address: Address
    token: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A Message-ID that we know: the ticket it belongs to and whom it was issued to or came from.

    `sent` true: one of our own outgoing mails, whose id was told to `party` alone.
    """

    message_id: str
    ticket: TicketId
    party: str
    sent: bool


class MatchedBy(StrEnum):
    """Which of the three ways found the ticket."""

    MESSAGE_ID = "message-id"
    TOKEN = "token"
    SUBJECT = "subject"
    RETURN_PATH = "return-path"


@dataclass(frozen=True, slots=True)
class Match:
    """The ticket a message belongs to, and the party whose id or token led there.

    `party` is None when nobody's secret was used (subject number, or an id that came from outside
    and so may be known to many).
    """

    ticket: TicketId
    by: MatchedBy
    party: Party | None


@dataclass(frozen=True, slots=True)
class SentMail:
    """An outgoing mail of ours, found through its return path or Message-ID."""

    message_id: str
    rcpt_to: str
    kind: str
    ticket: TicketId | None
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TicketFacts:
    """A ticket and what surrounds it. `workers` are all agents who ever worked on it."""

    ticket: Ticket
    parties: Mapping[str, Party]
    """By folded address."""
    thread: Mapping[str, "ThreadEnds"]
    """By folded address: ids for In-Reply-To and References of the next mail to that person."""
    referred_departments: frozenset[DepartmentId] = frozenset()
    referred_agents: frozenset[AgentId] = frozenset()
    workers: tuple[Agent, ...] = ()
    responsible: Agent | None = None
    entries: tuple[Entry, ...] = ()
    """Only filled where the whole thread is asked for (`!show`)."""
    entry_count: int = 0
    fields: Mapping[FieldId, tuple[str, ...]] = field(default_factory=dict)
    """The filled in fields: identifiers several, a choice with its comment second, else one."""
    tasks: tuple[Task, ...] = ()
    links: tuple[Link, ...] = ()
    watchers: tuple[Agent, ...] = ()


@dataclass(frozen=True, slots=True)
class ThreadEnds:
    """First and last Message-ID exchanged with a person in a ticket."""

    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Listing:
    """Tickets found for a `!list`: the first page and how many there are."""

    tickets: tuple[Ticket, ...]
    total: int
    more: bool = False
    """There are more than `total`: no more are counted."""
    problem: Text | None = None
    """Why the list cannot be made; then it is empty."""
    table: tuple[Ticket, ...] = ()
    """All of them up to a bound, where a table is wanted."""
    fields: Mapping[TicketId, Mapping[FieldId, tuple[str, ...]]] = field(default_factory=dict)
    """The filled in fields of the table's tickets."""


@dataclass(frozen=True, slots=True)
class PassedOn:
    """A mail that an agent passes on: the one that none of us wrote, else the outermost.

    `author` is None where nobody can be recognised, or only us. `attached` counts the attached
    mails when it is one of them. `known` is the ticket that has it already.
    """

    mail: Forwarded
    author: Mailbox | None = None
    attached: int = 0
    known: TicketId | None = None


class Proof(StrEnum):
    """What proves that the author is who the From field says."""

    NONE = "none"
    AUTHENTICATION_RESULTS = "authentication-results"  # of the front server
    DKIM = "dkim"  # found by the gateway itself, like the next two
    SPF = "spf"
    ARC = "arc"
    SUBMISSION = "submission"  # the agent logged in to send it
    LOOPBACK = "loopback"  # development mode only
    OPENPGP = "openpgp"  # a signature by a key that is pinned to the agent


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: `what` (dkim, spf ...), what came of it, and details."""

    what: str
    result: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Trust:
    """How far the From field is proved. `forged`: its domain says that this mail is not theirs.

    `checks` are what `reason` follows from. `is_open`: there may be a proof, but DNS did not say.
    """

    proof: Proof
    forged: bool
    reason: str
    checks: tuple[Check, ...] = ()
    is_open: bool = False

    @property
    def proved(self) -> bool:
        """True when there is a configured proof; From alone is none."""
        return self.proof is not Proof.NONE


@dataclass(frozen=True, slots=True)
class Duplicate:
    """An earlier message with the same Message-ID and the same digest."""

    queue_id: QueueId
    ticket: TicketId | None
    rcpt_to: frozenset[str]
    """Every envelope address (folded) that the earlier copies came for."""


@dataclass(frozen=True, slots=True)
class FormSubmission:
    """A proved mail of the contact form, read.

    `requester` is the person who filled it in; its address is empty when that cannot be used.
    `problems` says what is missing or impossible, for the agents who get it all the same.
    """

    requester: Mailbox
    department: DepartmentId
    text: str
    fields: tuple[tuple[str, str], ...]
    language: Language | None = None
    problems: tuple[Text, ...] = ()
    topic: TopicId | None = None
    values: Mapping[FieldId, tuple[str, ...]] = field(default_factory=dict)
    """The fields of the topic that the form fills in."""
    subject: str = ""
    """What it is about; empty when the form does not say."""
    chosen_topic: str = ""
    """The topic in the words of the form."""
    location: str = ""
    postcode: str = ""
    refused_with: str = ""
    """The canned response of a filter that the form is caught by."""
    signature: str = ""
    """The HMAC that proves it (hex); empty where something else does."""
    document: int | None = None
    """The part of the mail that is the form, where it is no text."""
    said: tuple[tuple[str, str], ...] = ()
    """All of its fields by the names in the mail, for rules."""


@dataclass(frozen=True, slots=True)
class Facts:
    """The world as it was when one message was decided. `now` is timezone-aware UTC."""

    queue_id: QueueId
    envelope: Envelope
    peer: Peer
    message: Message
    now: datetime
    fresh: Fresh
    organisation: Organisation
    recipients: tuple[Recipient, ...]
    trust: Trust
    author_agent: Agent | None = None
    """The active agent whose address the From field shows; proved or not."""
    match: Match | None = None
    tickets: Mapping[TicketId, TicketFacts] = field(default_factory=dict)
    """The matched ticket and those named in commands."""
    numbers: Mapping[str, TicketId] = field(default_factory=dict)
    """Ticket numbers named in commands that exist."""
    duplicate: Duplicate | None = None
    same_id_seen: bool = False
    """The Message-ID is known, but with other content."""
    bounced: SentMail | None = None
    own_mail: bool = False
    """The Message-ID is one of our own outgoing mails: it came back."""
    form: FormSubmission | None = None
    """Set for a proved mail of the contact form."""
    form_doubt: Text | None = None
    """Why a mail to the form's address is not the form's."""
    form_before: TicketId | None = None
    """The ticket of an earlier mail with the same signature of the form."""
    command_mail: CommandMail | None = None
    named_agents: Mapping[str, Agent] = field(default_factory=dict)
    """Agents named in commands, by the folded word used."""
    agents: Mapping[AgentId, Agent] = field(default_factory=dict)
    """Agents that lists and views name."""
    members: Mapping[DepartmentId, tuple[Agent, ...]] = field(default_factory=dict)
    """Active agents of each department that may have to be told; admins under the empty id."""
    saved_queries: Mapping[str, str] = field(default_factory=dict)
    """The author's saved queries by folded name, where a command may mean one."""
    listed: Mapping[int, str] = field(default_factory=dict)
    """Ticket numbers of the list that an agent's mail answers, by the numbers of its lines."""
    listings: Mapping[str, Listing] = field(default_factory=dict)
    """Answers to the `!list`s of the command mail, by what they ask for."""
    corrected_mail: CommandMail | None = None
    """The command mail with its misspelt words as they were meant, where that makes it right."""
    quoted_elsewhere: str = ""
    """Number of another ticket whose words an agent's reply quotes."""
    outside: tuple[str, ...] = ()
    """Addresses in To and Cc of an agent's mail that are neither ours nor an agent's."""
    answered_mail_at: datetime | None = None
    """When the mail of ours was written that an agent's mail answers."""
    held: Held | None = None
    """The held mail that this answers, or with `confirmed` the one that is being decided."""
    confirmed: bool = False
    by_code: bool = False
    """With `confirmed`: the answer is a one-time code alone, which confirms nothing else."""
    second: SecondFactor = NO_SECOND_FACTOR
    """The agent's second factor; with `confirmed` as it is in the answer."""
    asking: Held | None = None
    """The mail of the agent's that waits for fields, where this one answers the question."""
    undo: Undoable | None = None
    """What `!undo` takes back."""
    staying: AbstractSet[str] = frozenset()
    """Those of its mails that have not begun to leave."""
    proposed: bool = False
    """The command mail answers our proposal of tickets for deletion; it means just those."""
    histories: Mapping[TicketId, tuple[PastAct, ...]] = field(default_factory=dict)
    """The last acts about tickets whose history is asked for."""
    figures: Mapping[str, Figures] = field(default_factory=dict)
    """Statistics by the folded name of the department asked for, empty for all."""
    reserved: Mapping[tuple[FieldId, str], TicketId] = field(default_factory=dict)
    """The open tickets that hold values (as they are found) of unique fields."""
    urgent: tuple[Ticket, ...] = ()
    """Tickets of an agent who goes away that cannot wait until they are back."""
    passed_on: PassedOn | None = None
    """The mail that an agent's mail passes on."""
    copied: tuple[Mailbox, ...] = ()
    """People in Cc of a mail from outside who are neither ours nor agents."""
    answers_kind: str = ""
    """What sort of mail of ours an agent's mail answers, as the outbox names it."""
    matching: Matching = field(default_factory=Matching)
    """Offers and requests that may fit to the tickets."""
    by_command: tuple[AuthorEntry, ...] = ()
    """Entries by command about the author, or in a command mail those that it is about."""
    signed: SignatureProof | None = None
    """What the signature of a new mail is worth for an entry of the allow list that asks for it."""
    register: Register | None = None
    """The accounts that an admin's commands are about."""
    accounts: tuple[Account, ...] = ()
    """All accounts, where an admin asks for them."""
    keys: Mapping[str, Keys] = field(default_factory=dict)
    """Of those whom an answer to the ticket would go to, where that must be encrypted."""
    kept_keys: tuple[AuthorKey, ...] | None = None
    """The author's keys so far; None for authors whose keys are not taken in."""
    own_pins: tuple[PinnedKey, ...] = ()
    """The keys pinned to the agent who wrote, where the mail brings some."""
    automatic_sent: int = 0
    """Automatic mails to the author in the last 24 hours."""
    ruling: Ruling = NO_RULING
    """What the rules want of it."""
    rule_agents: Mapping[str, Agent] = field(default_factory=dict)
    """The agents that they name, by folded short name."""
    rejected_recently: bool = False
    """The author got the answer to rejected direct mail within the window."""
    key_request: KeyRequest | None = None
    """Our key, where the mail asks for one that we have."""
