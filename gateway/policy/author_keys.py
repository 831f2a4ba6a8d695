"""Keys that requesters' mails bring: which are taken in, and which of them is written to.

Whoever encrypts to a key that came by mail trusts whoever sent that mail (trust on first use). So
the first key of an address is written to everywhere only if it is *proved* who sent the mail with
it (`policy.trust`). A token of ours in it is no such proof: it went over the wire unencrypted.

    the mail is     no key is used        the used key is good    it has expired, or is revoked
    proved          the key is used       the key waits           the key is used
    not proved      good for the ticket   the key waits           the key waits
                    that it opened

*Good for the ticket that it opened*: what is confidential in there came from whoever has the key,
so an answer tells them nothing of others. In any other ticket it would: somebody writes a letter in
the requester's name, with a key of their own, and reads what is answered to the requester. A key
that waits is used once an agent has accepted it (`!key accept`). A known key that comes again is
renewed by any mail: only its owner can have made what is new in it, and an older copy takes
nothing back (`crypto.gpg`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto

from gateway.model.key_changes import KeepAuthorKey, KeyChange, SeeAuthorKey, UseAuthorKey
from gateway.model.keys import AuthorKey, FoundKey, KeySource, KeyState
from gateway.model.openpgp import NOBODY, Fingerprint

STALE = timedelta(days=35)
"""So long a wish for encryption outlives mails without the field (Autocrypt Level 1, section 2.4).
A person reads mail in more than one program."""


class News(Enum):
    """What a mail's key means for the tickets of its author."""

    NONE = auto()
    UNPROVED = auto()
    """It is kept, and nothing proves whose it is."""
    WAITS = auto()
    """It is another one than the key in use."""
    INSTEAD = auto()
    """It takes the place of a key that is no good any more."""
    PROVED = auto()
    """It takes the place of keys of which nothing proved whose they were."""
    REVOKED = auto()
    """It is the key in use, and its owner has revoked it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What is recorded of the keys of a mail. `key`: the one that answers to it should go to."""

    changes: tuple[KeyChange, ...] = ()
    news: News = News.NONE
    key: Fingerprint = NOBODY
    used: Fingerprint = NOBODY
    """The one that was used before."""
    again: bool = False
    """The same was told with an earlier mail."""


NOTHING_TAKEN = Taken()


def taken(
    address: str,
    brought: Sequence[FoundKey],
    kept: Sequence[AuthorKey],
    *,
    proved: bool,
    sent_at: datetime,
) -> Taken:
    """What becomes of the keys that a mail by `address` (folded) brings.

    `kept` are the keys of that address so far, `sent_at` is the mail's effective date.
    """
    known = {each.key.fingerprint for each in kept}  # of a revoked key no user id counts
    theirs = [
        found
        for found in brought
        if found.key.fingerprint in known or address in found.key.addresses
    ]
    used = next((each for each in kept if each.state is KeyState.USED), None)
    found = _chosen(theirs)
    changes = tuple(_renewed(theirs, kept, found))
    wish = _wish_over(brought, used, sent_at) if proved else None
    if found is None:
        return Taken((*changes, wish) if wish is not None else changes)
    same = next((each for each in kept if each.key.fingerprint == found.key.fingerprint), None)
    if same is not None and (same.state is KeyState.USED or not found.key.can_encrypt):
        one = _seen_again(same, found, proved=proved, sent_at=sent_at)
    elif not found.key.can_encrypt or (used is not None and sent_at < used.last_seen):
        return Taken(changes)  # no good, or an old mail that took its time
    else:
        one = _new(address, found, used, kept, proved=proved, sent_at=sent_at)
    return replace(one, changes=(*changes, *one.changes))


def _chosen(theirs: Sequence[FoundKey]) -> FoundKey | None:
    """The key to answer with: that of the field, else the usable attached one made last."""
    fields = [found for found in theirs if found.source is KeySource.AUTOCRYPT]
    files = sorted(theirs, key=_rank, reverse=True)
    return next(iter((*fields, *files)), None)


def _rank(found: FoundKey) -> tuple[bool, float]:
    created = found.key.created
    return found.key.can_encrypt, created.timestamp() if created is not None else 0.0


def _renewed(
    theirs: Sequence[FoundKey], kept: Sequence[AuthorKey], chosen: FoundKey | None
) -> Iterator[SeeAuthorKey]:
    """Known keys that the mail brings beside the chosen one."""
    known = {each.key.fingerprint: each for each in kept}
    for found in theirs:
        same = known.get(found.key.fingerprint)
        if found is not chosen and same is not None and same.key != found.key:
            yield SeeAuthorKey(
                same.address, same.key.fingerprint, same.prefer_encrypt, same.last_seen, found.key
            )


def _wish_over(
    brought: Sequence[FoundKey], used: AuthorKey | None, sent_at: datetime
) -> SeeAuthorKey | None:
    """The author has not asked for encryption for long."""
    if used is None or not used.prefer_encrypt or sent_at - used.last_seen <= STALE:
        return None
    if any(found.source is KeySource.AUTOCRYPT for found in brought):
        return None
    return SeeAuthorKey(used.address, used.key.fingerprint, False, used.last_seen)


def _seen_again(same: AuthorKey, found: FoundKey, *, proved: bool, sent_at: datetime) -> Taken:
    """The known key: what is new about it is taken from any mail, a wish from proved ones only."""
    renewed = found.key if found.key != same.key else None
    newer = proved and sent_at > same.last_seen
    by_field = newer and found.source is KeySource.AUTOCRYPT
    wish = found.prefer_encrypt if by_field else same.prefer_encrypt
    seen_at = sent_at if newer else same.last_seen
    name = same.key.fingerprint
    if renewed is None and not newer:
        return Taken(key=name)
    revoked = found.key.revoked and not same.key.revoked
    news = News.REVOKED if revoked and same.state is KeyState.USED else News.NONE
    seen = SeeAuthorKey(same.address, name, wish, seen_at, renewed)
    return Taken((seen,), news, name, name)


def _new(
    address: str,
    found: FoundKey,
    used: AuthorKey | None,
    kept: Sequence[AuthorKey],
    *,
    proved: bool,
    sent_at: datetime,
) -> Taken:
    """The table above, for a key that is not the used one."""
    name = found.key.fingerprint
    before = next((each for each in kept if each.key.fingerprint == name), None)
    is_good = used is not None and used.key.can_encrypt
    before_it = used.key.fingerprint if used is not None else NOBODY
    if proved and not is_good:
        keep = KeepAuthorKey(address, found, KeyState.WAITING, sent_at)
        news = News.INSTEAD if used is not None else News.NONE
        if used is None and any(each.key.fingerprint != name for each in kept):
            news = News.PROVED
        return Taken((keep, UseAuthorKey(address, name)), news, name, before_it)
    state = KeyState.UNPROVED if used is None else KeyState.WAITING
    again = before is not None and before.state is state
    news = News.UNPROVED if used is None else News.WAITS
    return Taken((KeepAuthorKey(address, found, state, sent_at),), news, name, before_it, again)
