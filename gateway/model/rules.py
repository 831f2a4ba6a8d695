"""Rules as admins write them in routing.yaml: conditions and what is to be done, as values.

They are read by `rulebook` and run by `policy/rules`. A rule is one idea of one admin: its name is
what mails, threads and `gateway explain` call it.
"""

from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum

from gateway.model.authors import InFile
from gateway.model.canned import Piece
from gateway.model.people import DepartmentId
from gateway.model.ticket import FieldId, Priority, StatusId, TopicId


class MailKind(StrEnum):
    """What sort of mail a rule is for."""

    NEW = "new"  # opens a ticket, or would be rejected
    REPLY = "reply"  # belongs to a ticket, from the requester's side
    AGENT = "agent"  # of a proved agent at work


# --- conditions -----------------------------------------------------------------------------------


class Op(StrEnum):
    """How a text is compared. Upper and lower case make no difference."""

    EQUALS = "equals"
    CONTAINS = "contains"
    STARTS = "starts"
    ENDS = "ends"
    GLOB = "glob"
    WORD = "word"
    REGEX = "regex"


@dataclass(frozen=True, slots=True)
class Compare:
    """Any of `values`, by `op`. `between`: or the digits of the text are a number from .. to."""

    op: Op
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """The text is a number (of digits alone) from `first` to `last`, both included."""

    first: int
    last: int


Comparison = Compare | Between


class Where(StrEnum):
    """Which text of the mail, the form or the ticket is looked at."""

    SUBJECT = "subject"
    BODY = "body"
    HEADER = "header"
    FORM = "form"
    FIELD = "field"


@dataclass(frozen=True, slots=True)
class TextIs:
    """The text fits. `name`: of the header field (folded), the form's field, the topic's field."""

    where: Where
    test: Comparison
    name: str = ""


@dataclass(frozen=True, slots=True)
class IsFilled:
    """The field of the form or of the topic says something."""

    where: Where
    name: str


class Side(StrEnum):
    """Which addresses are looked at."""

    FROM = "from"
    TO = "to"  # To, and the envelope: also where it came as a blind copy
    CC = "cc"
    ENVELOPE_FROM = "envelope_from"
    ENVELOPE_TO = "envelope_to"


@dataclass(frozen=True, slots=True)
class AddressIs:
    """One of the addresses is named: folded `a@b`, `@domain`, or with `below` under a domain."""

    side: Side
    addresses: frozenset[str] = frozenset()
    below: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class AddressText:
    """One of the addresses, or with `name` one of the names beside them, fits."""

    side: Side
    test: Comparison
    name: bool = False


@dataclass(frozen=True, slots=True)
class HasAttachment:
    """There is an attachment for which all of this holds; sizes in octets."""

    name: Compare | None = None
    type: Compare | None = None
    over: int | None = None
    under: int | None = None


@dataclass(frozen=True, slots=True)
class AttachmentCount:
    """So many attachments."""

    at_least: int = 0
    at_most: int | None = None


class Standing(StrEnum):
    """What is known of the ticket as the rules before have left it, or of the mail."""

    DEPARTMENT = "department"
    TOPIC = "topic"
    STATUS = "status"
    PRIORITY = "priority"
    TAG = "tag"
    LANGUAGE = "language"
    PROOF = "proof"


@dataclass(frozen=True, slots=True)
class StandsAt:
    """It is one of these."""

    what: Standing
    values: frozenset[str]


class Trait(StrEnum):
    """What is true of a mail or not."""

    PROVED = "proved"
    FORGED = "forged"
    AUTOMATIC = "automatic"
    ENCRYPTED = "encrypted"
    SIGNED = "signed"


@dataclass(frozen=True, slots=True)
class Is:
    """The mail is so (or is not)."""

    trait: Trait
    wanted: bool


@dataclass(frozen=True, slots=True)
class Moment:
    """When the mail is decided, by the organisation's clocks. Monday is 0.

    `after` later than `before`: over midnight, `after` 18:00 and `before` 8:00.
    """

    weekdays: frozenset[int] = frozenset()
    after: time | None = None
    before: time | None = None
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class All:
    """Each of them holds; of none that is so."""

    parts: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of them holds."""

    parts: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    """It does not hold."""

    part: "Condition"


Leaf = (
    TextIs
    | IsFilled
    | AddressIs
    | AddressText
    | HasAttachment
    | AttachmentCount
    | StandsAt
    | Is
    | Moment
)
Condition = Leaf | All | AnyOf | Not

ALWAYS = All(())


# --- actions --------------------------------------------------------------------------------------

Template = tuple[Piece, ...]
"""A text with places that are filled in: what a pattern has caught, and what is known."""


@dataclass(frozen=True, slots=True)
class CannedAnswer:
    """A canned response, sent by itself. `values` are for its places, by folded name."""

    canned: str
    values: tuple[tuple[str, Template], ...] = ()


@dataclass(frozen=True, slots=True)
class People:
    """Departments and agents (by handle)."""

    departments: frozenset[DepartmentId] = frozenset()
    agents: frozenset[str] = frozenset()


NO_PEOPLE = People()


@dataclass(frozen=True, slots=True)
class Actions:
    """What a rule does. What is empty or None is left as it is."""

    department: DepartmentId | None = None
    topic: TopicId | None = None
    priority: Priority | None = None
    status: StatusId | None = None
    assign: str = ""
    fields: tuple[tuple[FieldId, Template], ...] = ()
    tags: tuple[str, ...] = ()
    answer: CannedAnswer | None = None
    note: Template = ()
    notify: People = NO_PEOPLE
    refer: People = NO_PEOPLE
    relay: tuple[str, ...] = ()
    accept: bool = False
    reject: bool = False
    reject_with: CannedAnswer | None = None
    quarantine: str = ""
    spam: bool = False
    stop: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `kinds` are the mails that it is for."""

    name: str
    kinds: frozenset[MailKind] = frozenset({MailKind.NEW})
    condition: Condition = ALWAYS
    actions: Actions = field(default_factory=Actions)
    source: InFile = InFile()  # noqa: RUF009  (a frozen value)
