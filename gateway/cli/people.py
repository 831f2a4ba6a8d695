"""`gateway agent`: accounts."""

from collections.abc import Callable, Sequence
from typing import Annotated

from cyclopts import Parameter

from gateway.cli.shared import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    MistakeError,
    parts,
    say,
    say_json,
    table,
)
from gateway.model.address import fold
from gateway.model.organisation import Organisation
from gateway.model.people import Agent, AgentState, DepartmentId, Language
from gateway.model.refusal import UnknownRecipient
from gateway.policy.recipients import resolve


def add(
    address: str,
    *,
    handle: str | None = None,
    name: str = "",
    dept: Annotated[tuple[str, ...], Parameter(name=["--dept", "-d"], negative="")] = (),
    admin: Annotated[bool, Parameter(negative="")] = False,
    language: Language | None = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Add an agent.

    Parameters
    ----------
    address
        The mail address the agent writes from.
    handle
        Short name, as in `!assign @anna`; without it, what stands before the `@`.
    name
        Name as others see it.
    dept
        A department the agent belongs to; may be given several times.
    admin
        The agent is an admin.
    language
        Language of the gateway's mails to the agent.
    config
        The configuration file.

    """
    gateway = parts(config)
    try:
        organisation = gateway.rules.rulebook.organisation
        departments = _departments(dept, organisation)
        address = _address(address, organisation)
        added = gateway.store.people.add_agent(
            _handle(handle or address.partition("@")[0]),
            address,
            name,
            departments,
            admin=admin,
            language=language or organisation.language,
        )
    finally:
        gateway.store.close()
    say(f"added {_row(added)[0]} <{added.mailbox.address}>")


def change(
    who: str,
    *,
    dept: Annotated[tuple[str, ...], Parameter(name=["--dept", "-d"], negative="")] = (),
    admin: bool | None = None,
    state: AgentState | None = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Change an agent.

    Parameters
    ----------
    who
        Short name or address of the agent.
    dept
        A department the agent belongs to; all of them must be named, they replace the old ones.
    admin
        Give or take the admin role.
    state
        locked: the agent gets no mail and cannot command; active: again.
    config
        The configuration file.

    """
    gateway = parts(config)
    people = gateway.store.people
    try:
        departments = _departments(dept, gateway.rules.rulebook.organisation)
        if admin is False or (state is not None and state is not AgentState.ACTIVE):
            _keep_an_admin(who, people.list_agents())
        changed = people.set_departments(who, departments) if dept else people.find(who)
        if state is not None:
            changed = people.set_state(who, state)
        if admin is not None:
            changed = people.set_admin(who, admin=admin)
    finally:
        gateway.store.close()
    if changed is None:
        raise MistakeError(f"There is no agent {who!r}.")
    say("  ".join(_row(changed)))


def _departments(given: Sequence[str], organisation: Organisation) -> list[DepartmentId]:
    for each in given:
        if each not in organisation.departments:
            known = ", ".join(organisation.departments)
            raise MistakeError(f"There is no department {each!r}. Departments: {known}.")
    return [DepartmentId(each) for each in given]


def _keep_an_admin(who: str, agents: Sequence[Agent]) -> None:
    """Somebody must be left who reads the mail that only admins read."""
    admins = [each for each in agents if each.admin and each.state is AgentState.ACTIVE]
    if len(admins) == 1 and fold(who) in (fold(admins[0].handle), admins[0].mailbox.key):
        raise MistakeError(f"{admins[0].handle} is the last active admin: make another one first.")


def _address(given: str, organisation: Organisation) -> str:
    """The address, held to what agents.yaml is held to."""
    from gateway.rulebook import words  # noqa: PLC0415

    address = _or_mistake(words.mail_address, given)
    try:
        resolve(address, organisation)
    except UnknownRecipient:
        return address
    raise MistakeError(f"{address} is an address of the gateway itself: write the person's own.")


def _handle(given: str) -> str:
    from gateway.rulebook import words  # noqa: PLC0415

    return _or_mistake(words.short_name, given.lower())


def _or_mistake(check: Callable[[str], str], given: str) -> str:
    try:
        return check(given)
    except ValueError as wrong:
        context = getattr(wrong, "context", None) or {}
        raise MistakeError(f"{wrong}; {context.get('right', '')}") from None


def list_agents(*, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """List all agents.

    Parameters
    ----------
    config
        The configuration file.
    as_json
        Print one JSON object a line.

    """
    gateway = parts(config)
    try:
        found = gateway.store.people.list_agents()
    finally:
        gateway.store.close()
    if as_json:
        for each in found:
            say_json(_object(each))
    else:
        table(_row(each) for each in found)


def _row(agent: Agent) -> tuple[str, ...]:
    role = "admin" if agent.admin else "agent"
    departments = ", ".join(sorted(agent.departments))
    return agent.handle, agent.mailbox.address, str(agent.state), role, departments


def _object(agent: Agent) -> dict[str, object]:
    return {
        "handle": agent.handle,
        "address": agent.mailbox.address,
        "name": agent.mailbox.name,
        "departments": sorted(agent.departments),
        "admin": agent.admin,
        "language": str(agent.language),
        "state": str(agent.state),
    }
