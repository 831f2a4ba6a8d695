"""`gateway keys`: our own OpenPGP keys, which open mail, sign it, and are published."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
from gateway.model.openpgp import Fingerprint, Key, fingerprint

if TYPE_CHECKING:
    from gateway.crypto.gpg import Gpg
    from gateway.model.organisation import Organisation

_WHEN = re.compile(r"0|[1-9][0-9]{0,3}[dwmy]|20[0-9]{2}-[01][0-9]-[0-3][0-9]")
_MOST_AUTHORS = 1_000
_WHICH = "There is no key of ours for {which}. Those that are there: gateway keys list"


def list_keys(
    *,
    authors: Annotated[bool, Parameter(negative="")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """List our keys: fingerprint, state, end, kind, and whose they are.

    Parameters
    ----------
    authors
        List the keys of requesters instead, that came with their mail: the first 1,000 by address.
    config
        The configuration file.
    as_json
        Print one JSON object a line.

    """
    if authors:
        _list_authors(config, as_json=as_json)
        return
    with _gpg(config) as gpg:
        keys = gpg.own_keys()
    if as_json:
        for key in keys:
            say_json(_object(key))
        return
    table([(key.fingerprint, _state(key), _end(key), key.algorithm, _whose(key)) for key in keys])


def _list_authors(config: Path, *, as_json: bool) -> None:
    gateway = parts(config)
    try:
        found = gateway.store.keys.of_authors(_MOST_AUTHORS, datetime.now(UTC))
    finally:
        gateway.close()
    if as_json:
        for each in found:
            say_json(
                {"address": each.address, "use": each.state.value, "source": each.source.value}
                | {"prefer_encrypt": each.prefer_encrypt}
                | {"first_seen": each.first_seen.isoformat()}
                | {"last_seen": each.last_seen.isoformat()}
                | _object(each.key)
            )
        return
    table(
        [
            (each.address, each.key.fingerprint, each.state.value, _state(each.key), _end(each.key))
            for each in found
        ]
    )


def generate(
    address: str,
    *,
    name: str = "",
    years: int = 2,
    rsa: Annotated[bool, Parameter(negative="")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Make a key for one of our addresses: from then on its mail is signed.

    Parameters
    ----------
    address
        The address, as it stands in organisation.yaml.
    name
        The name in the key; unset: that of the organisation.
    years
        After so many years the key ends, unless its end is put off before; 0: never.
    rsa
        RSA with 3072 bits, for the sake of old programs, instead of Curve25519.
    config
        The configuration file.

    """
    organisation = _organisation(config)
    if fold(address) not in organisation.addresses:
        raise MistakeError(f"{address} is none of our addresses; see organisation.yaml.")
    with _gpg(config) as gpg, _told():
        made = gpg.generate((name or organisation.name, fold(address)), years=years, rsa=rsa)
    say(made)
    say("Keep a copy of it in a safe place, in paper or on a disk that is put away:")
    say(f"    gateway keys export {made} --secret FILE")


def import_keys(
    file: Annotated[str, Parameter(allow_leading_hyphen=True)],
    *,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Take over secret keys from a file. They keep the passphrase that they have.

    Parameters
    ----------
    file
        File with the keys, armored or not; - is standard input.
    config
        The configuration file.

    """
    octets = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    ours = set(_organisation(config).addresses)
    with _gpg(config) as gpg, _told():
        taken = set(gpg.import_secret(octets))
        keys = [key for key in gpg.own_keys() if key.fingerprint in taken]
    for key in keys:
        say(f"{key.fingerprint}  {_whose(key)}")
        if not ours & set(key.addresses):
            say("  It opens mail, but signs none: no address of ours stands in it.")


def export(
    which: str,
    *,
    secret: Annotated[Path | None, Parameter(negative="")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Print the public half of one of our keys, armored.

    Parameters
    ----------
    which
        Our address, or the fingerprint.
    secret
        Write the secret half into this new file instead, protected by its passphrase.
    config
        The configuration file.

    """
    import os  # noqa: PLC0415

    from gateway.mail.armor import armored  # noqa: PLC0415

    with _gpg(config) as gpg, _told():
        key = _key(gpg, which)
        if secret is None:
            say(armored("PUBLIC KEY BLOCK", gpg.export(key)).decode("ascii").replace("\r", ""))
            return
        octets = gpg.export_secret(key)
    handle = os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "wb") as target:
        target.write(octets)
    say(f"{secret}: whoever has this file (and the passphrase, if there is one) reads our mail.")


def expiry(which: str, when: str, *, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Put off the end of one of our keys. Publish it anew afterwards (gateway keys wkd).

    Parameters
    ----------
    which
        Our address, or the fingerprint.
    when
        A time from now (18m, 2y), a day (2028-12-31), or never.
    config
        The configuration file.

    """
    end = {"never": "0", "nie": "0"}.get(when, when)
    if not _WHEN.fullmatch(end):
        raise MistakeError(f"{when} is no end of a key: write 18m, 2y, 2028-12-31 or never.")
    with _gpg(config) as gpg, _told():
        key = _key(gpg, which)
        gpg.set_expiry(key, end)
        (changed,) = (each for each in gpg.own_keys() if each.fingerprint == key)
    say(f"{key}  {_end(changed)}")


def wkd(folder: Path, *, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Write our public keys as the files of a Web Key Directory, for the website to serve.

    Mail programs then find the key of an address by themselves. Both ways of asking are there:
    serve the folder as the root of openpgpkey.DOMAIN, or of the domain itself.

    Parameters
    ----------
    folder
        Where `.well-known/openpgpkey` is written; what is there already is written over.
    config
        The configuration file.

    """
    from gateway.crypto.own_keys import by_address  # noqa: PLC0415
    from gateway.mail.wkd import POLICY, folders, hashed_name  # noqa: PLC0415

    ours = set(_organisation(config).addresses)
    with _gpg(config) as gpg:
        keys = {at: key for at, key in by_address(gpg.own_keys()).items() if at in ours}
        for address, key in sorted(keys.items()):
            local, _, domain = address.rpartition("@")
            for root in folders(domain):
                users = folder / root / "hu"
                users.mkdir(parents=True, exist_ok=True)
                (folder / root / POLICY).touch()
                (users / hashed_name(local)).write_bytes(gpg.export(key))
            say(f"{address}  {key}")
    if not keys:
        raise MistakeError("There is no key for any address of ours: gateway keys generate ADDRESS")


@contextmanager
def _gpg(config: Path) -> "Iterator[Gpg]":
    from gateway.config import load  # noqa: PLC0415
    from gateway.crypto.house import gpg_of  # noqa: PLC0415

    gpg = gpg_of(load(config).openpgp)
    try:
        yield gpg
    finally:
        gpg.close()


@contextmanager
def _told() -> Iterator[None]:
    """What gpg refuses is a mistake of the person at the terminal."""
    from gateway.mail.keyblob import KeyRefused  # noqa: PLC0415

    try:
        yield
    except KeyRefused as refused:
        raise MistakeError(f"The key cannot be used: {refused}.") from refused


def _organisation(config: Path) -> "Organisation":
    from gateway.config import load as load_config  # noqa: PLC0415
    from gateway.rulebook.load import load  # noqa: PLC0415

    return load(load_config(config).rules).organisation


def _key(gpg: "Gpg", which: str) -> Fingerprint:
    from gateway.crypto.own_keys import by_address  # noqa: PLC0415

    keys = gpg.own_keys()
    name = fingerprint(which)
    found = name if name in {key.fingerprint for key in keys} else by_address(keys).get(fold(which))
    if found is None:
        raise MistakeError(_WHICH.format(which=which))
    return found


def _whose(key: Key) -> str:
    return ", ".join(key.user_ids)


def _state(key: Key) -> str:
    if key.revoked:
        return "revoked"
    is_over = key.expired or (key.expires is not None and key.expires <= datetime.now(UTC))
    return "expired" if is_over else "in use"


def _end(key: Key) -> str:
    return f"until {key.expires:%Y-%m-%d}" if key.expires else "no end"


def _object(key: Key) -> dict[str, object]:
    return {
        "fingerprint": key.fingerprint,
        "state": _state(key),
        "user_ids": list(key.user_ids),
        "algorithm": key.algorithm,
        "created": key.created.isoformat() if key.created else None,
        "expires": key.expires.isoformat() if key.expires else None,
    }
