"""Keys that come with mail, read by gpg: nothing of them gets into a keyring that stays."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from gateway.crypto.gpg import Gpg, GpgTrouble
from gateway.mail.brought import brought
from gateway.mail.keyblob import KeyRefused, key_name
from gateway.mail.opened import OpenedMail
from gateway.model.keys import FoundKey
from gateway.model.openpgp import Fingerprint


def with_keys(gpg: Gpg, mail: OpenedMail, known: Collection[bytes]) -> OpenedMail:
    """The mail with the keys that it brings.

    `known` are keys of the author as they came before: of one that comes again all is kept that it
    has had. What is no key is a defect of the mail and stops nothing.
    """
    before = {key_name(blob): blob for blob in known}
    found, defects = _read(gpg, mail, before)
    message = mail.message
    said = tuple(dict.fromkeys((*message.defects, *defects)))
    return replace(mail, message=replace(message, keys=found, defects=said))


def _read(
    gpg: Gpg, mail: OpenedMail, before: Mapping[Fingerprint, bytes]
) -> tuple[tuple[FoundKey, ...], list[str]]:
    offers, defects = brought(mail.content, mail.message)
    found: list[FoundKey] = []
    for each in offers:
        try:
            key = gpg.read_key(each.blob, before.get(each.fingerprint, b""))
        except KeyRefused as why:
            defects.append(f"a key that it brings is none: {why}")
        except GpgTrouble:
            # A mail does not wait for its key: the next one brings it again.
            defects.append("the keys that it brings could not be read")
            break
        else:
            found.append(FoundKey(key, each.source, each.prefer_encrypt))
    return tuple(found), defects
