"""`gateway agent key-add` and `key-del`: the OpenPGP keys by which agents are known."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from gateway.cli.shared import DEFAULT_CONFIG, ConfigOption, MistakeError, parts, say
from gateway.model.address import fold
from gateway.model.command import At
from gateway.model.openpgp import Fingerprint, Key, fingerprint
from gateway.model.text import Text
from gateway.policy.account_commands import DropFingerprint, PinFingerprint

_AT = At(0, "")
_WHOLE = "{key} is no whole fingerprint (40 digits); blanks between them do no harm."


def key_add(
    who: str,
    key: Annotated[str, Parameter(allow_leading_hyphen=True)],
    *,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Pin an OpenPGP key to an agent: what it signs is theirs, and mail to them is encrypted.

    Compare the fingerprint with the agent before, by telephone or face to face.

    Parameters
    ----------
    who
        Short name or address of the agent.
    key
        File with the public key, armored or not (- is standard input), also to renew a key that
        the agent has. Or its whole fingerprint: the key itself then comes later.
    config
        The configuration file.

    """
    name, keys = _given(key, config)
    _administer(PinFingerprint(_AT, (), fold(who), name), keys, config)


def key_del(who: str, key: str, *, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Take an OpenPGP key away from an agent: what it signs proves nothing any more.

    Parameters
    ----------
    who
        Short name or address of the agent.
    key
        The whole fingerprint of the key.
    config
        The configuration file.

    """
    name = fingerprint(key)
    if name is None:
        raise MistakeError(_WHOLE.format(key=key))
    _administer(DropFingerprint(_AT, (), fold(who), name), (), config)


def _given(key: str, config: Path) -> tuple[Fingerprint, tuple[Key, ...]]:
    """The fingerprint, and the key itself where a file has it."""
    name = fingerprint(key)
    if name is not None:
        return name, ()
    if key != "-" and not Path(key).is_file():
        raise MistakeError(f"There is no file {key}. {_WHOLE.format(key=key)}")
    octets = sys.stdin.buffer.read() if key == "-" else Path(key).read_bytes()
    found = _read(octets, config)
    return found.fingerprint, (found,)


def _read(octets: bytes, config: Path) -> Key:
    from gateway.config import load  # noqa: PLC0415
    from gateway.crypto.house import gpg_of  # noqa: PLC0415
    from gateway.mail.keyblob import KeyRefused  # noqa: PLC0415

    gpg = gpg_of(load(config).openpgp)
    try:
        (key,) = gpg.read_keys(octets)
    except KeyRefused as refused:
        raise MistakeError(f"The key cannot be used: {refused}.") from refused
    finally:
        gpg.close()
    return key


def _administer(
    command: PinFingerprint | DropFingerprint, keys: Sequence[Key], config: Path
) -> None:
    """As an admin does it by mail. The agent and the admins get a mail."""
    from gateway.duties.accounts import administer  # noqa: PLC0415

    gateway = parts(config)
    try:
        done = administer(gateway.office, [command], keys)
    finally:
        gateway.store.close()
    if isinstance(done, Text):
        raise MistakeError(str(done))
    for each in done:
        say(str(each.result))
