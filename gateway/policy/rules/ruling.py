"""What the rules want of a mail: a value that `decide` does what may be done of."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.model.people import DepartmentId
from gateway.model.rules import CannedAnswer, MailKind, Rule, Template
from gateway.model.ticket import FieldId, Priority, StatusId, TopicId
from gateway.policy.rules.texts import Caught


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that held, and what its patterns caught."""

    rule: Rule
    caught: Caught = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Said:
    """A note or a canned answer with the values that its places have."""

    rule: str
    text: Template = ()
    canned: CannedAnswer | None = None
    caught: Caught = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the rules want. What is None or empty they leave as it is.

    `departments` and `agents` are told; `referred…` have access as well. `relay` are addresses.
    """

    kind: MailKind | None = None
    hits: tuple[Hit, ...] = ()
    department: DepartmentId | None = None
    topic: TopicId | None = None
    priority: Priority | None = None
    status: StatusId | None = None
    assign: str = ""
    fields: Mapping[FieldId, tuple[str, ...]] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    """Those that are new."""
    notes: tuple[Said, ...] = ()
    answers: tuple[Said, ...] = ()
    departments: tuple[DepartmentId, ...] = ()
    agents: tuple[str, ...] = ()
    referred_departments: tuple[DepartmentId, ...] = ()
    referred_agents: tuple[str, ...] = ()
    relay: tuple[str, ...] = ()
    accept: str = ""
    """The rule that lets direct mail in."""
    reject: Said | None = None
    quarantine: Said | None = None
    spam: str = ""
    """The rule that calls it spam."""
    left_out: tuple[tuple[str, FieldId, str], ...] = ()
    """Fields that could not be filled in: by which rule, and what with."""

    @property
    def names(self) -> tuple[str, ...]:
        """The rules that held."""
        return tuple(hit.rule.name for hit in self.hits)

    @property
    def handles(self) -> tuple[str, ...]:
        """All agents who are named."""
        named = (self.assign, *self.agents, *self.referred_agents)
        return tuple(dict.fromkeys(filter(None, named)))


NO_RULING = Ruling()
