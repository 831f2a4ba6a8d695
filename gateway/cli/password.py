"""`gateway agent password`: with it an agent logs in to send mail through the gateway itself."""

import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from gateway.cli.shared import DEFAULT_CONFIG, ConfigOption, MistakeError, parts, say
from gateway.model.people import Agent, AgentState

if TYPE_CHECKING:
    from gateway.config import Config
    from gateway.daemon import Parts

_MADE = """\
Password of {name} <{address}>, shown now and never again (dashes may be left out):

    {password}

In the mail program of {name}, as a further server for outgoing mail:
    server     {hostname}, port {port}, STARTTLS
    user       {address}
    from       {address}, and only that"""
_NOWHERE = """
Nobody can log in yet: smtp.submission_listen is empty in the configuration."""


def password(
    who: str,
    *,
    remove: Annotated[bool, Parameter(negative="")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Make a password for an agent, who can then send mail through the gateway's own server.

    Mail that is sent in this way proves who wrote it. It reaches only addresses of ours.

    Parameters
    ----------
    who
        Short name or address of the agent.
    remove
        Take the password away.
    config
        The configuration file.

    """
    from gateway.config import load  # noqa: PLC0415

    gateway = parts(config)
    try:
        agent = gateway.store.people.find(who)
        if agent is None:
            raise MistakeError(f"There is no agent {who!r}.")
        if remove:
            _remove(gateway, agent)
        else:
            _make(gateway, agent, load(config))
    finally:
        gateway.store.close()


def _remove(gateway: "Parts", agent: Agent) -> None:
    if not gateway.store.passwords.remove(agent.id):
        raise MistakeError(f"{agent.handle} has no password.")
    _tell(gateway, agent, has_one=False)
    say(f"{agent.handle} has no password any more.")


def _make(gateway: "Parts", agent: Agent, config: "Config") -> None:
    from gateway.crypto.passwords import hashed, new_password  # noqa: PLC0415

    if agent.state is not AgentState.ACTIVE:
        raise MistakeError(f"{agent.handle} is {agent.state}.")
    new = new_password()
    gateway.store.passwords.set(agent.id, hashed(new), datetime.now(UTC))
    _tell(gateway, agent, has_one=True)
    listen = config.smtp.submission_listen
    say(
        _MADE.format(
            name=agent.name,
            address=agent.mailbox.address,
            password=new,
            hostname=config.smtp.hostname,
            port=listen[0].rpartition(":")[2] if listen else 587,
        )
    )
    if not listen:
        say(_NOWHERE)


def _tell(gateway: "Parts", agent: Agent, *, has_one: bool) -> None:
    """The agent hears of it, whoever sits at the terminal."""
    from gateway.gather import as_it_may_leave  # noqa: PLC0415
    from gateway.policy.account import password_notice  # noqa: PLC0415

    if agent.state is not AgentState.ACTIVE:
        return
    now = datetime.now(UTC)
    organisation = gateway.rules.rulebook.organisation
    notice = password_notice(organisation, agent, secrets.token_bytes(32), has_one=has_one)
    with gateway.store.begin() as transaction:
        outgoing = as_it_may_leave(transaction, (notice,), gateway.rules.world(), now)
        transaction.enqueue(gateway.rules.composer.compose(outgoing, b"", now), now)
