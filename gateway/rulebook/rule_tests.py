"""Rule tests as values: a sample mail, and what is to become of it.

They lie in `rules/tests/` and are read by `load_tests`; `gateway.ruletests` runs them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from gateway.model.address import Mailbox
from gateway.model.people import DepartmentId, Language
from gateway.model.ticket import FieldId, Priority, StatusId, TopicId
from gateway.rulebook.errors import Place

REFUSED = "refused"
"""The outcome of a mail to no address of ours: the server does not take it."""
NOBODY = "nobody"
"""Stands where a responsible agent would."""


@dataclass(frozen=True, slots=True)
class SampleFile:
    """An attachment. `size` in octets; `type` empty: as its name says."""

    name: str
    type: str
    size: int


@dataclass(frozen=True, slots=True)
class SampleMail:
    """A mail as it would arrive. `raw` is that of a file, which the other fields go before.

    `author` None: the contact form's, or that of the file. `at` None: an hour after the mail
    before, or the usual moment. `proof` is a name of `Proof`.
    """

    author: Mailbox | None = None
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    subject: str | None = None
    text: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    attachments: tuple[SampleFile, ...] = ()
    form: tuple[tuple[str, str], ...] | None = None
    envelope_from: str | None = None
    envelope_to: tuple[str, ...] = ()
    proof: str = "dkim"
    forged: bool = False
    at: datetime | None = None
    raw: bytes | None = None


@dataclass(frozen=True, slots=True)
class SampleSent:
    """A mail that is sent: all of what is given holds. Texts are contained in it."""

    to: str = ""
    kind: str = ""
    subject: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Expected:
    """What is to become of the mail; None (and an empty list) asks nothing.

    `ticket` is `new`, `known` or `none`. `responsible` is a short name, or `NOBODY`. `sent` empty
    but not None: nothing at all.
    """

    outcome: str | None = None
    ticket: str | None = None
    department: DepartmentId | None = None
    topic: TopicId | None = None
    priority: Priority | None = None
    status: StatusId | None = None
    responsible: str | None = None
    language: Language | None = None
    requester: str | None = None
    tags: tuple[str, ...] | None = None
    fields: tuple[tuple[FieldId, tuple[str, ...]], ...] = ()
    refer: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    not_rules: tuple[str, ...] = ()
    sent: tuple[SampleSent, ...] | None = None
    not_sent: tuple[SampleSent, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleTest:
    """One test. `after` is the test whose mails come before. `places`: of what is expected."""

    name: str
    place: Place
    mail: SampleMail
    expected: Expected
    after: "RuleTest | None" = None
    places: Mapping[str, Place] = field(default_factory=dict)

    @property
    def story(self) -> "tuple[RuleTest, ...]":
        """The tests whose mails come one after the other, this one last."""
        return (*self.after.story, self) if self.after is not None else (self,)


def folder_of(rules: Path) -> Path:
    """Where the tests of these rules lie."""
    return rules / "tests"
