"""What an agent asks for in `!list` and `!search`: as it was read, and as the store looks it up."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.model.people import AgentId, DepartmentId
from gateway.model.ticket import FieldId, Priority, State, StatusId, TopicId

# --- as it was read: names are still words -------------------------------------------------------


class Key(StrEnum):
    """What stands before the colon, beside the names of the organisation's own fields."""

    STATUS = "status"
    DEPARTMENT = "dept"
    TOPIC = "topic"
    TAG = "tag"
    PRIORITY = "priority"
    FROM = "from"
    AGENT = "agent"
    OLDER = "older"
    NEWER = "newer"
    SINCE = "since"
    UNTIL = "until"
    IS = "is"
    HAS = "has"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Named:
    """`key:value`. `key` is a `Key` or, folded, what may be the name of a field."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class FreeText:
    """Words to be found in the text. `exact`: they were quoted and stand together just so."""

    text: str
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Bare:
    """A word of a list that names something: `open`, a department, a topic, a field."""

    word: str


Asked = Named | FreeText | Bare


@dataclass(frozen=True, slots=True)
class Term:
    """One condition; `negated` by `not` in front of it."""

    asked: Asked
    negated: bool = False


class SortBy(StrEnum):
    """The order of the lines. `DEFAULT` follows from what is asked for."""

    DEFAULT = ""
    OLDEST = "age"
    NEWEST = "new"


@dataclass(frozen=True, slots=True)
class Query:
    """Each group must hold, and of its terms (parted by `or`) at least one. `page` from 1."""

    groups: tuple[tuple[Term, ...], ...] = ()
    sort: SortBy = SortBy.DEFAULT
    page: int = 1
    csv: bool = False


# --- as it is looked up: names are ids, ages are moments -----------------------------------------


@dataclass(frozen=True, slots=True)
class StatusIs:
    """The ticket has one of these statuses."""

    statuses: frozenset[StatusId]


@dataclass(frozen=True, slots=True)
class DepartmentIs:
    """The ticket belongs to one of these departments."""

    departments: frozenset[DepartmentId]


@dataclass(frozen=True, slots=True)
class TopicIs:
    """The ticket has this topic."""

    topic: TopicId


@dataclass(frozen=True, slots=True)
class TagIs:
    """A rule has put this tag (folded) on the ticket."""

    tag: str


@dataclass(frozen=True, slots=True)
class PriorityIs:
    """The ticket has the priority: set, or where none is set by one of these topics.

    `others`: also without a topic, or with one that is declared no more.
    """

    priority: Priority
    topics: frozenset[TopicId]
    known: frozenset[TopicId]
    others: bool


@dataclass(frozen=True, slots=True)
class FieldIs:
    """The field is filled in; with `starts` one of its values begins so (folded)."""

    field: FieldId
    starts: str = ""


@dataclass(frozen=True, slots=True)
class RequesterIs:
    """The requester's address (folded); not `whole`: a part of address or name."""

    who: str
    whole: bool


@dataclass(frozen=True, slots=True)
class HeldBy:
    """The responsible agent; None: nobody is."""

    agent: AgentId | None


@dataclass(frozen=True, slots=True)
class CreatedBefore:
    """Opened before the moment."""

    moment: datetime


@dataclass(frozen=True, slots=True)
class CreatedSince:
    """Opened at the moment or later."""

    moment: datetime


@dataclass(frozen=True, slots=True)
class ChangedSince:
    """Changed at the moment or later."""

    moment: datetime


@dataclass(frozen=True, slots=True)
class Late:
    """Open, and due before `now`, or last written to by the requester before `unanswered`."""

    now: datetime
    unanswered: datetime


@dataclass(frozen=True, slots=True)
class HasAttachment:
    """Some entry of the thread has an attachment."""


@dataclass(frozen=True, slots=True)
class TextHas:
    """The indexed words stand together; not `exact`: the last may go on (`laptop` for laptops).

    `words` has the ways to write them: any of these.
    """

    words: tuple[tuple[str, ...], ...]
    exact: bool


Condition = (
    StatusIs
    | DepartmentIs
    | TopicIs
    | TagIs
    | PriorityIs
    | FieldIs
    | RequesterIs
    | HeldBy
    | CreatedBefore
    | CreatedSince
    | ChangedSince
    | Late
    | HasAttachment
    | TextHas
)


@dataclass(frozen=True, slots=True)
class Criterion:
    """A condition, or with `negated` that it does not hold."""

    condition: Condition
    negated: bool = False


class Order(StrEnum):
    """In which order tickets are listed."""

    CHANGED_FIRST = "changed-first"  # the longest untouched first
    CHANGED_LAST = "changed-last"
    OPENED_FIRST = "opened-first"  # the oldest first
    OPENED_LAST = "opened-last"
    WAITING = "waiting"  # the longest on the waiting list first


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the store looks up. `states` are those of all tickets that can fit."""

    states: frozenset[State]
    groups: tuple[tuple[Criterion, ...], ...] = ()
    order: Order = Order.CHANGED_FIRST


@dataclass(frozen=True, slots=True)
class Scope:
    """What an agent may see: tickets of these departments, their own, and those referred to them.

    `agent` None: everything (the operator).
    """

    departments: frozenset[DepartmentId]
    agent: AgentId | None
