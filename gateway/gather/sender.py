"""Who wrote the mail, and what proves it."""

from gateway.gather.looking import Looking
from gateway.policy.facts import Duplicate, Trust
from gateway.policy.trust import author_trust, unless_replayed


def trust(looking: Looking, *, same_id_seen: bool = False) -> Trust:
    """What proves that the author wrote it; `same_id_seen` as in `Facts`."""
    policy = looking.world.trust_policy
    found = author_trust(looking.message, looking.item, policy, looking.organisation)
    return unless_replayed(found, same_id_seen=same_id_seen)


def same_id_seen(looking: Looking, duplicate: Duplicate | None) -> bool:
    """True when the Message-ID is known, but with other content."""
    message = looking.message
    if duplicate is not None or message.message_id_made:
        return False
    return looking.transaction.message_id_seen(message.message_id, looking.item.queue_id)
