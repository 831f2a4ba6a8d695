"""Which key of ours a mail asks for."""

from datetime import timedelta

from gateway.gather.looking import Looking
from gateway.model.address import fold
from gateway.model.key_request import KeyRequest
from gateway.model.openpgp import Problem
from gateway.model.organisation import AddressKind
from gateway.policy.facts import Duplicate, FormSubmission
from gateway.policy.key_requests import KIND
from gateway.policy.key_words import asked_for_key

_ANSWERING = frozenset({AddressKind.PUBLIC, AddressKind.MEMBERS, AddressKind.INTERNAL})


def key_request(
    looking: Looking, form: FormSubmission | None, duplicate: Duplicate | None
) -> KeyRequest | None:
    """The key of the first address it came for that has one; None where none is asked for.

    The author of a mail that could not be opened gets our key with the answer to that.
    """
    message = looking.message
    if form is not None or duplicate is not None or message.author is None:
        return None
    if message.openpgp.problem is not Problem.NONE or (asked := asked_for_key(message)) is None:
        return None
    answering = (each.address for each in looking.recipients if each.address.kind in _ANSWERING)
    signing = looking.world.own_keys(looking.now)
    names = (fold(each.address) for each in answering)
    found = next((name for name in names if name in signing), None)
    if found is None:
        return None
    blobs = {key.fingerprint: key.blob for key in looking.world.listed_keys(looking.now)}
    if not blobs.get(signing[found]):
        return None
    window = timedelta(days=looking.organisation.reject_window_days)
    sent = looking.transaction.automatic_mails(message.author.key, KIND, looking.now - window)
    return KeyRequest(asked, found, signing[found], blobs[signing[found]], answered=sent > 0)
