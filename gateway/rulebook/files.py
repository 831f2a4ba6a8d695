"""The rule files side by side, and what they declare together."""

from collections import defaultdict
from dataclasses import dataclass

from gateway.model.address import fold
from gateway.rulebook.errors import Place
from gateway.rulebook.schema import (
    AccountsFile,
    AgentsFile,
    AllowFile,
    DepartmentPart,
    DepartmentsFile,
    FormFile,
    OrganisationFile,
    RetentionFile,
    SecurityFile,
    TopicsFile,
    WorkflowFile,
)
from gateway.rulebook.schema_escalations import EscalationsFile
from gateway.rulebook.schema_routing import RoutingFile
from gateway.rulebook.wrong import Checked

POSTMASTER = ("postmaster", "abuse")
"""Mailboxes that every domain must have (RFC 5321 section 4.5.1, RFC 2142 section 4)."""

REJECTED_PREFIX = "abgelehnt-"
"""What the short names of the departments of rejected mail begin with."""


@dataclass(frozen=True, slots=True)
class Files:
    """The rule files; None where a file is missing or nothing sensible is left of it."""

    organisation: Checked[OrganisationFile] | None
    departments: Checked[DepartmentsFile] | None
    agents: Checked[AgentsFile] | None
    allow: Checked[AllowFile] | None
    form: Checked[FormFile] | None
    topics: Checked[TopicsFile] | None = None
    workflow: Checked[WorkflowFile] | None = None
    accounts: Checked[AccountsFile] | None = None
    security: Checked[SecurityFile] | None = None
    escalations: Checked[EscalationsFile] | None = None
    retention: Checked[RetentionFile] | None = None
    routing: Checked[RoutingFile] | None = None


@dataclass(frozen=True, slots=True)
class Declared:
    """An address as declared: folded and complete, its kind, where it leads to, its place."""

    address: str
    kind: str
    target: str
    place: Place


def declared(organisation: Checked[OrganisationFile]) -> tuple[Declared, ...]:
    """All addresses of organisation.yaml, in its order."""
    addresses, document = organisation.content.addresses, organisation.document
    domain = organisation.content.domain

    def one(written: str, kind: str, target: str, place: Place) -> Declared:
        return Declared(complete(written, domain), kind, target, place)

    tables = {
        "public": addresses.public,
        "members": addresses.members,
        "internal": addresses.internal,
        "relay": addresses.relay,
    }
    found = [
        one(written, kind, target, document.key_place(("addresses", kind, written)))
        for kind, table in tables.items()
        for written, target in table.items()
    ]
    found += [
        one(written, "form", "", document.place(("addresses", "form", number)))
        for number, written in enumerate(addresses.form)
    ]
    place = document.place(("addresses", "command"))
    return (*found, one(addresses.command, "command", "", place))


def complete(written: str, domain: str) -> str:
    """The whole address, folded, of one that may be written without its domain."""
    return fold(written if "@" in written else f"{written}@{domain}")


def rejected_id(department: str) -> str:
    """The short name of the department that takes the rejected direct mail of `department`."""
    return f"{REJECTED_PREFIX}{department}"


def has_rejected(part: DepartmentPart) -> bool:
    """True for locations and the supraregional department."""
    return part.kind != "office"


def _postmaster(organisation: Checked[OrganisationFile]) -> list[str]:
    return [complete(name, organisation.content.domain) for name in POSTMASTER]


def addresses_of(organisation: Checked[OrganisationFile]) -> dict[str, tuple[str, ...]]:
    """For each department the addresses whose mail it gets, complete and folded."""
    found: dict[str, list[str]] = defaultdict(list)
    seen: set[str] = set(_postmaster(organisation))
    for one in declared(organisation):
        if one.kind in ("public", "members", "internal") and one.address not in seen:
            found[one.target].append(one.address)
        seen.add(one.address)
    return {short: tuple(addresses) for short, addresses in found.items()}
