"""`gateway agent`: accounts."""

from collections.abc import Sequence
from pathlib import Path
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
from gateway.model.command import At
from gateway.model.people import Agent, AgentState, Language
from gateway.model.text import Text
from gateway.policy.account_commands import (
    AccountCommand,
    AddAgent,
    SetDepartments,
    SetRole,
    SetState,
)

_AT = At(0, "")


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
    handle = handle or fold(address).partition("@")[0]
    agent = AddAgent(_AT, (), handle.lower(), address, name, dept, admin, language)
    _administer([agent], config)


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
        locked: the agent gets no mail and cannot command, their tickets are released; active:
        again; deleted: as `gateway agent remove`.
    config
        The configuration file.

    """
    who = fold(who)
    commands: list[AccountCommand] = []
    if dept:
        commands.append(SetDepartments(_AT, (), who, dept))
    if admin is not None:
        commands.append(SetRole(_AT, (), who, admin))
    if state is not None:
        commands.append(SetState(_AT, (), who, state))
    _administer(commands, config)


def remove(who: str, *, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Remove an agent; in the tickets stands a pseudonym.

    Parameters
    ----------
    who
        Short name or address of the agent.
    config
        The configuration file.

    """
    _administer([SetState(_AT, (), fold(who), AgentState.DELETED)], config)


def _administer(commands: Sequence[AccountCommand], config: Path) -> None:
    """All of it, or the sentence that says why not. The agents and the admins get a mail."""
    if not commands:
        raise MistakeError("Nothing to change was named: see --help.")
    from gateway.duties.accounts import administer  # noqa: PLC0415

    gateway = parts(config)
    try:
        done = administer(gateway.office, commands)
    finally:
        gateway.store.close()
    if isinstance(done, Text):
        raise MistakeError(str(done))
    for each in done:
        say(str(each.result))
    say("  ".join(_row(done[-1].agent)))


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
    seen = f"{agent.seen_at:%Y-%m-%d}" if agent.seen_at else "-"
    return agent.handle, agent.mailbox.address, str(agent.state), role, departments, seen


def _object(agent: Agent) -> dict[str, object]:
    return {
        "handle": agent.handle,
        "address": agent.mailbox.address,
        "name": agent.mailbox.name,
        "departments": sorted(agent.departments),
        "admin": agent.admin,
        "language": str(agent.language),
        "state": str(agent.state),
        "last_mail": agent.seen_at.isoformat() if agent.seen_at else None,
    }
