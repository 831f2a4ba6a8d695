"""The checked files as one Organisation and the first agents."""

from zoneinfo import ZoneInfo

from gateway.model.account import AccountRules
from gateway.model.address import Mailbox, fold
from gateway.model.organisation import (
    Address,
    AddressKind,
    Department,
    DepartmentKind,
    Organisation,
)
from gateway.model.people import AgentSpec, DepartmentId, Language, NotifyChoice, Rhythm
from gateway.policy.choices import normal
from gateway.rulebook.files import (
    POSTMASTER,
    addresses_of,
    complete,
    declared,
    has_rejected,
    rejected_id,
)
from gateway.rulebook.names import spellings
from gateway.rulebook.schema import (
    AccountsFile,
    AgentPart,
    AgentsFile,
    DepartmentsFile,
    OrganisationFile,
)
from gateway.rulebook.wrong import Checked

REJECTED_NAME = {
    Language.GERMAN: "Abgelehnte Anfragen",
    Language.ENGLISH: "Rejected requests",
}
"""Names of the departments of rejected mail: the organisation's own words, like all names."""


def organisation(
    organisation_file: Checked[OrganisationFile],
    departments_file: DepartmentsFile,
    agents_file: AgentsFile,
) -> Organisation:
    """The organisation as a whole. The files must be free of mistakes."""
    content = organisation_file.content
    departments = _departments(organisation_file, departments_file)
    return Organisation(
        name=content.name,
        domain=content.domain,
        language=Language(content.language),
        addresses=_addresses(organisation_file),
        departments=departments,
        department_names=_department_names(departments),
        members=_members(agents_file),
        command_address=complete(content.addresses.command, content.domain),
        postmaster=DepartmentId(content.postmaster),
        form_url=content.form_url,
        number_start=content.number_start,
        confirm_new_tickets=content.confirm_new_tickets,
        reject_window_days=content.reject_window_days,
        send_delay=content.send_delay,
        automatic_per_day=content.automatic_per_day,
        zone=ZoneInfo(content.timezone),
        digest_clock=content.digest_at,
    )


def agents(agents_file: AgentsFile, language: Language) -> tuple[AgentSpec, ...]:
    """The first agents; those without a language of their own have the organisation's."""
    return tuple(
        AgentSpec(
            handle=handle,
            mailbox=Mailbox(part.address, part.name),
            departments=frozenset(map(DepartmentId, part.departments)),
            admin=part.admin,
            language=Language(part.language) if part.language else language,
            choices=normal(
                (DepartmentId(name), NotifyChoice(choice)) for name, choice in part.notify.items()
            ),
            digest=_digest(part),
        )
        for handle, part in agents_file.agents.items()
    )


def _digest(part: AgentPart) -> Rhythm:
    """Whoever has put a department into the digest gets one."""
    if part.digest is not None:
        return Rhythm(part.digest)
    return Rhythm.DAILY if "digest" in part.notify.values() else Rhythm.OFF


def accounts(accounts_file: AccountsFile) -> AccountRules:
    """How long accounts are kept."""
    return AccountRules(
        accounts_file.lock_after_months,
        accounts_file.delete_after_months,
        accounts_file.warn_days,
        frozenset(map(DepartmentId, accounts_file.exempt)),
    )


def _addresses(organisation_file: Checked[OrganisationFile]) -> dict[str, Address]:
    found: dict[str, Address] = {}
    for one in declared(organisation_file):
        kind = AddressKind(one.kind)
        hop = one.target if kind is AddressKind.RELAY else ""
        department = DepartmentId(one.target) if one.target and not hop else None
        found[one.address] = Address(one.address, kind, department, hop)
    content = organisation_file.content
    for name in POSTMASTER:
        address = complete(name, content.domain)
        found[address] = Address(address, AddressKind.PUBLIC, DepartmentId(content.postmaster))
    return found


def _departments(
    organisation_file: Checked[OrganisationFile], departments_file: DepartmentsFile
) -> dict[DepartmentId, Department]:
    language = Language(organisation_file.content.language)
    leading = addresses_of(organisation_file)
    found: dict[DepartmentId, Department] = {}
    for short, part in departments_file.departments.items():
        main = Department(
            id=DepartmentId(short),
            name=part.name,
            kind=DepartmentKind(part.kind),
            address=complete(part.address, organisation_file.content.domain)
            if part.address
            else leading[short][0],
            rejected=DepartmentId(rejected_id(short)) if has_rejected(part) else None,
            admins=part.admins,
            silent=part.silent,
            aliases=part.aliases,
        )
        found[main.id] = main
    for main in tuple(found.values()):
        if main.rejected:
            found[main.rejected] = _rejected(main, main.rejected, language)
    return found


def _rejected(main: Department, own_id: DepartmentId, language: Language) -> Department:
    return Department(
        id=own_id,
        name=f"{REJECTED_NAME[language]} – {main.name}",
        kind=DepartmentKind.REJECTED,
        address=main.address,
        main=main.id,
        admins=main.admins,
        silent=True,
    )


def _department_names(
    departments: dict[DepartmentId, Department],
) -> dict[str, DepartmentId]:
    return {
        form: department.id
        for department in departments.values()
        for word in (department.id, department.name, *department.aliases)
        for form in spellings(word)
    }


def _members(agents_file: AgentsFile) -> frozenset[str]:
    members = agents_file.members
    return frozenset(map(fold, members.addresses)) | {f"@{domain}" for domain in members.domains}
