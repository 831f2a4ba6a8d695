"""Accounts: what admins may do with them, by mail and at the terminal.

Each function looks at a `Register`, which holds what has to be known, and gives changes or the
sentence that says why not. Several commands of one mail follow each other on `Register.after`.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import assert_never

from gateway.model.account_changes import (
    AddAccount,
    Enrol,
    GiveRole,
    LockAccount,
    RemoveAccount,
    UnlockAccount,
)
from gateway.model.address import Mailbox
from gateway.model.openpgp import Fingerprint
from gateway.model.organisation import DepartmentKind, Organisation
from gateway.model.outgoing import AccountEvent
from gateway.model.people import Agent, AgentSpec, AgentState, DepartmentId
from gateway.model.proof_changes import ForgetSecondFactor, SetUpCodes
from gateway.model.refusal import UnknownRecipient
from gateway.model.text import Text, say
from gateway.policy.account_commands import (
    AccountCommand,
    AddAgent,
    DropFingerprint,
    PinFingerprint,
    ResetCodes,
    SetDepartments,
    SetRole,
    SetState,
    Settled,
)
from gateway.policy.account_keys import dropped, pinned
from gateway.policy.commands.folding import folded, near_name
from gateway.policy.names import Unfit, mail_address, short_name
from gateway.policy.recipients import resolve
from gateway.policy.register import NEW, Register, agent_of


def words_of(commands: Iterable[AccountCommand]) -> list[str]:
    """Short names and addresses that must be looked up."""
    words: list[str] = []
    for command in commands:
        match command:
            case AddAgent(handle=handle, address=address):
                words += (handle, address)
            case _:
                words.append(command.agent)
    return words


def fingerprints_of(commands: Iterable[AccountCommand]) -> frozenset[Fingerprint]:
    """Fingerprints that must be looked up."""
    about_keys = (PinFingerprint, DropFingerprint)
    return frozenset(each.fingerprint for each in commands if isinstance(each, about_keys))


def carry_out(command: AccountCommand, register: Register) -> Settled | Text:
    """What comes of the command, or why nothing does."""
    if isinstance(command, AddAgent):
        return _add(command, register)
    agent = register.find(command.agent)
    if agent is None:
        return _nobody(command.agent)
    if agent.id == NEW:
        return say("%(name)s is only being added by this mail: send another one.", name=agent.name)
    match command:
        case SetState():
            return _state(command, agent, register)
        case SetDepartments():
            return _departments(command, agent, register)
        case SetRole(admin=admin):
            return _role(agent, register, admin=admin)
        case ResetCodes():
            return _reset_codes(agent, register)
        case PinFingerprint(fingerprint=fingerprint):
            return pinned(agent, fingerprint, register)
        case DropFingerprint(fingerprint=fingerprint):
            return dropped(agent, fingerprint, register)
        case _:
            assert_never(command)


def _state(command: SetState, agent: Agent, register: Register) -> Settled | Text:
    match command.state:
        case AgentState.ACTIVE:
            return _unlock(agent)
        case AgentState.LOCKED:
            return _lock(agent, register)
        case AgentState.DELETED:
            return _remove(agent, register)
        case _:
            assert_never(command.state)


def _nobody(word: str) -> Text:
    return say("there is no account “%(name)s”. All accounts: !accounts", name=word)


def _add(command: AddAgent, register: Register) -> Settled | Text:
    organisation = register.organisation
    try:
        address, handle = mail_address(command.address), short_name(command.handle)
    except Unfit as unfit:
        return say("%(what)s; %(right)s", what=unfit.what, right=unfit.right)
    try:
        resolve(address, organisation)
    except UnknownRecipient:
        pass
    else:
        return say(
            "%(address)s is an address of the gateway itself: write the person's own.",
            address=address,
        )
    for word in (handle, address):
        taken = register.find(word)
        if taken is not None:
            return _taken(word, taken)
    departments = meant_departments(command.departments, organisation)
    if isinstance(departments, Text):
        return departments
    if not departments and not command.admin:
        return say(
            "%(name)s would belong to no department and see nothing. Write which, for example:"
            " dept=%(department)s",
            name=handle,
            department=next(iter(organisation.departments)),
        )
    spec = AgentSpec(
        handle,
        Mailbox(address, command.name),
        departments,
        command.admin,
        command.language or organisation.language,
    )
    result = say(
        "%(name)s <%(address)s> has an account now and was told by mail: %(departments)s",
        name=agent_of(spec).name,
        address=address,
        departments=membership(agent_of(spec), organisation),
    )
    return Settled(agent_of(spec), result, (AddAccount(spec),), AccountEvent.ADDED)


def _taken(word: str, agent: Agent) -> Text:
    if agent.state is AgentState.LOCKED:
        return say(
            "%(word)s belongs to %(name)s already, whose account is locked. To bring it back:"
            " !account unlock %(handle)s",
            word=word,
            name=agent.name,
            handle=agent.handle,
        )
    return say("%(word)s belongs to %(name)s already.", word=word, name=agent.name)


def _lock(agent: Agent, register: Register) -> Settled | Text:
    if agent.state is AgentState.LOCKED:
        return Settled(agent, say("%(name)s is locked already", name=agent.name))
    if register.is_last_admin(agent):
        return _last_admin(agent)
    result = say("%(name)s is locked and was told.%(work)s", name=agent.name,
                 work=_released(agent, register))  # fmt: skip
    after = replace(agent, state=AgentState.LOCKED)
    return Settled(after, result, (LockAccount(agent.id),), AccountEvent.LOCKED)


def _unlock(agent: Agent) -> Settled | Text:
    if agent.state is AgentState.ACTIVE:
        return Settled(agent, say("%(name)s is not locked", name=agent.name))
    result = say("%(name)s is active again and was told", name=agent.name)
    after = replace(agent, state=AgentState.ACTIVE)
    return Settled(after, result, (UnlockAccount(agent.id),), AccountEvent.UNLOCKED)


def _remove(agent: Agent, register: Register) -> Settled | Text:
    if register.is_last_admin(agent):
        return _last_admin(agent)
    result = say(
        "the account of %(name)s is removed; in the tickets stands a pseudonym.%(work)s",
        name=agent.name,
        work=_released(agent, register),
    )
    after = replace(agent, state=AgentState.DELETED)
    return Settled(after, result, (RemoveAccount(agent.id),), AccountEvent.REMOVED)


def _last_admin(agent: Agent) -> Text:
    return say("%(name)s is the last active admin: make another one first.", name=agent.handle)


def _released(agent: Agent, register: Register) -> Text:
    count = register.work.get(agent.id, 0)
    if not count:
        return Text("")
    return say(" Tickets that become free: %(count)s; their departments are told.", count=count)


def _departments(command: SetDepartments, agent: Agent, register: Register) -> Settled | Text:
    organisation = register.organisation
    found: list[frozenset[DepartmentId]] = []
    for names in (command.exactly, command.more, command.less):
        meant = meant_departments(names, organisation)
        if isinstance(meant, Text):
            return meant
        found.append(meant)
    exactly, more, less = found
    both = more & less
    if both:
        return say("%(name)s cannot be added and taken at once.", name=min(both))
    wanted = exactly or (agent.departments | more) - less
    if not wanted and not agent.admin:
        return say(
            "%(name)s would belong to no department and see nothing. To end it: !account lock"
            " %(handle)s",
            name=agent.name,
            handle=agent.handle,
        )
    after = replace(agent, departments=wanted)
    what = say("%(name)s belongs to: %(departments)s", name=agent.name,
               departments=membership(after, organisation))  # fmt: skip
    if wanted == agent.departments:
        return Settled(agent, say("nothing to change: %(what)s", what=what))
    return Settled(after, what, (Enrol(agent.id, wanted),), AccountEvent.DEPARTMENTS)


def _role(agent: Agent, register: Register, *, admin: bool) -> Settled | Text:
    if agent.admin is admin:
        what = say("is an admin already") if admin else say("is no admin anyway")
        return Settled(agent, say("%(name)s %(what)s", name=agent.name, what=what))
    if not admin and register.is_last_admin(agent):
        return _last_admin(agent)
    if not admin and not agent.departments:
        return say(
            "%(name)s would belong to no department and see nothing. First give them one:"
            " !account dept %(handle)s +%(department)s",
            name=agent.name,
            handle=agent.handle,
            department=next(iter(register.organisation.departments)),
        )
    what = say("is an admin now") if admin else say("is no admin any more")
    result = say("%(name)s %(what)s", name=agent.name, what=what)
    after = replace(agent, admin=admin)
    return Settled(after, result, (GiveRole(agent.id, admin),), AccountEvent.ROLE)


def _reset_codes(agent: Agent, register: Register) -> Settled:
    """One answer, whether they had any or not: a mail does not tell who can be guessed."""
    codes = register.new_codes.get(agent.id)
    if codes is not None:
        result = say(
            "%(name)s has new one-time codes, sent to them encrypted with their key; those from"
            " before and every session are over",
            name=agent.name,
        )
        change = SetUpCodes(agent.id, codes.sealed)
        return Settled(agent, result, (change,), AccountEvent.CODES_SENT, codes=codes)
    result = say(
        "%(name)s has no one-time codes and no session any more. New ones are set up on the"
        " server: gateway agent otp %(handle)s",
        name=agent.name,
        handle=agent.handle,
    )
    return Settled(agent, result, (ForgetSecondFactor(agent.id),), AccountEvent.CODES)


def meant_departments(
    names: Iterable[str], organisation: Organisation
) -> frozenset[DepartmentId] | Text:
    """The departments of these names; or which name means none, and what was probably meant."""
    found = set()
    for name in names:
        meant = organisation.department_names.get(folded(name))
        if meant is None or organisation.departments[meant].kind is DepartmentKind.REJECTED:
            return _no_department(name, organisation)
        found.add(meant)
    return frozenset(found)


def _no_department(name: str, organisation: Organisation) -> Text:
    usable = {
        word: department
        for word, department in organisation.department_names.items()
        if organisation.departments[department].kind is not DepartmentKind.REJECTED
    }
    near = near_name(name, usable)
    if near:
        return say(
            "there is no department “%(name)s”. Did you mean %(known)s?",
            name=name,
            known=usable[near],
        )
    return say(
        "there is no department “%(name)s”. Departments: %(names)s.",
        name=name,
        names=", ".join(dict.fromkeys(usable.values())),
    )


def membership(agent: Agent, organisation: Organisation) -> Text:
    """Departments by name, and whether they are an admin."""
    names = department_names(agent.departments, organisation)
    shown = Text("%(names)s", (("names", ", ".join(names)),))
    if not agent.admin:
        return shown if names else say("no department")
    return say("%(departments)s, admin", departments=shown) if names else say("admin")


def department_names(
    departments: Iterable[DepartmentId], organisation: Organisation
) -> tuple[str, ...]:
    """Their names, in a stable order."""
    return tuple(organisation.department(each).name for each in sorted(departments))
