"""The organisation as its admins describe it in the rule files: one frozen value.

`rulebook` reads the files and builds this; everything else only looks things up in it. Look-ups are
dictionaries, so no step costs more with more addresses, departments or allow entries.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo

from gateway.model.account import DEFAULT_ACCOUNT_RULES, AccountRules
from gateway.model.address import Mailbox, fold
from gateway.model.authors import Allow, Block
from gateway.model.canned import CannedResponses
from gateway.model.escalation import Escalations
from gateway.model.form import FormMapping
from gateway.model.people import DepartmentId, Language
from gateway.model.retention import Retention
from gateway.model.second_factor import SecurityRules
from gateway.model.topic import Topics
from gateway.model.workflow import DEFAULT_WORKFLOW, Workflow

_BERLIN = ZoneInfo("Europe/Berlin")


class AddressKind(StrEnum):
    """What direct mail to an address of the organisation means."""

    PUBLIC = "public"
    INTERNAL = "internal"
    FORM = "form"
    MEMBERS = "members"
    COMMAND = "command"
    RELAY = "relay"


@dataclass(frozen=True, slots=True)
class Address:
    """One declared address. `department` is None for form, command and relay addresses.

    `next_hop` is `host` or `host:port` for relay addresses; empty means the smarthost.
    """

    address: str
    kind: AddressKind
    department: DepartmentId | None = None
    next_hop: str = ""


class DepartmentKind(StrEnum):
    """What a department is for."""

    OFFICE = "office"  # allgemein, datenschutz, vorstand ...
    LOCATION = "location"  # a Standort
    SUPRAREGIONAL = "supraregional"  # open to the members of all locations
    REJECTED = "rejected"  # Abgelehnte Anfragen of a location or of the supraregional department


@dataclass(frozen=True, slots=True)
class Department:
    """A group of agents that owns tickets.

    `address` is the address its answers come from. `rejected` names its department for rejected
    direct mail, and `main` is the way back from there; both None where there is none.
    `admins` means that all admins are members. `silent`: nobody is notified.
    """

    id: DepartmentId
    name: str
    kind: DepartmentKind
    address: str
    rejected: DepartmentId | None = None
    main: DepartmentId | None = None
    admins: bool = False
    silent: bool = False
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Organisation:
    """Everything the admins declare, ready for look-ups. Keys of all maps are folded."""

    name: str
    domain: str
    language: Language
    addresses: Mapping[str, Address]
    departments: Mapping[DepartmentId, Department]
    department_names: Mapping[str, DepartmentId]
    """Every word that means a department in a command: id, name, aliases, umlauts written out."""
    allow: Mapping[str, tuple[Allow, ...]] = field(default_factory=dict)
    """Entries of the files, by `authors.key_of`."""
    allow_headers: frozenset[str] = frozenset()
    """Header fields that entries without an author ask for."""
    allow_keys: Mapping[str, tuple[bytes, ...]] = field(default_factory=dict)
    """Public keys (binary) of entries by fingerprint, by each key id (16 digits) of their parts."""
    block: Mapping[str, tuple[Block, ...]] = field(default_factory=dict)
    members: frozenset[str] = frozenset()
    """Addresses and `@domain`s of members who are not agents."""
    form: FormMapping = field(default_factory=FormMapping)
    command_address: str = ""
    postmaster: DepartmentId = DepartmentId("")
    form_url: str = ""
    """Web address of the contact form, named in the answer to rejected mail."""
    workflow: Workflow = DEFAULT_WORKFLOW
    topics: Topics = field(default_factory=Topics)
    accounts: AccountRules = DEFAULT_ACCOUNT_RULES
    escalations: Escalations = field(default_factory=Escalations)
    canned: CannedResponses = field(default_factory=dict)
    number_start: int = 1000
    confirm_new_tickets: bool = True
    reject_window_days: int = 7
    zone: tzinfo = _BERLIN
    """Where the clocks of its people hang."""
    digest_clock: time = time(7)
    """When digests are sent, by those clocks."""
    send_delay: int = 0
    """Seconds that an agent's answer waits before it leaves, so that it can be stopped."""
    security: SecurityRules = field(default_factory=SecurityRules)
    retention: Retention = field(default_factory=Retention)
    automatic_per_day: int = 5
    """At most so many automatic mails to one address in 24 hours (loop protection)."""

    def department(self, department: DepartmentId) -> Department:
        """The department; a stand-in for one that the rule files no longer declare.

        Its tickets are then the admins', so that an edit of the files never costs a mail.
        """
        found = self.departments.get(department)
        if found is not None:
            return found
        home = self.departments[self.postmaster]
        return Department(department, department, DepartmentKind.OFFICE, home.address, admins=True)

    def address_of(self, department: DepartmentId) -> Mailbox:
        """The mailbox that answers of a department come from."""
        found = self.department(department)
        return Mailbox(found.address, f"{self.name} – {found.name}")

    def kind_of(self, address: str) -> Address | None:
        """The declared address that a bare address (no plus part) names, or None."""
        return self.addresses.get(fold(address))
