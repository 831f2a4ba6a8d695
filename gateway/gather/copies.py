"""People in copy: whom a mail from outside, or a command, names."""

from collections.abc import Iterable

from gateway.gather.looking import Looking
from gateway.mail.forward_people import author_of
from gateway.model.address import Mailbox
from gateway.policy.copies import MOST_LOOKED_AT, is_ours


def copied(looking: Looking) -> tuple[Mailbox, ...]:
    """The people in Cc who are neither ours nor agents in any state, each once."""
    return _strangers(looking, looking.message.cc[:MOST_LOOKED_AT])


def _strangers(looking: Looking, people: Iterable[Mailbox]) -> tuple[Mailbox, ...]:
    found: dict[str, Mailbox] = {}
    for one in people:
        if author_of(f"<{one.address}>") is None or is_ours(one.address, looking.organisation):
            continue
        if looking.transaction.agent_by_address(one.key) is None:
            found.setdefault(one.key, one)
    return tuple(found.values())
