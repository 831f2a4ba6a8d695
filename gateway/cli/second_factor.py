"""`gateway agent otp`: one-time codes for an agent, set up or taken away at the terminal.

The secret is shown here, or sent encrypted with the pinned key of the agent: never in a mail that
anybody on its way could read.
"""

import secrets
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from gateway.cli.shared import DEFAULT_CONFIG, ConfigOption, MistakeError, parts, say
from gateway.model.command import At
from gateway.model.people import Agent, AgentState
from gateway.model.text import Text
from gateway.policy.account_commands import ResetCodes

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.daemon import Parts

_TRIES = 3
_CLOCKS_APART = timedelta(seconds=30)

_SCAN = """\
Scan this with an authenticator app on the phone of {name} <{address}>:
"""
_BY_HAND = """
or type the secret in by hand: {secret}
{uri}

Whoever knows the secret can make the codes: show it to {name} alone, and clear the screen after."""
_DONE = """
{name} has one-time codes from now on. These recovery codes count once each, for the day on which
the phone is lost; keep them on paper, they are not shown again:
"""
_HOW = """
In a mail: a line with ! and the code, like !123456 (a recovery code in the same way)."""


def otp(
    who: str,
    *,
    reset: Annotated[bool, Parameter(negative="")] = False,
    mail: Annotated[bool, Parameter(negative="")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Set up one-time codes (TOTP) for an agent, who is at the terminal with a phone.

    Parameters
    ----------
    who
        Short name or address of the agent.
    reset
        Take the codes and recovery codes of the agent away, for example when the phone is lost.
        They can then be set up anew.
    mail
        Instead of showing the secret, send it to the agent, encrypted with their pinned key. What
        they had before does not count any more.
    config
        The configuration file.

    """
    gateway = parts(config)
    try:
        agent = gateway.store.people.find(who)
        if agent is None:
            raise MistakeError(f"There is no agent {who!r}.")
        if reset:
            _reset(gateway, agent)
        elif mail:
            _send(gateway, agent)
        else:
            _enrol(gateway, agent)
    finally:
        gateway.store.close()


def _reset(gateway: "Parts", agent: Agent) -> None:
    if not gateway.store.second_factors.reset(agent.id):
        raise MistakeError(f"{agent.handle} has no one-time codes.")
    _tell(gateway, agent, has_codes=False)
    say(f"{agent.handle} has no one-time codes any more, and no session.")


def _enrol(gateway: "Parts", agent: Agent) -> None:
    from gateway.crypto import codes  # noqa: PLC0415

    if agent.state is not AgentState.ACTIVE:
        raise MistakeError(f"{agent.handle} is {agent.state}.")
    if gateway.store.second_factors.is_enrolled(agent.id):
        raise MistakeError(f"{agent.handle} has one-time codes already. Anew: first with --reset.")
    _have_a_key(gateway)
    secret = codes.new_secret()
    vault = gateway.rules.vault
    sealed = vault.seal(agent.id, secret)
    recovery = codes.new_recovery_codes()
    digests = [vault.recovery_digest(agent.id, each) for each in recovery]
    uri = codes.uri(secret, agent.mailbox.address, gateway.rules.rulebook.organisation.name)
    _show(agent, secret, uri)
    step = _first_code(secret)
    gateway.store.second_factors.enrol(agent.id, sealed, step, digests, datetime.now(UTC))
    _tell(gateway, agent, has_codes=True)
    say(_DONE.format(name=agent.name))
    for each in recovery:
        say(f"    {each}")
    say(_HOW)


def _send(gateway: "Parts", agent: Agent) -> None:
    """As `!account otp-reset` does it for an agent with a pinned key."""
    from gateway.duties.accounts import administer  # noqa: PLC0415
    from gateway.gather.accounts import can_be_sent_codes  # noqa: PLC0415

    with gateway.store.begin(write=False) as transaction:
        can_be = can_be_sent_codes(transaction, [agent], datetime.now(UTC))
    if not can_be:
        raise MistakeError(
            f"{agent.handle} has no pinned OpenPGP key that a mail can be encrypted with: gateway"
            f" agent key-add {agent.handle} FILE. Or set the codes up here, without --mail."
        )
    _have_a_key(gateway)
    done = administer(gateway.office, [ResetCodes(At(0, ""), (), agent.handle)])
    if isinstance(done, Text):
        raise MistakeError(str(done))
    say(str(done[0].result))


def _have_a_key(gateway: "Parts") -> None:
    """A new key where nothing needs the old one."""
    from gateway.crypto.vault import make_key  # noqa: PLC0415

    path: Path = gateway.rules.vault.key_file
    if path.exists():
        return
    if gateway.store.second_factors.count():
        raise MistakeError(
            f"{path} is missing: it is the key of the codes of other agents. Restore it, or take"
            " their codes away with: gateway agent otp NAME --reset"
        )
    make_key(path)
    say(f"wrote {path}: the daemon must be able to read it; keep it apart from the backups.\n")


def _show(agent: Agent, secret: str, uri: str) -> None:
    import segno  # noqa: PLC0415

    say(_SCAN.format(name=agent.name, address=agent.mailbox.address))
    if "utf" in (sys.stdout.encoding or "").lower():
        segno.make(uri, error="m").terminal(border=2, compact=True)
    say(_BY_HAND.format(secret=secret, uri=uri, name=agent.name))


def _first_code(secret: str) -> int:
    """The time step of a right code, which shows that the app has the secret."""
    from gateway.crypto.codes import matching_steps  # noqa: PLC0415

    for _ in range(_TRIES):
        sys.stdout.write("\nCode that the app shows now: ")
        sys.stdout.flush()
        line = sys.stdin.readline()
        if not line:
            break
        code = "".join(char for char in line if char not in " -!\r\n\t")
        now = datetime.now(UTC)
        if code.isascii() and (
            steps := matching_steps(secret, code, now - _CLOCKS_APART, now + _CLOCKS_APART)
        ):
            return steps[0]
        say("That is not the code. Is the clock of the phone right?")
    raise MistakeError("Nothing was set up: no right code was given.")


def _tell(gateway: "Parts", agent: Agent, *, has_codes: bool) -> None:
    """The agent hears of it, whoever sits at the terminal."""
    from gateway.gather import as_it_may_leave  # noqa: PLC0415
    from gateway.policy.account import codes_notice  # noqa: PLC0415

    if agent.state is not AgentState.ACTIVE:
        return
    now = datetime.now(UTC)
    organisation = gateway.rules.rulebook.organisation
    notice = codes_notice(organisation, agent, secrets.token_bytes(32), has_codes=has_codes)
    with gateway.store.begin() as transaction:
        outgoing = as_it_may_leave(transaction, (notice,), gateway.rules.world(), now)
        transaction.enqueue(gateway.rules.composer.compose(outgoing, b"", now), now)
