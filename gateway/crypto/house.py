"""gpg and the opener of a gateway: with its own home, its limits, and the keys it knows."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Protocol

from gateway.config import OpenPgpSettings
from gateway.crypto.bounded import Limits
from gateway.crypto.gpg import Gpg
from gateway.crypto.opener import GpgOpener, Listed
from gateway.crypto.passphrase import passphrases
from gateway.model.keys import Keys
from gateway.model.message import Message


class KeysOf(Protocol):
    """Where public keys are looked up by address (`store.KeyStore`)."""

    def keys_of(self, addresses: Collection[str], now: datetime) -> Mapping[str, Keys]:
        """The keys of each address (folded) that has any, as they are good `now`."""
        ...


def gpg_of(settings: OpenPgpSettings) -> Gpg:
    """Gpg with the home and the limits of the configuration."""
    limits = Limits(timeout=settings.timeout, max_output=settings.max_output)
    return Gpg(settings.home, lambda: passphrases(settings.passphrase_file), limits)


def opener(
    settings: OpenPgpSettings, keys: KeysOf, clock: Callable[[], datetime], listed: Listed
) -> GpgOpener:
    """The opener of a gateway: our secret keys, the public ones of whoever wrote, those listed."""

    def signers(outside: Message) -> Collection[bytes]:
        return [key.blob for each in of_authors(outside) for key in each.to_verify if key.blob]

    def doubtful(outside: Message) -> Collection[bytes]:
        return [key.blob for each in of_authors(outside) for key in each.doubtful if key.blob]

    def of_authors(outside: Message) -> Collection[Keys]:
        addresses = {author.key for author in outside.authors}
        return keys.keys_of(addresses, clock()).values() if addresses else ()

    gpg = gpg_of(settings)
    return GpgOpener(gpg, signers, of_author=True, listed=listed, doubtful=doubtful)
