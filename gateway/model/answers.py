"""What an agent asked for, as values: lists, tickets, statistics; a receipt carries them."""

from dataclasses import dataclass
from datetime import date, datetime

from gateway.model.people import Agent
from gateway.model.statistics import Standing
from gateway.model.text import Text
from gateway.model.ticket import Entry, Ticket


@dataclass(frozen=True, slots=True)
class FitLine:
    """An offer or request that fits: how old it is, and what they have in common."""

    ticket: Ticket
    department: str
    since: datetime
    fields: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Fits:
    """What fits to the ticket of this number: requests to an `offer`, else offers."""

    number: str
    offer: bool
    lines: tuple[FitLine, ...]


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One line of a receipt: what was asked, whether it is done, and what came of it."""

    ok: bool
    line: int
    typed: str
    result: Text


@dataclass(frozen=True, slots=True)
class TicketLine:
    """A ticket in a list."""

    ticket: Ticket
    department: str
    responsible: str


@dataclass(frozen=True, slots=True)
class TableLine:
    """A ticket in a table. `values` are those of the columns, None where nothing is filled in."""

    line: TicketLine
    topic: Text | None
    values: tuple[Text | None, ...]


@dataclass(frozen=True, slots=True)
class TicketTable:
    """Tickets for a spreadsheet program. `columns` are fields, behind what every ticket has."""

    columns: tuple[Text, ...]
    lines: tuple[TableLine, ...]


@dataclass(frozen=True, slots=True)
class TicketView:
    """A ticket shown whole: `!show`."""

    ticket: Ticket
    department: str
    responsible: str
    entries: tuple[Entry, ...]
    full: bool
    entry_count: int
    around: tuple[Text, ...] = ()
    """Topic, fields, tasks, links and the like, one sentence each."""
    history: tuple[Text, ...] = ()
    """Who did what, where that is asked for instead of the entries; one sentence each."""


@dataclass(frozen=True, slots=True)
class TicketList:
    """An answered `!list`. `total` counts all that fit; `lines` are the first of them."""

    title: Text
    lines: tuple[TicketLine, ...]
    total: int
    first: int = 1
    """Number of the first line, among all lists of the mail."""
    more: bool = False
    """There are more than `total`."""
    skipped: int = 0
    """Tickets on the pages before."""
    table: TicketTable | None = None
    """All of them, to be attached."""
    all_by: Text | None = None
    """The command that lists all of them, where the list answers none."""


@dataclass(frozen=True, slots=True)
class SavedQueries:
    """The agent's saved queries: their names, and what they ask for."""

    queries: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class HelpText:
    """An answered `!help`; `word` is empty for the whole card."""

    word: str


@dataclass(frozen=True, slots=True)
class CannedLine:
    """A canned response in a list. `gaps` are the names that must be given with it."""

    name: str
    title: str
    files: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CannedList:
    """An answered `!canned`: those that fit the ticket, or all."""

    lines: tuple[CannedLine, ...]
    for_ticket: bool


@dataclass(frozen=True, slots=True)
class Week:
    """How many tickets were opened and closed in the week that begins on this Monday."""

    monday: date
    opened: int
    closed: int


@dataclass(frozen=True, slots=True)
class DepartmentStatistics:
    """A department: what stands now, and what was counted in the weeks looked at.

    `first_answers` are counts by `statistics.FIRST_ANSWER`; `rejected` direct mails.
    """

    name: str
    standing: Standing
    opened: int
    closed: int
    opened_this_week: int
    closed_this_week: int
    rejected: int
    first_answers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TopicStatistics:
    """A help topic: what was counted in the weeks looked at."""

    name: Text
    opened: int
    closed: int


@dataclass(frozen=True, slots=True)
class RejectedStatistics:
    """What was not let in: by reason, by department, the authors' domains, and in each week."""

    total: int
    reasons: tuple[tuple[Text, int], ...]
    departments: tuple[tuple[str, int], ...]
    domains: tuple[tuple[str, int], ...]
    weeks: tuple[tuple[date, int], ...]


@dataclass(frozen=True, slots=True)
class Statistics:
    """An answered `!stats`; the weeks from the oldest on."""

    weeks: tuple[Week, ...]
    departments: tuple[DepartmentStatistics, ...]
    topics: tuple[TopicStatistics, ...]
    first_answers: tuple[int, ...]
    rejected: RejectedStatistics | None = None


@dataclass(frozen=True, slots=True)
class NewsChoices:
    """An answered `!notify`: what the agent is told of each department, and of their digest."""

    lines: tuple[tuple[str, Text], ...]
    rhythm: Text
    next: datetime | None


@dataclass(frozen=True, slots=True)
class AuthorLine:
    """An entry of the allow or block list. `where` is None for a block; `ended`: no longer."""

    author: str
    allowed: bool
    where: Text | None
    until: Text
    ended: bool
    authenticated: bool
    reason: str
    source: Text


@dataclass(frozen=True, slots=True)
class AuthorList:
    """An answered `!allowlist`: first who is allowed, then who is blocked, and how many of each."""

    lines: tuple[AuthorLine, ...]
    allowed: int
    blocked: int


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account in a list. `departments` are their names."""

    agent: Agent
    departments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AccountList:
    """An answered `!accounts`, by short name."""

    lines: tuple[AccountLine, ...]


Answer = (
    TicketList
    | SavedQueries
    | TicketView
    | HelpText
    | CannedList
    | Statistics
    | AuthorList
    | NewsChoices
    | Fits
    | AccountList
)
