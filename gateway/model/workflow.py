"""Statuses and the ways between them: the organisation's workflow as a table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from gateway.model.text import Text, named
from gateway.model.ticket import State, Status, StatusId


class Holder(StrEnum):
    """What a status does to the responsibility for a ticket."""

    KEEP = "keep"
    ACTOR = "actor"  # whoever sets the status, unless somebody is responsible already
    NOBODY = "nobody"  # the ticket is released


@dataclass(frozen=True, slots=True)
class StatusRule:
    """One status: its name, where a ticket may go from here, and what entering it asks and does.

    `needs_fields` and `needs_tasks`: every field that is required to close is filled in, no task is
    open. `informs`: the requester hears of it. `reopens`: a later message of the requester opens
    the ticket again. `admins`: only admins may set it.
    """

    id: StatusId
    name: Text
    state: State
    to: frozenset[StatusId]
    holder: Holder = Holder.KEEP
    admins: bool = False
    needs_fields: bool = False
    needs_tasks: bool = False
    informs: bool = False
    reopens: bool = False


@dataclass(frozen=True, slots=True)
class Workflow:
    """All statuses. Those of `Status` are always there: the gateway itself sets them.

    `names` are the folded words that mean a status in a command. `reopen_within` None: a closed
    ticket can be reopened by its requester for ever; later than that, a message opens a new ticket
    that is linked to the old one.
    """

    statuses: Mapping[StatusId, StatusRule]
    names: Mapping[str, StatusId] = field(default_factory=dict)
    reopen_within: timedelta | None = None

    def rule(self, status: StatusId) -> StatusRule:
        """The status; a stand-in for one that the rule files no longer declare.

        From there a ticket may go to every status, so that an edit of the files traps none.
        """
        found = self.statuses.get(status)
        if found is not None:
            return found
        return StatusRule(status, named(status, status), State.OPEN, frozenset(self.statuses))

    def state(self, status: StatusId) -> State:
        """The state that the status belongs to."""
        return self.rule(status).state


_OPEN = frozenset({Status.OPEN, Status.IN_PROGRESS, Status.ON_WAITING})
_CLOSED = frozenset({Status.CLOSED, Status.SPAM})
_AWAY = frozenset({Status.ARCHIVED, Status.DELETED})


def _ways(*statuses: frozenset[StatusId], but: StatusId) -> frozenset[StatusId]:
    return frozenset().union(*statuses) - {but}


_RULES = (
    StatusRule(
        Status.OPEN,
        named("open", "offen"),
        State.OPEN,
        _ways(_OPEN, _CLOSED, _AWAY, but=Status.OPEN),
        Holder.NOBODY,
    ),
    StatusRule(
        Status.IN_PROGRESS,
        named("in progress", "in Arbeit"),
        State.OPEN,
        _ways(_OPEN, _CLOSED, _AWAY, but=Status.IN_PROGRESS),
        Holder.ACTOR,
    ),
    StatusRule(
        Status.ON_WAITING,
        named("on waiting", "auf der Warteliste"),
        State.OPEN,
        _ways(_OPEN, _CLOSED, _AWAY, but=Status.ON_WAITING),
        Holder.NOBODY,
    ),
    StatusRule(
        Status.CLOSED,
        named("closed", "geschlossen"),
        State.CLOSED,
        _ways(_OPEN, _CLOSED, _AWAY, but=Status.CLOSED),
        needs_fields=True,
        needs_tasks=True,
        informs=True,
        reopens=True,
    ),
    StatusRule(
        Status.SPAM,
        named("closed (spam)", "geschlossen (Spam)"),
        State.CLOSED,
        frozenset({Status.OPEN, Status.CLOSED, Status.ARCHIVED, Status.DELETED}),
    ),
    StatusRule(
        Status.ARCHIVED,
        named("archived", "archiviert"),
        State.ARCHIVED,
        frozenset({Status.OPEN, Status.CLOSED, Status.DELETED}),
        admins=True,
    ),
    StatusRule(
        Status.DELETED,
        named("deleted", "gelöscht"),
        State.DELETED,
        frozenset({Status.OPEN, Status.CLOSED, Status.ARCHIVED}),
        admins=True,
    ),
)

STATUS_NAMES: Mapping[str, StatusId] = {
    "open": Status.OPEN,
    "offen": Status.OPEN,
    "progress": Status.IN_PROGRESS,
    "in progress": Status.IN_PROGRESS,
    "arbeit": Status.IN_PROGRESS,
    "in arbeit": Status.IN_PROGRESS,
    "in bearbeitung": Status.IN_PROGRESS,
    "wait": Status.ON_WAITING,
    "waiting": Status.ON_WAITING,
    "on waiting": Status.ON_WAITING,
    "warten": Status.ON_WAITING,
    "wartet": Status.ON_WAITING,
    "wartend": Status.ON_WAITING,
    "warteliste": Status.ON_WAITING,
    "auf der warteliste": Status.ON_WAITING,
    "close": Status.CLOSED,
    "closed": Status.CLOSED,
    "zu": Status.CLOSED,
    "fertig": Status.CLOSED,
    "geschlossen": Status.CLOSED,
    "spam": Status.SPAM,
    "closed (spam)": Status.SPAM,
    "geschlossen (spam)": Status.SPAM,
    "archive": Status.ARCHIVED,
    "archived": Status.ARCHIVED,
    "archiv": Status.ARCHIVED,
    "archiviert": Status.ARCHIVED,
    "delete": Status.DELETED,
    "deleted": Status.DELETED,
    "geloescht": Status.DELETED,
    "loeschen": Status.DELETED,
}
"""Words for the statuses that are always there; folded as in commands (umlauts written out)."""

DEFAULT_WORKFLOW = Workflow({rule.id: rule for rule in _RULES}, STATUS_NAMES)
"""The workflow of an organisation without a file of its own for it."""
