"""Changes of what holds for authors: entries by command, and what was not let in."""

from dataclasses import dataclass

from gateway.model.authors import AuthorEntry
from gateway.model.people import AgentId, DepartmentId
from gateway.model.statistics import Rejected


@dataclass(frozen=True, slots=True)
class EnterAuthor:
    """A new entry; its source is a command of the agent.

    `key` is the public key (binary) of its fingerprint, where the command brought that.
    """

    entry: AuthorEntry
    agent: AgentId
    key: bytes = b""


@dataclass(frozen=True, slots=True)
class EndEntry:
    """The entry with this key holds no longer."""

    key: str
    agent: AgentId


@dataclass(frozen=True, slots=True)
class RenewEntry:
    """The entry with this key holds again."""

    key: str


@dataclass(frozen=True, slots=True)
class CountRejected:
    """One more mail to the department that was not let in. `domain` is the author's."""

    department: DepartmentId
    why: Rejected
    domain: str


AuthorChange = EnterAuthor | EndEntry | RenewEntry | CountRejected
