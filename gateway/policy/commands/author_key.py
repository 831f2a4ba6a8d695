"""The public key that an admin's `!allow` by fingerprint may bring with it.

Only the fingerprint counts: the admin has compared it. A key of another name in the same mail is a
slip, so that nothing is entered then.
"""

from gateway.model.keys import KeySource
from gateway.model.openpgp import Fingerprint, Key, grouped
from gateway.model.text import Text, say
from gateway.policy.work import Desk


def brought_key(name: Fingerprint, desk: Desk) -> Key | Text | None:
    """The key of this name in the admin's mail; None where none is attached."""
    keys = desk.facts.message.keys
    key = next((each.key for each in keys if each.key.fingerprint == name), None)
    if key is None:
        attached = (each.key for each in keys if each.source is KeySource.ATTACHED)
        other = next(attached, None)
        return None if other is None else _is_another(other, name)
    if key.revoked:
        return say("the key %(key)s is revoked.", key=grouped(name))
    if key.expired:
        return say("the key %(key)s has expired.", key=grouped(name))
    return key


def _is_another(key: Key, name: Fingerprint) -> Text:
    return say(
        "the key that is attached is %(other)s, not %(key)s. Nothing was entered: compare the"
        " fingerprint once more with the person whose key it is.",
        other=grouped(key.fingerprint),
        key=grouped(name),
    )
