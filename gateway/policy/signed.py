"""Whether the OpenPGP signature of a mail proves it: an agent's, or one of the allow list's keys.

An agent's proves the author and is the second factor too (level 3), where all of this holds:

    - it covers the whole mail, is the only one, and valid
    - by a key that an admin has pinned to the agent whom From shows
    - made no more than 48 hours before the mail came in, nor after it
    - it has counted for no other mail
    - the mail is addressed to us, where the signature covers To: to us there
    - what is signed itself says which ticket or question is meant

The last two are because nobody signs the fields around a mail: who catches a signed mail on its
way may put it into another thread, or send us what was meant for somebody else. Of a mail that the
allow list lets in for its signature the same holds, but for the agent and the ticket.
"""

import re
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from gateway.model.envelope import QueueId
from gateway.model.message import Message
from gateway.model.openpgp import Covers, Fingerprint, Signature, Verdict
from gateway.model.organisation import Organisation
from gateway.model.people import Agent
from gateway.model.refusal import UnknownRecipient
from gateway.model.second_factor import SignatureProof
from gateway.model.text import Text, say
from gateway.policy.around import moment_text
from gateway.policy.recipients import resolve

OLDEST = timedelta(hours=48)
CLOCKS_APART = timedelta(minutes=10)
_TOKEN = re.compile(r"(?:\+|%2[Bb])([rcl][0-9a-f]{32})@")
_MOST_TOKENS = 20


def judged(
    message: Message,
    agent: Agent,
    pinned: Collection[Fingerprint],
    used_for: str | None,
    queue_id: QueueId,
    accepted_at: datetime,
    organisation: Organisation,
) -> SignatureProof | None:
    """What the signature is worth, before it is known what the mail is about; None without one.

    `used_for`: the mail that the signature has counted for.
    """
    signature = message.openpgp.signature
    if signature is None:
        return None
    problem = (
        _not_valid(signature, message.openpgp.signatures)
        or _not_theirs(signature, agent, pinned)
        or _not_now(signature, accepted_at, organisation)
        or _not_anew(message, used_for, queue_id, organisation)
    )
    return SignatureProof(signature.digest, queue_id, problem)


def judged_for_list(
    message: Message,
    used_for: str | None,
    queue_id: QueueId,
    accepted_at: datetime,
    organisation: Organisation,
) -> SignatureProof | None:
    """What the signature is worth where the allow list asks for one; None without one.

    Whose it is, the entry says. `used_for` as in `judged`.
    """
    signature = message.openpgp.signature
    if signature is None:
        return None
    if signature.verdict in _GOOD:
        signature = replace(signature, verdict=Verdict.VALID)
    problem = (
        (_UNKNOWN if signature.verdict is Verdict.UNKNOWN_KEY else None)
        or _not_valid(signature, message.openpgp.signatures)
        or _not_now(signature, accepted_at, organisation)
        or _not_anew(message, used_for, queue_id, organisation)
    )
    return SignatureProof(signature.digest, queue_id, problem)


def _not_anew(
    message: Message, used_for: str | None, queue_id: QueueId, organisation: Organisation
) -> Text | None:
    """Whether somebody may be sending a signed mail that had its effect, or was for others."""
    if used_for not in (None, queue_id):
        return _USED
    return None if is_to_us(message, organisation) else _TO_OTHERS


def _not_valid(signature: Signature, count: int) -> Text | None:
    if count > 1:
        return _WORTHLESS[Verdict.SEVERAL]
    if signature.verdict is not Verdict.VALID:
        return _WORTHLESS[signature.verdict]
    if signature.covers is not Covers.ALL:
        return say("its signature does not cover all of it: sign the whole mail.")
    return None


_GOOD = frozenset({Verdict.LISTED, Verdict.NEW_KEY, Verdict.OTHER_KEY})
"""Right as such. Whether the key is the one that an entry names, its fingerprint says."""

_WORTHLESS = {
    Verdict.WEAK: say("its signature uses a method that can be forged by now."),
    Verdict.SEVERAL: say("it has several signatures: sign it with one key."),
    Verdict.OTHER_KEY: say("its signature is by somebody else's key."),
    Verdict.LISTED: say("its signature is by somebody else's key."),
    Verdict.BAD: say("its signature is wrong: the mail was changed on its way."),
    Verdict.UNKNOWN_KEY: say(
        "we do not have the key of the signature. An admin adds it with: !account key-add"
    ),
    Verdict.NEW_KEY: say(
        "its signature is by a key that came with a mail and is not one of yours here. An admin"
        " adds it with: !account key-add"
    ),
    Verdict.EXPIRED_KEY: say(
        "the key of its signature has expired: prolong it, and attach the key to a mail to us."
    ),
    Verdict.REVOKED_KEY: say("the key of its signature is revoked."),
    Verdict.EXPIRED_SIGNATURE: say("its signature has expired."),
    Verdict.AMBIGUOUS: say("it is not clear what its signature says."),
    Verdict.UNREADABLE: say("its signature cannot be read."),
}


def _not_theirs(signature: Signature, agent: Agent, pinned: Collection[Fingerprint]) -> Text | None:
    """Whose name stands in the key says nothing: only the fingerprint does."""
    if signature.fingerprint and signature.fingerprint in pinned:
        return None
    return say(
        "its signature is by the key %(fingerprint)s, which is not one of yours here. An admin adds"
        " it with: !account key-add %(handle)s %(fingerprint)s",
        fingerprint=signature.fingerprint,
        handle=agent.handle,
    )


def _not_now(
    signature: Signature, accepted_at: datetime, organisation: Organisation
) -> Text | None:
    """By the time at which the mail was accepted: what it waited for since is not its fault."""
    made_at = signature.made_at
    if made_at is not None and -OLDEST <= made_at - accepted_at <= CLOCKS_APART:
        return None
    if made_at is None:
        return say("its signature does not say when it was made.")
    moment = moment_text(made_at, organisation)
    if made_at < accepted_at:
        return say(
            "its signature is of %(moment)s, and counts for %(hours)s hours only. Send the mail"
            " again, signed anew.",
            moment=moment,
            hours=int(OLDEST.total_seconds() // 3600),
        )
    return say(
        "its signature is of %(moment)s, which has not come yet: look at the clock of your"
        " computer.",
        moment=moment,
    )


_UNKNOWN = say("we do not have the key of its signature.")
_USED = say("its signature was used for another mail already. Write a new one.")
_TO_OTHERS = say("none of our addresses stands in To or Cc, so it may be meant for somebody else.")
UNSAID = say(
    "what is signed does not say which ticket is meant. Leave our mail quoted below your answer, or"
    " name the ticket in each command, for example !close #1042."
)
CONTRADICTION = say("what is signed is about another ticket than the mail that it answers.")
UNSAID_ANSWER = say(
    "what is signed does not say which question is meant. Leave our mail quoted below your answer."
)


def is_to_us(message: Message, organisation: Organisation) -> bool:
    """True when To or Cc names us: where To is signed, only what is signed counts."""
    people = (*message.to, *message.cc)
    if "to" in message.openpgp.signed_fields:
        people = (*message.to, *(message.cc if "cc" in message.openpgp.signed_fields else ()))
    return any(_is_ours(one.address, organisation) for one in people)


def _is_ours(address: str, organisation: Organisation) -> bool:
    try:
        return bool(resolve(address, organisation))
    except UnknownRecipient:
        return False


def signed_tokens(message: Message) -> tuple[str, ...]:
    """Tokens of reply addresses of ours in what is signed: quoted mails of ours, signed To.

    Nobody but the agent was told them.
    """
    found = _TOKEN.findall(message.text) + _TOKEN.findall(message.html)
    if "to" in message.openpgp.signed_fields:
        found += _TOKEN.findall(" ".join(one.address for one in message.to))
    return tuple(dict.fromkeys(found))[:_MOST_TOKENS]


def signed_ids(message: Message) -> tuple[str, ...]:
    """Message-IDs in signed thread fields, the most telling first."""
    fields = message.openpgp.signed_fields
    ids = message.in_reply_to if "in-reply-to" in fields else ()
    more = tuple(reversed(message.references)) if "references" in fields else ()
    return tuple(dict.fromkeys((*ids, *more)))[:100]


def signed_subject(message: Message) -> str:
    """The subject where it is signed, else empty."""
    return message.subject if "subject" in message.openpgp.signed_fields else ""
