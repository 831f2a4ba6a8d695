"""What a decision changes in tickets and people, as a closed set of values."""

from dataclasses import dataclass

from gateway.model.account_changes import AccountChange
from gateway.model.address import Mailbox
from gateway.model.around_changes import AroundChange
from gateway.model.author_changes import AuthorChange
from gateway.model.clock import WriteBeat
from gateway.model.closed import OpenEntry
from gateway.model.escalation import WriteMarks
from gateway.model.field_changes import FieldChange
from gateway.model.form_changes import FormChange
from gateway.model.held_changes import HeldChange
from gateway.model.key_changes import KeyChange
from gateway.model.list_changes import ListChange
from gateway.model.notice_changes import NoticeChange
from gateway.model.people import AgentId, DepartmentId
from gateway.model.proof_changes import ProofChange
from gateway.model.retention_changes import RetentionChange
from gateway.model.rule_trouble import RuleChange
from gateway.model.ticket import EntryFlag, EntryKind, PartyRole, State, StatusId, Ticket, TicketId


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """A new ticket."""

    ticket: Ticket


@dataclass(frozen=True, slots=True)
class AddEntry:
    """A new thread entry. `from_this_message`: its source is the raw message being processed."""

    ticket: TicketId
    kind: EntryKind
    author: Mailbox
    text: str
    agent: AgentId | None = None
    flags: frozenset[EntryFlag] = frozenset()
    event: str = ""
    attachments: tuple[str, ...] = ()
    from_this_message: bool = False


@dataclass(frozen=True, slots=True)
class ChangeStatus:
    """A new status."""

    ticket: TicketId
    status: StatusId
    state: State


@dataclass(frozen=True, slots=True)
class ChangeResponsible:
    """A new responsible agent; None releases the ticket."""

    ticket: TicketId
    agent: AgentId | None


@dataclass(frozen=True, slots=True)
class MoveTicket:
    """Another owning department. `rejected` false takes a rejected mail back in."""

    ticket: TicketId
    department: DepartmentId
    rejected: bool = False


@dataclass(frozen=True, slots=True)
class Refer:
    """Access for a department or an agent without owning the ticket; exactly one is set."""

    ticket: TicketId
    department: DepartmentId | None = None
    agent: AgentId | None = None


@dataclass(frozen=True, slots=True)
class AddParty:
    """Somebody who may answer into the ticket from now on. Adding a known one changes nothing."""

    ticket: TicketId
    address: str
    name: str
    role: PartyRole
    token: str


@dataclass(frozen=True, slots=True)
class SeeMessageId:
    """Remember a Message-ID that came in or goes out, so that answers to it find the ticket.

    `party` is the folded address of the person it was issued to or came from.
    """

    ticket: TicketId
    message_id: str
    party: str
    sent: bool


@dataclass(frozen=True, slots=True)
class CountAutomatic:
    """One more automatic mail to an address (folded), for the limits of automatic mail."""

    address: str
    kind: str


@dataclass(frozen=True, slots=True)
class MarkFailed:
    """A delivery report says that outgoing mail with this Message-ID did not arrive."""

    message_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class KeepSecret:
    """From now on the ticket is confidential: something that stands in it came encrypted."""

    ticket: TicketId


Change = (
    OpenTicket
    | KeepSecret
    | AddEntry
    | ChangeStatus
    | ChangeResponsible
    | MoveTicket
    | Refer
    | AddParty
    | SeeMessageId
    | CountAutomatic
    | MarkFailed
    | FormChange
    | AccountChange
    | AroundChange
    | ListChange
    | HeldChange
    | ProofChange
    | FieldChange
    | NoticeChange
    | AuthorChange
    | RetentionChange
    | KeyChange
    | OpenEntry
    | WriteMarks
    | WriteBeat
    | RuleChange
)
